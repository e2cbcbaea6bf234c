"""The item bank: questions and whole topics of questionnaires there are, and how they get into another one.

There is no second copy of anything: what is known of a question (what it measures, for whom, why) stands with it in its
questionnaire. An id that is taken over is what later makes two surveys comparable.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from questionnaires.model import LANGUAGES, SOURCE_LANGUAGE, Asked, Page, Questionnaire, text_in
from questionnaires.reviews import german_texts, spread

Data = dict[str, Any]


@dataclass(frozen=True)
class BankItem:
    """A question, as somebody looking for one wants to see it."""

    id: str
    kind: str
    text: str
    concept: str
    life_phase: tuple[str, ...]
    field: str
    why: str
    """why it is asked: what families read, else the authors' remark"""


@dataclass(frozen=True)
class Topic:
    """A page of a questionnaire with its questions, to be taken over as a whole or in part."""

    source: str
    """hash of the questionnaire"""
    questionnaire: str
    """its title"""
    page: str
    title: str
    audience: str
    languages: tuple[str, ...]
    items: tuple[BankItem, ...]


@dataclass(frozen=True)
class Inserted:
    """A draft with something of the bank in it."""

    data: Data
    page: int
    question: int
    """where what was inserted begins; -1: a page"""
    said: tuple[str, ...]
    """what could not come along, in German; empty if all did"""


def topics_of(questionnaires: Iterable[Questionnaire]) -> tuple[Topic, ...]:
    """Return the topics of questionnaires in their order; pages that are the same in two versions stand there once.

    Parameters
    ----------
    questionnaires : iterable of Questionnaire
        those whose topics come first, first

    Returns
    -------
    tuple of Topic
    """
    found, seen = [], set()
    for one in questionnaires:
        for page in one.pages:
            known = (one.id, page.model_dump_json())
            if known not in seen:
                seen.add(known)
                found.append(_topic(one, page))
    return tuple(found)


def _topic(asked: Questionnaire, page: Page) -> Topic:
    items = tuple(_item(question) for question in page.questions)
    title = _german(asked.title)
    return Topic(asked.hash, title, page.id, _german(page.title), asked.audience, asked.languages, items)


def _item(question: Asked) -> BankItem:
    why = _german(question.why) or (question.note or "")
    phases = dict.fromkeys((*question.life_phase, *(p for item in _items(question) for p in item.life_phase)))
    kind = str(getattr(question, "kind", ""))
    concept, field = question.concept or "", question.field or ""
    return BankItem(question.id, kind, _german(question.text), concept, tuple(phases), field, why)


def _items(question: Asked) -> Sequence[Any]:
    found: Sequence[Any] = getattr(question, "items", ())
    return found


def _german(texts: dict[str, str]) -> str:
    return text_in(texts, SOURCE_LANGUAGE)[0]


def insert_question(
    draft: Mapping[str, Any], source: Questionnaire, question_id: str, page: int, at: int, areas: Iterable[str] = ()
) -> Inserted:
    """Return a draft with a question of another questionnaire, its id, codes and translations as they are.

    Parameters
    ----------
    draft : mapping
        a questionnaire as plain data, finished or not
    source : Questionnaire
        where the question comes from
    question_id : str
        a question of `source`
    page, at : int
        index of the page, and of the question before which it is put; beyond the end means at the end
    areas : iterable of str
        Sozialräume that conditions may name

    Returns
    -------
    Inserted
        its condition comes along where the questions it asks about stand before; else `said` tells. A question whose
        id the draft already has is not inserted
    """
    work = _Work(draft, source, areas)
    pages = work.pages
    there = 0 <= page < len(pages) and isinstance(pages[page], dict)
    if not there or not isinstance(pages[page].setdefault("questions", []), list):
        return work.nothing(page, at, "Diese Seite gibt es im Entwurf nicht mehr.")
    if question_id in work.ids:
        return work.nothing(page, at, f"Die Frage „{question_id}“ steht schon im Entwurf.")
    questions = pages[page]["questions"]
    at = max(0, min(at, len(questions)))
    before = [q for one in pages[:page] for q in _questions(one)] + _questions({"questions": questions[:at]})
    taken = work.question(question_id, before, repeating=bool(pages[page].get("repeat")))
    questions.insert(at, taken)
    work.mark_translations()
    return Inserted(work.data, page, at, tuple(work.said))


def insert_topic(
    draft: Mapping[str, Any], source: Questionnaire, page_id: str, page: int, areas: Iterable[str] = ()
) -> Inserted:
    """Return a draft with a page of another questionnaire; see :func:`insert_question`.

    Parameters
    ----------
    draft, source, areas
        see :func:`insert_question`
    page_id : str
        a page of `source`
    page : int
        index of the page before which it is put

    Returns
    -------
    Inserted
        without the questions the draft already has; nothing is inserted if none is left
    """
    work = _Work(draft, source, areas)
    page = max(0, min(page, len(work.pages)))
    wanted = deepcopy(next(one for one in work.source["pages"] if one["id"] == page_id))
    before = [q for one in work.pages[:page] for q in _questions(one)]
    names = [q["id"] for q in wanted.pop("questions")]
    known = [name for name in names if name in work.ids]
    if len(known) == len(names):
        return work.nothing(page, -1, "Alle Fragen dieses Themas stehen schon im Entwurf.")
    work.said += [f"Die Frage „{name}“ steht schon im Entwurf und kam nicht noch einmal dazu." for name in known]
    made = work.page(wanted, before)
    made["questions"] = []
    for name in names:
        if name not in work.ids:
            taken = work.question(name, [*before, *made["questions"]], repeating="repeat" in made)
            made["questions"].append(taken)
    work.pages.insert(page, made)
    work.mark_translations()
    return Inserted(work.data, page, -1, tuple(work.said))


