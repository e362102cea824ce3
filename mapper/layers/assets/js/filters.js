// Which events are shown. One pass over typed arrays; a facet counts what the *other* filters let through.
const shown = { order: new Uint32Array(0), n: 0, mask: new Uint8Array(0), located: 0 };
const filter = { from: null, to: null, undated: true, query: "", textMatch: null, killedMin: 0, confidenceMin: 0 };
let facets = [];

const BITS = { time: 1 << 28, text: 1 << 29, compare: 1 << 30 };

/** A facet: `codes` gives each event a row number; `members` gives each row the values that it stands for. */
function facet(key, codes, rows, options = {}) {
  const values = new Map(); // value → number
  const members = rows.map((row) => {
    const list = row === null || row === undefined || row === "" ? [""] : Array.isArray(row) ? row : [row];
    return (list.length ? list : [""]).map((value) => {
      if (!values.has(value)) values.set(value, values.size);
      return values.get(value);
    });
  });
  const names = [...values.keys()];
  return { key, codes, members, names, picked: new Set(), counts: new Int32Array(names.length), ok: null, show: (v) => (v === "" ? t("unknown") : named(key, v)), ...options };
}

/** Facets that can tell events apart, each with the values that some event has. */
function prune() {
  for (const f of facets) {
    const there = new Uint8Array(f.members.length);
    for (let i = 0; i < n; i++) there[f.codes[i]] = 1;
    f.present = new Uint8Array(f.names.length);
    f.members.forEach((list, row) => there[row] && list.forEach((m) => (f.present[m] = 1)));
    f.useful = f.present.reduce((a, b) => a + b, 0) > 1;
  }
}

function derived(rows, numberOf) {
  const codes = new Uint8Array(n);
  for (let i = 0; i < n; i++) codes[i] = numberOf(i);
  return [codes, rows];
}

function makeFacets() {
  const T = head.tables;
  facets = [
    facet("type", col.type, T.type, { fixed: true, open: true }),
    facet("subtype", col.subtype, T.subtype),
    facet("status", col.status, T.status, { open: true }),
    facet("background", ...derived(["news", "background"], (i) => col.background[i]), { open: true }),
    facet("country", col.country, T.country, { show: (v) => countryName(v) || t("unknown"), open: true }),
    facet("precision", col.precision, head.precisions, { fixed: true }),
    facet("killed", ...derived(["unknown", "0", "1–9", "10–99", "100+"], (i) => {
      const k = col.killed[i] !== NONE ? col.killed[i] : col.killedLow[i];
      return k === NONE ? 0 : k < 1 ? 1 : k < 10 ? 2 : k < 100 ? 3 : 4;
    }), { fixed: true, show: (v) => (v === "unknown" ? t("unknown") : v) }),
    facet("confidence", ...derived(["high", "middle", "low"], (i) => (col.confidence[i] >= 70 ? 0 : col.confidence[i] >= 40 ? 1 : 2)), { fixed: true }),
    facet("actor", col.actors, T.actors.map((row) => row && [...new Set(row.map((a) => a[0]))])),
    facet("source", col.sources, T.sources),
    facet("language", col.language, T.language),
  ];
  prune();
}

