// The events: a shape and an Okabe-Ito colour for each type, so that they are told apart without colour too.
const polygon = (corners, radius, turn = -90) =>
  "M" + Array.from({ length: corners }, (_, i) => {
    const a = ((turn + (360 * i) / corners) * Math.PI) / 180;
    return `${(radius * Math.cos(a)).toFixed(2)} ${(radius * Math.sin(a)).toFixed(2)}`;
  }).join("L") + "Z";
const star = (points, outer, inner) =>
  "M" + Array.from({ length: points * 2 }, (_, i) => {
    const a = ((-90 + (180 * i) / points) * Math.PI) / 180, r = i % 2 ? inner : outer;
    return `${(r * Math.cos(a)).toFixed(2)} ${(r * Math.sin(a)).toFixed(2)}`;
  }).join("L") + "Z";
const CROSS = "M-7 -4L-4 -7L0 -3L4 -7L7 -4L3 0L7 4L4 7L0 3L-4 7L-7 4L-3 0Z";
const SHAPES = {
  "Battles": ["#D55E00", CROSS],
  "Explosions/Remote violence": ["#E69F00", star(8, 8.5, 4.6), "#B57B00"],
  "Violence against civilians": ["#CC79A7", polygon(3, 8.5)],
  "Protests": ["#56B4E9", "M-6.5 0A6.5 6.5 0 1 1 6.5 0A6.5 6.5 0 1 1 -6.5 0Z", "#2A83B8"],
  "Riots": ["#0072B2", polygon(4, 8.2, -45)],
  "Strategic developments": ["#009E73", polygon(4, 8.2)],
  "Diplomacy": ["#F0E442", polygon(5, 8), "#8F8500"],
};
/** The order of the types wherever they are listed: that of the codebook, others after it. */
const typeOrder = (name) => (Object.keys(SHAPES).indexOf(name) + 99) % 99;
const OTHER = ["#8A8A8A", polygon(6, 7)];
let kinds = [];
function makeKinds() {
  kinds = head.tables.type.map((name) => {
    const [colour, path, deep] = (name && Object.hasOwn(SHAPES, name) && SHAPES[name]) || OTHER;
    return { name, colour, deep: deep || colour, path, shape: new Path2D(path) };
  });
}
const kindOf = (i) => kinds[col.type[i]];
/** The colour of lines: bright yellow and orange drown in light land. */
const lineColour = (i) => tones()[toneOf(i)][ink.dark ? "colour" : "deep"];
/** Planned or denied: it is not said to have happened. */
const hollow = (i) => ["planned", "denied"].includes(valueOf("status", i));
function signOf(i, size = 18) {
  const { path } = kindOf(i), { colour } = tones()[toneOf(i)];
  return svg(path, size, hollow(i) ? { fill: "none", stroke: lineColour(i), "stroke-width": 2.4 } : { fill: colour, stroke: "var(--edge)", "stroke-width": 1.1 });
}

let selected = -1;
const BUBBLES_ABOVE = 220; // places in view; below that every place has its own sign
let drawnSpots = []; // what a click can hit: {x, y, r, events | bubble}

function drawSign(context, i, x, y, scale) {
  const { shape } = kindOf(i), { colour } = tones()[toneOf(i)];
  context.save();
  context.translate(x, y);
  context.scale(scale, scale);
  if (rough(i)) {
    context.setLineDash([2.5, 2.5]);
    context.strokeStyle = lineColour(i);
    context.lineWidth = 1.4;
    context.beginPath();
    context.arc(0, 0, 12.5, 0, 7);
    context.stroke();
    context.setLineDash([]);
    context.scale(0.72, 0.72);
  }
  context.globalAlpha = col.background[i] ? 0.6 : 1;
  context.lineJoin = "round";
  context.lineWidth = 3.4;
  context.strokeStyle = ink.paper;
  context.stroke(shape);
  if (hollow(i)) {
    context.fillStyle = ink.paper;
    context.fill(shape);
    context.strokeStyle = lineColour(i);
    context.lineWidth = 2.2;
  } else {
    context.fillStyle = colour;
    context.fill(shape);
    context.strokeStyle = "#1c1c1c";
    context.lineWidth = 1;
  }
  context.stroke(shape);
  context.restore();
}