class _Work:
    """A draft being filled: the data to be returned, and what had to be left out."""

    def __init__(self, draft: Mapping[str, Any], source: Questionnaire, areas: Iterable[str]) -> None:
        self.draft = draft
        self.data: Data = deepcopy(dict(draft))
        self.source: Data = json.loads(source.to_json())
        self.translations = source.translations
        self.areas = frozenset(areas)
        self.said: list[str] = []
        self.languages = frozenset(self.data.get("languages") or (SOURCE_LANGUAGE,))
        pages = self.data.get("pages")
        self.pages: list[Any] = pages if isinstance(pages, list) else []
        self.data["pages"] = self.pages
        self.ids = {name for page in self.pages for q in _questions(page) if (name := q.get("id"))}

    def nothing(self, page: int, at: int, why: str) -> Inserted:
        """Return the draft as it was."""
        return Inserted(self.data, page, at, (why,))

    def question(self, question_id: str, before: Sequence[Data], *, repeating: bool) -> Data:
        """Return a question of the source as it fits in behind others."""
        every = [q for page in self.source["pages"] for q in page["questions"]]
        taken: Data = self._in_languages(deepcopy(next(q for q in every if q["id"] == question_id)))
        self._keep_condition(taken, f"„{question_id}“", before, repeating=repeating)
        return taken

    def page(self, wanted: Data, before: Sequence[Data]) -> Data:
        """Return a page of the source without its questions."""
        name = f"Seite „{wanted['title'].get(SOURCE_LANGUAGE, wanted['id'])}“"
        taken: Data = self._in_languages(wanted)
        over = (taken.get("repeat") or {}).get("over")
        if over and over not in {q.get("id") for q in before}:
            del taken["repeat"]
            self.said.append(f"{name} wird nicht je Kind gefragt: Die Frage „{over}“ steht nicht davor.")
        self._keep_condition(taken, name, before, repeating=False)
        taken["id"] = self._free_page(str(taken["id"]))
        return taken

    def _free_page(self, wanted: str) -> str:
        taken = {page.get("id") for page in self.pages if isinstance(page, dict)} | self.ids
        return next(name for n in range(1, 1000) if (name := wanted if n == 1 else f"{wanted}_{n}") not in taken)

    def _keep_condition(self, taken: Data, name: str, before: Sequence[Data], *, repeating: bool) -> None:
        missing = sorted(set(self._missing(taken.get("show_if"), before, repeating=repeating)))
        if missing:
            del taken["show_if"]
            self.said.append(f"{name} wird jetzt allen gezeigt: Für die Bedingung fehlt {', '.join(missing)}.")

    def _missing(self, condition: Any, before: Sequence[Data], *, repeating: bool) -> Iterator[str]:
        """Yield what a condition asks about and the draft does not have."""
        if not isinstance(condition, Mapping):
            return
        for part in (*condition.get("all", ()), *condition.get("any", ()), condition.get("not")):
            yield from self._missing(part, before, repeating=repeating)
        if "question" in condition and not any(_answers(q, condition) for q in before):
            yield f"davor die Frage „{condition['question']}“"
        yield from (f"der Sozialraum „{area}“" for area in condition.get("area", ()) if area not in self.areas)
        if "band" in condition and not repeating:
            yield "die Wiederholung je Kind"

    def _in_languages(self, value: Any) -> Any:
        """Return data without texts in languages the draft does not offer: nobody would see them."""
        if isinstance(value, list):
            return [self._in_languages(part) for part in value]
        if not isinstance(value, dict):
            return value
        if value and set(value) <= set(LANGUAGES):
            return {language: text for language, text in value.items() if language in self.languages}
        return {name: self._in_languages(part) for name, part in value.items()}

    def mark_translations(self) -> None:
        """Take back that a language is checked where texts came in that nobody has checked."""
        found = self.data.get("translations")
        states: Data = found if isinstance(found, dict) else {}
        for language, state in states.items():
            came = self.translations.get(language)
            if isinstance(state, dict) and state.get("status") == "checked" and (not came or came.status == "machine"):
                kept = spread(state, language, german_texts(self.draft))
                states[language] = {"status": "machine", **({"reviews": kept} if kept else {})}
                self.said.append(f"Die Übersetzung „{language}“ gilt wieder als ungeprüft: Die neuen Texte sind es.")


def _questions(page: Any) -> list[Data]:
    found = page.get("questions") if isinstance(page, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _answers(question: Data, test: Mapping[str, Any]) -> bool:
    """Say whether a question is the one a test asks about, with the row and the answers it names."""
    if question.get("id") != test["question"]:
        return False
    rows = {row.get("id") for name in ("items", "bands") for row in question.get(name) or ()}
    codes = {one.get("code") for name in ("options", "steps") for one in question.get(name) or ()}
    return ("item" not in test or test["item"] in rows) and set(test.get("is") or ()) <= codes
