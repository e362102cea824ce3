// The ground: land, borders, disputed lines and names, from the embedded base map.
/** A line in Mercator, with its bounds. */
function lineOf(xs, ys, scale) {
  const points = new Float64Array(2 * xs.length);
  let left = 2, right = -2, top = 2, bottom = -2;
  for (let i = 0; i < xs.length; i++) {
    const px = mercatorX(xs[i] / scale), py = mercatorY(ys[i] / scale);
    points[2 * i] = px;
    points[2 * i + 1] = py;
    if (px < left) left = px;
    if (px > right) right = px;
    if (py < top) top = py;
    if (py > bottom) bottom = py;
  }
  return { points, left, right, top, bottom };
}

/** One line of JSON, then numbers: points of each line, steps in x, steps in y; a line begins at the end of the one before. */
function readGround(bytes) {
  const end = bytes.indexOf(10), raw = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  const numbers = numberReader(bytes, end + 1), towns = raw.people.length;
  const counts = numbers(raw.countries.reduce((sum, row) => sum + row[2], 0) + raw.units + raw.disputed);
  const points = counts.reduce((sum, count) => sum + count, 0);
  const signed = (steps) => steps.map((v) => (v >>> 1) ^ -(v & 1));
  const xs = signed(numbers(points + towns)), ys = signed(numbers(points + towns));
  for (let k = 1; k < points; k++) (xs[k] += xs[k - 1]), (ys[k] += ys[k - 1]);
  let line = 0, at = 0;
  const lines = (count) => Array.from({ length: count }, () => lineOf(xs.subarray(at, at + counts[line]), ys.subarray(at, (at += counts[line++])), raw.scale));
  base.countries = raw.countries.map(([code, names, rings]) => {
    const made = { area: code, names, rings: lines(rings) };
    if (code && !base.names.has(code)) {
      base.names.set(code, names);
      made.first = true;
    }
    return made;
  });
  base.labels = base.countries
    .filter((c) => c.first && c.rings.length)
    .map(({ names, rings: [{ left, right, top, bottom }] }) => ({ x: (left + right) / 2, y: (top + bottom) / 2, width: right - left, names }))
    .sort((a, b) => b.width - a.width);
  base.units = lines(raw.units);
  base.disputed = lines(raw.disputed);
  const [name, ar, fr] = raw.names;
  base.towns = raw.people.map((people, k) => ({ x: mercatorX(xs[points + k] / raw.scale), y: mercatorY(ys[points + k] / raw.scale), people, names: [name[k], ar[k] || name[k], fr[k] || name[k]] }));
}

/** Add to the path each line that the view can see, without the corners that fall on one pixel. */
function trace(context, lines, view, turn) {
  const { scale, w, h } = view, ox = view.ox - turn * scale, oy = view.oy;
  for (const line of lines) {
    if (line.right * scale - ox < 0 || line.left * scale - ox > w || line.bottom * scale - oy < 0 || line.top * scale - oy > h) continue;
    const p = line.points;
    let lx = p[0] * scale - ox, ly = p[1] * scale - oy;
    context.moveTo(lx, ly);
    for (let i = 2; i < p.length; i += 2) {
      const x = p[i] * scale - ox, y = p[i + 1] * scale - oy;
      if (Math.abs(x - lx) + Math.abs(y - ly) < 0.9 && i < p.length - 2) continue;
      context.lineTo(x, y);
      lx = x;
      ly = y;
    }
  }
}
function turns(view) {
  const first = Math.floor(view.ox / view.scale), last = Math.floor((view.ox + view.w) / view.scale);
  return Array.from({ length: Math.min(3, last - first + 1) }, (_, i) => first + i);
}
function strokeLines(context, lines, view) {
  context.beginPath();
  for (const turn of turns(view)) trace(context, lines, view, turn);
  context.stroke();
}

