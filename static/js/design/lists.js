// Lists of answers, steps, rows and groups: Enter adds the next, pasted lines become several, Alt with arrows moves.
import { button, el, say } from "./dom.js";
import { get, set } from "./state.js";

const ROLES = {
  "": "normale Antwort", exclusive: "schließt andere aus", other: "mit Textfeld", dont_know: "weiß nicht",
  prefer_not_to_say: "möchte ich nicht sagen",
};

const roleOf = part => part.missing || (part.exclusive ? "exclusive" : part.other ? "other" : "");
const withRole = ({ missing, exclusive, other, ...part }, role) =>
  role === "exclusive" || role === "other" ? { ...part, [role]: true } : role ? { ...part, missing: role } : part;

// Whoever writes „Weiß ich nicht“ means it; counted like any other answer it would spoil every share.
const MEANT = [["dont_know", /^(das )?wei(ß|ss) ich (es |das )?nicht\.?$|^wei(ß|ss) nicht\.?$/i],
  ["prefer_not_to_say", /^(das )?m(ö|oe)chte ich nicht (sagen|beantworten)\.?$|^keine angabe\.?$/i]];
const meant = text => MEANT.find(([, words]) => words.test(text.trim()))?.[0] || "";

// A code or id never comes back: what was stored under it must keep its meaning.
const nextCode = parts => 1 + Math.max(0, ...parts.map(part => part.code).filter(code => code < 90));
const nextId = (parts, letter) => {
  let number = parts.length + 1;
  while (parts.some(part => part.id === `${letter}${number}`)) number++;
  return `${letter}${number}`;
};

export const freshPart = (parts, name, text) => {
  const texts = text ? { de: text } : { de: "" };
  return name === "items" || name === "bands" ? { id: nextId(parts, name[0] === "i" ? "z" : "g"), text: texts }
    : withRole({ code: nextCode(parts), text: texts }, meant(text));
};

// Word processors bring bullets of their own, numbers, soft hyphens and cells divided by tabs.
const NUMBERED = /^(?:\d{1,2}|[a-z])[.)]\s+/i;
const MARK_AND_TAB = /^[ \t]*(?:\d{1,2}(?:[.)]|(?=\t\D))|[a-z][.)]|[•·▪◦‣●○■o§\uf0a7\uf0b7–-])\t/gim;
function pastedLines(text) {
  const lines = text.replace(/[\u00ad\u200b\ufeff]/g, "").replace(MARK_AND_TAB, "").split(/\r?\n|[\t\v\u2028]/)
    .map(line => line.replace(/^[\s•·▪◦‣●○■*–—\uf0a7\uf0b7-]+/, "").trim()).filter(Boolean);
  return lines.every(line => NUMBERED.test(line)) ? lines.map(line => line.replace(NUMBERED, "")) : lines;
}

export function partList(question, name, title) {
  const path = [...question, name], drawn = get(path) || [];
  const now = () => get(path) || [];  // typing does not draw anew, so what was drawn may be older
  const list = el("ol", { class: "parts" });
  const focus = index => document.querySelector(`[data-part="${path.join(".")}.${index}"]`)?.focus();
  const put = (found, index, words) => {
    set(path, found);
    focus(Math.max(0, Math.min(index, found.length - 1)));
    if (words) say(words);
  };
  const add = (at, texts) => {
    const found = [...now()];
    texts.forEach((text, i) => found.splice(at + i, 0, freshPart(found, name, text)));
    put(found, at + texts.length - 1, texts.length > 1 ? `${texts.length} Zeilen eingefügt` : "");
  };
  const move = (index, by) => {
    const found = [...now()];
    if (!found[index + by]) return;
    found.splice(index + by, 0, ...found.splice(index, 1));
    put(found, index + by, `verschoben auf Platz ${index + by + 1} von ${found.length}`);
  };
  const remove = index => put(now().filter((_, i) => i !== index), index - 1, "gelöscht");

  drawn.forEach((part, index) => {
    const input = el("input", {
      value: part.text?.de || "", autocomplete: "off", dir: "auto", lang: "de", "data-part": `${path.join(".")}.${index}`,
      "data-path": [...path, index, "text", "de"].join("."), "aria-label": `${title} ${index + 1}`,
    });
    input.addEventListener("input", () => {
      const before = get([...path, index]), was = roleOf(before), wants = meant(input.value);
      const follows = "code" in before && was === meant(before.text?.de || "");
      set([...path, index], { ...(follows ? withRole(before, wants) : before), text: { ...before.text, de: input.value } }, true);
      if (!follows || was === wants) return;
      row.querySelector("select").value = wants;
      say(`Rolle: ${ROLES[wants]}`);
    });
    input.addEventListener("keydown", event => {
      if (event.key === "Enter") { event.preventDefault(); add(index + 1, [""]); }
      else if (event.altKey && event.key === "ArrowUp") { event.preventDefault(); move(index, -1); }
      else if (event.altKey && event.key === "ArrowDown") { event.preventDefault(); move(index, 1); }
      else if (event.key === "Backspace" && !input.value && now().length > 1) { event.preventDefault(); remove(index); }
    });
    input.addEventListener("paste", event => {
      const texts = pastedLines(event.clipboardData.getData("text"));
      if (texts.length < 2) return;
      event.preventDefault();
      add(index + (input.value ? 1 : 0), texts);
    });
    const row = el("li", { draggable: true, class: "code" in part ? "" : "bare" }, el("span", { class: "code", "aria-hidden": "true" }, String(part.code ?? part.id)), input);
    row.addEventListener("dragstart", event => event.dataTransfer.setData("text/plain", `${path.join(".")}|${index}`));
    row.addEventListener("dragover", event => event.preventDefault());
    row.addEventListener("drop", event => {
      const [from, number] = event.dataTransfer.getData("text/plain").split("|");
      if (from !== path.join(".")) return;
      event.preventDefault();
      move(Number(number), index - Number(number));
    });
    if ("code" in part) {
      const role = el("select", { "aria-label": `Rolle von ${title} ${index + 1}` });
      for (const [value, words] of Object.entries(ROLES)) role.append(el("option", { value, selected: value === roleOf(part) }, words));
      role.addEventListener("change", () => set([...path, index], withRole(get([...path, index]), role.value)));
      row.append(role);
    }
    row.append(
      button("↑", () => move(index, -1), { label: `${title} ${index + 1} nach oben`, disabled: index === 0 }),
      button("↓", () => move(index, 1), { label: `${title} ${index + 1} nach unten`, disabled: index === drawn.length - 1 }),
      button("✕", () => remove(index), { label: `${title} ${index + 1} löschen` }),
    );
    list.append(row);
  });
  const more = button(`${title} hinzufügen`, () => add(now().length, [""]));
  return el("fieldset", { class: "field" }, el("legend", {}, `${title}${title.endsWith("e") ? "n" : "en"}`),
    el("p", { class: "hint" }, "Eingabetaste: nächste. Mehrere Zeilen einfügen geht. Alt+↑ und Alt+↓ verschieben."), list, more);
}
