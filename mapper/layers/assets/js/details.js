// The details of one event: what is said, by whom, and how its place was found.
let detailsBox;
const link = (url) => {
  // Only the web's own schemes: anything else is shown as text.
  let parsed = null;
  try {
    parsed = new URL(url);
  } catch {
    return ltr(url);
  }
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") return ltr(url);
  return el("a", { href: parsed.href, target: "_blank", rel: "noopener noreferrer", dir: "ltr" }, parsed.host || url);
};

function quote(claim) {
  const sentence = el("blockquote", { dir: directionOf(claim), lang: claim.l || null });
  claim.t.forEach((text, k) => {
    if (!text) return;
    if (k % 2) sentence.append(el("mark", {}, text));
    else put(sentence, text);
  });
  // Source, title and report are often one name, with and without its ending.
  const names = [claim.s, claim.h, claim.r].filter((name, k, all) => name && !all.some((other, j) => other && j !== k && other.startsWith(name) && (other !== name || j < k)));
  const origin = names.map((name) => bdi(name, { dir: "auto" }));
  if (claim.p) origin.push(el("span", {}, t("details.published") + " ", el("time", { dir: "ltr", datetime: claim.p }, claim.p)));
  if (claim.l) origin.push(el("span", {}, named("language", claim.l)));
  if (claim.u) origin.push(link(claim.u));
  const line = el("figcaption", { class: "soft" });
  origin.forEach((part, k) => line.append(k ? " · " : "", part));
  const says = (claim.f || []).map((f) => named("field", f));
  return el("figure", { class: "claim" }, sentence, line, says.length ? el("p", { class: "soft says" }, t("details.says") + " ", bdi(says.join(rtl() ? "، " : ", "))) : null);
}

function facts(i, d) {
  const table = el("dl");
  const row = (label, ...values) => table.append(el("dt", {}, label), el("dd", {}, ...values));
  const when = [ltr(dateText(i))];
  if (col.start[i] !== NONE && col.datePrecision[i] > 1) when.push(el("span", { class: "soft" }, " " + t("details.datePrecision." + Math.min(5, col.datePrecision[i]))));
  if (d.dt) when.push(" ", el("span", { class: "soft" }, "(", bdi(d.dt, { dir: "auto" }), ")"));
  row(t("details.date"), ...when);
  const place = valueOf("place", i);
  if (d.pr && d.pr !== place) row(t("details.placeInReport"), bdi(d.pr, { dir: "auto" }));
  if (located(i)) {
    const held = [d.a2, valueOf("admin1", i)].filter((v, k, all) => v && v !== place && all.indexOf(v) === k);
    const parts = [bdi(place, { dir: "auto" })];
    for (const h of [...held, countryName(valueOf("country", i)) || valueOf("countryName", i)]) if (h) parts.push(rtl() ? "، " : ", ", bdi(h, { dir: "auto" }));
    row(t("details.place"), ...parts);
    const precise = [bdi(named("precision", head.precisions[col.precision[i]]))];
    if (col.radius[i] !== NONE) precise.push(" · ", ltr("± " + kilometres(col.radius[i])));
    row(t("details.precision"), ...precise);
    row(t("details.coordinates"), ltr(`${lat(i).toFixed(4)}, ${lon(i).toFixed(4)}`));
  } else row(t("details.place"), place ? bdi(place, { dir: "auto" }) : t("nowhere"));
  row(t("details.killed"), killedText(i) === null ? el("span", { class: "soft" }, t("unknown")) : ltr(killedText(i)));
  row(t("details.injured"), col.injured[i] === NONE ? el("span", { class: "soft" }, t("unknown")) : ltr(number(col.injured[i])));
  for (const [what, low, best, high] of d.k || []) row(named("count", what), ltr(countText(best, low, high) ?? t("unknown")));
  const actors = valueOf("actors", i) || [];
  const people = actors.map(([name, role, kind]) => el("li", {}, bdi(name, { dir: "auto" }), role && role !== "mentioned" ? el("span", { class: "role" }, named("role", role)) : null, kind ? el("span", { class: "soft" }, " " + named("kind", kind)) : null));
  row(t("details.actors"), people.length ? el("ul", { class: "plain" }, people) : el("span", { class: "soft" }, t("unknown")));
  if (valueOf("weapon", i)) row(t("details.weapon"), bdi(named("weapon", valueOf("weapon", i))));
  row(t("details.confidence"), meter(col.confidence[i]));
  return table;
}

function meter(percent) {
  return el("span", { class: "meter-line" }, el("span", { class: "meter", "aria-hidden": "true" }, el("span", { style: `inline-size:${percent}%` })), ltr(percent + " %"));
}

function how(i, d) {
  if (!located(i)) return null;
  const steps = (d.ch || []).map((s) => el("li", {}, s));
  const origin = [named("method", valueOf("method", i) || ""), d.ps, d.pi].filter(Boolean);
  return el("details", { open: true, class: "how" }, el("summary", {}, t("details.how")),
    steps.length ? el("ol", { dir: "ltr", lang: "en" }, steps) : null,
    el("p", { class: "soft" }, bdi(origin.join(" · ")), " · ", t("details.placeConfidence") + " ", ltr(col.placeConfidence[i] + " %")));
}

