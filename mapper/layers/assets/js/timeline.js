// Time: a histogram of what the other filters let through, a window over it, play, and exact dates.
const timeline = { bins: [], unit: "day", first: 0, last: 0, playing: 0 };
const STEPS = { day: 1, week: 7, month: 30, year: 365 };

function binStarts(first, last) {
  const span = last - first + 1;
  const unit = span <= 120 ? "day" : span <= 800 ? "week" : span <= 366 * 20 ? "month" : "year";
  const starts = [];
  if (unit === "day" || unit === "week") {
    const begin = unit === "week" ? first - ((((first + 3) % 7) + 7) % 7) : first;
    for (let d = begin; d <= last; d += STEPS[unit]) starts.push(d);
  } else {
    const date = new Date(first * DAY);
    let year = date.getUTCFullYear(), month = unit === "month" ? date.getUTCMonth() : 0;
    for (let d = Date.UTC(year, month, 1) / DAY; d <= last; d = Date.UTC(year, month, 1) / DAY) {
      starts.push(d);
      if (unit === "month") month++;
      else year++;
      if (month > 11) (month = 0), year++;
    }
  }
  return { unit, starts };
}

function makeTimeline() {
  let first = Infinity, last = -Infinity, undated = 0;
  for (let i = 0; i < n; i++) {
    if (col.start[i] === NONE) undated++;
    else {
      if (col.start[i] < first) first = col.start[i];
      if (col.end[i] > last) last = col.end[i];
    }
  }
  timeline.undated = undated;
  timeline.empty = first === Infinity;
  if (timeline.empty) return;
  if (last - first < 6) (first -= 3), (last += 3);
  Object.assign(timeline, binStarts(first, last));
  timeline.first = timeline.starts[0];
  timeline.ends = timeline.starts.map((_, k) => (k + 1 < timeline.starts.length ? timeline.starts[k + 1] - 1 : Math.max(last, timeline.starts[k])));
  timeline.last = Math.max(last, timeline.starts.at(-1) + (timeline.unit === "day" ? 0 : STEPS[timeline.unit] - 1));
  timeline.ends[timeline.ends.length - 1] = timeline.last;
  // For each event its first and last bin, once: dates do not change.
  const find = (day) => {
    let lo = 0, hi = timeline.starts.length - 1;
    while (lo < hi) {
      const mid = (lo + hi + 1) >> 1;
      if (timeline.starts[mid] <= day) lo = mid;
      else hi = mid - 1;
    }
    return lo;
  };
  timeline.from = new Int32Array(n);
  timeline.to = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    timeline.from[i] = col.start[i] === NONE ? -1 : find(col.start[i]);
    timeline.to[i] = col.start[i] === NONE ? -1 : find(col.end[i]);
  }
}

/** Counts by bin and type; a range is spread over its bins, so that it adds up to one event. */
function countBins() {
  const width = timeline.starts.length, types = tones().length;
  const bins = new Float64Array(width * types);
  for (let i = 0; i < n; i++) {
    if (!shown.beyond[i] || timeline.from[i] < 0) continue;
    const a = timeline.from[i], z = timeline.to[i], part = 1 / (z - a + 1);
    for (let b = a; b <= z; b++) bins[b * types + toneOf(i)] += part;
  }
  return bins;
}

let box; // canvas and controls
const dayAt = (x) => Math.round(timeline.first - 0.5 + (x / box.width) * (timeline.last - timeline.first + 1));
const xOf = (day) => ((day - timeline.first) / (timeline.last - timeline.first + 1)) * box.width;

