// Conditions as sentences: „Diese Frage erscheint, wenn …“. What is nested deeper is shown and edited in the file.
import { button, el, german, shortened } from "./dom.js";
import { data, get, set } from "./state.js";

const CHOOSING = ["single", "multiple", "scale", "battery", "ranking"];
const COUNTING = ["number", "counts"];

export function questionsBefore(pageIndex, questionIndex) {
  const found = [];
  data().pages.forEach((page, p) => (page.questions || []).forEach((question, q) => {
    if ((p < pageIndex || (p === pageIndex && q < questionIndex)) && !["info", "place"].includes(question.kind)) found.push(question);
  }));
  return found;
}

const byId = id => data().pages.flatMap(page => page.questions || []).find(question => question.id === id);
const choicesOf = question => question?.options || question?.steps || [];

// {join, tests}, or null where the condition is nested deeper than the sentences here
function flat(condition) {
  if (!condition) return { join: "all", tests: [] };
  const join = condition.any ? "any" : "all", tests = condition[join] || [condition];
  return tests.every(test => test.question || test.area) ? { join, tests } : null;
}

let areas = [];
export const nameAreas = found => { areas = found; };

const or = (values, name) => values.map(value => `„${name(value) || value}“`).join(" oder ");
const bandNamed = id => german(data().pages.flatMap(page => page.questions || []).flatMap(question => question.bands || []).find(band => band.id === id)?.text);

function named(condition) {
  const question = byId(condition.question), part = [...question?.items || [], ...question?.bands || []].find(one => one.id === condition.item);
  return `„${shortened(german(question?.text) || condition.question, 50)}${condition.item ? ` – ${german(part?.text) || condition.item}` : ""}“`;
}

// no: „nicht “ where the opposite is meant
function single(condition, no) {
  if (condition.area) return `der Wohnort ${no}in ${or(condition.area, id => areas.find(area => area.id === id)?.name)} liegt`;
  if (condition.band) return `${no}nach einem Kind der Gruppe ${or(condition.band, bandNamed)} gefragt ist`;
  const choices = choicesOf(byId(condition.question)), name = named(condition);
  if (condition.is) return `${name} ${no}mit ${or(condition.is, code => german(choices.find(one => one.code === code)?.text))} beantwortet ist`;
  if (condition.at_least !== undefined) return `${name} ${no}mindestens ${condition.at_least} ist`;
  if (condition.at_most !== undefined) return `${name} ${no}höchstens ${condition.at_most} ist`;
  return `${name} ${(condition.answered === false) === Boolean(no) ? "" : "nicht "}beantwortet ist`;
}

export function inWords(condition) {
  const all = Boolean(condition.all), parts = condition.all || condition.any;
  if (parts) return parts.map(part => (all ? part.any : part.all) ? `(${inWords(part)})` : inWords(part)).join(all ? " und " : " oder ");
  if (!condition.not) return single(condition, "");
  const { not } = condition;
  return not.all || not.any || not.not ? `nicht gilt, dass ${inWords(not)}` : single(not, "nicht ");
}

export function conditionEditor(path, before, areas, what) {
  const box = el("fieldset", { class: "field condition" }, el("legend", {}, `${what} erscheint`));
  const parsed = flat(get(path));
  if (!parsed) {
    box.append(el("p", {}, `wenn ${inWords(get(path))}.`), el("p", { class: "hint" }, "Diese Bedingung ist verschachtelt. Ändern geht in der Datei."),
      button("Bedingung löschen", () => set(path, undefined)));
    return box;
  }
  const { join, tests } = parsed;
  const put = (found, how = join) => set(path, !found.length ? undefined : found.length === 1 ? found[0] : { [how]: found });
  if (!tests.length) box.append(el("p", {}, "immer."));
  if (tests.length > 1) {
    const select = el("select", { "aria-label": "Wie gehören die Bedingungen zusammen?" },
      el("option", { value: "all", selected: join === "all" }, "wenn alles davon stimmt"), el("option", { value: "any", selected: join === "any" }, "wenn eines davon stimmt"));
    select.addEventListener("change", () => put(tests, select.value));
    box.append(select);
  }
  tests.forEach((test, index) => {
    const change = value => put(tests.map((one, i) => i === index ? value : one));
    box.append(el("div", { class: "test" }, ...(test.area ? areaTest(test, areas, change) : answerTest(test, before, change, index)),
      button("✕", () => put(tests.filter((_, i) => i !== index)), { label: `Bedingung ${index + 1} löschen` })));
  });
  const last = [...before].reverse(), near = last.find(question => [...CHOOSING, ...COUNTING].includes(question.kind)) || last[0];
  const add = test => {
    put([...tests, test]);
    document.querySelector(`.condition .test:nth-of-type(${tests.length + 1}) :is(select, input)`)?.focus();
  };
  if (near) box.append(button("Bedingung hinzufügen", () => add(fresh(near))));
  if (areas.length) box.append(" ", button("Nur in Sozialräumen …", () => add({ area: [areas[0].id] })));
  return box;
}

