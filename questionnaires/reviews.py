"""What each text of a translation is worth: missing, not yet read by anybody, checked, or of an earlier German text.

A language is either checked as a whole (`Translation.status`), or the texts that somebody checked stand in
`Translation.reviews` by their path. Where the German text changes, the translation it belongs to stays and the German
text it was made from is kept beside it, so that a translator sees what changed. `static/js/design/reviews.js` does the
same while somebody writes; a test holds both against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from questionnaires.messages import dig
from questionnaires.model import SOURCE_LANGUAGE
from questionnaires.read import text_places
from questionnaires.source import as_read

State = Literal["missing", "outdated", "checked", "unchecked"]
Plain = Mapping[str, Any]
Texts = dict[str, dict[str, str]]
NOBODY: Plain = {"status": "machine"}


def german_texts(data: Plain) -> Texts:
    """Return by path every text that is written in German, with its translations.

    Parameters
    ----------
    data : mapping
        a questionnaire as plain data, finished or not
    """
    plain = as_read(data)
    found = {path: dig(plain, place) for path, place in text_places(plain)}
    return {
        path: {name: text for name, text in texts.items() if isinstance(text, str)}
        for path, texts in found.items()
        if isinstance(texts, dict) and isinstance(texts.get(SOURCE_LANGUAGE), str) and texts[SOURCE_LANGUAGE]
    }


def state_of(texts: Mapping[str, str], language: str, translation: Plain, path: str) -> State:
    """Return what one text is worth in a language.

    Parameters
    ----------
    texts : mapping
        language → text, with German
    language : str
        not German
    translation : mapping
        state of the language, as in `Questionnaire.translations`
    path : str
        as :func:`questionnaires.read.text_places` names it
    """
    review = _reviews(translation).get(path, {})
    if not texts.get(language):
        return "missing"
    if review.get("german", texts[SOURCE_LANGUAGE]) != texts[SOURCE_LANGUAGE]:
        return "outdated"
    return "checked" if translation.get("status") == "checked" or _is_checked(review) else "unchecked"


def worth(data: Plain, language: str) -> dict[str, tuple[State, str]]:
    """Return by path what each text is worth in a language, and the German text it was made from where that changed.

    Parameters
    ----------
    data : mapping
        a questionnaire as plain data, finished or not
    language : str
        not German
    """
    translation = _state(data, language)
    states = {path: state_of(texts, language, translation, path) for path, texts in german_texts(data).items()}
    reviews = _reviews(translation)
    return {path: (one, str(reviews[path]["german"]) if one == "outdated" else "") for path, one in states.items()}


def reviewed(before: Plain, after: Plain) -> dict[str, Any]:
    """Return `after` with what its translations are worth now.

    A translation that changed is unchecked, unless its review changed as well. One whose German text changed belongs to
    the German text it had. A language of which every text is checked is checked as a whole.

    Parameters
    ----------
    before, after : mapping
        a questionnaire as plain data before and after a change, finished or not
    """
    old, new = german_texts(before), german_texts(after)
    told = after.get("translations")
    states = dict(told) if isinstance(told, dict) else {}
    for language in after.get("languages") or ():
        if language != SOURCE_LANGUAGE and isinstance(states.get(language, NOBODY), dict):
            was = _state(before, language)
            found = _state_after(language, was, states.get(language, NOBODY), old, new)
            if found != NOBODY or language in states:
                states[language] = found
    return {**after, "translations": states} if states or "translations" in after else dict(after)


def spread(translation: Plain, language: str, texts: Texts) -> dict[str, dict[str, str]]:
    """Return the reviews of a language by path; of one that is checked as a whole those of all its texts.

    Parameters
    ----------
    translation : mapping
        state of the language
    language : str
    texts : dict
        as of :func:`german_texts`
    """
    found = dict(_reviews(translation))
    if translation.get("status") == "checked" and _is_checked(translation):
        by = {"checked_by": translation["checked_by"], "checked_on": translation["checked_on"]}
        found = {path: {**by, **found.get(path, {})} for path, one in texts.items() if one.get(language)}
    return found


def _state(data: Plain, language: str) -> Plain:
    told = data.get("translations")
    found = told.get(language) if isinstance(told, dict) else None
    return found if isinstance(found, dict) else NOBODY


def _reviews(translation: Plain) -> dict[str, dict[str, str]]:
    told = translation.get("reviews")
    return {path: one for path, one in told.items() if isinstance(one, dict)} if isinstance(told, dict) else {}


def _is_checked(review: Plain) -> bool:
    return bool(review.get("checked_by") and review.get("checked_on"))


def _state_after(language: str, was: Plain, now: Plain, old: Texts, new: Texts) -> dict[str, Any]:
    bare = {name: value for name, value in now.items() if name != "reviews"}
    if now.get("status") == "checked" and (not _is_checked(now) or _whole(was) != _whole(now)):
        return bare  # somebody says so of the whole language
    once, told = spread(was, language, old), spread(now, language, old)
    found = {}
    for path, texts in new.items():
        if not texts.get(language):
            continue
        source = path if path in old else _renamed(path, texts, language, old, new)
        review = _review_after(language, once.get(source, {}), told.get(path, told.get(source, {})),
                               old.get(source), texts)  # fmt: skip
        if review:
            found[path] = review
    return _summed(bare, found, [path for path, texts in new.items()])


def _whole(translation: Plain) -> tuple[Any, ...]:
    return tuple(translation.get(name) for name in ("status", "checked_by", "checked_on"))


def _renamed(path: str, texts: Mapping[str, str], language: str, old: Texts, new: Texts) -> str:
    """Return what a new path was called before: the same two texts under a name that is gone."""
    pair = texts[SOURCE_LANGUAGE], texts[language]
    gone = (name for name, one in old.items() if name not in new and (one[SOURCE_LANGUAGE], one.get(language)) == pair)
    return next(gone, path)


def _review_after(
    language: str, was: Mapping[str, str], told: Mapping[str, str], before: Mapping[str, str] | None,
    texts: Mapping[str, str],
) -> dict[str, str]:  # fmt: skip
    review, german = dict(told), texts[SOURCE_LANGUAGE]
    if before is not None and before.get(language) != texts[language]:
        review = {} if told == was else {name: value for name, value in told.items() if name != "german"}
    elif before is not None and before[SOURCE_LANGUAGE] != german:
        review["german"] = was.get("german", before[SOURCE_LANGUAGE])
    if review.get("german") == german:
        del review["german"]
    return review


def _summed(bare: dict[str, Any], reviews: dict[str, dict[str, str]], paths: list[str]) -> dict[str, Any]:
    """Return the state of a language: checked as a whole where every text is."""
    if paths and all(_is_checked(reviews.get(path, {})) and "german" not in reviews[path] for path in paths):
        people = sorted({reviews[path]["checked_by"] for path in paths})
        last = max(reviews[path]["checked_on"] for path in paths)
        return {"status": "checked", "checked_by": ", ".join(people), "checked_on": last}
    if bare.get("status") == "checked":
        bare = {"status": "machine"}
    return {**bare, "reviews": reviews} if reviews else bare
