// Regions of uncertainty and the lines from anchor to derived place.
const MOST_REGIONS = 250; // more outlines than these turn the map to mud

/** Path of the region of event `i`: its polygon, else the circle of its radius, in kilometres on the ground. */
function regionPath(context, i, view) {
  const rings = head.tables.rings[col.region[i]];
  context.beginPath();
  if (col.region[i]) {
    for (const ring of rings) {
      ring.forEach(([x, y], k) => {
        const px = mercatorX(x / 1e4) * view.scale - view.ox, py = mercatorY(y / 1e4) * view.scale - view.oy;
        if (k) context.lineTo(px, py);
        else context.moveTo(px, py);
      });
      context.closePath();
    }
    return true;
  }
  if (col.radius[i] === NONE) return false;
  const r = (col.radius[i] / (2 * Math.PI * 6378137 * Math.cos((lat(i) * Math.PI) / 180))) * view.scale;
  if (r < 6) return false; // hidden below the sign
  context.arc(X[i] * view.scale - view.ox, Y[i] * view.scale - view.oy, r, 0, 7);
  return true;
}

paint.regions = (context, view) => {
  const seen = new Set(), drawn = [];
  for (let k = shown.n - 1; k >= 0 && drawn.length <= MOST_REGIONS; k--) {
    const i = shown.order[k];
    if (spot[i] < 0 || rough(i) || i === selected) continue;
    const key = `${spot[i]} ${col.region[i]} ${col.radius[i]}`;
    const x = X[i] * view.scale - view.ox, y = Y[i] * view.scale - view.oy;
    if (seen.has(key) || x < -200 || y < -200 || x > view.w + 200 || y > view.h + 200) continue;
    seen.add(key);
    drawn.push(i);
  }
  context.setLineDash([3, 4]);
  context.lineWidth = 1;
  if (drawn.length <= MOST_REGIONS)
    for (const i of drawn)
      if (regionPath(context, i, view)) {
        context.globalAlpha = col.background[i] ? 0.45 : 0.85;
        context.strokeStyle = lineColour(i);
        context.stroke();
      }
  context.globalAlpha = 1;
  if (selected >= 0 && located(selected) && regionPath(context, selected, view)) {
    const { colour } = tones()[toneOf(selected)];
    context.globalAlpha = 0.18;
    context.fillStyle = colour;
    context.fill("evenodd");
    context.globalAlpha = 1;
    context.strokeStyle = lineColour(selected);
    context.lineWidth = 2;
    context.setLineDash([6, 4]);
    context.stroke();
  }
  context.setLineDash([]);
};

paint.lines = (context, view) => {
  const draw = (i, strong) => {
    if (col.anchorLat[i] === NONE || !located(i)) return;
    const ax = mercatorX(col.anchorLon[i] / 1e6) * view.scale - view.ox, ay = mercatorY(col.anchorLat[i] / 1e6) * view.scale - view.oy;
    const x = X[i] * view.scale - view.ox, y = Y[i] * view.scale - view.oy;
    context.strokeStyle = strong ? ink.text : ink.soft;
    context.lineWidth = strong ? 1.6 : 1;
    context.beginPath();
    context.moveTo(ax, ay);
    context.lineTo(x, y);
    context.stroke();
    context.fillStyle = ink.paper;
    context.beginPath();
    context.arc(ax, ay, 3.5, 0, 7);
    context.fill();
    context.stroke();
    if (!strong || Math.hypot(x - ax, y - ay) < 60) return;
    const from = [col.anchorLat[i] / 1e6, col.anchorLon[i] / 1e6, lat(i), lon(i)];
    const degrees = bearing(...from);
    const text = `${kilometres(metres(...from))} · ${Math.round(degrees)}° ${wind(degrees)}`;
    context.font = `600 12px ${FONT}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.direction = "ltr";
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeStyle = ink.paper;
    const mx = (ax + x) / 2, my = (ay + y) / 2 - 10;
    context.strokeText(text, mx, my);
    context.fillStyle = ink.text;
    context.fillText(text, mx, my);
  };
  let drawn = 0;
  for (let k = shown.n - 1; k >= 0 && drawn < 150; k--) {
    const i = shown.order[k];
    if (i === selected || col.anchorLat[i] === NONE) continue;
    draw(i, false);
    drawn++;
  }
  if (selected >= 0) draw(selected, true);
};
