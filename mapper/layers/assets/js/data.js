// From inert tags to columns. Nothing here makes nodes.
let head = null;
const col = {}; // one typed array for each thing that is filtered or drawn
let n = 0;
let NONE = 0;
let X, Y; // Mercator, 0..1; NaN where there is no place
let spot, spots; // events at one and the same point share a spot
const base = { names: new Map() };
const DAY = 86400000;

function bytesOf(id) {
  const tag = document.getElementById("mapper-" + id);
  if (!tag) return null;
  const text = tag.textContent;
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const raw = atob(text);
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out;
}
const inflate = (id) => new Response(new Blob([bytesOf(id)]).stream().pipeThrough(new DecompressionStream("gzip")));

const mercatorX = (lon) => lon / 360 + 0.5;
function mercatorY(lat) {
  const sine = Math.sin((Math.max(-85.05, Math.min(85.05, lat)) * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

async function readData() {
  const [first, buffer, ground, text] = await Promise.all([
    inflate("head").json(), inflate("columns").arrayBuffer(), inflate("base").json(), inflate("strings").json(),
  ]);
  head = first;
  words = text;
  n = head.count;
  NONE = head.none;
  readColumns(new Uint8Array(buffer));
  project();
  readGround(ground);
}

/** Groups of columns: their different rows, then each event's row. Bytes of equal weight lie side by side. */
function readColumns(bytes) {
  let at = 0;
  const numbers = (length) => {
    const out = new Int32Array(length);
    for (let k = 0; k < length; k++) out[k] = bytes[at + k] | (bytes[at + length + k] << 8) | (bytes[at + 2 * length + k] << 16) | (bytes[at + 3 * length + k] << 24);
    at += 4 * length;
    return out;
  };
  for (const [, names, rows] of head.layout) {
    const tables = names.map(() => numbers(rows));
    const index = numbers(n);
    names.forEach((name, k) => {
      const table = tables[k], column = (col[name] = new Int32Array(n));
      for (let i = 0; i < n; i++) column[i] = table[index[i]];
    });
  }
  const T = head.tables;
  T.actors = T.actors.map((row) => row && row.map((k) => T.actor[k]));
  T.sources = T.sources.map((row) => row && row.map((k) => T.source[k] || ""));
}

function project() {
  X = new Float64Array(n);
  Y = new Float64Array(n);
  spot = new Int32Array(n).fill(-1);
  const known = new Map();
  const xs = [], ys = [];
  for (let i = 0; i < n; i++) {
    if (col.lat[i] === NONE) {
      X[i] = Y[i] = NaN;
      continue;
    }
    const key = Math.round((col.lon[i] + 180e6) / 10) * 33554432 + Math.round((col.lat[i] + 90e6) / 10);
    let number = known.get(key);
    if (number === undefined) {
      number = xs.length;
      known.set(key, number);
      xs.push(mercatorX(col.lon[i] / 1e6));
      ys.push(mercatorY(col.lat[i] / 1e6));
    }
    spot[i] = number;
    X[i] = xs[number];
    Y[i] = ys[number];
  }
  spots = { x: Float64Array.from(xs), y: Float64Array.from(ys), n: xs.length };
}

const located = (i) => col.lat[i] !== NONE;
const lat = (i) => col.lat[i] / 1e6;
const lon = (i) => col.lon[i] / 1e6;
const valueOf = (name, i) => head.tables[name][col[name][i]];
const wherePrec = (i) => head.wherePrec[col.precision[i]];
/** Known only as a country or a part of one: never drawn as if the point were the place. */
const rough = (i) => wherePrec(i) === 6 || head.precisions[col.precision[i]] === "part of a country";
const iso = (day) => new Date(day * DAY).toISOString().slice(0, 10);
const dayOf = (text) => Math.round(Date.parse(text + "T00:00:00Z") / DAY);

/** A claim by names: report, text in segments (every second one marked), language, source … */
function claimOf([report, text, lang, source, day, start, title, fields, url]) {
  const T = head.tables, l = T.language[lang || 0], length = [...text.join("")].length;
  return {
    r: T.report[report] || "", t: text, l, d: head.directions[l], s: T.source[source || 0], u: url, h: T.title[title || 0],
    p: day === null || day === undefined ? null : iso(day), o: [start || 0, (start || 0) + length], f: T.fields[fields || 0],
  };
}

const blocks = new Map();
/** What only the details panel shows, of event `i`. The last blocks stay inflated. */
async function detailsOf(i) {
  const number = Math.floor(i / head.block);
  let block = blocks.get(number);
  if (!block) {
    block = await inflate("block-" + number).json();
    block.forEach((d) => (d.c = d.c.map(claimOf)));
    if (blocks.size > 40) blocks.delete(blocks.keys().next().value);
    blocks.set(number, block);
  }
  return block[i % head.block];
}

function dateText(i) {
  if (col.start[i] === NONE) return t("unknown");
  const first = iso(col.start[i]), last = iso(col.end[i]);
  return first === last ? first : `${first} – ${last}`;
}

/** A count with its bounds: "17", "10–20", "≥ 12"; null when the report gives none. */
function countText(best, low, high) {
  const has = (v) => v !== undefined && v !== NONE && v !== null;
  if (has(low) && has(high) && low !== high) return has(best) ? `${number(best)} (${number(low)}–${number(high)})` : `${number(low)}–${number(high)}`;
  if (has(best)) return number(best);
  if (has(low)) return `≥ ${number(low)}`;
  return has(high) ? `≤ ${number(high)}` : null;
}
const killedText = (i) => countText(col.killed[i], col.killedLow[i], col.killedHigh[i]);

const EARTH = 6371008.8;
function metres(lat1, lon1, lat2, lon2) {
  const r = Math.PI / 180;
  const a = Math.sin(((lat2 - lat1) * r) / 2) ** 2 + Math.cos(lat1 * r) * Math.cos(lat2 * r) * Math.sin(((lon2 - lon1) * r) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.sqrt(a));
}
function bearing(lat1, lon1, lat2, lon2) {
  const r = Math.PI / 180, d = (lon2 - lon1) * r;
  const y = Math.sin(d) * Math.cos(lat2 * r);
  const x = Math.cos(lat1 * r) * Math.sin(lat2 * r) - Math.sin(lat1 * r) * Math.cos(lat2 * r) * Math.cos(d);
  return (Math.atan2(y, x) / r + 360) % 360;
}
const kilometres = (m) => (m < 950 ? `${Math.max(10, Math.round(m / 10) * 10)} m` : m < 9500 ? `${(m / 1000).toFixed(1)} km` : `${Math.round(m / 1000)} km`);
const WINDS = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];
const wind = (degrees) => named("wind", WINDS[Math.round(degrees / 45) % 8]);
