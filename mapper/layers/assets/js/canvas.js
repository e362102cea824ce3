// Two canvases, one below and one above what users add; a layer is a name that a canvas draws or does not.
const stages = {};
const enabled = new Set();
const painters = { ground: ["countries", "shade", "units", "disputed", "towns"], marks: ["density", "regions", "lines", "events"] };
const paint = {}; // key → draw(context, view)
const PAD = 0.25;

class Stage {
  constructor(target, name, z) {
    this.name = name;
    const pane = target.createPane("mapper-" + name);
    pane.style.zIndex = z;
    pane.style.pointerEvents = "none";
    this.canvas = el("canvas", { class: "leaflet-zoom-animated", "aria-hidden": "true" });
    pane.append(this.canvas);
    this.map = target;
    this.ask = framed(() => this.draw());
    target.on("moveend zoomend viewreset resize", () => this.draw());
    target.on("zoomanim", (e) => {
      const scale = target.getZoomScale(e.zoom, this.zoom);
      L.DomUtil.setTransform(this.canvas, target._latLngToNewLayerPoint(this.corner, e.zoom, e.center), scale);
    });
  }

  view(size, origin, zoom) {
    return { w: size.x, h: size.y, ox: origin.x, oy: origin.y, scale: 256 * 2 ** zoom, zoom };
  }

  draw() {
    if (!head) return;
    const m = this.map, size = m.getSize();
    if (!size.x || !size.y) return;
    const pad = L.point(Math.round(size.x * PAD), Math.round(size.y * PAD));
    const whole = L.point(size.x + 2 * pad.x, size.y + 2 * pad.y);
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    this.zoom = m.getZoom();
    const corner = m.containerPointToLayerPoint(pad.multiplyBy(-1));
    this.corner = m.layerPointToLatLng(corner);
    L.DomUtil.setPosition(this.canvas, corner);
    const w = Math.round(whole.x * ratio), h = Math.round(whole.y * ratio);
    if (this.canvas.width !== w || this.canvas.height !== h) {
      this.canvas.width = w;
      this.canvas.height = h;
      this.canvas.style.width = whole.x + "px";
      this.canvas.style.height = whole.y + "px";
    }
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, whole.x, whole.y);
    const view = this.view(whole, m.getPixelBounds().min.subtract(pad), this.zoom);
    view.pad = pad;
    this.paint(context, view);
  }

  paint(context, view) {
    for (const key of painters[this.name]) if (enabled.has(key) && paint[key]) paint[key](context, view);
  }
}

const redraw = (name) => stages[name] && stages[name].ask();

const Switch = L.Layer.extend({
  initialize(key) {
    this.key = key;
  },
  onAdd(target) {
    if (!stages.ground) {
      stages.ground = new Stage(target, "ground", 210);
      stages.marks = new Stage(target, "marks", 450);
    }
    enabled.add(this.key);
    this.changed();
  },
  onRemove() {
    enabled.delete(this.key);
    this.changed();
  },
  changed() {
    for (const name of Object.keys(painters)) if (painters[name].includes(this.key)) redraw(name);
    emit("layers");
    if (this.key === "shade" && ui.legend && head) buildLegend();
  },
});
/** On-line map pictures, over the ground and under the events. What they show is not ours: their owner is named. */
const Tiles = L.TileLayer.extend({
  initialize() {
    this.key = "tiles";
    L.TileLayer.prototype.initialize.call(this, "", { maxZoom: 19, maxNativeZoom: 18, referrerPolicy: "no-referrer" });
  },
  onAdd(target) {
    if (!target.getPane("mapper-tiles")) target.createPane("mapper-tiles").style.zIndex = 300;
    this.options.pane = "mapper-tiles";
    this._url = head.tiles;
    L.TileLayer.prototype.onAdd.call(this, target);
    enabled.add("tiles");
    ui.credit.textContent = plain(head.tilesCredit || new URL(head.tiles.replace("{s}.", "")).host);
    ui.credit.hidden = false;
    emit("layers");
  },
  onRemove(target) {
    L.TileLayer.prototype.onRemove.call(this, target);
    enabled.delete("tiles");
    ui.credit.hidden = true;
    emit("layers");
  },
});
const switches = {};
api.layer = (key) => (switches[key] = key === "tiles" ? new Tiles() : new Switch(key));

// folium's layer control holds our layers; its words follow the language.
let layerControl = null;
L.Control.Layers.addInitHook(function () {
  layerControl = this;
});
function nameLayers() {
  if (!layerControl || !layerControl._layers) return;
  for (const row of layerControl._layers) if (row.layer instanceof Switch || row.layer instanceof Tiles) row.name = t("layers." + row.layer.key);
  if (layerControl._container) {
    layerControl._update();
    const toggle = layerControl._container.querySelector(".leaflet-control-layers-toggle");
    toggle.title = t("layers.title");
    toggle.setAttribute("aria-label", t("layers.title"));
  }
}

/** A colour of the style sheet, light or dark as the page is. */
const ink = {};
function readInk() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["sea", "land", "border", "unit", "dispute", "label", "halo", "paper", "text", "soft", "accent"]) ink[name] = style.getPropertyValue("--" + name).trim();
  ink.dark = style.colorScheme === "dark";
}
