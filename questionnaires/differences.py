"""What changed from one version of a questionnaire to the next, in words, and what that means for comparisons.

A question's id and an option's code are what makes two waves comparable: the same id must keep its kind, the same code
its meaning.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from questionnaires.messages import dig
from questionnaires.model import (
    LANGUAGES,
    Asked,
    Battery,
    Counts,
    Option,
    Page,
    Question,
    Questionnaire,
    Value,
    choices,
    text_in,
)  # fmt: skip
from questionnaires.read import text_places
from questionnaires.source import as_read


@dataclass(frozen=True)
class Difference:
    """One change. `breaks` says why figures of the two versions cannot be compared, empty where they can."""

    question: str
    """id; empty where the questionnaire as a whole changed"""
    sentence: str
    breaks: str = ""


class TextChange(Value):
    """A text that reads differently."""

    path: str
    """as side files of translations name it, such as ``bedarf.options.3``"""
    language: str
    before: str
    after: str


class Revision(Value):
    """A correction of texts while a wave was in the field. Responses keep the version they were given to."""

    at: datetime
    by: str
    why: str
    before: str
    """hash of the version that was asked until then"""
    after: str
    changes: tuple[TextChange, ...]


@dataclass(frozen=True)
class Correction:
    """What a new version would correct; it may go live only where `refused` is empty."""

    changes: tuple[TextChange, ...]
    refused: tuple[str, ...]
    """what is more than a text, in German"""


def correction(before: Questionnaire, after: Questionnaire) -> Correction:
    """Return which texts a version corrects, and what else it changes.

    Parameters
    ----------
    before, after : Questionnaire
        the version in the field and the one to take its place

    Returns
    -------
    Correction
        ids, kinds, options, codes, conditions, order and languages must be the same. Whether a text still means the
        same no program can tell
    """
    old, new = (as_read(json.loads(one.to_json())) for one in (before, after))
    old_texts, new_texts = _texts_of(old), _texts_of(new)
    paths = dict.fromkeys([*old_texts, *new_texts])
    changes = tuple(
        TextChange(path=path, language=language, before=was, after=now)
        for path in paths
        for language in LANGUAGES
        if (was := old_texts.get(path, {}).get(language, "")) != (now := new_texts.get(path, {}).get(language, ""))
    )
    return Correction(changes, () if _bare(old) == _bare(new) else _more_than_texts(before, after))


def _texts_of(data: Any) -> dict[str, dict[str, str]]:
    found: dict[str, Any] = {path: dig(data, place) for path, place in text_places(data)}
    return {path: texts for path, texts in found.items() if isinstance(texts, dict)}


def _bare(value: Any) -> Any:
    """Return data without texts, who checked them, and the authors' remarks."""
    if isinstance(value, tuple):
        return tuple(map(_bare, value))
    if not isinstance(value, dict):
        return value
    return {name: _bare(part) for name, part in value.items() if name not in _BESIDE and not _is_text(part)}


_BESIDE = frozenset({"note", "translations"})


