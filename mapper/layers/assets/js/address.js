// The state of the page in its address, after #: it works on file:// and can be sent with the file.
let quiet = true;
const OFF = ["shade", "density", "tiles"]; // layers that wait to be asked for
function stateText() {
  const m = map(), c = m.getCenter(), parts = new URLSearchParams();
  parts.set("map", `${m.getZoom()}/${c.lat.toFixed(4)}/${c.lng.toFixed(4)}`);
  if (filter.from !== null) parts.set("from", iso(filter.from));
  if (filter.to !== null) parts.set("to", iso(filter.to));
  if (!filter.undated) parts.set("undated", "0");
  if (filter.query) parts.set("q", filter.query);
  for (const f of facets) for (const value of f.picked) parts.append("f." + f.key, value);
  if (compare.sides) parts.set("a", compare.a), parts.set("b", compare.b);
  if (selected >= 0) parts.set("event", idOf(selected));
  if (language !== head.language) parts.set("language", language);
  if (document.documentElement.dataset.theme) parts.set("theme", document.documentElement.dataset.theme);
  const off = Object.keys(switches).filter((k) => !enabled.has(k)), was = Object.keys(switches).filter((k) => OFF.includes(k));
  if (off.join() !== was.join()) parts.set("off", off.join("."));
  return parts.toString();
}
const saveState = later(() => !quiet && history.replaceState(null, "", "#" + stateText()), 250);

function readState() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const day = (name) => (/^\d{4}-\d\d-\d\d$/.test(parts.get(name) || "") ? dayOf(parts.get(name)) : null);
  filter.from = day("from");
  filter.to = day("to");
  filter.undated = parts.get("undated") !== "0";
  for (const f of facets) for (const value of parts.getAll("f." + f.key)) if (f.names.includes(value)) f.picked.add(value);
  if (LANGUAGES.some(([code]) => code === parts.get("language"))) language = parts.get("language");
  if (["light", "dark"].includes(parts.get("theme"))) document.documentElement.dataset.theme = parts.get("theme");
  if (parts.has("off")) {
    const off = parts.get("off").split(".");
    for (const [key, layer] of Object.entries(switches)) off.includes(key) ? layer.remove() : layer.addTo(map());
  }
  if (parts.get("a") && parts.get("b")) setCompare(parts.get("a"), parts.get("b"));
  const view = (parts.get("map") || "").split("/").map(Number);
  const at = parts.get("event") ? withId(parts.get("event")) : -1;
  return { view: view.length === 3 && view.every(Number.isFinite) ? view : null, at, query: parts.get("q") || "" };
}
for (const name of ["shown", "selected", "language", "layers", "state"]) on(name, () => saveState());