function drawTimeline() {
  if (!box || timeline.empty || !shown.beyond) return;
  const canvas = box.canvas, ratio = window.devicePixelRatio || 1;
  box.width = canvas.clientWidth;
  const height = canvas.clientHeight, axis = 16, tall = height - axis - 4;
  if (!box.width) return;
  canvas.width = box.width * ratio;
  canvas.height = height * ratio;
  const c = canvas.getContext("2d");
  c.scale(ratio, ratio);
  const bins = (box.bins ||= countBins()), palette = tones(), types = palette.length, width = timeline.starts.length;
  let most = 0;
  for (let b = 0; b < width; b++) {
    let sum = 0;
    for (let k = 0; k < types; k++) sum += bins[b * types + k];
    most = Math.max(most, sum);
  }
  const { from, to } = filter, open = from === null && to === null;
  const a = from ?? timeline.first, z = to ?? timeline.last;
  for (let b = 0; b < width; b++) {
    const x = xOf(timeline.starts[b]), w = Math.max(1, xOf(timeline.ends[b] + 1) - x - (box.width / width > 4 ? 1 : 0));
    let y = height - axis;
    c.globalAlpha = open || (timeline.ends[b] >= a && timeline.starts[b] <= z) ? 1 : 0.25;
    for (let k = 0; k < types; k++) {
      const h = most ? (bins[b * types + k] / most) * tall : 0;
      if (!h) continue;
      c.fillStyle = palette[k].colour;
      c.fillRect(x, y - h, w, h);
      y -= h;
    }
  }
  c.globalAlpha = 1;
  c.strokeStyle = ink.border;
  c.beginPath();
  c.moveTo(0, height - axis + 0.5);
  c.lineTo(box.width, height - axis + 0.5);
  c.stroke();
  drawAxis(c, height, axis);
  if (!open) {
    const x1 = xOf(a), x2 = xOf(z + 1);
    c.fillStyle = ink.accent;
    c.globalAlpha = 0.1;
    c.fillRect(x1, 0, x2 - x1, height - axis);
    c.globalAlpha = 1;
    c.fillRect(x1 - 1, 0, 2, height - axis);
    c.fillRect(x2 - 1, 0, 2, height - axis);
  }
  if (selected >= 0 && col.start[selected] !== NONE) {
    const x1 = xOf(col.start[selected]), x2 = Math.max(x1 + 3, xOf(col.end[selected] + 1));
    c.fillStyle = ink.text;
    c.fillRect(x1, height - axis + 1, x2 - x1, 3);
  }
  for (const [name, day] of [["from", a], ["to", z]]) {
    const grip = box[name];
    grip.style.left = (name === "from" ? xOf(day) : xOf(day + 1)) + "px";
    grip.setAttribute("aria-valuemin", timeline.first);
    grip.setAttribute("aria-valuemax", timeline.last);
    grip.setAttribute("aria-valuenow", day);
    grip.setAttribute("aria-valuetext", iso(day));
    box[name + "Date"].value = from === null && to === null ? "" : iso(day);
  }
}

function drawAxis(c, height, axis) {
  c.fillStyle = ink.soft;
  c.font = `11px ${FONT}`;
  c.textBaseline = "bottom";
  c.direction = "ltr"; // time runs left to right in every language
  let free = 0;
  timeline.starts.forEach((day) => {
    const text = timeline.unit === "year" ? iso(day).slice(0, 4) : timeline.unit === "month" ? iso(day).slice(0, 7) : iso(day);
    const x = xOf(day), w = c.measureText(text).width;
    if (x < free || x + w > box.width) return;
    c.textAlign = "left";
    c.fillText(text, x + 1, height - 1);
    c.fillRect(x, height - axis, 1, 4);
    free = x + w + 26;
  });
}

const setWindow = (from, to, light = false) => {
  if (from !== null && to !== null && from > to) [from, to] = [to, from];
  filter.from = from;
  filter.to = to;
  applyFilters(light);
};

function play(start) {
  clearInterval(timeline.playing);
  timeline.playing = 0;
  if (start) {
    const whole = timeline.last - timeline.first + 1;
    let a = filter.from ?? timeline.first, width = (filter.to ?? timeline.last) - a;
    if (width >= whole - 1) (width = Math.max(0, Math.round(whole / 12))), (a = timeline.first);
    const step = Math.max(1, Math.round(whole / 120));
    setWindow(a, a + width);
    timeline.playing = setInterval(() => {
      if (filter.to === null || filter.to >= timeline.last) return play(false);
      setWindow(filter.from + step, filter.to + step, true);
    }, 120);
  } else applyFilters();
  box.play.setAttribute("aria-pressed", String(!!timeline.playing));
  box.play.textContent = timeline.playing ? "❚❚" : "▶";
}

function buildTimeline(host) {
  const grip = (name) => el("button", { class: "grip", role: "slider", type: "button", onkeydown: (e) => keyGrip(e, name) });
  box = {
    canvas: el("canvas", { class: "histogram", "aria-hidden": "true" }),
    from: grip("from"), to: grip("to"),
    play: el("button", { class: "icon", type: "button", onclick: () => play(!timeline.playing) }, "▶"),
    fromDate: dateBox("from"), toDate: dateBox("to"),
    all: el("button", { type: "button", onclick: () => (timeline.playing ? play(false) : null, setWindow(null, null)) }),
    undated: el("input", { type: "checkbox", checked: true, onchange: (e) => ((filter.undated = e.target.checked), applyFilters()) }),
    undatedText: el("span"), note: el("span", { class: "soft" }),
  };
  box.track = el("div", { class: "track", dir: "ltr" }, box.canvas, box.from, box.to);
  const undated = timeline.undated ? el("label", {}, box.undated, box.undatedText) : null;
  host.append(el("div", { class: "time-controls" }, box.play, box.fromDate, el("span", {}, "–"), box.toDate, box.all, undated, box.note), box.track);
  if (timeline.empty) box.track.hidden = box.play.hidden = box.fromDate.hidden = box.toDate.hidden = box.all.hidden = true;
  dragWindow();
  new ResizeObserver(framed(drawTimeline)).observe(box.canvas);
}

