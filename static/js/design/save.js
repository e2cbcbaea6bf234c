// Saving while one types. One window saves; others read until they take over. Nothing is overwritten silently.
import { begin, data, listen, replace } from "./state.js";
import { button, el } from "./dom.js";

const PAUSE = 800, HEARTBEAT = 45_000, RETRY = 5000, PATIENCE = 20_000;
const saved = document.getElementById("saved"), whose = document.getElementById("whose");
const tokenNode = document.getElementById("token");
const key = crypto.getRandomValues(new Uint32Array(4)).join("-");

let start, version, timer, turn = 0, busy = false, dirty = false, mine = false, onSaved = () => {};
const local = () => `familienstimme-entwurf ${location.pathname}`;

// A questionnaire is long to write down, so this waits for a pause in typing, but never for the end of the page.
let keeping;
const keepNow = () => {
  clearTimeout(keeping);
  keeping = null;
  try { localStorage[local()] = JSON.stringify({ version, data: data() }); } catch { /* private window */ }
};
const keepHere = () => { keeping ||= setTimeout(keepNow, 300); };
const forgetHere = () => {
  clearTimeout(keeping);
  keeping = null;
  try { delete localStorage[local()]; } catch { /* same */ }
};

export async function open(given, afterSave) {
  [start, version, onSaved] = [given, given.version, afterSave];
  begin(given.data);
  listen(() => { dirty = true; keepHere(); schedule(PAUSE); });
  await lock(false);
  setInterval(() => lock(false), HEARTBEAT);
  addEventListener("pagehide", () => { if (keeping) keepNow(); });
  addEventListener("pagehide", () => { if (mine) navigator.sendBeacon(start.lock, form({ leave: "1" })); });
  addEventListener("beforeunload", event => { if (dirty) event.preventDefault(); });
  addEventListener("online", () => schedule(0));
  offerLocal();
}

const form = more => {
  const values = new FormData();
  for (const [name, value] of Object.entries({ csrf_token: tokenNode.content, key, ...more })) values.append(name, value);
  return values;
};

function schedule(wait) {
  saved.textContent = "wird gespeichert …";
  clearTimeout(timer);
  timer = setTimeout(save, wait);
}

export async function save() {
  if (busy || !dirty || !mine) return;
  busy = true;
  const sent = data();
  dirty = false;
  let answer = null, found = {};
  try {
    answer = await fetch(start.save, {
      method: "PUT", body: JSON.stringify({ data: sent, version, key, turn: ++turn }),
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": tokenNode.content },
      signal: AbortSignal.timeout?.(PATIENCE),  // a line that only hangs is no connection
    });
    if ([400, 401].includes(answer.status)) await renewToken();
    else found = await answer.json();
  } catch { /* no connection, or no JSON */ }
  busy = false;
  if (answer?.ok) {
    version = found.version;
    if (dirty) return schedule(PAUSE);
    forgetHere();
    saved.textContent = `gespeichert um ${new Date().toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit" })} Uhr`;
    return onSaved(found);
  }
  dirty = true;
  if (answer?.status === 409) return lost(found);
  saved.textContent = answer?.status === 401 || answer?.status === 400
    ? "Nicht gespeichert: Sie sind abgemeldet. Bitte in einem neuen Fenster anmelden; Ihre Änderungen bleiben hier."
    : "Nicht gespeichert: keine Verbindung. Ihre Änderungen bleiben hier, es wird weiter versucht.";
  timer = setTimeout(save, RETRY);
}

// Who logs in again in another window has a new session; this window's forms must belong to it.
async function renewToken() {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("token");
  if (fresh) tokenNode.content = fresh.content;
}

async function lock(take) {
  let found;
  try {
    const answer = await fetch(start.lock, { method: "POST", body: form(take ? { take: "1" } : {}), headers: { Accept: "application/json" } });
    found = await answer.json();
    if (!answer.ok) return;
  } catch { return; /* the next look tells */ }
  if (found.mine) {
    mine = true;
    whose.hidden = true;
    document.body.classList.remove("reading");
    if (take) { if (found.version !== version && found.data) { version = found.version; begin(found.data); replace(found.data); dirty = false; forgetHere(); } }
    else if (found.version !== version && !dirty) location.reload();
    else if (/geöffnet|nur lesen/.test(saved.textContent)) saved.textContent = "gespeichert";
    if (dirty) schedule(0);
  } else read(found.by);
}

function read(by) {
  mine = false;
  document.body.classList.add("reading");
  saved.textContent = "nur lesen";
  whose.hidden = false;
  whose.replaceChildren(el("p", {}, el("strong", {}, `${by || "Ein anderes Fenster"} bearbeitet diesen Entwurf gerade.`), " Sie können lesen. Beim Übernehmen bleibt, was dort gespeichert ist."),
    button("Übernehmen", () => lock(true), { plain: false }));
}

function lost(found) {
  mine = false;
  document.body.classList.add("reading");
  saved.textContent = "nicht gespeichert";
  whose.hidden = false;
  const blob = URL.createObjectURL(new Blob([JSON.stringify(data(), null, 1)], { type: "application/json" }));
  whose.replaceChildren(el("p", {}, el("strong", {}, `${found.by} hat den Entwurf inzwischen übernommen oder gespeichert.`), " Es wurde nichts überschrieben."),
    el("p", {}, el("a", { href: blob, download: "meine-aenderungen.json" }, "Meinen Stand herunterladen"), " "),
    button("Mit dem gespeicherten Stand weitermachen", () => { dirty = false; forgetHere(); lock(true); }, { plain: false }));
}

function offerLocal() {
  let kept = null;
  try { kept = JSON.parse(localStorage[local()] || "null"); } catch { /* nothing usable */ }
  if (!kept || JSON.stringify(kept.data) === JSON.stringify(data())) return forgetHere();
  whose.hidden = false;
  whose.replaceChildren(el("p", {}, el("strong", {}, "Auf diesem Gerät liegen Änderungen, die nicht mehr gespeichert werden konnten.")),
    button("Wiederherstellen", () => { whose.hidden = true; replace(kept.data); }, { plain: false }), " ",
    button("Verwerfen", () => { whose.hidden = true; forgetHere(); }));
}
