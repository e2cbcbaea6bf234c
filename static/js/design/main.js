// The designer: outline left, what is edited in the middle, a phone at the right.
import { button, el, german, renew, say, shortened } from "./dom.js";
import { drawBank } from "./bank.js";
import { inWords, nameAreas } from "./conditions.js";
import { drawPage, drawQuestion, drawWhole, freeId } from "./question.js";
import { canRedo, canUndo, data, get, listen, redo, replace, set, undo } from "./state.js";
import { drawTranslate, missingIn } from "./translate.js";
import { open } from "./save.js";

const NAMES = { de: "Deutsch", "de-simple": "Einfach erklärt", en: "English", uk: "Українська", ru: "Русский", ar: "العربية", fa: "فارسی", tr: "Türkçe" };
const start = JSON.parse(document.getElementById("start").textContent);
nameAreas(start.areas);
const [outline, editor, frame] = ["outline", "editor", "p-frame"].map(id => document.getElementById(id));
const pLang = document.getElementById("p-lang"), pAll = document.getElementById("p-all");

let view = "questions", at = { page: -1, question: -1 };
let { problems, advice: ideas, longest, ease, recognition } = start;

const many = (n, one, more) => `${n} ${n === 1 ? one : more}`;
const pages = () => data().pages || [];
const questionsOf = page => pages()[page]?.questions || [];
const placeOf = (page, question) => page < 0 ? "" : question < 0 ? `pages.${page}` : `pages.${page}.questions.${question}`;
const real = () => problems.filter(problem => !problem.gap);
const within = (page, question, list = real()) => {
  const place = placeOf(page, question);
  return list.filter(({ place: found }) => question < 0 ? found === place || (found.startsWith(`${place}.`) && !found.startsWith(`${place}.questions.`)) : found === place || found.startsWith(`${place}.`));
};

// --- outline ---------------------------------------------------------------------------------------------------

function select(page, question, focus = true) {
  at = { page, question };
  view = "questions";
  draw();
  drawPreview();
  if (focus) (editor.querySelector("textarea, input") || editor).focus();
}

// Only what changed is drawn anew: with sixty questions the browser would lay out a thousand boxes for each click.
let drawn = [];

function drawOutline() {
  const focused = outline.contains(document.activeElement) ? { ...document.activeElement.dataset, label: document.activeElement.getAttribute("aria-label") } : {};
  let number = 0;
  const groups = [
    [["Über den Fragebogen", -1, -1, real().filter(problem => !problem.place.startsWith("pages.")).length]],
    ...pages().map((page, p) => [
      [`${p + 1} ${german(page.title) || "Ohne Titel"}`, p, -1, within(p, -1).length],
      ...(page.questions || []).map((question, q) => [`${++number}. ${shortened(german(question.text) || "Ohne Text", 44)}`, p, q, within(p, q).length]),
    ]),
  ].map((entries, group) => ({ entries, group, key: JSON.stringify([entries, view === "questions" && at.page === group - 1 ? at.question : null]) }));
  if (groups.length !== drawn.length) {
    drawn = groups.map(group => ({ ...group, node: drawGroup(group) }));
    outline.replaceChildren(el("p", { class: "clock" }), ...drawn.map(({ node }) => node), button("+ Seite", addPage));
  } else groups.forEach((group, i) => {
    if (group.key === drawn[i].key) return;
    const node = drawGroup(group);
    drawn[i].node.replaceWith(node);
    drawn[i] = { ...group, node };
  });
  outline.firstChild.replaceChildren(el("strong", {}, `Startseite: ${data().minutes ?? "?"} Minuten`), `${inMinutes()} · ${many(pages().flatMap(page => page.questions || []).length, "Frage", "Fragen")} auf ${many(pages().length, "Seite", "Seiten")}${ease.whole ? ` · liest sich ${ease.whole}` : ""}`);
  // What a save tells may draw the part anew in which somebody is about to press Enter.
  if (outline.contains(document.activeElement)) return;
  if (focused.entry) outline.querySelector(`[data-entry="${focused.entry}"]`)?.focus();
  else if (focused.label) [...outline.querySelectorAll("button")].find(one => one.getAttribute("aria-label") === focused.label)?.focus();
}

const inMinutes = () => typeof longest !== "number" ? "" : ` · alle Fragen: ${longest < 1 ? "weniger als 1 Minute" : `etwa ${many(longest, "Minute", "Minuten")}`}`;