paint.countries = (context, view) => {
  context.fillStyle = ink.land;
  context.strokeStyle = ink.border;
  context.lineWidth = view.zoom < 4 ? 0.7 : 1.1;
  context.lineJoin = "round";
  context.setLineDash([]);
  for (const turn of turns(view))
    for (const country of base.countries) {
      context.beginPath();
      trace(context, country.rings, view, turn);
      context.fill("evenodd");
      context.stroke();
    }
};
const SHADE = "#D55E00";
let perArea = {};
/** Whether areas are provinces: where we have them, and near enough to tell them apart. */
const finely = () => head.units.length > 0 && map().getZoom() >= 4.5;
/** Shown events of each country (by code) or province (by number), and the most of any. */
function shadeCounts() {
  const fine = finely(), kind = fine ? "units" : "countries";
  if (perArea[kind]) return perArea[kind];
  const counts = new Map();
  for (let k = 0; k < shown.n; k++) {
    const area = fine ? col.unit[shown.order[k]] : valueOf("country", shown.order[k]);
    if (area) counts.set(area, (counts.get(area) || 0) + 1);
  }
  return (perArea[kind] = { counts, fine, most: Math.max(0, ...counts.values()) });
}
/** Provinces as lines in Mercator, made when they are first asked for. */
const provinces = () => (base.provinces ||= head.units.map(([, rings], k) => ({ area: k + 1, rings: rings.map((ring) => lineOf(ring.map((p) => p[0]), ring.map((p) => p[1]), 1e4)) })));
on("shown", () => {
  perArea = {};
  if (enabled.has("shade")) redraw("ground");
});
paint.shade = (context, view) => {
  const { counts, fine, most } = shadeCounts();
  context.fillStyle = SHADE;
  for (const turn of turns(view))
    for (const { area, rings } of fine ? provinces() : base.countries) {
      if (!counts.has(area)) continue;
      context.globalAlpha = 0.08 + (0.5 * Math.log1p(counts.get(area))) / Math.log1p(most);
      context.beginPath();
      trace(context, rings, view, turn);
      context.fill("evenodd");
    }
  context.globalAlpha = 1;
};
paint.units = (context, view) => {
  if (view.zoom < 4) return;
  context.strokeStyle = ink.unit;
  context.lineWidth = view.zoom < 6 ? 0.5 : 0.8;
  strokeLines(context, base.units, view);
};
paint.disputed = (context, view) => {
  context.strokeStyle = ink.dispute;
  context.lineWidth = 1.2;
  context.setLineDash([4, 3]);
  strokeLines(context, base.disputed, view);
  context.setLineDash([]);
};

const FONT = 'system-ui, "Segoe UI", "Noto Sans", "Noto Sans Arabic", "Noto Naskh Arabic", Tahoma, sans-serif';
/** Names that do not run into each other; the largest towns first. */
paint.towns = (context, view) => {
  const taken = [], at = { en: 0, ar: 1, fr: 2 }[language];
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.direction = rtl() ? "rtl" : "ltr";
  context.lineJoin = "round";
  const place = (x, y, text, size, colour, weight, dot) => {
    context.font = `${weight} ${size}px ${FONT}`;
    const half = context.measureText(text).width / 2 + 4;
    // A town or country in which something happened is named below the sign.
    const under = signs.some((p) => Math.abs(p[0] - x) < half && Math.abs(p[1] - y) < 15);
    const mid = under ? y + size * (dot ? 1.75 : 1.9) : dot ? y - size * 0.85 : y;
    const box = [x - half, mid - size * 0.7, x + half, under ? mid + size * 0.7 : y + (dot ? 4 : size * 0.7)];
    if (taken.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1])) return;
    taken.push(box);
    if (dot) {
      context.fillStyle = colour;
      context.beginPath();
      context.arc(x, y, 1.8, 0, 7);
      context.fill();
    }
    context.strokeStyle = ink.halo;
    context.lineWidth = 3;
    context.strokeText(text, x, mid);
    context.fillStyle = colour;
    context.fillText(text, x, mid);
  };
  const signs = [];
  if (spots.n < 3000 && enabled.has("events"))
    for (let s = 0; s < spots.n; s++) {
      const p = [spots.x[s] * view.scale - view.ox, spots.y[s] * view.scale - view.oy];
      if (p[0] > -20 && p[1] > -20 && p[0] < view.w + 20 && p[1] < view.h + 20) signs.push(p);
    }
  const visible = (o) => {
    const x = o.x * view.scale - view.ox, y = o.y * view.scale - view.oy;
    return x > 0 && x < view.w && y > 0 && y < view.h ? [x, y] : null;
  };
  if (view.zoom < 8)
    for (const c of base.labels) {
      const size = view.zoom < 5 ? 12 : 14, p = visible(c);
      if (p && c.width * view.scale > 46) place(p[0], p[1], c.names[at] || c.names[0], size, ink.soft, 600, false);
    }
  const least = view.zoom < 4 ? Infinity : view.zoom < 5 ? 3000 : view.zoom < 6 ? 1200 : view.zoom < 7 ? 600 : 300;
  for (const town of base.towns) {
    if (town.people < least) break;
    const p = visible(town);
    if (p) place(p[0], p[1], town.names[at], 11.5, ink.label, 400, true);
    if (taken.length > 140) break;
  }
  if (view.zoom < 5.5) return;
  base.named ||= head.names.map(([x, y, ...names]) => ({ x: mercatorX(x / 1e6), y: mercatorY(y / 1e6), names }));
  for (const named of base.named) {
    const p = taken.length < 200 && visible(named);
    const name = rtl() ? named.names[1] || named.names[0] : named.names[0] || named.names[1];
    if (p) place(p[0], p[1], plain(name).slice(0, 40), 11.5, ink.label, 400, true);
  }
};
