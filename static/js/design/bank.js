// Aus dem Fragenschatz: search, filter, look why something is asked, take it over.
import { button, el, say } from "./dom.js";
import { data, replace } from "./state.js";

let topics = null, failed = false;
const wanted = { words: "", phase: "", field: "", audience: "" };
const AUDIENCES = { families: "Familien („Sie“)", young_people: "junge Menschen („du“)" };

const unique = list => [...new Set(list)].filter(Boolean).sort((a, b) => a.localeCompare(b, "de"));
const fold = text => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
const known = () => new Set((data().pages || []).flatMap(page => page.questions || []).map(question => question.id));

const fits = (topic, item) => (!wanted.phase || item.phases.includes(wanted.phase) || item.phases.includes("alle"))
  && (!wanted.field || item.field === wanted.field) && (!wanted.audience || topic.audience === wanted.audience)
  && fold(wanted.words).split(/\s+/).every(word => fold([topic.title, item.text, item.concept, item.field, item.why, ...item.phases].join(" ")).includes(word));

async function load(address, draw) {
  failed = false;
  try {
    ({ topics } = await (await fetch(address, { headers: { Accept: "application/json" } })).json());
  } catch { failed = true; }
  draw();
}

export function drawBank(into, { start, at, draw, taken }) {
  into.append(el("h2", { tabindex: -1 }, "Aus dem Fragenschatz"));
  if (!topics) {
    if (failed) into.append(el("p", { role: "alert" }, "Der Fragenschatz ist gerade nicht zu erreichen. Ihr Entwurf ist davon nicht berührt."), button("Noch einmal", () => load(start.bank, draw)));
    else {
      into.append(el("p", { role: "status" }, "wird geholt …"));
      load(start.bank, draw);
    }
    return;
  }
  const items = topics.flatMap(topic => topic.items), list = el("div"), count = el("p", { role: "status" });
  const show = () => drawList(list, count, { start, at, taken });
  const search = el("input", { id: "b-words", type: "search", autocomplete: "off", value: wanted.words });
  search.addEventListener("input", () => { wanted.words = search.value; show(); });
  const filter = (id, label, name, options) => {
    const select = el("select", { id }, el("option", { value: "" }, "alle"), ...options.map(([value, words]) => el("option", { value, selected: value === wanted[name] }, words)));
    select.addEventListener("change", () => { wanted[name] = select.value; show(); });
    return el("div", { class: "field" }, el("label", { for: id }, label), select);
  };
  const same = values => unique(values).map(value => [value, value]);
  into.append(
    el("p", { class: "hint" }, "Kennung und Codes kommen mit: So bleiben die Antworten mit anderen Befragungen vergleichbar."),
    el("div", { class: "field" }, el("label", { for: "b-words" }, "Suchen"), search),
    el("div", { class: "filters" }, filter("b-phase", "Lebensphase", "phase", same(items.flatMap(item => item.phases).filter(phase => phase !== "alle"))),
      filter("b-field", "Handlungsfeld", "field", same(items.map(item => item.field))), filter("b-audience", "Für wen", "audience", Object.entries(AUDIENCES))),
    count, list);
  show();
}

function drawList(into, count, { start, at, taken }) {
  const shown = topics.map(topic => ({ topic, items: topic.items.filter(item => fits(topic, item)) })).filter(({ items }) => items.length);
  const n = shown.reduce((sum, { items }) => sum + items.length, 0), here = known();
  count.textContent = n === 1 ? "1 Frage" : `${n} Fragen`;
  const take = (topic, item, note) => takeOver(start, at, taken, topic, item, note);
  into.replaceChildren(...shown.map(({ topic, items }) => el("section", { class: "topic" },
    el("h3", {}, topic.title, " ", el("small", { class: "muted" }, topic.of)),
    topic.items.length > 1 ? button(`Ganzes Thema einfügen (${topic.items.length} Fragen)`, event => take(topic, null, event.target.parentNode), { label: `Ganzes Thema „${topic.title}“ einfügen, ${topic.items.length} Fragen` }) : null,
    el("ul", {}, ...items.map(item => el("li", {},
      el("p", {}, el("strong", {}, item.text)),
      el("p", { class: "muted small" }, [item.kind, item.concept, item.field, item.phases.join(", ")].filter(Boolean).join(" · ")),
      item.why ? el("p", { class: "small" }, `Warum: ${item.why}`) : null,
      here.has(item.id) ? el("p", { class: "muted small" }, "steht schon im Entwurf")
        : button("Einfügen", event => take(topic, item, event.target.parentNode), { label: `Einfügen: ${item.text}` })))))));
}

async function takeOver(start, at, taken, topic, item, note) {
  const pages = data().pages || [], page = at.page < 0 ? pages.length - 1 : at.page;
  const place = item ? { page, question: at.question < 0 ? 999 : at.question + 1, id: item.id } : { page: at.page < 0 ? pages.length : at.page + 1, question: -1, topic: topic.page };
  let answer = {};
  try {
    answer = await (await fetch(start.take, {
      method: "POST", body: JSON.stringify({ data: data(), source: topic.source, ...place }),
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": document.getElementById("token").content },
    })).json();
  } catch { /* said below */ }
  if (!answer.taken) {
    note.append(el("p", { class: "error", role: "alert" }, answer.said?.join(" ") || answer.problem || "Das hat nicht geklappt: keine Verbindung. Am Entwurf ist nichts verändert."));
    return;
  }
  replace(answer.data);
  taken(answer.page, answer.question);
  const words = [item ? "Frage eingefügt." : "Thema eingefügt.", ...answer.said];
  document.getElementById("editor").prepend(el("div", { class: "note", role: "status" }, ...words.map(sentence => el("p", {}, sentence))));
  say(words.join(" "));
}