function drawGroup({ entries, group }) {
  const page = group - 1, lines = entries.map(one => drawEntry(...one));
  if (page < 0) return el("ul", {}, ...lines);
  return el("ul", { "aria-label": `Seite ${group}` }, ...lines, el("li", {}, button("+ Frage", () => addQuestion(page), { label: `Frage auf Seite ${group} hinzufügen` })));
}

function drawEntry(words, page, question, marks) {
  const current = view === "questions" && at.page === page && at.question === question;
  const node = el("button", { type: "button", class: "entry", "aria-current": current ? "true" : null, "data-entry": `${page}.${question}`, onclick: () => select(page, question) },
    el("span", {}, words), marks ? el("strong", { class: "mark" }, "!", el("span", { class: "hidden-visually" }, ` ${marks} offen`)) : null);
  node.addEventListener("keydown", event => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const by = event.key === "ArrowUp" ? -1 : 1;
    if (question < 0) movePage(page, by); else moveQuestion(page, question, by);
    outline.querySelector(`[data-entry="${at.page}.${at.question}"]`)?.focus();
  });
  // Browsers drag no buttons, so there is something beside it to take hold of.
  const item = el("li", { draggable: question >= 0 }, question >= 0 ? el("span", { class: "grip", "aria-hidden": "true" }, "⠿") : null, node);
  item.addEventListener("dragstart", event => event.dataTransfer.setData("text/plain", `frage|${page}|${question}`));
  item.addEventListener("dragover", event => { if (page >= 0) event.preventDefault(); });
  item.addEventListener("drop", event => {
    const [what, from, number] = event.dataTransfer.getData("text/plain").split("|");
    if (what !== "frage" || page < 0) return;
    event.preventDefault();
    place(Number(from), Number(number), page, Math.max(0, question));
  });
  return item;
}

function addQuestion(page) {
  const id = freeId(`frage_${pages().flatMap(one => one.questions || []).length + 1}`);
  set(["pages", page, "questions"], [...questionsOf(page), { id, kind: "single", text: { de: "" }, options: [{ code: 1, text: { de: "" } }, { code: 2, text: { de: "" } }] }]);
  select(page, questionsOf(page).length - 1);
}

function addPage() {
  set(["pages"], [...pages(), { id: freeId(`seite_${pages().length + 1}`), title: { de: "" }, questions: [] }]);
  select(pages().length - 1, -1);
}

function movePage(page, by) {
  if (!pages()[page + by]) return;
  const found = [...pages()];
  found.splice(page + by, 0, ...found.splice(page, 1));
  at = { page: page + by, question: at.question };
  set(["pages"], found);
  say(`Seite steht jetzt an Stelle ${page + by + 1} von ${found.length}`);
}

function moveQuestion(page, question, by) {
  const target = question + by;
  if (questionsOf(page)[target]) return place(page, question, page, target);
  const next = page + by;
  if (pages()[next]) place(page, question, next, by < 0 ? questionsOf(next).length : 0);
}

function place(page, question, toPage, toQuestion) {
  const found = pages().map(one => ({ ...one, questions: [...(one.questions || [])] }));
  const [moved] = found[page].questions.splice(question, 1);
  found[toPage].questions.splice(toQuestion, 0, moved);
  at = { page: toPage, question: toQuestion };
  set(["pages"], found);
  say(`Frage steht jetzt auf Seite ${toPage + 1} an Stelle ${toQuestion + 1}`);
}

// --- the middle --------------------------------------------------------------------------------------------------

const tools = {
  kinds: start.kinds, sensitive: start.sensitive, dimensions: start.dimensions, areas: start.areas,
  movePage: page => el("div", { class: "actions" }, button("Seite nach oben", () => movePage(page, -1), { disabled: page === 0 }), button("Seite nach unten", () => movePage(page, 1), { disabled: page === pages().length - 1 }),
    button("Seite löschen", () => { const title = german(pages()[page].title); at = { page: -1, question: -1 }; set(["pages"], pages().filter((_, p) => p !== page)); say(`Seite „${title}“ gelöscht. Rückgängig geht mit Strg+Z.`); }, { disabled: pages().length === 1 })),
  moveQuestion: (page, question) => {
    const to = el("select", { "aria-label": "Verschieben nach" }, el("option", { value: "" }, "Verschieben nach …"));
    pages().forEach((one, p) => {
      for (let q = 0; q <= (one.questions || []).length - (p === page ? 1 : 0); q++) to.append(el("option", { value: `${p}.${q}` }, `Seite ${p + 1} „${shortened(german(one.title), 24)}“, Stelle ${q + 1}`));
    });
    to.addEventListener("change", () => { const [p, q] = to.value.split(".").map(Number); place(page, question, p, q); });
    return el("div", { class: "actions" }, to, button("Verdoppeln", () => copy(page, question)),
      button("Frage löschen", () => { at = { page, question: -1 }; set(["pages", page, "questions"], questionsOf(page).filter((_, q) => q !== question)); say("Frage gelöscht. Rückgängig geht mit Strg+Z."); }));
  },
};

