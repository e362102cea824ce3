// The list: the same events as the map, of equal rank; only the rows in view are nodes.
const list = { sort: "newest", rows: new Uint32Array(0), active: 0 };
const ROW = 62; // pixels, as in the style sheet
const TALLEST = 8e6; // browsers draw no box much taller; beyond it the scroll bar is a scale
const SORTS = ["newest", "oldest", "place", "type", "killed", "confidence"];

const byTable = (name) => {
  const rank = new Int32Array(head.tables[name].length);
  head.tables[name].map((v, k) => [v ? (name === "type" ? named("type", v) : v) : "\uffff", k]).sort((a, b) => (a[0] < b[0] ? -1 : 1)).forEach(([, k], at) => (rank[k] = at));
  return (a, b) => rank[col[name][a]] - rank[col[name][b]] || b - a;
};
function sorted() {
  const rows = shown.order.slice(0, shown.n);
  if (list.sort === "oldest") return rows;
  if (list.sort === "newest") {
    // Undated events have no day: they come last both ways.
    let dated = rows.length;
    while (dated && col.start[rows[dated - 1]] === NONE) dated--;
    rows.subarray(0, dated).reverse();
    return rows;
  }
  if (list.sort === "place" || list.sort === "type") return rows.sort(byTable(list.sort));
  const value = list.sort === "killed" ? (i) => (col.killed[i] !== NONE ? col.killed[i] : col.killedLow[i]) : (i) => col.confidence[i];
  return rows.sort((a, b) => value(b) - value(a) || b - a);
}

let listBox;
function buildList(host) {
  listBox = {
    count: el("p", { class: "count", role: "status", "aria-live": "polite" }),
    sort: el("select", { onchange: (e) => ((list.sort = e.target.value), refreshList()) }),
    sortLabel: el("span"),
    inner: el("div", { class: "rows-inner" }),
    empty: el("p", { class: "soft empty", hidden: true }),
  };
  listBox.rows = el("div", { class: "rows", role: "listbox", tabindex: "0", id: "rows", onkeydown: keyList, onscroll: framed(drawRows) }, listBox.inner);
  host.append(el("div", { class: "list-head" }, listBox.count, el("label", {}, listBox.sortLabel, listBox.sort)), listBox.empty, listBox.rows);
  new ResizeObserver(framed(drawRows)).observe(listBox.rows);
}

function nameList() {
  listBox.sortLabel.textContent = t("list.sort") + " ";
  listBox.sort.replaceChildren(...SORTS.map((s) => el("option", { value: s }, t("list.by." + s))));
  listBox.sort.value = list.sort;
  listBox.rows.setAttribute("aria-label", t("list.title"));
  listBox.empty.textContent = t("list.empty");
  refreshList();
}

function refreshList() {
  list.rows = sorted();
  const at = selected >= 0 ? list.rows.indexOf(selected) : -1;
  list.active = at >= 0 ? at : Math.min(list.active, Math.max(0, list.rows.length - 1));
  listBox.inner.style.height = Math.min(list.rows.length * ROW, TALLEST) + "px";
  listBox.empty.hidden = list.rows.length > 0;
  const away = shown.n - shown.located;
  listBox.count.replaceChildren();
  put(listBox.count, t("list.count", { shown: number(shown.n), all: number(n) }) + (away ? " · " + t("list.away", { n: number(away) }) : ""));
  drawRows();
}

/** The first row in view, and how far rows are moved when the box is shorter than they are. */
function window_() {
  const total = list.rows.length * ROW, height = listBox.rows.clientHeight, top = listBox.rows.scrollTop;
  if (total <= TALLEST) return { first: Math.floor(top / ROW), shift: 0, height };
  const share = top / Math.max(1, TALLEST - height);
  const real = share * (total - height);
  return { first: Math.floor(real / ROW), shift: top - real, height };
}

function badges(i) {
  const made = [], status = valueOf("status", i);
  if (status && status !== "happened") made.push(el("span", { class: "badge " + (status === "denied" ? "warn" : "") }, named("status", status)));
  if (col.background[i]) made.push(el("span", { class: "badge quiet" }, t("background.background")));
  if (!located(i)) made.push(el("span", { class: "badge quiet" }, t("nowhere")));
  else if (rough(i)) made.push(el("span", { class: "badge quiet" }, named("precision", head.precisions[col.precision[i]])));
  return made;
}

function rowOf(k, shift) {
  const i = list.rows[k], place = valueOf("place", i), killed = killedText(i);
  const country = countryName(valueOf("country", i)) || valueOf("countryName", i), land = located(i) && country !== place ? country : null;
  const node = el("div", {
    class: "row", role: "option", id: "row-" + k, "aria-posinset": k + 1, "aria-setsize": list.rows.length,
    "aria-selected": String(i === selected), style: `top:${k * ROW + shift}px`, onclick: () => { list.active = k; select(i, true); },
  });
  if (k === list.active) node.classList.add("active");
  const toll = killed && killed !== "0" ? el("span", { class: "toll" }, t("list.killed", { n: "" }).trim() + " ", ltr(killed)) : null;
  node.append(
    el("span", { class: "sign" }, signOf(i)),
    el("span", { class: "line one" }, bdi(named("subtype", valueOf("subtype", i) || valueOf("type", i) || "")), el("time", { dir: "ltr" }, shortDate(i))),
    el("span", { class: "line two" }, bdi(place || t("nowhere"), { dir: "auto", class: "where" }), land ? bdi(land, { class: "land" }) : null, ...badges(i), toll),
  );
  return node;
}

const MOST_PRINTED = 500;
function drawRows() {
  const { first, shift, height } = printing ? { first: 0, shift: 0, height: MOST_PRINTED * ROW } : window_();
  const nodes = [];
  for (let k = Math.max(0, first - 4); k < Math.min(list.rows.length, first + Math.ceil(height / ROW) + 5); k++) nodes.push(rowOf(k, shift));
  listBox.inner.replaceChildren(...nodes);
  if (list.rows.length && nodes.some((node) => node.id === "row-" + list.active)) listBox.rows.setAttribute("aria-activedescendant", "row-" + list.active);
  else listBox.rows.removeAttribute("aria-activedescendant");
}

function showRow(k) {
  const total = list.rows.length * ROW, height = listBox.rows.clientHeight, box = listBox.rows;
  if (total > TALLEST) box.scrollTop = ((k * ROW) / Math.max(1, total - height)) * (TALLEST - height);
  else if (k * ROW < box.scrollTop) box.scrollTop = k * ROW;
  else if ((k + 1) * ROW > box.scrollTop + height) box.scrollTop = (k + 1) * ROW - height;
  drawRows();
}

function keyList(e) {
  const page = Math.max(1, Math.floor(listBox.rows.clientHeight / ROW) - 1), last = list.rows.length - 1;
  const to = { ArrowDown: list.active + 1, ArrowUp: list.active - 1, PageDown: list.active + page, PageUp: list.active - page, Home: 0, End: last }[e.key];
  if (to !== undefined && last >= 0) {
    e.preventDefault();
    list.active = Math.max(0, Math.min(last, to));
    showRow(list.active);
  } else if ((e.key === "Enter" || e.key === " ") && last >= 0) {
    e.preventDefault();
    wantsFocus = true;
    select(list.rows[list.active], true);
  }
}

on("shown", () => listBox && refreshList());
on("selected", (i) => {
  if (!listBox) return;
  const k = i >= 0 ? list.rows.indexOf(i) : -1;
  if (k >= 0) (list.active = k), showRow(k);
  else drawRows();
});
