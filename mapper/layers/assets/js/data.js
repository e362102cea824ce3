// From inert tags to columns. Nothing here makes nodes.
let head = null;
const col = {}; // one typed array for each thing that is filtered or drawn
let n = 0;
let NONE = 0;
let X, Y; // Mercator, 0..1; NaN where there is no place
let spot, spots; // events at one and the same point share a spot
const base = { names: new Map() };
const DAY = 86400000;

const VALUES = new Uint8Array(128);
for (let code = 0x20, at = 0; code < 0x7f; code++) if (!"<>&{".includes(String.fromCharCode(code))) VALUES[code] = at++;

/** The bytes that an inert tag spells: two letters for 13 bits, the first letter for what is left of the length. */
function bytesOf(id) {
  const tag = document.getElementById("mapper-" + id);
  if (!tag) return new Uint8Array(0);
  const codes = new TextEncoder().encode(tag.textContent);
  let length = Math.floor((((codes.length - 1) / 2) * 13) / 8);
  while (length % 13 !== VALUES[codes[0]]) length--;
  const out = new Uint8Array(length);
  for (let k = 1, at = 0, hold = 0, bits = 0; at < length; k += 2) {
    hold = ((hold & 127) << 13) | (VALUES[codes[k]] * 91 + VALUES[codes[k + 1]]);
    for (bits += 13; bits >= 8 && at < length; out[at++] = hold >>> bits) bits -= 8;
  }
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
    inflate("head").json(), inflate("columns").arrayBuffer(), inflate("base").arrayBuffer(), inflate("strings").json(),
  ]);
  head = first;
  words = text;
  n = head.count;
  NONE = head.none;
  readColumns(new Uint8Array(buffer));
  project();
  readGround(new Uint8Array(ground));
  ids = bytesOf("ids");
}

/** Reads numbers one row after the other: bytes of equal weight lie side by side, the lowest first. */
function numberReader(bytes, at = 0) {
  return (length) => {
    const out = new Int32Array(length);
    for (let k = 0; k < length; k++) out[k] = bytes[at + k] | (bytes[at + length + k] << 8) | (bytes[at + 2 * length + k] << 16) | (bytes[at + 3 * length + k] << 24);
    at += 4 * length;
    return out;
  };
}

/** Groups of columns: their different rows, then each event's row. */
function readColumns(bytes) {
  const numbers = numberReader(bytes);
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

let ids;
const hex = (byte) => byte.toString(16).padStart(2, "0");
const idOf = (i) => (head.idBytes ? Array.from(ids.subarray(i * head.idBytes, (i + 1) * head.idBytes), hex).join("") : head.ids[i]);
/** The event of that id, or -1. */
function withId(id) {
  if (!head.idBytes) return head.ids.indexOf(id);
  const wanted = (id.match(/../g) || []).map((pair) => parseInt(pair, 16)), width = head.idBytes;
  for (let i = 0; i < n; i++) if (wanted.length === width && wanted.every((byte, k) => byte === ids[i * width + k])) return i;
  return -1;
}

/** What row `k` of a packed column holds: the column itself, or its different values and a number for each row. */
const cellOf = (column, k) => (column === undefined || column === null ? null : Array.isArray(column) ? column[k] : column.of[column.at ? column.at[k] : 0]);

/** A sentence in segments, every second one marked. */
function segments(text, marks) {
  const out = [];
  let at = 0;
  for (const length of marks || []) out.push(text.slice(at, (at += length)));
  return [...out, text.slice(at)];
}

/** Claim `k` of a block, one of event `i`. */
function claimOf(block, k, i) {
  const T = head.tables, at = (name) => cellOf(block[name], k);
  const text = at("text") || "", report = at("report") || 0, code = at("language") || 0, day = at("day") || 0;
  const l = T.language[code ? code - 1 : col.language[i]], begin = at("start") || 0;
  const sources = T.sources[col.sources[i]];
  return {
    r: T.report[report] || "", t: segments(text, at("marks")), l, d: head.directions[l], s: (sources && sources[at("source") || 0]) || null, u: at("url"),
    h: cellOf(head.titles, report), p: day === NONE ? null : iso(day + (col.start[i] === NONE ? 0 : col.start[i])), o: [begin, begin + [...text].length], f: T.fields[at("fields") || 0],
  };
}

const blocks = new Map();
/** What only the details panel shows, of event `i`. The last blocks stay inflated. */
async function detailsOf(i) {
  const number = Math.floor(i / head.block), row = i % head.block;
  let block = blocks.get(number);
  if (!block) {
    block = await inflate("block-" + number).json();
    block.first = [0];
    for (let k = 0; k < Math.min(head.block, n - number * head.block); k++) block.first.push(block.first[k] + cellOf(block.claims, k));
    if (blocks.size > 20) blocks.delete(blocks.keys().next().value);
    blocks.set(number, block);
  }
  const found = { c: [] };
  for (const name of ["n", "k", "x", "dt", "ch", "pr", "pi", "ps", "a2", "rc"]) found[name] = cellOf(block[name], row);
  for (let k = block.first[row]; k < block.first[row + 1]; k++) found.c.push(claimOf(block, k, i));
  return found;
}

function dateText(i) {
  if (col.start[i] === NONE) return t("unknown");
  const first = iso(col.start[i]), last = iso(col.end[i]);
  return first === last ? first : `${first} – ${last}`;
}

/** A date as short as it can be said: a whole year or month by its name, a range without what its ends share. */
function shortDate(i) {
  if (col.start[i] === NONE) return t("unknown");
  const first = iso(col.start[i]), last = iso(col.end[i]), next = iso(col.end[i] + 1);
  if (first === last) return first;
  if (first.endsWith("-01-01") && last.endsWith("-12-31") && first.slice(0, 4) === last.slice(0, 4)) return first.slice(0, 4);
  if (first.endsWith("-01") && next.endsWith("-01") && first.slice(0, 7) === last.slice(0, 7)) return first.slice(0, 7);
  return `${first} – ${first.slice(0, 4) === last.slice(0, 4) ? last.slice(5) : last}`;
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
