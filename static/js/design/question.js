// The middle: what is edited of the questionnaire, a page or a question.
import { button, checkField, choiceField, el, german, numberField, shortened, textField } from "./dom.js";
import { conditionEditor, questionsBefore } from "./conditions.js";
import { freshPart, partList } from "./lists.js";
import { data, get, set } from "./state.js";

const PARTS = {
  single: ["options"], multiple: ["options", "at_most"], scale: ["steps"], battery: ["items", "steps"], number: ["minimum", "maximum", "unit"],
  counts: ["bands", "maximum"], ranking: ["options", "top"], text: ["max_length"], place: [], consent: ["required"], info: [],
};
const ALL_PARTS = [...new Set(Object.values(PARTS).flat())];
const TITLES = { options: "Antwort", steps: "Stufe", items: "Zeile", bands: "Gruppe" };
const forgotten = new Map();  // what another kind had no use for, in case somebody changes their mind

const two = name => [1, 2].reduce(parts => [...parts, freshPart(parts, name, "")], []);

export function changeKind(question, kind) {
  const kept = { ...forgotten.get(question.id), ...question };
  forgotten.set(question.id, kept);
  const choices = kept.options || kept.steps;
  const parts = {
    options: choices, steps: choices?.map(({ exclusive, other, ...step }) => step), items: kept.items, bands: kept.bands,
    at_most: question.kind === "multiple" ? kept.at_most : undefined, maximum: kept.maximum, minimum: kept.minimum,
    unit: kept.unit, top: kept.top, max_length: kept.max_length, required: kept.required,
  };
  const usual = { options: two("options"), steps: two("steps"), items: two("items"), bands: two("bands"), maximum: kind === "number" ? 100 : undefined };
  const common = Object.fromEntries(Object.entries(question).filter(([name]) => !ALL_PARTS.includes(name)));
  const own = PARTS[kind].map(name => [name, parts[name] ?? usual[name]]).filter(([, value]) => value !== undefined);
  return { ...common, kind, ...Object.fromEntries(own) };
}

const slug = text => text.toLowerCase().replace(/ä/g, "ae").replace(/ö/g, "oe").replace(/ü/g, "ue").replace(/ß/g, "ss")
  .replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "").slice(0, 30);

export function freeId(wanted) {
  const taken = new Set([...data().pages.map(page => page.id), ...data().pages.flatMap(page => (page.questions || []).map(question => question.id))]);
  const base = slug(wanted) || "frage";
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}_${number}`;
    if (!taken.has(id)) return id;
  }
}

export function drawWhole(into) {
  into.append(el("h2", { tabindex: -1 }, "Über den Fragebogen"),
    textField("Titel", ["title", "de"]), textField("Die große Frage auf der Startseite", ["headline", "de"]),
    textField("Einleitung", ["intro", "de"], { area: true, hint: "Wer fragt, warum, was wird daraus? Zwei Sätze." }),
    choiceField("Für wen", ["audience"], [["families", "Familien („Sie“)"], ["young_people", "junge Menschen („du“)"]], { empty: null }),
    numberField("Minuten, die auf der Startseite stehen", ["minutes"]),
    textField("Rechtsgrundlage", ["legal_basis", "de"], { area: true, hint: "Gebraucht, sobald eine Frage besonders geschützt ist und keine Einwilligung davor steht." }),
    choiceField("Welche Frage eröffnet die Ergebnisse?", ["headline_question"], data().pages.flatMap(page => page.questions || [])
      .filter(question => ["ranking", "multiple"].includes(question.kind)).map(question => [question.id, shortened(german(question.text))])),
    el("div", { class: "field" }, el("p", {}, el("strong", {}, "Kennung: "), el("code", {}, data().id)), el("p", { class: "hint" }, "Gleiche Kennung heißt: eine neue Fassung desselben Fragebogens, vergleichbar mit früher."), textField("Kennung", ["id"])));
}

export function drawPage(into, pageIndex, tools) {
  const path = ["pages", pageIndex];
  into.append(el("p", { class: "muted small" }, `Seite ${pageIndex + 1} von ${data().pages.length} · Kennung ${get([...path, "id"])}`),
    textField("Titel der Seite", [...path, "title", "de"]),
    conditionEditor([...path, "show_if"], questionsBefore(pageIndex, 0), tools.areas, "Diese Seite"), tools.movePage(pageIndex));
}

export function drawQuestion(into, pageIndex, questionIndex, tools) {
  const path = ["pages", pageIndex, "questions", questionIndex], question = get(path);
  into.append(
    el("p", { class: "muted small" }, `Seite ${pageIndex + 1} · Frage ${questionIndex + 1} · Kennung ${question.id}`),
    textField("Frage", [...path, "text", "de"], { area: true }),
    textField("Hilfe darunter", [...path, "help", "de"]),
    choiceField("Art", [...path, "kind"], Object.entries(tools.kinds), { empty: null, change: kind => set(path, changeKind(get(path), kind)) }),
    ...own(path, question),
    conditionEditor([...path, "show_if"], questionsBefore(pageIndex, questionIndex), tools.areas, "Diese Frage"),
    el("details", { class: "field", open: Boolean(question.sensitive) }, el("summary", {}, "Einordnung und Schutz"),
      choiceField("Besonders geschützt", [...path, "sensitive"], Object.entries(tools.sensitive), { empty: "nein" }),
      textField("Warum wir das fragen", [...path, "why", "de"], { area: true, hint: "Steht bei der Frage; bei geschützten Fragen wichtig." }),
      choiceField("Lebenslage", [...path, "dimension"], Object.entries(tools.dimensions)),
      textField("Handlungsfeld", [...path, "field"]), textField("Was die Frage misst", [...path, "concept"]),
      textField("Bemerkung (nur hier sichtbar)", [...path, "note"], { area: true })),
    tools.moveQuestion(pageIndex, questionIndex),
  );
}

function* own(path, question) {
  for (const name of PARTS[question.kind] || []) {
    if (TITLES[name]) yield partList(path, name, TITLES[name]);
    else if (name === "required") yield checkField("Ohne Häkchen kann niemand absenden", [...path, name]);
    else if (name === "unit") yield textField("Einheit", [...path, "unit", "de"]);
    else yield numberField({ at_most: "Höchstens so viele Antworten (leer: beliebig)", minimum: "kleinste Zahl", maximum: "größte Zahl", top: "So viele wichtigste", max_length: "Höchstens Zeichen" }[name], [...path, name]);
  }
}
