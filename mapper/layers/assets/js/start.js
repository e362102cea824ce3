// From a folium map and inert tags to the page.
let measuring = false;
const ICONS = {
  ruler: "M-8 3L3 -8L8 -3L-3 8ZM-5 0L-3 2M-2 -3L0 -1M1 -6L3 -4",
  fit: "M-8 -3V-8H-3M3 -8H8V-3M8 3V8H3M-3 8H-8V3M-2 0A2 2 0 1 1 2 0A2 2 0 1 1 -2 0Z",
  full: "M2 -2L8 -8M3 -8H8V-3M-2 2L-8 8M-8 3V8H-3",
  add: "M-7 0H7M0 -7V7",
};
const icon = (name) => svg(ICONS[name], 16, { fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linejoin": "round" });

/** A ruler: click points, read the distance; click again on the button to stop. */
const Ruler = L.Control.extend({
  options: { position: "topright" },
  onAdd(m) {
    const group = el("div", { class: "leaflet-bar leaflet-control" });
    const points = [], line = L.polyline([], { color: "#d55e00", weight: 2, dashArray: "5 4", interactive: false });
    this.text = el("output", { class: "ruler", hidden: true, dir: "ltr", "aria-live": "polite" });
    const stop = () => { measuring = false; m.getContainer().classList.remove("measuring"); points.length = 0; line.remove(); this.text.hidden = true; this.button.setAttribute("aria-pressed", "false"); };
    this.button = el("button", { type: "button", class: "map-button", "aria-pressed": "false", onclick: () => {
      if (measuring) return stop();
      measuring = true;
      m.getContainer().classList.add("measuring");
      line.setLatLngs([]).addTo(m);
      this.text.hidden = false;
      this.text.textContent = "0 km";
      this.button.setAttribute("aria-pressed", "true");
    } }, icon("ruler"));
    const cross = el("div", { class: "cross", "aria-hidden": "true" });
    m.getContainer().append(cross);
    m.getContainer().addEventListener("keydown", (e) => {
      if (!measuring || e.target !== m.getContainer()) return;
      if (e.key === "Enter") add(m.getCenter());
      else if (e.key === "Escape") stop();
      else return;
      e.stopPropagation();
    });
    m.on("click", (e) => measuring && add(e.latlng));
    const add = (at) => {
      points.push(at);
      line.setLatLngs(points);
      let sum = 0;
      for (let k = 1; k < points.length; k++) sum += metres(points[k - 1].lat, points[k - 1].lng, points[k].lat, points[k].lng);
      this.text.textContent = kilometres(sum) + (points.length > 1 ? ` · ${Math.round(bearing(points.at(-2).lat, points.at(-2).lng, points.at(-1).lat, points.at(-1).lng))}°` : "");
    };
    group.append(this.button);
    group.append(this.text);
    L.DomEvent.disableClickPropagation(group);
    return group;
  },
});
const Buttons = L.Control.extend({
  options: { position: "topright" },
  onAdd() {
    const group = el("div", { class: "leaflet-bar leaflet-control" });
    this.fit = el("button", { type: "button", class: "map-button", onclick: fitShown }, icon("fit"));
    this.full = el("button", { type: "button", class: "map-button", onclick: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen().catch(() => null)) }, icon("full"));
    this.own = el("input", { type: "file", accept: ".geojson,.json", hidden: true, onchange: (e) => addOwn(e.target) });
    this.add = el("button", { type: "button", class: "map-button", onclick: () => this.own.click() }, icon("add"));
    group.append(this.fit, this.full, this.add, this.own);
    L.DomEvent.disableClickPropagation(group);
    return group;
  },
});

/** A GeoJSON file of the user's own over the map; its properties are shown as text. */
async function addOwn(input) {
  const file = input.files[0];
  input.value = "";
  if (!file) return;
  try {
    const layer = L.geoJSON(JSON.parse(await file.text()), {
      style: { color: "#7b3294", weight: 2, fillOpacity: 0.1 },
      pointToLayer: (_, at) => L.circleMarker(at, { radius: 5, color: "#7b3294" }),
      onEachFeature: (feature, shape) => {
        const rows = Object.entries(feature.properties || {}).slice(0, 30).map(([k, v]) => [el("dt", {}, bdi(k)), el("dd", {}, bdi(typeof v === "object" ? JSON.stringify(v) : v, { dir: "auto" }))]);
        if (rows.length) shape.bindPopup(el("dl", {}, rows));
      },
    });
    if (!layer.getLayers().length) throw new Error("nothing to draw");
    layer.addTo(map());
    if (layerControl) layerControl.addOverlay(layer, el("bdi", {}, file.name).outerHTML), nameLayers();
    const bounds = layer.getBounds();
    if (bounds.isValid()) map().fitBounds(bounds, { maxZoom: 10 });
  } catch (error) {
    ui.aboutBox.showModal();
    ui.aboutBox.append(el("p", { role: "alert" }, t("own.error", { name: file.name })));
  }
}

let controls;
function placeControls() {
  const m = map(), far = rtl() ? "topleft" : "topright", near = rtl() ? "topright" : "topleft";
  controls.zoom.setPosition(near);
  controls.buttons.setPosition(near);
  controls.ruler.setPosition(near);
  if (layerControl) layerControl.setPosition(far);
  controls.scale.setPosition(rtl() ? "bottomright" : "bottomleft");
  for (const [control, name] of [[controls.buttons.fit, "fit"], [controls.buttons.full, "full"], [controls.buttons.add, "own.add"], [controls.ruler.button, "measure"]]) {
    control.title = t(name);
    control.setAttribute("aria-label", t(name));
  }
  const [plus, minus] = controls.zoom.getContainer().children;
  for (const [node, name] of [[plus, "zoomIn"], [minus, "zoomOut"]]) {
    node.title = t(name);
    node.setAttribute("aria-label", t(name));
  }
  nameLayers();
}

function nameAll() {
  nameTimeline();
  nameList();
  placeControls();
  showDetails(selected);
  drawTimeline();
  redraw("ground");
  redraw("marks");
}

api.start = async (target) => {
  api.map = target;
  try {
    await readData();
    makeKinds();
    makeFacets();
    makeTimeline();
    language = Object.hasOwn(words, head.language) ? head.language : "en";
    buildFrame();
    const state = readState();
    box.undated.checked = filter.undated;
    controls = { zoom: L.control.zoom(), buttons: new Buttons(), ruler: new Ruler(), scale: L.control.scale({ imperial: false }) };
    for (const control of Object.values(controls)) control.addTo(target);
    readInk();
    document.documentElement.lang = language;
    document.documentElement.dir = rtl() ? "rtl" : "ltr";
    applyFilters();
    if (span() > 100) ui.legend.open = false; // on a map of the world nothing is left to stand beside
    nameFrame(); // the view keeps clear of the legend
    target.invalidateSize({ animate: false });
    if (state.view) target.setView([state.view[1], state.view[2]], state.view[0], { animate: false });
    else fitShown();
    buildLegend(); // which depends on how near the view is
    nameAll();
    on("language", () => (nameFrame(), nameAll()));
    on("shown", () => redraw("marks"));
    bindEvents();
    target.on("moveend", () => emit("state"));
    target.on("zoomend", () => enabled.has("shade") && buildLegend());
    if (state.query) (ui.search.value = state.query), search(state.query);
    if (state.at >= 0) select(state.at, !state.view);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => (readInk(), redraw("ground"), redraw("marks"), drawTimeline()));
    document.addEventListener("keydown", (e) => e.key === "Escape" && selected >= 0 && !ui.aboutBox.open && select(-1));
    new ResizeObserver(framed(() => target.invalidateSize({ animate: false }))).observe(ui.map);
    quiet = false;
    document.documentElement.dataset.ready = "yes";
  } catch (error) {
    document.body.prepend(el("p", { role: "alert", class: "alert" }, words.en ? t("broken") : "This page needs a browser of 2023 or later.", " ", String(error)));
    throw error;
  }
};
// For tests and for those who add layers of their own.
api.state = () => ({ events: n, shown: shown.n, located: shown.located, selected, language, order: Array.from(shown.order.slice(0, Math.min(shown.n, 1000))) });
api.select = (i) => select(i, true);
api.setWindow = (from, to, light = false) => setWindow(from === null ? null : dayOf(from), to === null ? null : dayOf(to), light);
api.paint = () => Object.values(stages).forEach((stage) => stage.draw());
