// What each text of a translation is worth: the same as questionnaires/reviews.py, while somebody writes.
const NOBODY = { status: "machine" };
const isMap = value => Boolean(value) && typeof value === "object" && !Array.isArray(value);
const listed = value => Array.isArray(value) ? value : [];

const isName = value => ["string", "number"].includes(typeof value);

// What is asked stays the same object until it changes, so its texts are looked for once.
const found = new WeakMap();
function once(part, look) {
  if (!isMap(part)) return [];
  if (!found.has(part)) found.set(part, look(part));
  return found.get(part);
}

// Texts that are written in German, where they stand in their part, and their name if they have one.
function own(part, key, ...names) {
  const texts = part?.[key];
  return isMap(texts) && typeof texts.de === "string" && texts.de ? [{ texts, place: [key], name: names.every(isName) ? names.join(".") : null }] : [];
}

const inside = (texts, ...place) => texts.map(one => ({ ...one, place: [...place, ...one.place] }));
const ofQuestion = question => once(question, ({ id, ...rest }) => [
  ...["text", "help", "why", "unit"].flatMap(key => own(rest, key, id, key)),
  ...[["options", "code"], ["steps", "code"], ["items", "id"], ["bands", "id"]].flatMap(([key, mark]) =>
    listed(rest[key]).flatMap((part, i) => inside(own(part, "text", id, key, part?.[mark]), key, i)))]);
const ofPage = page => once(page, ({ id, questions }) => [...own(page, "title", "pages", id, "title"),
  ...listed(questions).flatMap((question, q) => inside(ofQuestion(question), "questions", q))]);

export const germanTexts = data => once(data, () => [
  ...["title", "headline", "intro", "legal_basis"].flatMap(key => own(data, key, key)),
  ...listed(data.funnels).flatMap((funnel, f) => inside(own(funnel, "title", "funnels", funnel?.id, "title"), "funnels", f)),
  ...listed(data.pages).flatMap((page, p) => inside(ofPage(page), "pages", p))]);

const named = data => germanTexts(data).filter(({ name }) => name !== null);
const byName = texts => new Map(texts.map(one => [one.name, one.texts]));
const isChecked = review => Boolean(review?.checked_by && review.checked_on);
const reviewsOf = translation => isMap(translation.reviews) ? translation.reviews : {};
const stateIn = (data, language) => isMap(data.translations?.[language]) ? data.translations[language] : NOBODY;
const same = (one, other) => ["checked_by", "checked_on", "german"].every(name => one?.[name] === other?.[name]);

export function stateOf(texts, language, translation, name) {
  const review = reviewsOf(translation)[name];
  if (!texts[language]) return "missing";
  if ((review?.german ?? texts.de) !== texts.de) return "outdated";
  return translation.status === "checked" || isChecked(review) ? "checked" : "unchecked";
}

// Of a language that is checked as a whole, the reviews of all its texts.
function spread(translation, language, texts) {
  const found = new Map(Object.entries(reviewsOf(translation)));
  if (translation.status !== "checked" || !isChecked(translation)) return found;
  const { checked_by, checked_on } = translation;
  for (const [name, one] of texts) if (one[language]) found.set(name, { checked_by, checked_on, ...found.get(name) });
  return found;
}

export function reviewed(before, after) {
  const languages = listed(after.languages).filter(language => language !== "de");
  if (!languages.length) return after;
  const old = named(before), now = named(after), translations = { ...after.translations };
  const alike = old.length === now.length && now.every(({ name }, i) => name === old[i].name);
  const touched = alike && now.map((one, i) => ({ ...one, before: old[i].texts })).filter(one => one.texts !== one.before);
  const whole = () => [byName(old), byName(now)];
  for (const language of languages) {
    const was = stateIn(before, language), is = stateIn(after, language);
    const state = touched && was === is && is.status !== "checked" ? patched(language, is, touched, now) : stateAfter(language, was, is, ...whole());
    if (state !== NOBODY || translations[language]) translations[language] = state;
  }
  return { ...after, translations };
}

// The same as below where only a few texts changed, because it follows each key.
function patched(language, is, touched, now) {
  const reviews = { ...reviewsOf(is) };
  let moved = false;
  for (const { name, texts, before } of touched) {
    const review = texts[language] ? reviewAfter(language, reviews[name], reviews[name], before, texts) : {};
    if (same(review, reviews[name])) continue;
    moved = true;
    if (Object.keys(review).length) reviews[name] = review; else delete reviews[name];
  }
  const { reviews: _, ...bare } = is;
  return moved ? summed(bare, reviews, now.map(({ name }) => name), is) : is;
}

function stateAfter(language, was, now, old, texts) {
  const { reviews: _, ...bare } = now;
  if (now.status === "checked" && (!isChecked(now) || ["status", "checked_by", "checked_on"].some(name => was[name] !== now[name]))) return bare;
  const once = spread(was, language, old), told = spread(now, language, old), found = {};
  for (const [name, one] of texts) {
    if (!one[language]) continue;
    const source = old.has(name) ? name : renamed(name, one, language, old, texts);
    const review = reviewAfter(language, once.get(source), told.get(name) ?? told.get(source), old.get(source), one);
    if (Object.keys(review).length) found[name] = review;
  }
  return summed(bare, found, [...texts.keys()], now);
}

const renamed = (name, one, language, old, texts) =>
  [...old].find(([was, before]) => !texts.has(was) && before.de === one.de && before[language] === one[language])?.[0] ?? name;

function reviewAfter(language, was, told, before, { de, [language]: text }) {
  let { german, ...review } = told ?? {};
  if (before && before[language] !== text) [german, review] = [undefined, same(told, was) ? {} : review];
  else if (before && before.de !== de) german = was?.german ?? before.de;
  return german === undefined || german === de ? review : { ...review, german };
}

function summed(bare, reviews, names, now) {
  if (names.length && names.every(name => isChecked(reviews[name]) && reviews[name].german === undefined)) {
    const people = [...new Set(names.map(name => reviews[name].checked_by))].sort();
    const checked_on = names.map(name => reviews[name].checked_on).reduce((one, other) => one > other ? one : other);
    return { status: "checked", checked_by: people.join(", "), checked_on };
  }
  if (bare.status === "checked") bare = { status: "machine" };
  if (Object.keys(reviews).length) return { ...bare, reviews };
  return now === NOBODY ? NOBODY : bare;
}