function copy(page, question) {
  const found = [...questionsOf(page)], one = found[question];
  found.splice(question + 1, 0, { ...structuredClone(one), id: freeId(one.id) });
  set(["pages", page, "questions"], found);
  select(page, question + 1);
}

function advice(found, hints) {
  const list = (title, lines, name) => lines.length ? el("div", { class: `note ${name}` }, el("h3", {}, title), el("ul", {}, ...lines.map(one => el("li", {}, one.message)))) : null;
  const said = start.comments.filter(one => one.question === (questionsOf(at.page)[at.question]?.id ?? (at.page < 0 ? "" : "-")));
  const id = questionsOf(at.page)[at.question]?.id, tried = start.tried[id];
  const parts = [list("Das wurde dazu gesagt", said.map(({ name, text }) => ({ message: `${name}: ${text}` })), "said"),
    list("Im Probelauf", tried ? [{ message: tried }] : [], "said"), list("Das ist noch zu tun", found, "problem"), list("Das könnte besser sein", hints, "idea")].filter(Boolean);
  if (ease.questions[id]) parts.push(el("p", { class: "muted small" }, `Der Text liest sich ${ease.questions[id]}.`));
  return parts.length ? el("div", { class: "advice" }, ...parts) : null;
}

let edited = "";

function drawEditor(keep = true) {
  if (view === "questions" && (at.page >= pages().length || (at.question >= 0 && at.question >= questionsOf(at.page).length))) at = { page: -1, question: -1 };
  const into = el("div"), before = edited;
  edited = [view, at.page, at.question].join(".");
  if (view === "conditions") drawConditions(into);
  else if (view === "bank") drawBank(into, { start, at, draw, taken: (page, question) => select(page, question) });
  else if (view === "translate") drawTranslate(into, NAMES, draw);
  else if (view === "check") drawProblems(into);
  else if (at.page < 0) drawWhole(into);
  else if (at.question < 0) drawPage(into, at.page, tools);
  else drawQuestion(into, at.page, at.question, tools);
  renew(editor, into, keep && edited === before);
  drawAdvice();
}

function drawAdvice() {
  editor.querySelector(".advice")?.remove();
  const whole = list => list.filter(({ place: found }) => !found.startsWith("pages."));
  const here = list => at.page < 0 ? whole(list) : within(at.page, at.question, list);
  const box = view === "questions" && advice(here(real()), here(ideas));
  if (box) editor.append(box);
}

function drawConditions(into) {
  const lines = [];
  pages().forEach((page, p) => {
    if (page.show_if) lines.push([`Seite „${german(page.title)}“`, page.show_if, p, -1]);
    (page.questions || []).forEach((question, q) => { if (question.show_if) lines.push([`„${shortened(german(question.text))}“`, question.show_if, p, q]); });
  });
  into.append(el("h2", { tabindex: -1 }, "Alle Bedingungen"), lines.length ? el("ul", {}, ...lines.map(([what, condition, p, q]) =>
    el("li", {}, button(what, () => select(p, q)), ` erscheint, wenn ${inWords(condition)}.`))) : el("p", {}, "Alles wird allen gezeigt."));
}

// Where it is comes first: the same can be said of several questions.
function drawFinding({ place, message }) {
  const [page, question] = (place.match(/^pages\.(\d+)(?:\.questions\.(\d+))?/) || []).slice(1).map(part => part === undefined ? -1 : Number(part));
  if (!pages()[page]) return el("li", {}, message);
  const number = pages().slice(0, page).flatMap(one => one.questions || []).length + question + 1;
  const where = question < 0 ? `Seite ${page + 1}` : `Frage ${number}`;
  return el("li", {}, button(where, () => select(page, question), { label: `${where} ansehen: ${message}` }), ` ${message}`);
}

