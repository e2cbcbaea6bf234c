// Small tools: elements, fields that keep the draft up to date, and what is said to screen readers.
import { get, set } from "./state.js";

let serial = 0;
const live = document.getElementById("live");

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === undefined || value === null) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter(child => child !== null && child !== undefined && child !== false));
  return node;
}

export function say(text) {
  live.textContent = "";
  setTimeout(() => { live.textContent = text; }, 50);
}

// What has the focus stays in its place while all around it is drawn anew: a list that goes away takes the letters typed
// into it along, and a screen reader would read it out again. Buttons do more than change themselves, so they are drawn.
export function renew(into, fresh, keep) {
  const old = document.activeElement, inside = old !== into && into.contains(old), way = [];
  for (let node = old; inside && node !== into; node = node.parentNode) way.unshift([...node.parentNode.childNodes].indexOf(node));
  const now = way.reduce((node, index) => node?.childNodes[index], fresh);
  if (keep && inside && old.matches("input, select, textarea") && isSame(old, now)) {
    for (const { name, value } of now.attributes) old.setAttribute(name, value);
    return around(into, fresh, way);
  }
  const controls = () => [...into.querySelectorAll("button, input, select, textarea, summary, h2")].filter(called), were = controls();
  into.replaceChildren(...fresh.childNodes);
  if (!inside) return;
  // It is found again by its name; if it is gone, what stood before it is.
  const before = were.slice(0, were.indexOf(old) + 1).reverse(), are = controls();
  before.map(one => are.find(node => node.tagName === one.tagName && called(node) === called(one))).find(Boolean)?.focus();
}

const called = node => node.dataset.path || node.dataset.part || node.ariaLabel || node.textContent;
const isSame = (old, now) => now?.tagName === old.tagName && called(now) === called(old) && now.value === old.value && now.innerHTML === old.innerHTML;

function around(old, fresh, [at, ...rest]) {
  const stays = old.childNodes[at], all = [...fresh.childNodes];
  while (old.firstChild !== stays) old.firstChild.remove();
  while (old.lastChild !== stays) old.lastChild.remove();
  stays.before(...all.slice(0, at));
  stays.after(...all.slice(at + 1));
  if (rest.length) around(stays, all[at], rest);
}

export const german = texts => texts?.de || "";
export const shortened = (text, most = 60) => text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text;

function labelled(label, control, hint) {
  control.id ||= `c${++serial}`;
  const parts = [el("label", { for: control.id }, label)];
  if (hint) {
    parts.push(el("p", { class: "hint", id: `${control.id}-h` }, hint));
    control.setAttribute("aria-describedby", `${control.id}-h`);
  }
  return el("div", { class: "field" }, ...parts, control);
}

export function textField(label, path, { area = false, hint = "", dir = "auto", lang = "de", type } = {}) {
  const control = el(area ? "textarea" : "input", { lang, dir, type, autocomplete: "off", "data-path": path.join(".") });
  if (area) control.rows = 2;
  control.value = get(path) ?? "";
  control.addEventListener("input", () => set(path, control.value === "" ? undefined : control.value, true));
  return labelled(label, control, hint);
}

export function numberField(label, path, { hint = "" } = {}) {
  const control = el("input", { type: "text", inputmode: "numeric", autocomplete: "off", "data-path": path.join(".") });
  control.value = get(path) ?? "";
  control.addEventListener("input", () => {
    const text = control.value.trim();
    set(path, text === "" ? undefined : /^-?\d{1,6}$/.test(text) ? Number(text) : text, true);
  });
  return labelled(label, control, hint);
}

export function choiceField(label, path, options, { empty = "–", change } = {}) {
  const control = el("select", { "data-path": path.join(".") });
  const now = get(path) ?? "";
  if (empty !== null) control.append(el("option", { value: "" }, empty));
  for (const [value, words] of options) control.append(el("option", { value, selected: value === now }, words));
  control.addEventListener("change", () => change ? change(control.value) : set(path, control.value || undefined));
  return labelled(label, control);
}

export function checkField(label, path) {
  const control = el("input", { type: "checkbox", checked: Boolean(get(path)), "data-path": path.join(".") });
  control.addEventListener("change", () => set(path, control.checked || undefined));
  return el("label", { class: "choice" }, control, el("span", {}, label));
}

export function button(words, action, { plain = true, label, ...more } = {}) {
  return el("button", { type: "button", class: plain ? "button-plain" : "", "aria-label": label, onclick: action, ...more }, words);
}
