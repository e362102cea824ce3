"use strict";
(async () => {
  const inflate = async (id) => {
    const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), (c) => c.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
  };
  const [data, base, strings] = await Promise.all(["data", "base", "strings"].map(inflate));
  const map = window.map_mapper, $ = (id) => document.getElementById(id);
  const el = (tag, text, attributes) => { const e = document.createElement(tag); if (text !== undefined && text !== null) e.textContent = text; Object.assign(e, attributes || {}); return e; };
  const bdi = (text) => el("bdi", text);
  // Okabe-Ito colours and a sign of its own for each type: told apart without colour too.
  const KINDS = { "Battles": ["#D55E00", "✕"], "Explosions/Remote violence": ["#CC79A7", "◆"], "Violence against civilians": ["#E69F00", "▲"], "Protests": ["#009E73", "●"], "Riots": ["#F0E442", "■"], "Strategic developments": ["#56B4E9", "★"], "Diplomacy": ["#0072B2", "✚"] };
  const kind = (e) => KINDS[e.event_type] || ["#777777", "○"];
  let t = strings[data.language] || strings.en, current = null;
  const fold = (s) => s.normalize("NFKD").replace(/[\u0300-\u036f\u064b-\u0655\u0670\u0640]/g, "").replace(/[أإآٱ]/g, "ا").replace(/ى/g, "ي").replace(/ة/g, "ه").replace(/[٠-٩]/g, (d) => "٠١٢٣٤٥٦٧٨٩".indexOf(d)).toLowerCase();
  data.events.forEach((e, i) => { e.index = i; e.folded = fold([e.place, e.place_in_report, e.actors, e.sub_event_type, ...e.claims.map((c) => c.text)].join(" ")); });
  document.title = data.title;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  for (const c of base.countries) L.polygon(c.r.map((ring) => [ring.map(([x, y]) => [y, x])]), { color: dark ? "#4a5968" : "#a9b5bf", weight: 0.8, fillColor: dark ? "#222d38" : "#f7f6f2", fillOpacity: 1, interactive: false }).addTo(map);
  const towns = L.layerGroup().addTo(map), rings = L.layerGroup().addTo(map), marks = L.layerGroup().addTo(map), chosen = L.layerGroup().addTo(map);
  const label = () => {
    towns.clearLayers();
    const box = map.getBounds().pad(0.1), ar = $("language").value === "ar";
    base.towns.filter(([x, y]) => box.contains([y, x])).slice(0, 22).forEach(([x, y, n, a]) => L.tooltip({ permanent: true, direction: "center", className: "town" }).setLatLng([y, x]).setContent(el("bdi", ar ? a || n : n)).addTo(towns));
  };
  map.on("moveend", label);
  L.control.scale().addTo(map);
  const near = (e) => data.events.filter((o) => o.lat !== undefined && o.lat === e.lat && o.lon === e.lon);
  const number = (v, low) => (v === null ? (low ? `≥ ${low}` : t.unknown) : String(v));
  const quote = (c) => {
    const q = el("blockquote", null, { dir: c.dir, lang: c.language || "" });
    let at = 0;
    for (const [a, b] of c.marks) { if (a < at || b > c.text.length) continue; q.append(c.text.slice(at, a), el("mark", c.text.slice(a, b))); at = b; }
    q.append(c.text.slice(at));
    const foot = el("div", null, { className: "soft" });
    foot.append(bdi([c.source, c.report, c.published].filter(Boolean).join(" · ")));
    if (c.url && /^https?:\/\//.test(c.url)) foot.append(" ", el("a", new URL(c.url).host, { href: c.url, rel: "noopener noreferrer", target: "_blank" }));
    return [q, foot];
  };
  const show = (e) => {
    current = e; const p = $("panel"); p.replaceChildren(); p.hidden = false; chosen.clearLayers();
    const close = el("button", "×", { ariaLabel: t.close, style: "float:inline-end" }); close.onclick = () => { p.hidden = true; chosen.clearLayers(); current = null; };
    p.append(close, el("h2", `${kind(e)[1]} ${e.sub_event_type}`), el("span", e.status, { className: "badge" }));
    if (e.background) p.append(el("span", t.background, { className: "badge" }));
    const here = e.lat === undefined ? [e] : near(e);
    if (here.length > 1) { const at = here.indexOf(e), next = el("button", `${at + 1} ${t.of} ${here.length} ›`); next.onclick = () => show(here[(at + 1) % here.length]); p.append(next); }
    const list = el("dl"), row = (k, v) => { const d = el("dd"); d.append(bdi(v)); list.append(el("dt", k), d); };
    row(t.date, e.date_start ? (e.date_start === e.date_end ? e.date_start : `${e.date_start} – ${e.date_end}`) : t.unknown);
    row(t.place, e.place ? (e.place === e.place_in_report ? e.place : `${e.place_in_report} → ${e.place}`) : t.nowhere);
    if (e.precision) row(t.precision, `${e.precision} · ±${Math.max(1, Math.round(e.radius_m / 1000))} km`);
    row(t.killed, number(e.fatalities, e.fatalities_low)); row(t.injured, number(e.injured));
    row(t.actors, e.parties.length ? e.parties.map(([n, r]) => (r === "mentioned" ? n : `${n} (${r})`)).join("; ") : t.unknown);
    row(t.confidence, e.confidence.toFixed(2)); p.append(list);
    e.claims.forEach((c) => p.append(...quote(c)));
    if (e.chain && e.chain.length) { const d = el("details", null, { open: true }), o = el("ol"); e.chain.forEach((s) => { const li = el("li"); li.append(bdi(s)); o.append(li); }); d.append(el("summary", t.chain), o); p.append(d); }
    if (e.rejected && e.rejected.length) { const d = el("details"), o = el("ul"); e.rejected.forEach(([n, c, s]) => { const li = el("li"); li.append(bdi(`${n}, ${c || "–"}: ${s}`)); o.append(li); }); d.append(el("summary", t.rejected), o); p.append(d); }
    e.notes.forEach((n) => p.append(el("p", n, { className: "soft" })));
    if (e.region) L.geoJSON(e.region, { style: { color: kind(e)[0], weight: 2, dashArray: "5 5", fillOpacity: 0.14 }, interactive: false }).addTo(chosen);
    if (e.anchor) L.polyline([e.anchor, [e.lat, e.lon]], { color: kind(e)[0], weight: 2, interactive: false }).addTo(chosen).bindTooltip(`${Math.round(map.distance(e.anchor, [e.lat, e.lon]) / 1000)} km`, { permanent: true, direction: "center" });
    for (const b of $("list").querySelectorAll("button")) b.setAttribute("aria-current", b.dataset.i === String(e.index));
    location.hash = "event=" + e.id;
  };
  const draw = () => {
    const words = fold($("search").value).split(/\s+/).filter(Boolean), from = $("from").value, to = $("to").value;
    const seen = data.events.filter((e) => (!e.background || $("background").checked) && words.every((w) => e.folded.includes(w)) && (!from || !e.date_end || e.date_end >= from) && (!to || !e.date_start || e.date_start <= to));
    seen.sort((a, b) => String(b.date_start).localeCompare(String(a.date_start)) || a.index - b.index);
    marks.clearLayers(); rings.clearLayers(); $("list").replaceChildren();
    for (const e of seen) {
      const [colour, sign] = kind(e);
      if (e.lat !== undefined) {
        const coarse = e.where_prec >= 6, size = coarse ? 18 : 24;
        const icon = el("div", sign, { style: `font-size:${size - 5}px;line-height:${size}px;text-align:center;color:${colour};opacity:${e.background ? 0.55 : 1};-webkit-text-stroke:.6px #222` });
        L.marker([e.lat, e.lon], { icon: L.divIcon({ html: icon, className: "", iconSize: [size, size] }), keyboard: true, alt: e.sub_event_type }).on("click", () => show(e)).addTo(marks);
        if (e.region && $("regions").checked && !coarse && e.radius_m > 8000) L.geoJSON(e.region, { style: { color: colour, weight: 1, dashArray: "4 5", fill: false }, interactive: false }).addTo(rings);
      }
      const b = el("button"), li = el("li"); b.dataset.i = e.index; b.onclick = () => { show(e); if (e.lat !== undefined) map.setView([e.lat, e.lon], Math.max(map.getZoom(), 6)); };
      const s = el("span", sign + " ", { style: `color:${colour}` });
      b.append(s, bdi(e.sub_event_type), " — ", bdi(e.place || t.nowhere), el("br")); const small = el("small"); small.append(bdi(e.date_start ? (e.date_start === e.date_end ? e.date_start : `${e.date_start} – ${e.date_end}`) : t.unknown), " · ", bdi(`${t.killed}: ${number(e.fatalities, e.fatalities_low)}`), " · ", bdi(e.status)); b.append(small); li.append(b); $("list").append(li);
    }
    $("count").textContent = `${seen.length} ${t.of} ${data.events.length} ${t.events}`;
    const c = $("histogram"), g = c.getContext("2d"), days = data.events.filter((e) => e.date_start).map((e) => [Date.parse(e.date_start), Date.parse(e.date_end)]);
    g.clearRect(0, 0, c.width, c.height);
    if (days.length) { const a = Math.min(...days.map((d) => d[0])), z = Math.max(...days.map((d) => d[1])) + 1, bins = new Array(68).fill(0); days.forEach(([x, y]) => { const i = Math.floor((x - a) / (z - a) * 68), j = Math.floor((y - a) / (z - a) * 68); for (let k = i; k <= Math.min(67, j); k++) bins[k] += 1 / (j - i + 1); }); const top = Math.max(...bins); g.fillStyle = "#7d8b97"; bins.forEach((n, i) => g.fillRect(i * 5, 46 - 44 * n / top, 4, 44 * n / top)); }
  };
  const speak = () => {
    t = strings[$("language").value]; document.documentElement.lang = $("language").value; document.documentElement.dir = $("language").value === "ar" ? "rtl" : "ltr";
    $("title").textContent = data.title; $("search").placeholder = t.search; $("search").ariaLabel = t.search;
    document.querySelectorAll("[data-s]").forEach((n) => { n.textContent = t[n.dataset.s]; });
    $("legend").replaceChildren(...Object.entries(KINDS).map(([n, [c, s]]) => { const x = el("span"); x.append(el("b", s + " ", { style: `color:${c}` }), bdi(n)); return x; }));
    $("aboutText").replaceChildren(el("p", `${t.inputs}: ${data.reports}. ${t.unplaced}: ${data.unplaced}. ${t.failures}: ${data.failures.length}.`), ...data.failures.map((f) => el("p", f.join(": "))), el("p", t.borders));
    draw(); label(); map.invalidateSize(); if (current) show(current);
  };
  $("language").value = strings[data.language] ? data.language : "en";
  $("language").onchange = speak; $("from").ariaLabel = "from"; $("to").ariaLabel = "to"; $("language").ariaLabel = "language";
  for (const id of ["search", "background", "regions", "from", "to"]) $(id).oninput = draw;
  map.createPane; speak();
  const spots = data.events.filter((e) => e.lat !== undefined && !e.background && e.where_prec < 6).map((e) => [e.lat, e.lon]);
  if (spots.length) map.fitBounds(spots, { padding: [60, 60], maxZoom: 8 });
  const wanted = new URLSearchParams(location.hash.slice(1)).get("event"), open = data.events.find((e) => e.id === wanted); if (open) show(open);
  window.mapperReady = true;
})();
