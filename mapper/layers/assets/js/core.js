// What all parts share: the public face, a small bus, and the only way in which text becomes nodes.
const api = {};
const listeners = {};
const on = (name, act) => (listeners[name] ||= []).push(act);
const emit = (name, value) => (listeners[name] || []).forEach((act) => act(value));

// Characters that a reader cannot see but that change what is read: shown, not obeyed.
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/;
const codeOf = (char) => "U+" + char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");

/** `text` for canvases, tooltips and tags that hold no nodes: hidden characters by their code. */
const plain = (text) => String(text).replace(new RegExp(HIDDEN.source, "g"), (char) => "⟨" + codeOf(char) + "⟩");

/** Append `text` to `node` as text, hidden characters by their code. */
function put(node, text) {
  const whole = String(text);
  if (!HIDDEN.test(whole)) {
    node.append(whole);
    return node;
  }
  for (const piece of whole.split(new RegExp(`(${HIDDEN.source})`))) {
    if (piece.length === 1 && HIDDEN.test(piece)) {
      const sign = document.createElement("span");
      sign.className = "hidden-character";
      sign.textContent = codeOf(piece);
      node.append(sign);
    } else node.append(piece);
  }
  return node;
}

/** An element: attributes by name, children as nodes or text; null children are left out. */
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined) continue;
    if (child instanceof Node) node.append(child);
    else put(node, child);
  }
  return node;
}

/** A value from the data, kept apart from the direction of the text around it. */
const bdi = (value, attributes = {}) => el("bdi", attributes, value);
/** A number, date, id or link: always left to right. */
const ltr = (value) => el("bdi", { dir: "ltr" }, value);

const FOLDS = { "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ک": "ك", "ی": "ي" };
/** `text` as it is compared in a search: no case, accents, harakat, tatweel, or letter variants; Latin digits. */
function fold(text) {
  return String(text)
    .replace(/[أإآٱىئؤةکی]/g, (c) => FOLDS[c])
    .normalize("NFKD")
    .replace(/[\u0300-\u036f\u064b-\u065f\u0670\u0640\u200b-\u200f]/g, "")
    .replace(/[٠-٩۰-۹]/g, (d) => String(d.charCodeAt(0) & 15))
    .replace(/[’ʼ‘`']/g, "")
    .toLowerCase();
}

const pause = () => new Promise((done) => setTimeout(done));
function later(act, wait) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...values), wait);
  };
}
/** Run `act` once before the next picture, however often it is asked for. */
function framed(act) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      act();
    });
  };
}

const NS = "http://www.w3.org/2000/svg";
function svg(path, size, attributes = {}) {
  const picture = document.createElementNS(NS, "svg");
  const shape = document.createElementNS(NS, "path");
  for (const [k, v] of Object.entries({ viewBox: "-10 -10 20 20", width: size, height: size, "aria-hidden": "true" })) picture.setAttribute(k, v);
  for (const [k, v] of Object.entries({ d: path, ...attributes })) shape.setAttribute(k, v);
  picture.append(shape);
  return picture;
}

const map = () => api.map;