function badge(context, x, y, text) {
  context.font = `700 10px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.direction = "ltr";
  const half = Math.max(7, context.measureText(text).width / 2 + 4);
  context.fillStyle = ink.text;
  context.beginPath();
  context.roundRect(x - half, y - 7, 2 * half, 14, 7);
  context.fill();
  context.fillStyle = ink.paper;
  context.fillText(text, x, y + 0.5);
}

/** Shown events of each spot: how many, and the one on top (news before background, later before earlier). */
function spotCounts() {
  const count = new Int32Array(spots.n), top = new Int32Array(spots.n).fill(-1);
  for (let k = 0; k < shown.n; k++) {
    const i = shown.order[k], s = spot[i];
    if (s < 0) continue;
    count[s]++;
    if (top[s] < 0 || col.background[i] <= col.background[top[s]]) top[s] = i;
  }
  return { count, top };
}
let perSpot = null;
on("shown", () => (perSpot = null));

paint.events = (context, view) => {
  perSpot ||= spotCounts();
  const { count, top } = perSpot, inView = [];
  const places = [], margin = 30;
  for (let s = 0; s < spots.n; s++) {
    if (!count[s]) continue;
    const x = spots.x[s] * view.scale - view.ox, y = spots.y[s] * view.scale - view.oy;
    if (x > -margin && y > -margin && x < view.w + margin && y < view.h + margin) {
      inView.push(s);
      places.push(x, y);
    }
  }
  drawnSpots = [];
  if (inView.length > BUBBLES_ABOVE && view.zoom < 12) bubbles(context, view, inView, places, count);
  else {
    inView.forEach((s, k) => {
      const i = top[s];
      drawSign(context, i, places[2 * k], places[2 * k + 1], 1);
      drawnSpots.push({ x: places[2 * k] - view.pad.x, y: places[2 * k + 1] - view.pad.y, r: 13, spot: s });
    });
    inView.forEach((s, k) => count[s] > 1 && badge(context, places[2 * k] + 10, places[2 * k + 1] - 9, count[s] > 999 ? "999+" : String(count[s])));
  }
  if (selected >= 0 && located(selected)) {
    const x = X[selected] * view.scale - view.ox, y = Y[selected] * view.scale - view.oy;
    drawSign(context, selected, x, y, 1.25);
    context.strokeStyle = ink.accent;
    context.lineWidth = 2.5;
    context.beginPath();
    context.arc(x, y, rough(selected) ? 19 : 15, 0, 7);
    context.stroke();
  }
};

/** Neighbouring places as one ring whose arcs are the types, with the number of events in it. */
function bubbles(context, view, inView, places, count) {
  const cell = 56, cells = new Map();
  // Cells are fixed to the ground, so that a pan does not regroup them.
  const gx = ((view.ox % cell) + cell) % cell, gy = ((view.oy % cell) + cell) % cell;
  const palette = tones(), types = palette.length, cellOf = new Int32Array(spots.n).fill(-1), all = [];
  inView.forEach((s, k) => {
    const x = places[2 * k], y = places[2 * k + 1];
    const key = Math.floor((x + gx) / cell) * 65536 + Math.floor((y + gy) / cell);
    let number = cells.get(key);
    if (number === undefined) {
      number = all.length;
      cells.set(key, number);
      all.push({ n: 0, x: 0, y: 0, types: new Int32Array(types), spots: 0, spot: s });
    }
    const c = all[number];
    c.n += count[s];
    c.x += x * count[s];
    c.y += y * count[s];
    c.spots++;
    cellOf[s] = number;
  });
  for (let k = 0; k < shown.n; k++) {
    const s = spot[shown.order[k]];
    if (s >= 0 && cellOf[s] >= 0) all[cellOf[s]].types[toneOf(shown.order[k])]++;
  }
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.direction = "ltr";
  for (const c of all) {
    if (c.spots === 1) {
      const sx = c.x / c.n, sy = c.y / c.n;
      drawSign(context, perSpot.top[c.spot], sx, sy, 1);
      if (c.n > 1) badge(context, sx + 10, sy - 9, c.n > 999 ? "999+" : String(c.n));
      drawnSpots.push({ x: sx - view.pad.x, y: sy - view.pad.y, r: 13, bubble: null, spot: c.spot });
      context.textAlign = "center";
      context.textBaseline = "middle";
      continue;
    }
    const x = c.x / c.n, y = c.y / c.n, r = Math.min(25, 9 + 3.4 * Math.log10(c.n) * 1.6);
    let angle = -Math.PI / 2;
    context.fillStyle = ink.paper;
    context.beginPath();
    context.arc(x, y, r + 1.5, 0, 7);
    context.fill();
    c.types.forEach((number, kind) => {
      if (!number) return;
      const next = angle + (2 * Math.PI * number) / c.n;
      context.strokeStyle = palette[kind].colour;
      context.lineWidth = 5;
      context.beginPath();
      context.arc(x, y, r - 2.5, angle, next);
      context.stroke();
      angle = next;
    });
    context.fillStyle = ink.text;
    context.font = `700 ${c.n > 9999 ? 10 : 11.5}px ${FONT}`;
    context.fillText(c.n > 99999 ? Math.round(c.n / 1000) + "k" : c.n > 9999 ? (c.n / 1000).toFixed(1) + "k" : String(c.n), x, y + 0.5);
    drawnSpots.push({ x: x - view.pad.x, y: y - view.pad.y, r: r + 3, bubble: c.spots > 1 ? c : null, spot: c.spot });
  }
}

/** Shade by number of events: each place a soft disc, darker where discs meet. */
paint.density = (context, view) => {
  perSpot ||= spotCounts();
  const most = perSpot.count.reduce((a, b) => Math.max(a, b), 1), r = 30;
  context.globalCompositeOperation = "source-over";
  for (let s = 0; s < spots.n; s++) {
    if (!perSpot.count[s]) continue;
    const x = spots.x[s] * view.scale - view.ox, y = spots.y[s] * view.scale - view.oy;
    if (x < -r || y < -r || x > view.w + r || y > view.h + r) continue;
    const glow = context.createRadialGradient(x, y, 0, x, y, r);
    const strength = 0.07 + 0.38 * (Math.log1p(perSpot.count[s]) / Math.log1p(most));
    glow.addColorStop(0, `rgba(213, 94, 0, ${strength.toFixed(3)})`);
    glow.addColorStop(1, "rgba(213, 94, 0, 0)");
    context.fillStyle = glow;
    context.fillRect(x - r, y - r, 2 * r, 2 * r);
  }
};

function hit(point) {
  let best = null, least = Infinity;
  for (const s of drawnSpots) {
    const d = Math.hypot(s.x - point.x, s.y - point.y);
    if (d <= Math.max(s.r, 12) && d < least) {
      least = d;
      best = s;
    }
  }
  return best;
}

/** Shown events at the spot of `i`, in the order of the list. */
function companions(i) {
  if (spot[i] < 0) return [i];
  const found = [];
  for (let k = 0; k < shown.n; k++) if (spot[shown.order[k]] === spot[i]) found.push(shown.order[k]);
  return found.length ? found.reverse() : [i];
}

function clickMap(e) {
  if (measuring) return;
  const found = hit(e.containerPoint);
  if (!found) {
    select(-1);
    return;
  }
  if (found.bubble && map().getZoom() < 14) {
    map().setView(e.latlng, Math.min(map().getZoom() + 2, 14));
    return;
  }
  const there = companions((perSpot ||= spotCounts()).top[found.spot]);
  select(there[0]);
}

function bindEvents() {
  const m = map();
  m.on("click", clickMap);
  m.on("mousemove", (e) => {
    const found = hit(e.containerPoint), node = m.getContainer();
    node.style.cursor = measuring ? "crosshair" : found ? "pointer" : "";
    let title = "";
    if (found && !found.bubble) {
      const i = (perSpot ||= spotCounts()).top[found.spot];
      title = i < 0 ? "" : [named("subtype", valueOf("subtype", i) || ""), valueOf("place", i), dateText(i)].filter(Boolean).join(" · ");
    }
    if (node.title !== title) node.title = plain(title);
  });
}

/** Select an event (-1: none); `fly` brings it into view. */
function select(i, fly = false) {
  selected = i;
  emit("selected", i);
  redraw("marks");
  if (i < 0 || !fly || !located(i)) return;
  const m = map(), radius = Math.max(col.radius[i] === NONE ? 0 : col.radius[i], 4000);
  let box = L.latLng(lat(i), lon(i)).toBounds(radius * 5);
  if (col.anchorLat[i] !== NONE) box = box.extend([col.anchorLat[i] / 1e6, col.anchorLon[i] / 1e6]);
  if (!m.getBounds().pad(-0.12).contains([lat(i), lon(i)]) || m.getZoom() < 5) m.fitBounds(box, { padding: [40, 40], maxZoom: 8 });
}

/** Degrees of longitude from the westernmost shown event to the easternmost. */
function span() {
  let west = Infinity, east = -Infinity;
  for (let k = 0; k < shown.n; k++) {
    const i = shown.order[k];
    if (!located(i)) continue;
    west = Math.min(west, lon(i));
    east = Math.max(east, lon(i));
  }
  return east - west;
}

/** The view that holds the shown events; background only when there is nothing else. */
function fitShown() {
  const box = { news: null, all: null };
  for (let k = 0; k < shown.n; k++) {
    const i = shown.order[k];
    if (!located(i)) continue;
    const point = [lat(i), lon(i)];
    box.all = box.all ? box.all.extend(point) : L.latLngBounds(point, point);
    if (!col.background[i]) box.news = box.news ? box.news.extend(point) : L.latLngBounds(point, point);
  }
  const whole = box.news || box.all;
  if (!whole) return;
  // The legend stands on the far side: nothing is shown under it.
  const room = map().getSize().x > 640 && ui.legend.open ? ui.legend.offsetWidth : 0;
  const pads = rtl() ? { paddingTopLeft: [50 + room, 50], paddingBottomRight: [60, 40] } : { paddingTopLeft: [60, 50], paddingBottomRight: [50 + room, 40] };
  map().fitBounds(whole, { ...pads, maxZoom: 8, animate: false });
}
