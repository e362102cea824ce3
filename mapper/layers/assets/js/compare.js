// Two sources against each other: which events one tells, which the other, which both.
const compare = { a: "", b: "", sides: null }; // names of sources; sides: for each row of sources 0 neither, 1 only a, 2 only b, 3 both
const SIDES = [["#8A8A8A"], ["#0072B2"], ["#D55E00"], ["#009E73"]].map(([colour]) => ({ colour, deep: colour }));
const circle = "M-7 0A7 7 0 1 1 7 0A7 7 0 1 1 -7 0Z";

/** What colours stand for: types, or the sides of a comparison. */
const tones = () => (compare.sides ? SIDES : kinds);
const toneOf = (i) => (compare.sides ? compare.sides[col.sources[i]] : col.type[i]);

function setCompare(a, b) {
  Object.assign(compare, { a, b, sides: null });
  if (a && b && a !== b) compare.sides = Uint8Array.from(head.tables.sources, (row) => (row && row.includes(a) ? 1 : 0) | (row && row.includes(b) ? 2 : 0));
  applyFilters();
  if (ui.legend) buildLegend();
  fillCompare();
}

/** How many shown events each side tells: [neither, only a, only b, both]. */
function sideCounts() {
  const counts = [0, 0, 0, 0];
  if (compare.sides) for (let k = 0; k < shown.n; k++) counts[compare.sides[col.sources[shown.order[k]]]]++;
  return counts;
}

function buildCompare(opened) {
  const names = head.tables.source.filter(Boolean);
  if (names.length < 2) return null;
  const choice = (side) => el("select", { "aria-label": t("compare." + side), onchange: (e) => setCompare(...(side === "a" ? [e.target.value, compare.b] : [compare.a, e.target.value])) },
    el("option", { value: "" }, t("compare." + side)), names.map((name) => el("option", { value: name }, plain(name))));
  compare.box = { a: choice("a"), b: choice("b"), rows: el("div") };
  const made = el("details", { class: "facet compare", "data-key": "compare", open: opened }, el("summary", {}, t("compare.title")), compare.box.a, compare.box.b, compare.box.rows);
  fillCompare();
  return made;
}

/** Rows of the legend and of the panel: sign, name, number. */
const sideRows = () => {
  const counts = sideCounts();
  const row = (side, text) => [SIDES[side].colour, text, counts[side]];
  return [row(1, t("compare.only", { name: compare.a })), row(2, t("compare.only", { name: compare.b })), row(3, t("compare.both"))];
};
function fillCompare() {
  if (!compare.box) return;
  compare.box.a.value = compare.a;
  compare.box.b.value = compare.b;
  compare.box.rows.replaceChildren(...(compare.sides ? sideRows().map(([colour, text, count]) => el("div", { class: "facet-row" }, svg(circle, 16, { fill: colour }), bdi(text, { class: "name", dir: "auto" }), el("span", { class: "n", dir: "ltr" }, number(count)))) : []));
}
on("shown", (light) => !light && fillCompare());
on("cleared", () => compare.sides && setCompare("", ""));
