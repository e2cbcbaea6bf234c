"""„Einfach erklärt“: one sentence a line, one question at a time, and its name once people have checked it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from markupsafe import Markup, escape

from questionnaires.model import Asked, Questionnaire
from survey.respond.words import LANGUAGE_NAMES

SIMPLE = "de-simple"
#: What „Einfach erklärt“ may be called when a reading group has checked it.
CHECKED_NAME = "Leichte Sprache"
#: Where a sentence ends. „z. B.“, „Art. 6“, „§ 80“ and „15. März“ go on: before the stop stands a digit, a single
#: letter or a short form of the law.
SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!\b\d\d\.)(?<!\b\w\.)(?<!\bArt\.)(?<!\bAbs\.)(?<!\blit\.)(?<!\bNr\.)\s+(?=[A-ZÄÖÜ„])"
)


def sentences(text: str) -> list[str]:
    """Return the sentences of a German text."""
    return SENTENCE_END.split(text.strip())


def in_lines(text: str) -> Markup:
    """Return a text for HTML with each sentence on a line of its own."""
    lines = sentences(text)
    if len(lines) < 2:
        return escape(text)
    return Markup("<span>{}</span>").format(Markup("<br>").join(lines))


def words_in_lines(words: Mapping[str, str]) -> dict[str, str]:
    """Return the product's own sentences in the same way, for HTML."""
    return {name: in_lines(text) for name, text in words.items()}


def one_at_a_time(questions: Iterable[Asked]) -> Iterator[tuple[Asked, ...]]:
    """Yield the questions of a page one by one; a text without an answer goes with the question it is about."""
    waiting: tuple[Asked, ...] = ()
    for question in questions:
        waiting += (question,)
        if getattr(question, "kind", "") != "info":
            yield waiting
            waiting = ()
    if waiting:
        yield waiting


def language_names(questionnaire: Questionnaire) -> dict[str, str]:
    """Return what each language is called in the menu."""
    checked = {SIMPLE: CHECKED_NAME} if checked_by(questionnaire) else {}
    return LANGUAGE_NAMES | checked


def checked_by(questionnaire: Questionnaire) -> tuple[str, date] | None:
    """Return who checked „Einfach erklärt“ and when, None while nobody has."""
    translation = questionnaire.translations.get(SIMPLE)
    if translation is None or translation.status != "checked" or not translation.checked_by:
        return None
    try:
        return translation.checked_by, date.fromisoformat(translation.checked_on or "")
    except ValueError:  # without a day nobody can tell which texts were read
        return None
