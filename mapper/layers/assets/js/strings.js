// The interface's words. Values of the data (types, statuses, roles …) are translated where we know them.
let words = {};
let language = "en";
const LANGUAGES = [["en", "English"], ["ar", "العربية"], ["fr", "Français"]];

/** The word for `key` ("list.sort"), with {names} filled in; the key itself when there is none. */
function t(key, values = {}) {
  let found = words[language];
  for (const part of key.split(".")) found = found && Object.hasOwn(found, part) ? found[part] : undefined;
  if (typeof found !== "string") return key;
  return found.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? values[name] : whole));
}

/** How `value` of the data is called in the interface: `group` is "type", "status", "role" … */
function named(group, value) {
  const table = words[language][group];
  return table && Object.hasOwn(table, value) ? table[value] : String(value);
}

function countryName(code) {
  if (!code) return "";
  const row = base.names.get(code);
  if (!row) return code;
  return row[{ en: 0, ar: 1, fr: 2 }[language]] || row[0];
}

const rtl = () => language === "ar";
// Latin digits in every language, grouped as the language groups them.
const number = (value) => Number(value).toLocaleString(language === "fr" ? "fr-FR" : "en-US");

function setLanguage(code) {
  language = Object.hasOwn(words, code) ? code : "en";
  document.documentElement.lang = language;
  document.documentElement.dir = rtl() ? "rtl" : "ltr";
  emit("language");
}

/** The direction of a sentence: that of its language, else of most of its letters. */
function directionOf(claim) {
  if (claim.d) return claim.d;
  const text = claim.t.join("");
  const right = (text.match(/[\u0590-\u08ff\ufb1d-\ufefc]/g) || []).length;
  return right * 2 > (text.match(/\p{L}/gu) || []).length ? "rtl" : "ltr";
}
