// What is shown, to take away: GeoJSON, CSV, a picture with legend and dates, or paper.
function download(name, content, kind) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type: kind }));
  const a = el("a", { href: url, download: name });
  document.body.append(a);
  a.click();
  a.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
const orNull = (v) => (v === NONE || v === undefined ? null : v);

/** The properties of docs/event.schema.json. Missing is null. */
async function propertiesOf(i) {
  const d = await detailsOf(i), there = located(i), dated = col.start[i] !== NONE, first = d.c[0] || { t: [] };
  return {
    id: idOf(i), event_type: valueOf("type", i), sub_event_type: valueOf("subtype", i), status: valueOf("status", i), background: !!col.background[i],
    date_start: dated ? iso(col.start[i]) : null, date_end: dated ? iso(col.end[i]) : null, date_precision: dated ? col.datePrecision[i] : null,
    place: valueOf("place", i), place_in_report: d.pr ?? valueOf("place", i), country: valueOf("country", i), admin1: valueOf("admin1", i),
    precision: there ? head.precisions[col.precision[i]] : null, geo_precision: there ? head.geoPrecision[col.precision[i]] : null, where_prec: there ? wherePrec(i) : null,
    radius_m: orNull(col.radius[i]), method: valueOf("method", i), confidence: col.confidence[i] / 100,
    actors: (valueOf("actors", i) || []).map(([name, role]) => (role !== "mentioned" ? `${name} (${role})` : name)).join("; ") || null,
    actor_ids: (valueOf("actors", i) || []).map(([, , , id]) => id || "?").join("; ") || null,
    fatalities: orNull(col.killed[i]), fatalities_low: orNull(col.killedLow[i]), fatalities_high: orNull(col.killedHigh[i]), injured: orNull(col.injured[i]),
    counts: (d.k || []).map(([what, low, best]) => `${what}: ${best ?? low + "+"}`).join("; ") || null, weapon: valueOf("weapon", i),
    sentence: first.t.join(""), source: first.s ?? null, url: first.u ?? null, published: first.p ?? null, language: first.l ?? null,
    report_ids: [...new Set(d.c.map((c) => c.r))],
    claims: d.c.map((c) => ({ report_id: c.r, start: c.o[0], end: c.o[1], sentence: c.t.join("") })),
  };
}

async function saveGeojson() {
  const parts = [];
  for (let k = 0; k < shown.n; k++) {
    const i = shown.order[k];
    const geometry = located(i) ? { type: "Point", coordinates: [lon(i), lat(i)] } : null;
    parts.push(JSON.stringify({ type: "Feature", id: idOf(i), geometry, properties: await propertiesOf(i) }));
    if (k % 2000 === 1999) emit("progress", k / shown.n), await pause();
  }
  emit("progress", 1);
  download("events.geojson", `{"type":"FeatureCollection","features":[\n${parts.join(",\n")}\n]}\n`, "application/geo+json");
}