function drawProblems(into) {
  const list = real(), languages = (data().languages || []).filter(code => code !== "de" && missingIn(code));
  into.append(el("h2", { tabindex: -1 }, "Prüfen"));
  if (!list.length) into.append(el("p", {}, "Am deutschen Fragebogen ist nichts mehr zu tun."));
  into.append(el("ul", {}, ...list.map(drawFinding)));
  if (ideas.length) into.append(el("h3", {}, "Das könnte besser sein"), el("ul", {}, ...ideas.map(drawFinding)));
  if (recognition.text && !recognition.warns) into.append(el("h3", {}, "Erkennbarkeit"), el("p", {}, recognition.text));
  for (const code of languages) into.append(el("p", {}, `${NAMES[code]}: ${missingIn(code)} Texte fehlen noch.`));
}

// --- the phone ---------------------------------------------------------------------------------------------------

// The server draws it, so it waits until somebody stays somewhere.
let previewing;
function drawPreview() {
  clearTimeout(previewing);
  previewing = setTimeout(loadPreview, 150);
}

function loadPreview() {
  const page = pages()[at.page], query = new URLSearchParams({ lang: pLang.value || "de", t: String(Date.now()) });
  if (page && !pAll.checked) query.set("seite", page.id);
  const question = questionsOf(at.page)[at.question];
  frame.src = `${start.preview}?${query}${question ? `#q-${question.id}` : page ? `#p-${page.id}` : ""}`;
}

function drawLanguages() {
  const now = pLang.value || "de";
  pLang.replaceChildren(...(data().languages || ["de"]).map(code => el("option", { value: code, selected: code === now }, NAMES[code] || code)));
}

// --- all of it ---------------------------------------------------------------------------------------------------

function draw(keep = true) {
  document.getElementById("titel").textContent = german(data().title) || "Ohne Titel";
  document.getElementById("undo").disabled = !canUndo();
  document.getElementById("redo").disabled = !canRedo();
  document.getElementById("n-problems").textContent = real().length ? `(${real().length})` : "";
  for (const node of document.querySelectorAll("[data-view]")) node.setAttribute("aria-pressed", String(node.dataset.view === view));
  drawOutline();
  drawEditor(keep);
  drawLanguages();
}

function afterSave(found) {
  ({ problems, advice: ideas, longest, ease, recognition } = found);
  document.getElementById("n-problems").textContent = real().length ? `(${real().length})` : "";
  drawOutline();
  if (view === "check") drawEditor(); else drawAdvice();
  drawPreview();
}

for (const node of document.querySelectorAll("[data-view]")) {
  node.addEventListener("click", () => { view = node.dataset.view; draw(); editor.querySelector("h2")?.focus(); });
}
document.getElementById("undo").addEventListener("click", () => { undo(); say("rückgängig gemacht"); });
document.getElementById("redo").addEventListener("click", () => { redo(); say("wiederholt"); });
addEventListener("keydown", event => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
  event.preventDefault();
  if (event.shiftKey) redo(); else undo();
});
pLang.addEventListener("change", drawPreview);
pAll.addEventListener("change", drawPreview);
listen(why => {
  if (why !== "typed") return draw(why === "changed");
  document.getElementById("undo").disabled = !canUndo();
  document.getElementById("redo").disabled = !canRedo();
  document.getElementById("titel").textContent = german(data().title) || "Ohne Titel";
  const entry = outline.querySelector(`[data-entry="${at.page}.${at.question}"] span`);
  if (view === "questions" && at.page >= 0 && entry) entry.textContent = at.question < 0 ? `${at.page + 1} ${german(get(["pages", at.page, "title"]))}` : entry.textContent.replace(/^(\d+\. ).*/s, (_, number) => number + shortened(german(get(["pages", at.page, "questions", at.question, "text"])), 44));
});

await open(start, afterSave);
draw();
drawPreview();
const wanted = new URLSearchParams(location.search).get("stand");
if (wanted) {
  const answer = await fetch(`${location.pathname}/staende/${Number(wanted)}.json`, { headers: { Accept: "application/json" } });
  if (answer.ok) { replace((await answer.json()).data); say("Früherer Stand geholt"); }
  history.replaceState(null, "", location.pathname);
}
