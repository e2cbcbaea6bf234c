// Translating side by side: German left, the other language right, missing ones first if wanted.
import { button, choiceField, el, german, say, textField } from "./dom.js";
import { germanTexts, stateOf } from "./reviews.js";
import { data, get, replace, set } from "./state.js";

const RTL = ["ar", "fa"];
const OPEN = ["missing", "outdated"];
const FILTERS = [["", "alle Texte"], ["missing outdated", "was fehlt oder nicht mehr passt"], ["missing outdated unchecked", "was noch nicht geprüft ist"]];

// „Ja“ stands in many questions; who hears the page must know which one this is.
function whereabouts([kind, page, , question]) {
  if (kind !== "pages") return "";
  if (question === undefined) return `, Seite ${page + 1}`;
  const before = data().pages.slice(0, page).reduce((sum, one) => sum + (one.questions || []).length, 0);
  return `, Frage ${before + question + 1}`;
}

const inState = (language, states) => [...germanTexts(data())].filter(({ name, texts }) => states.includes(stateOf(texts, language, data().translations?.[language] || {}, name)));
export const missingIn = language => inState(language, ["missing"]).length;

let language = "", filter = "", reviewer = "";

export function drawTranslate(into, names, draw) {
  const others = Object.entries(names).filter(([code]) => code !== "de");
  language ||= (data().languages || []).find(code => code !== "de") || others[0][0];
  const select = el("select", { id: "t-language" });
  for (const [code, name] of others) {
    const words = (data().languages || []).includes(code) ? `${name} (${inState(code, OPEN).length} offen)` : `${name} (noch nicht im Fragebogen)`;
    select.append(el("option", { value: code, selected: code === language }, words));
  }
  select.addEventListener("change", () => { language = select.value; draw(); });
  into.append(el("h2", { tabindex: -1 }, "Übersetzen"), el("div", { class: "field" }, el("label", { for: "t-language" }, "Sprache"), select));
  if (!(data().languages || []).includes(language)) {
    into.append(el("p", {}, "Diese Sprache wird noch nicht angeboten."), el("button", { type: "button", onclick: () => {
      set(["languages"], [...(data().languages || ["de"]), language]);
      set(["translations", language], { status: "machine" });
    } }, "Sprache aufnehmen"));
    return;
  }
  state(into);
  into.append(el("p", {}, el("a", { href: `${location.pathname}/uebersetzung/${language}` }, "Woanders übersetzen lassen: als Tabelle oder PO-Datei herunterladen und wieder einlesen")));
  into.append(el("div", { class: "states" }, shown(draw), whoChecks()));
  for (const one of filter ? inState(language, filter.split(" ")) : germanTexts(data())) into.append(pair(one));
}

function shown(draw) {
  const select = el("select", { id: "t-shown" });
  for (const [value, words] of FILTERS) select.append(el("option", { value, selected: value === filter }, words));
  select.addEventListener("change", () => { filter = select.value; draw(); });
  return el("div", { class: "field" }, el("label", { for: "t-shown" }, "Zeigen"), select);
}

function whoChecks() {
  const field = el("input", { id: "t-reviewer", autocomplete: "name", maxLength: 80, value: reviewer });
  field.addEventListener("input", () => { reviewer = field.value.trim(); });
  return el("div", { class: "field" }, el("label", { for: "t-reviewer" }, language === "de-simple" ? "Welche Prüfgruppe liest gerade?" : "Wer prüft gerade?"), field);
}

// German at the left, at the right what it became and what that is worth.
function pair({ name, texts, place }) {
  const where = whereabouts(place), what = `„${german(texts).slice(0, 40)}“${where}`;
  const dir = RTL.includes(language) ? "rtl" : "ltr", lang = language === "de-simple" ? "de" : language;
  const field = textField(`Übersetzung von ${what}`, [...place, language], { area: german(texts).length > 60, dir, lang });
  field.firstChild.className = "hidden-visually";  // what is translated stands right beside it
  if (name !== null) {
    field.append(worth(name, texts, what));
    field.addEventListener("input", () => field.querySelector(".worth").replaceWith(worth(name, get(place), what)));
  }
  return el("div", { class: "pair" }, el("p", {}, el("span", { lang: "de" }, german(texts)), el("small", { class: "muted" }, where.replace(",", " ·"))), field);
}

const dated = day => day?.split("-").reverse().map(Number).join(".") ?? "";

function worth(name, texts, what) {
  const translation = data().translations?.[language] || {}, review = translation.reviews?.[name];
  const { checked_by, checked_on } = review?.checked_by ? review : translation;
  const path = ["translations", language, "reviews", name], found = stateOf(texts, language, translation, name);
  const check = words => button(words, () => checked(path), { label: `${words}: ${what}` });
  const line = el("p", { class: "worth small" });
  if (found === "missing") line.append("fehlt noch");
  if (found === "unchecked") line.append("noch nicht geprüft ", check("Geprüft"));
  if (found === "outdated") line.append(el("strong", {}, "Das Deutsche ist geändert."), " Vorher: ", el("span", { lang: "de" }, `„${review.german}“ `), check("Passt noch"));
  if (found === "checked") line.append(`geprüft von ${checked_by} am ${dated(checked_on)} `, review && button("Doch nicht", () => set(path, undefined), { label: `Doch nicht geprüft: ${what}` }) || "");
  return line;
}

function checked(path) {
  if (!reviewer) {
    document.getElementById("t-reviewer").focus();
    say("Bitte zuerst eintragen, wer prüft.");
    return;
  }
  set(path, { checked_by: reviewer, checked_on: new Date().toLocaleDateString("sv") });
}

function state(into) {
  const path = ["translations", language];
  into.append(el("div", { class: "states" },
    choiceField("Stand", [...path, "status"], [["machine", "maschinell, noch nicht geprüft"], ["checked", language === "de-simple" ? "von einer Prüfgruppe geprüft" : "von Menschen geprüft"]], { empty: null }),
    textField("geprüft von", [...path, "checked_by"]), textField("geprüft am", [...path, "checked_on"], { type: "date" })),
    el("p", {}, button("Sprache wieder herausnehmen", takeOut)));
}

// A language that nobody is offered keeps no text.
function takeOut() {
  const without = part => Array.isArray(part) ? part.map(without) : !part || typeof part !== "object" ? part
    : Object.fromEntries(Object.entries(part).filter(([name]) => name !== language || !("de" in part)).map(([name, value]) => [name, without(value)]));
  const { [language]: gone, ...translations } = data().translations;
  replace({ ...without(data()), translations, languages: data().languages.filter(code => code !== language) });
  say("Sprache herausgenommen. Rückgängig geht mit Strg+Z.");
}