/** A day as ISO writes it, the same in every language; the browser's own date box would write it as its owner does. */
const dateBox = (which) => el("input", { type: "text", class: "day", dir: "ltr", inputmode: "numeric", maxlength: 10, placeholder: timeline.empty ? "" : iso(which === "from" ? timeline.first : timeline.last), autocomplete: "off", onchange: () => typed(which) });

function typed(which) {
  const input = box[which + "Date"], value = fold(input.value).trim().replace(/[./]/g, "-"), known = /^\d{4}(-\d\d?){0,2}$/.test(value);
  const [year, month, date] = value.split("-").map(Number), late = which === "to";
  const day = known ? Math.round(Date.UTC(year, month === undefined ? (late ? 12 : 0) : month - (late && !date ? 0 : 1), date || (late ? 0 : 1)) / DAY) : null;
  input.setAttribute("aria-invalid", String(value !== "" && !known));
  if (value && !known) return;
  const other = which === "from" ? filter.to : filter.from;
  if (which === "from") setWindow(day, other);
  else setWindow(other, day);
}

function keyGrip(e, name) {
  const move = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[e.key];
  const step = STEPS[timeline.unit];
  let a = filter.from ?? timeline.first, z = filter.to ?? timeline.last;
  if (move) name === "from" ? (a += move * step) : (z += move * step);
  else if (e.key === "Home") name === "from" ? (a = timeline.first) : (z = a);
  else if (e.key === "End") name === "from" ? (a = z) : (z = timeline.last);
  else if (e.key === "Escape") return setWindow(null, null);
  else return;
  e.preventDefault();
  const keep = (d) => Math.max(timeline.first, Math.min(timeline.last, d));
  a = keep(a);
  z = keep(z);
  setWindow(Math.min(a, z), Math.max(a, z));
}

function dragWindow() {
  let drag = null;
  const update = framed(() => drag && setWindow(drag.a, drag.z, true));
  box.track.addEventListener("pointerdown", (e) => {
    if (e.target === box.from || e.target === box.to) e.target.focus();
    else if (e.button !== 0) return;
    e.preventDefault();
    const day = dayAt(e.clientX - box.canvas.getBoundingClientRect().left);
    const a = filter.from ?? timeline.first, z = filter.to ?? timeline.last, open = filter.from === null && filter.to === null;
    const kind = e.target === box.from ? "from" : e.target === box.to ? "to" : !open && day >= a && day <= z ? "move" : "new";
    drag = { kind, day, a0: a, z0: z, a: kind === "new" ? day : a, z: kind === "new" ? day : z, moved: false };
    box.track.setPointerCapture(e.pointerId);
  });
  box.track.addEventListener("pointermove", (e) => {
    if (!drag) return;
    const day = Math.max(timeline.first, Math.min(timeline.last, dayAt(e.clientX - box.canvas.getBoundingClientRect().left)));
    if (day !== drag.day) drag.moved = true;
    if (!drag.moved) return;
    if (drag.kind === "new") (drag.a = Math.min(drag.day, day)), (drag.z = Math.max(drag.day, day));
    else if (drag.kind === "from") drag.a = Math.min(day, drag.z0);
    else if (drag.kind === "to") drag.z = Math.max(day, drag.a0);
    else {
      const shift = Math.max(timeline.first - drag.a0, Math.min(timeline.last - drag.z0, day - drag.day));
      drag.a = drag.a0 + shift;
      drag.z = drag.z0 + shift;
    }
    update();
  });
  const end = () => {
    if (!drag) return;
    const { moved, a, z } = drag;
    drag = null;
    if (moved) setWindow(a, z);
  };
  box.track.addEventListener("pointerup", end);
  box.track.addEventListener("pointercancel", end);
  box.track.addEventListener("dblclick", () => setWindow(null, null));
}

function nameTimeline() {
  box.play.setAttribute("aria-label", t("time.play"));
  box.play.title = t("time.play");
  box.from.setAttribute("aria-label", t("time.from"));
  box.to.setAttribute("aria-label", t("time.to"));
  box.fromDate.setAttribute("aria-label", t("time.from"));
  box.toDate.setAttribute("aria-label", t("time.to"));
  box.all.textContent = t("time.all");
  box.undatedText.textContent = " " + t("time.undated", { n: number(timeline.undated) });
  box.note.textContent = timeline.empty ? t("time.none") : t("time.unit." + timeline.unit);
}
on("shown", (light) => {
  // The bins depend on all filters but the window, which is all that changes in a drag.
  if (box && !light) box.bins = null;
  drawTimeline();
});