def _is_text(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and set(value) <= set(LANGUAGES)


def _more_than_texts(before: Questionnaire, after: Questionnaire) -> tuple[str, ...]:
    texts_only = {one.sentence for one in _differences(before, _with_texts_of(before, after))}
    found = [one.sentence for one in _differences(before, after) if one.sentence not in texts_only]
    return tuple(found) or ("Außer Texten ist auch anderes verändert, zum Beispiel Minuten, Sprachen oder Einordnung.",)


def _with_texts_of(before: Questionnaire, after: Questionnaire) -> Questionnaire:
    """Return `before` with the texts `after` has at the same paths."""
    data = as_read(json.loads(before.to_json()))
    new = _texts_of(as_read(json.loads(after.to_json())))
    for path, texts in _texts_of(data).items():
        texts.update(new.get(path, {}))
    return Questionnaire.model_validate(data)


def differences(before: Questionnaire, after: Questionnaire) -> tuple[Difference, ...]:
    """Return what changed.

    Parameters
    ----------
    before, after : Questionnaire
        two versions

    Returns
    -------
    tuple of Difference
        in the order of the new version, what went away first; empty if families see the same
    """
    return tuple(_differences(before, after))


def _differences(before: Questionnaire, after: Questionnaire) -> Iterator[Difference]:
    for name in ("title", "headline", "intro", "legal_basis"):
        if _german(getattr(before, name)) != _german(getattr(after, name)):
            yield Difference("", f"{_WHOLE[name]} lautet anders.")
    for question_id, question in before.questions.items():
        if question_id not in after.questions:
            yield Difference(question_id, f"Die Frage „{_title(question)}“ fällt weg.")
    for question_id, question in after.questions.items():
        old = before.questions.get(question_id)
        if old is None:
            yield Difference(question_id, f"Die Frage „{_title(question)}“ kommt dazu.")
        else:
            yield from _of_question(old, question)
    yield from _of_order(before, after)
    if new := [language for language in after.languages if language not in before.languages]:
        yield Difference("", f"Neue Sprachen: {', '.join(new)}.")


_WHOLE = {"title": "Der Titel", "headline": "Die Frage auf der Startseite", "intro": "Die Einleitung",
          "legal_basis": "Die Rechtsgrundlage"}  # fmt: skip


def _of_question(old: Question, new: Question) -> Iterator[Difference]:
    name = _title(new)
    if old.kind != new.kind:
        breaks = "Dieselbe Kennung mit anderer Art ist nicht vergleichbar: Bitte eine neue Kennung geben."
        yield Difference(new.id, f"„{name}“ hat eine andere Art ({old.kind} → {new.kind}).", breaks)
        return
    if _german(old.text) != _german(new.text):
        yield Difference(new.id, f"„{name}“ lautete „{_german(old.text)}“.")
    if old.show_if != new.show_if:
        breaks = "Die Frage bekommen andere Menschen: Anteile beziehen sich auf andere."
        yield Difference(new.id, f"„{name}“ hat eine andere Bedingung.", breaks)
    yield from _of_parts(new.id, name, _options(old), _options(new), "Antwort")
    yield from _of_parts(new.id, name, _rows(old), _rows(new), "Zeile")
    for field, words in _LIMITS.items():
        if getattr(old, field, None) != getattr(new, field, None):
            sentence = f"„{name}“: {words} ist jetzt {getattr(new, field, None)}, vorher {getattr(old, field, None)}."
            yield Difference(new.id, sentence, "Mit anderen Grenzen wird anders geantwortet.")


_LIMITS = {"at_most": "Höchstzahl der Antworten", "top": "Zahl der Wichtigsten", "minimum": "kleinste Zahl",
           "maximum": "größte Zahl"}  # fmt: skip


def _of_parts(
    question: str, name: str, old: Mapping[str, str], new: Mapping[str, str], what: str
) -> Iterator[Difference]:
    for key, text in old.items():
        if key not in new:
            breaks = "Was vorher darauf entfiel, verteilt sich anders."
            yield Difference(question, f"„{name}“: Die {what} „{text}“ fällt weg.", breaks)
        elif new[key] != text:
            breaks = f"Hat sich der Sinn geändert, braucht die {what} eine neue Kennung."
            yield Difference(question, f"„{name}“: Die {what} „{text}“ lautet jetzt „{new[key]}“.", breaks)
    for key, text in new.items():
        if key not in old:
            breaks = "Eine neue Wahl zieht Antworten von den anderen ab." if what == "Antwort" else ""
            yield Difference(question, f"„{name}“: Die {what} „{text}“ kommt dazu.", breaks)


def _options(question: Asked) -> dict[str, str]:
    found: tuple[Option, ...] = choices(question)
    return {str(option.code): _german(option.text) for option in found}


def _rows(question: Asked) -> dict[str, str]:
    if isinstance(question, Battery):
        return {item.id: _german(item.text) for item in question.items}
    if isinstance(question, Counts):
        return {band.id: _german(band.text) for band in question.bands}
    return {}


def _of_order(before: Questionnaire, after: Questionnaire) -> Iterator[Difference]:
    kept = set(before.questions) & set(after.questions)
    old, new = ([name for name in one.questions if name in kept] for one in (before, after))
    if old != new:
        yield Difference("", "Die Fragen stehen in anderer Reihenfolge. Was vorher gefragt wird, färbt ab.")
    if [_page(page) for page in before.pages] != [_page(page) for page in after.pages] and old == new:
        yield Difference("", "Die Aufteilung auf Seiten ist anders.")


def _page(page: Page) -> tuple[str, tuple[str, ...]]:
    return page.id, tuple(question.id for question in page.questions)


def _german(texts: Mapping[str, str]) -> str:
    return text_in(dict(texts), "de")[0]


def _title(question: Asked) -> str:
    text = _german(question.text)
    return text if len(text) <= 60 else f"{text[:57].rstrip()}…"