/** A cell that no spreadsheet runs. */
function cell(value) {
  if (value === null || value === undefined) return "";
  let text = typeof value === "object" ? JSON.stringify(value) : String(value);
  if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
  return /[",\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}
async function saveCsv() {
  const lines = [];
  for (let k = 0; k < shown.n; k++) {
    const i = shown.order[k], p = await propertiesOf(i);
    delete p.claims;
    p.report_ids = p.report_ids.join("; ");
    if (!lines.length) lines.push(["latitude", "longitude", ...Object.keys(p)].join(","));
    lines.push([located(i) ? lat(i) : null, located(i) ? lon(i) : null, ...Object.values(p)].map(cell).join(","));
    if (k % 2000 === 1999) emit("progress", k / shown.n), await pause();
  }
  emit("progress", 1);
  download("events.csv", "\ufeff" + lines.join("\r\n") + "\r\n", "text/csv");
}

const windowText = () => (timeline.empty ? "" : `${iso(filter.from ?? timeline.first)} – ${iso(filter.to ?? timeline.last)}`);

/** The map as it stands, with title, dates, legend and credit. */
function savePng() {
  const size = map().getSize(), ratio = 2, top = 54, foot = 34;
  const disc = new Path2D(circle);
  const used = compare.sides ? sideRows().map(([colour, name]) => ({ colour, shape: disc, text: plain(name) })) : kinds.filter((k) => k.name).map((k) => ({ ...k, text: plain(named("type", k.name)) }));
  const canvas = el("canvas");
  canvas.width = size.x * ratio;
  canvas.height = (size.y + top + foot) * ratio;
  const c = canvas.getContext("2d");
  c.scale(ratio, ratio);
  c.fillStyle = ink.sea;
  c.fillRect(0, 0, size.x, size.y + top + foot);
  for (const name of ["ground", "marks"]) {
    const layer = el("canvas"), lc = layer.getContext("2d");
    layer.width = size.x * ratio;
    layer.height = size.y * ratio;
    lc.scale(ratio, ratio);
    const view = stages[name].view(size, map().getPixelBounds().min, map().getZoom());
    view.pad = L.point(0, 0);
    stages[name].paint(lc, view);
    c.drawImage(layer, 0, top, size.x, size.y);
  }
  c.fillStyle = ink.paper;
  c.fillRect(0, 0, size.x, top);
  c.fillRect(0, size.y + top, size.x, foot);
  c.direction = rtl() ? "rtl" : "ltr";
  const edge = rtl() ? size.x - 12 : 12;
  c.textAlign = rtl() ? "right" : "left";
  c.fillStyle = ink.text;
  c.font = `600 17px ${FONT}`;
  c.fillText(plain(head.title), edge, 23, size.x - 24);
  c.font = `12px ${FONT}`;
  c.fillStyle = ink.soft;
  c.fillText(`${windowText()} · ${t("list.count", { shown: number(shown.n), all: number(n) })}`, edge, 43, size.x - 24);
  let x = edge;
  for (const k of used) {
    const { text } = k, step = (rtl() ? -1 : 1) * (c.measureText(text).width + 34);
    c.save();
    c.translate(x + (rtl() ? -8 : 8), size.y + top + foot / 2);
    c.fillStyle = k.colour;
    c.fill(k.shape);
    c.restore();
    c.fillText(text, x + (rtl() ? -20 : 20), size.y + top + foot / 2 + 4);
    x += step;
  }
  c.textAlign = rtl() ? "left" : "right";
  c.font = `10px ${FONT}`;
  c.fillText(t("about.credit"), size.x - edge, size.y + top - 6);
  canvas.toBlob((blob) => download("map.png", blob), "image/png");
}

const saveAs = (format) => ({ geojson: saveGeojson, csv: saveCsv, png: savePng, print: () => window.print() })[format]?.();

// On paper the map has its own size, and the list all its rows.
let printing = false;
/** Both canvases and the sea as one picture: on paper, where one is see-through, what lies below it is lost. */
function flatten() {
  const { ground, marks } = stages, copy = el("canvas"), c = copy.getContext("2d");
  copy.width = ground.canvas.width;
  copy.height = ground.canvas.height;
  c.fillStyle = ink.sea;
  c.fillRect(0, 0, copy.width, copy.height);
  c.drawImage(ground.canvas, 0, 0);
  c.drawImage(marks.canvas, 0, 0);
  const context = ground.canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(copy, 0, 0);
}
function preparePaper(on) {
  const m = map(), centre = m.getCenter();
  printing = on;
  document.body.classList.toggle("printing", on);
  m.invalidateSize({ animate: false, pan: false });
  m.setView(centre, m.getZoom(), { animate: false });
  Object.values(stages).forEach((stage) => stage.draw());
  if (on) flatten();
  drawTimeline();
  drawRows();
}
window.addEventListener("beforeprint", () => preparePaper(true));
window.addEventListener("afterprint", () => preparePaper(false));