const fresh = question => {
  const [choice] = choicesOf(question);
  if (choice) return { question: question.id, is: [choice.code] };
  return COUNTING.includes(question.kind) ? { question: question.id, at_least: 1 } : { question: question.id, answered: true };
};

function answerTest(test, before, change, index) {
  const known = before.some(question => question.id === test.question) ? before : [...before, { id: test.question, text: { de: `${test.question} (steht nicht davor)` } }];
  const select = el("select", { "aria-label": `Bedingung ${index + 1}: Frage` });
  for (const question of known) select.append(el("option", { value: question.id, selected: question.id === test.question }, shortened(german(question.text) || question.id)));
  select.addEventListener("change", () => change(fresh(byId(select.value))));
  const question = byId(test.question), choices = choicesOf(question), found = [el("span", {}, "wenn"), select];
  if (choices.length && test.is) {
    const boxes = choices.map(choice => {
      const input = el("input", { type: "checkbox", checked: test.is.includes(choice.code) });
      input.addEventListener("change", () => {
        const codes = choices.map(one => one.code).filter(code => code === choice.code ? input.checked : test.is.includes(code));
        change({ ...test, is: codes.length ? codes : [choice.code] });
      });
      return el("label", { class: "choice" }, input, el("span", {}, german(choice.text) || String(choice.code)));
    });
    found.push(el("span", {}, "so beantwortet ist:"), el("div", { class: "codes", role: "group", "aria-label": "ist eine dieser Antworten" }, ...boxes));
  } else if (test.at_least !== undefined || test.at_most !== undefined) {
    const name = test.at_least !== undefined ? "at_least" : "at_most";
    const kind = el("select", { "aria-label": "Vergleich" }, el("option", { value: "at_least", selected: name === "at_least" }, "mindestens"), el("option", { value: "at_most", selected: name === "at_most" }, "höchstens"));
    const number = el("input", { inputmode: "numeric", value: String(test[name]), "aria-label": "Zahl", class: "short" });
    const put = () => change({ question: test.question, ...(test.item ? { item: test.item } : {}), [kind.value]: Number(number.value) || 0 });
    kind.addEventListener("change", put);
    number.addEventListener("change", put);
    found.push(kind, number);
  } else {
    const kind = el("select", { "aria-label": "Vergleich" }, el("option", { value: "1", selected: test.answered !== false }, "beantwortet ist"), el("option", { value: "", selected: test.answered === false }, "nicht beantwortet ist"));
    kind.addEventListener("change", () => change({ question: test.question, answered: Boolean(kind.value) }));
    found.push(kind);
  }
  return found;
}

function areaTest(test, areas, change) {
  const boxes = areas.map(area => {
    const input = el("input", { type: "checkbox", checked: test.area.includes(area.id) });
    input.addEventListener("change", () => {
      const ids = areas.map(one => one.id).filter(id => id === area.id ? input.checked : test.area.includes(id));
      change({ area: ids.length ? ids : [area.id] });
    });
    return el("label", { class: "choice" }, input, el("span", {}, `${area.name} (${area.district})`));
  });
  return [el("div", { class: "codes", role: "group", "aria-label": "wenn der Wohnort in einem dieser Sozialräume liegt" }, ...boxes)];
}