function applyFilters(light = false) {
  const active = facets.filter((f) => f.picked.size);
  for (const f of active) {
    const wanted = new Uint8Array(f.names.length);
    for (const value of f.picked) {
      const number = f.names.indexOf(value);
      if (number >= 0) wanted[number] = 1;
    }
    f.ok = Uint8Array.from(f.members, (list) => (list.some((m) => wanted[m]) ? 1 : 0));
  }
  const rows = facets.map((f) => new Int32Array(f.members.length));
  const bit = facets.map((f, b) => (active.includes(f) ? 1 << b : 0));
  const codes = facets.map((f) => f.codes);
  const { from, to, textMatch, undated } = filter, { sides } = compare;
  const windowed = from !== null || to !== null;
  const a = from === null ? -Infinity : from, z = to === null ? Infinity : to;
  if (shown.mask.length !== n) {
    shown.mask = new Uint8Array(n);
    shown.beyond = new Uint8Array(n); // let through by all but the time window: what the histogram draws
    shown.order = new Uint32Array(n);
  }
  let count = 0, places = 0;
  const width = facets.length;
  for (let i = 0; i < n; i++) {
    let fail = 0;
    for (let f = 0; f < width; f++) if (bit[f] && !facets[f].ok[codes[f][i]]) fail |= bit[f];
    if (windowed && (col.start[i] === NONE ? !undated : col.end[i] < a || col.start[i] > z)) fail |= BITS.time;
    if (textMatch && !textMatch[i]) fail |= BITS.text;
    if (sides && !sides[col.sources[i]]) fail |= BITS.compare;
    shown.beyond[i] = (fail & ~BITS.time) === 0 ? 1 : 0;
    if (fail === 0) {
      shown.mask[i] = 1;
      shown.order[count++] = i;
      if (spot[i] >= 0) places++;
      if (!light) for (let f = 0; f < width; f++) rows[f][codes[f][i]]++;
    } else {
      shown.mask[i] = 0;
      if (!light && (fail & (fail - 1)) === 0) {
        const f = bit.indexOf(fail);
        if (f >= 0) rows[f][codes[f][i]]++;
      }
    }
  }
  shown.n = count;
  shown.located = places;
  if (!light)
    facets.forEach((f, at) => {
      f.counts.fill(0);
      f.members.forEach((list, row) => list.forEach((m) => (f.counts[m] += rows[at][row])));
    });
  emit("shown", light);
}

/** Sentences folded for search, kept when there are not too many. */
const folded = [];
async function foldedText(i) {
  if (folded[i] !== undefined) return folded[i];
  const d = await detailsOf(i);
  const text = fold([...d.c.map((c) => c.t.join("") + " " + (c.h || "") + " " + c.r), d.pr || "", ...(d.n || [])].join(" "));
  if (n <= 50000) folded[i] = text;
  return text;
}

let searching = 0;
async function search(query) {
  filter.query = query;
  const ticket = ++searching;
  const terms = fold(query).split(/\s+/).filter(Boolean);
  if (!terms.length) {
    filter.textMatch = null;
    applyFilters();
    return;
  }
  const T = head.tables;
  const rowsFor = (term) => ({
    place: Uint8Array.from(T.place, (v) => (v && fold(v).includes(term) ? 1 : 0)),
    admin1: Uint8Array.from(T.admin1, (v) => (v && fold(v).includes(term) ? 1 : 0)),
    country: Uint8Array.from(T.country, (v) => (v && fold(v + " " + countryName(v)).includes(term) ? 1 : 0)),
    actors: Uint8Array.from(T.actors, (v) => (v && v.some((x) => fold(x[0]).includes(term)) ? 1 : 0)),
    subtype: Uint8Array.from(T.subtype, (v) => (v && fold(v + " " + named("subtype", v)).includes(term) ? 1 : 0)),
    sources: Uint8Array.from(T.sources, (v) => (v && v.some((x) => fold(x).includes(term)) ? 1 : 0)),
  });
  const tables = terms.map(rowsFor);
  const match = new Uint8Array(n);
  const missing = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    let left = 0;
    tables.forEach((rows, w) => {
      if (!Object.keys(rows).some((name) => rows[name][col[name][i]])) left |= 1 << (w & 31);
    });
    missing[i] = left;
    match[i] = left === 0 ? 1 : 0;
  }
  filter.textMatch = match;
  applyFilters();
  for (let i = 0; i < n; i++) {
    if (missing[i]) {
      const text = await foldedText(i);
      if (ticket !== searching) return;
      if (terms.every((term, w) => !(missing[i] & (1 << (w & 31))) || text.includes(term))) match[i] = 1;
    }
    if (i % 5000 === 4999) {
      emit("progress", i / n);
      await pause();
      if (ticket !== searching) return;
    }
  }
  emit("progress", 1);
  applyFilters();
}

function clearFilters() {
  facets.forEach((f) => f.picked.clear());
  Object.assign(filter, { from: null, to: null, undated: true, query: "", textMatch: null });
  searching++;
  emit("cleared");
  applyFilters();
}
