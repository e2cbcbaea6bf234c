// The draft in memory. Every change makes a new root that shares what did not change, so undo costs nothing.
import { reviewed } from "./reviews.js";

const TYPING = 1500;

let root, past = [], future = [], last = { path: "", at: 0 };
const listeners = [];

export const data = () => root;
export const listen = listener => listeners.push(listener);
export const canUndo = () => past.length > 0;
export const canRedo = () => future.length > 0;

// A file from elsewhere may have no pages, or something else under that name: it can be mended here all the same.
const isMap = value => value && typeof value === "object" && !Array.isArray(value);
const listed = value => Array.isArray(value) ? value.filter(isMap) : [];
const whole = value => ({ ...value, pages: listed(value.pages).map(page => page.questions ? { ...page, questions: listed(page.questions) } : page) });

export function begin(value) {
  [root, past, future] = [whole(value), [], []];
}

// why: "typed" while somebody types into a field, "changed" by any other control, "replaced" as a whole; forms are drawn
// anew only for the last two.
function become(value, why) {
  root = value;
  for (const listener of listeners) listener(why);
}

export function replace(value) {
  past.push(root);
  future = [];
  last = { path: "", at: 0 };
  become(reviewed(root, value), "replaced");
}

export function get(path) {
  return path.reduce((part, name) => part?.[name], root);
}

function changed(part, path, value) {
  if (!path.length) return value;
  const [name, ...rest] = path;
  const copy = Array.isArray(part) ? [...part] : { ...part };
  const inner = changed(part?.[name] ?? (typeof rest[0] === "number" ? [] : {}), rest, value);
  if (inner === undefined) delete copy[name];
  else copy[name] = inner;
  return copy;
}

export function set(path, value, typed = false) {
  if (get(path) === value) return;
  const where = path.join(" "), now = Date.now();
  if (!typed || last.path !== where || now > last.at + TYPING) past.push(root);
  last = typed ? { path: where, at: now } : { path: "", at: 0 };
  future = [];
  become(reviewed(root, changed(root, path, value)), typed ? "typed" : "changed");
}

export function undo() {
  if (!past.length) return;
  future.push(root);
  last = { path: "", at: 0 };
  become(past.pop(), "replaced");
}

export function redo() {
  if (!future.length) return;
  past.push(root);
  become(future.pop(), "replaced");
}
