// The frame around the map: top bar, filters, legend, about.
const ui = {};

function buildFrame() {
  const button = (act, attributes = {}) => el("button", { type: "button", onclick: act, ...attributes });
  ui.title = el("h1", { dir: "auto" }, head.title);
  ui.search = el("input", { type: "search", id: "search", oninput: later((e) => search(ui.search.value), 220) });
  ui.filtersButton = button(() => toggleSide(), { "aria-expanded": "true", "aria-controls": "filters" });
  ui.language = el("select", { onchange: (e) => setLanguage(e.target.value) }, LANGUAGES.map(([code, name]) => el("option", { value: code, lang: code }, name)));
  ui.theme = button(() => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"), { class: "icon theme" });
  ui.save = el("select", { onchange: (e) => { saveAs(e.target.value); e.target.value = ""; } });
  ui.about = button(() => ui.aboutBox.showModal());
  ui.progress = el("progress", { max: 1, value: 0, hidden: true });
  const bar = el("header", { class: "bar" }, ui.title, el("div", { class: "tools" }, ui.search, ui.progress, ui.filtersButton, ui.save, ui.language, ui.theme, ui.about));
  ui.filters = el("aside", { class: "filters", id: "filters" });
  ui.map = el("div", { class: "map-cell", dir: "ltr" });
  ui.time = el("section", { class: "time" });
  ui.side = el("section", { class: "side" });
  detailsBox = el("article", { class: "details", hidden: true, "aria-live": "polite" });
  ui.listHost = el("div", { class: "list" });
  ui.side.append(ui.listHost, detailsBox);
  ui.sheet = el("button", { class: "sheet-grip", type: "button", onclick: () => document.body.classList.toggle("sheet-tall") });
  ui.side.prepend(ui.sheet);
  ui.main = el("main", { class: "main" }, ui.map, ui.time);
  ui.aboutBox = el("dialog", { class: "about" });
  ui.aboutBox.addEventListener("click", (e) => e.target === ui.aboutBox && ui.aboutBox.close());
  const mapNode = map().getContainer();
  document.body.prepend(bar, ui.filters, ui.main, ui.side, ui.aboutBox);
  ui.map.append(mapNode);
  mapNode.setAttribute("role", "application");
  ui.legend = el("details", { class: "legend", open: window.innerWidth > 700 });
  ui.credit = el("p", { class: "credit", hidden: true, dir: "auto" });
  ui.map.append(ui.legend, ui.credit);
  document.body.classList.add("mapper");
  if (window.innerWidth < 1100) document.body.classList.add("no-filters");
  buildTimeline(ui.time);
  buildList(ui.listHost);
}

function toggleSide() {
  const off = document.body.classList.toggle("no-filters");
  ui.filtersButton.setAttribute("aria-expanded", String(!off));
  map().invalidateSize();
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  readInk();
  redraw("ground");
  redraw("marks");
  drawTimeline();
  emit("state");
}

function nameFrame() {
  document.title = plain(head.title);
  ui.search.placeholder = t("search");
  ui.search.setAttribute("aria-label", t("search"));
  ui.filtersButton.textContent = t("filters.title");
  ui.filtersButton.setAttribute("aria-expanded", String(!document.body.classList.contains("no-filters")));
  ui.language.setAttribute("aria-label", t("language_label"));
  ui.language.value = language;
  ui.theme.textContent = "◐";
  ui.theme.title = t("theme");
  ui.theme.setAttribute("aria-label", t("theme"));
  ui.save.replaceChildren(el("option", { value: "" }, t("save.title")), ...["geojson", "csv", "png", "print"].map((f) => el("option", { value: f }, t("save." + f))));
  ui.save.setAttribute("aria-label", t("save.title"));
  ui.about.textContent = t("about.title");
  ui.sheet.setAttribute("aria-label", t("list.title"));
  ui.filters.setAttribute("aria-label", t("filters.title"));
  ui.time.setAttribute("aria-label", t("time.title"));
  ui.side.setAttribute("aria-label", t("list.title"));
  map().getContainer().setAttribute("aria-label", t("map"));
  buildFilters();
  buildLegend();
  buildAbout();
}

const MOST_ROWS = 12;
function buildFilters() {
  const opened = new Set([...ui.filters.querySelectorAll("details[open]")].map((d) => d.dataset.key));
  const first = !ui.filters.childElementCount;
  ui.filters.replaceChildren(el("div", { class: "filters-head" }, el("h2", {}, t("filters.title")), el("button", { type: "button", onclick: clearFilters }, t("filters.clear"))));
  for (const f of facets) {
    if (!f.useful && f.key !== "type") continue;
    const body = el("div", { class: "facet-rows" });
    const more = el("button", { type: "button", class: "more", onclick: () => { f.all = !f.all; fillFacet(f); } });
    f.box = { body, more };
    ui.filters.append(el("details", { class: "facet", open: first ? !!f.open : opened.has(f.key), "data-key": f.key }, el("summary", {}, t("filters." + f.key)), body, more));
    fillFacet(f);
  }
  const comparison = buildCompare(opened.has("compare"));
  if (comparison) ui.filters.append(comparison);
}

function fillFacet(f) {
  if (!f.box) return;
  let rows = f.names.map((name, at) => ({ name, at, count: f.counts[at] })).filter((r) => f.present[r.at]);
  if (f.key === "type") rows.sort((a, b) => typeOrder(a.name) - typeOrder(b.name));
  if (!f.fixed) rows.sort((a, b) => f.picked.has(b.name) - f.picked.has(a.name) || b.count - a.count || (String(a.name) < String(b.name) ? -1 : 1));
  const hidden = rows.length - MOST_ROWS;
  if (hidden > 0 && !f.all) rows = rows.slice(0, MOST_ROWS);
  else if (hidden > 0) rows = rows.slice(0, 400);
  f.box.more.hidden = hidden <= 0;
  f.box.more.textContent = f.all ? t("filters.fewer") : t("filters.more", { n: number(Math.max(0, hidden)) });
  const focused = document.activeElement && f.box.body.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  f.box.body.replaceChildren(...rows.map((r) => {
    const check = el("input", { type: "checkbox", checked: f.picked.has(r.name), "data-name": r.name, onchange: (e) => {
      if (e.target.checked) f.picked.add(r.name);
      else f.picked.delete(r.name);
      applyFilters();
    } });
    const kind = f.key === "type" && kinds.find((k) => k.name === r.name);
    return el("label", { class: "facet-row" + (r.count ? "" : " none") }, check, kind ? svg(kind.path, 16, { fill: kind.colour, stroke: "var(--edge)", "stroke-width": 1.1 }) : null, bdi(f.show(r.name), { class: "name", dir: "auto" }), el("span", { class: "n", dir: "ltr" }, number(r.count)));
  }));
  if (focused !== null) [...f.box.body.querySelectorAll("input")].find((x) => x.dataset.name === focused)?.focus();
}
on("shown", (light) => !light && ui.filters && facets.forEach(fillFacet));

function buildLegend() {
  const row = (picture, text) => el("div", { class: "legend-row" }, picture, el("span", {}, text));
  const used = kinds.filter((k) => k.name).sort((a, b) => typeOrder(a.name) - typeOrder(b.name));
  const dash = (path, extra) => svg(path, 18, { fill: "none", stroke: "currentColor", "stroke-width": 1.3, ...extra });
  const ring = "M-8 0A8 8 0 1 1 8 0A8 8 0 1 1 -8 0Z";
  ui.legend.dir = rtl() ? "rtl" : "ltr";
  ui.legend.replaceChildren(el("summary", {}, t("legend.title")),
    ...(compare.sides ? sideRows().map(([colour, text]) => row(svg(circle, 18, { fill: colour }), bdi(text, { dir: "auto" }))) : []),
    ...used.map((k) => row(svg(k.path, 18, { fill: compare.sides ? "none" : k.colour, stroke: "var(--edge)", "stroke-width": 1.1 }), named("type", k.name))),
    row(svg(polygon(4, 7, -45), 18, { fill: "none", stroke: "currentColor", "stroke-width": 2 }), t("legend.hollow")),
    row(dash(ring, { "stroke-dasharray": "3 3" }), t("legend.region")),
    row(dash("M-3 0A3 3 0 1 1 3 0A3 3 0 1 1 -3 0ZM-9 0A9 9 0 1 1 9 0A9 9 0 1 1 -9 0Z", { "stroke-dasharray": "2 2" }), t("legend.rough")),
    row(dash("M-8 6L8 -6"), t("legend.line")),
    row(dash("M-9 0L9 0", { "stroke-dasharray": "4 3" }), t("legend.disputed")),
    enabled.has("shade") ? row(svg("M-8 -6H8V6H-8Z", 18, { fill: SHADE }), t(finely() ? "legend.shadeFine" : "legend.shade", { n: number(shadeCounts().most) })) : "");
}

function buildAbout() {
  const item = (label, value) => [el("dt", {}, label), el("dd", {}, ltr(value))];
  let away = 0;
  for (let i = 0; i < n; i++) if (!located(i)) away++;
  const failures = head.failures.map(([stage, source, error, remedy]) => el("li", {}, el("b", {}, named("stage", stage)), " ", bdi(source, { dir: "auto" }), ": ", bdi(error, { dir: "auto" }), remedy ? el("span", { class: "soft" }, " ", bdi(remedy, { dir: "auto" })) : null));
  const unplaced = head.unplaced.map(([report, surface, why]) => el("li", {}, bdi(surface, { dir: "auto" }), " ", el("span", { class: "soft" }, ltr(report), why ? [": ", bdi(why, { dir: "auto" })] : null)));
  ui.aboutBox.setAttribute("aria-label", t("about.title"));
  ui.aboutBox.replaceChildren(
    el("button", { type: "button", class: "close", "aria-label": t("close"), onclick: () => ui.aboutBox.close() }, "×"),
    el("h2", {}, t("about.title")), el("p", {}, t("about.what")), head.tiles ? el("p", {}, t("about.tiles", { host: new URL(head.tiles.replace("{s}.", "")).host })) : "",
    el("dl", {}, item(t("about.reports"), number(head.reports)), item(t("about.events"), number(n)), item(t("about.away"), number(away)), item(t("about.mentions"), number(head.mentions)), item(t("about.unplaced"), number(head.unplacedCount)), item(t("about.failures"), number(head.failureCount))),
    failures.length ? el("details", {}, el("summary", {}, t("about.failureList")), el("ul", {}, failures)) : "",
    unplaced.length ? el("details", {}, el("summary", {}, t("about.unplacedList")), el("ul", {}, unplaced)) : "",
    head.notes.length ? el("ul", {}, head.notes.map((x) => el("li", {}, bdi(x, { dir: "auto" })))) : "",
    el("h3", {}, t("about.limits")), el("p", {}, t("about.limitsText")), el("p", {}, t("about.projection")),
    el("h3", {}, t("about.borders")), el("p", {}, t("about.bordersText")),
    el("h3", {}, t("about.licences")), el("ul", {}, Object.keys(words[language].credits).map((k) => el("li", {}, t("credits." + k)))));
}

on("progress", (share) => {
  ui.progress.hidden = share >= 1;
  ui.progress.value = share;
});
on("cleared", () => {
  ui.search.value = "";
  box.undated.checked = true;
});
