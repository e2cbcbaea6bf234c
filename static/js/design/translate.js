// Translating side by side: German left, the other language right, missing ones first if wanted.
import { button, choiceField, el, german, say, textField } from "./dom.js";
import { data, get, replace, set } from "./state.js";

const RTL = ["ar", "fa"];

export function* textPaths() {
  for (const name of ["title", "headline", "intro", "legal_basis"]) if (german(data()[name])) yield [name];
  for (const [f, funnel] of (data().funnels || []).entries()) if (german(funnel.title)) yield ["funnels", f, "title"];
  for (const [p, page] of data().pages.entries()) {
    yield ["pages", p, "title"];
    for (const [q, question] of (page.questions || []).entries()) {
      for (const name of ["text", "help", "why", "unit"]) if (german(question[name])) yield ["pages", p, "questions", q, name];
      for (const name of ["options", "steps", "items", "bands"]) {
        for (const i of (question[name] || []).keys()) yield ["pages", p, "questions", q, name, i, "text"];
      }
    }
  }
}

// „Ja“ stands in many questions; who hears the page must know which one this is.
function whereabouts([kind, page, , question]) {
  if (kind !== "pages") return "";
  if (question === undefined) return `, Seite ${page + 1}`;
  const before = data().pages.slice(0, page).reduce((sum, one) => sum + (one.questions || []).length, 0);
  return `, Frage ${before + question + 1}`;
}

export const missingIn = language => [...textPaths()].filter(path => german(get(path)) && !get(path)[language]).length;

let language = "", onlyMissing = false;

export function drawTranslate(into, names, draw) {
  const others = Object.entries(names).filter(([code]) => code !== "de");
  language ||= (data().languages || []).find(code => code !== "de") || others[0][0];
  const select = el("select", { id: "t-language" });
  for (const [code, name] of others) {
    const words = (data().languages || []).includes(code) ? `${name} (${missingIn(code)} offen)` : `${name} (noch nicht im Fragebogen)`;
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
  const filter = el("input", { type: "checkbox", checked: onlyMissing });
  filter.addEventListener("change", () => { onlyMissing = filter.checked; draw(); });
  into.append(el("p", {}, el("a", { href: `${location.pathname}/uebersetzung/${language}` }, "Woanders übersetzen lassen: als Tabelle oder PO-Datei herunterladen und wieder einlesen")));
  into.append(el("label", { class: "choice" }, filter, el("span", {}, "nur was fehlt")));
  const dir = RTL.includes(language) ? "rtl" : "ltr", lang = language === "de-simple" ? "de" : language;
  for (const path of textPaths()) {
    const texts = get(path);
    if (!german(texts) || (onlyMissing && texts[language])) continue;
    const area = german(texts).length > 60;
    const field = textField(`Übersetzung von „${german(texts).slice(0, 40)}“${whereabouts(path)}`, [...path, language], { area, dir, lang });
    field.firstChild.className = "hidden-visually";  // what is translated stands right beside it
    into.append(el("div", { class: "pair" }, el("p", {}, el("span", { lang: "de" }, german(texts)), el("small", { class: "muted" }, whereabouts(path).replace(",", " ·"))), field));
  }
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