function rejected(d) {
  if (!d.rc || !d.rc.length) return null;
  const rows = d.rc.slice(0, 12).map(([name, country, admin1, score, reasons]) =>
    el("li", {}, bdi([name, admin1, countryName(country)].filter(Boolean).join(", "), { dir: "auto" }), " ", ltr(Math.round(score * 100) + " %"), reasons.length ? el("div", { class: "soft" }, bdi(reasons.join("; "), { dir: "auto" })) : null));
  return el("details", {}, el("summary", {}, t("details.rejected", { n: number(d.rc.length) })), el("ul", {}, rows));
}

function pager(i) {
  const there = companions(i);
  if (there.length < 2) return null;
  const at = there.indexOf(i), go = (step) => select(there[(at + step + there.length) % there.length]);
  return el("div", { class: "pager" },
    el("button", { type: "button", class: "icon", "data-act": "previous", "aria-label": t("details.previous"), onclick: () => go(-1) }, "‹"), // mirrored by the browser
    el("span", {}, t("details.here", { at: at + 1, n: there.length })),
    el("button", { type: "button", class: "icon", "data-act": "next", "aria-label": t("details.next"), onclick: () => go(1) }, "›"));
}

/** Who says what: one row a claim, a tick for each thing that it supports; where figures or days differ, that is said. */
function sideBySide(i, d) {
  if (d.c.length < 2) return null;
  const fields = [...new Set(d.c.flatMap((c) => c.f || []))];
  const differ = [];
  if (col.killedLow[i] !== NONE && col.killedHigh[i] !== NONE && col.killedLow[i] !== col.killedHigh[i]) differ.push(t("details.differKilled", { n: `${number(col.killedLow[i])}–${number(col.killedHigh[i])}` }));
  const rows = d.c.slice(0, 60).map((c) => el("tr", {}, el("th", { scope: "row" }, bdi(c.s || c.r, { dir: "auto" })), el("td", {}, c.p ? ltr(c.p) : t("unknown")), ...fields.map((f) => el("td", { class: "tick" }, (c.f || []).includes(f) ? el("span", { role: "img", "aria-label": t("details.yes") }, "✓") : ""))));
  return el("details", { open: d.c.length < 9 }, el("summary", {}, t("details.sideBySide")), differ.map((text) => el("p", { class: "badge warn" }, text)),
    el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": t("details.sideBySide") }, el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("filters.source")), el("th", { scope: "col" }, t("details.published")), fields.map((f) => el("th", { scope: "col" }, named("field", f))))), el("tbody", {}, rows))));
}

/** The first two sentences stand above the facts, all others below them. */
function furtherClaims(d) {
  if (d.c.length < 3) return null;
  return el("details", { open: d.c.length < 9 }, el("summary", {}, t("details.further", { n: number(d.c.length - 2) })), d.c.slice(2).map((c) => quote(c)));
}

let wantsFocus = false; // whoever opened the details without a pointer goes on reading there
async function showDetails(i) {
  const host = detailsBox, inside = host.contains(document.activeElement), act = inside && document.activeElement.dataset.act;
  if (i < 0) {

    host.hidden = true;
    host.replaceChildren();
    document.body.classList.remove("has-details");
    if (inside) listBox.rows.focus();
    return;
  }
  const d = await detailsOf(i);
  if (i !== selected) return;
  const type = valueOf("type", i) || "", sub = valueOf("subtype", i) || type;
  const top = el("div", { class: "details-head" },
    el("button", { type: "button", class: "back", "data-act": "back", onclick: () => select(-1) }, (rtl() ? "→ " : "← ") + t("details.back")), pager(i));
  const title = el("h2", { tabindex: "-1" }, signOf(i, 22), " ", bdi(named("subtype", sub)));
  const line = el("p", { class: "kind" }, bdi(named("type", type)), " ", el("span", { class: "badge status-" + (valueOf("status", i) === "happened" ? "plain" : "other") }, named("status", valueOf("status", i) || "")), " ", el("span", { class: "badge quiet" }, t("background." + (col.background[i] ? "background" : "news"))));
  const notes = (d.n || []).length ? el("ul", { class: "notes" }, d.n.map((x) => el("li", {}, bdi(x, { dir: "auto" })))) : null;
  const extra = (d.x || []).length ? el("details", {}, el("summary", {}, t("details.extra")), el("dl", {}, d.x.map(([k, v]) => [el("dt", {}, bdi(k)), el("dd", {}, bdi(v, { dir: "auto" }))]))) : null;
  host.replaceChildren(top, title, line,
    el("h3", {}, d.c.length > 1 ? t("details.claims", { n: number(d.c.length) }) : t("details.claim")),
    ...d.c.slice(0, 2).map((c) => quote(c)), facts(i, d), ...[furtherClaims(d), sideBySide(i, d), how(i, d), rejected(d), notes, extra, el("p", { class: "soft" }, "id ", ltr(idOf(i)))].filter(Boolean));
  host.hidden = false;
  host.dataset.event = i;
  host.scrollTop = 0;
  document.body.classList.add("has-details");
  if (act && host.querySelector(`[data-act="${act}"]`)) host.querySelector(`[data-act="${act}"]`).focus();
  else if (wantsFocus || inside) title.focus();
  wantsFocus = false;
}
on("selected", showDetails);
on("selected", () => drawTimeline());
