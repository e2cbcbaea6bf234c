"""Conditions as data for the browser's script; where there is none, :mod:`survey.respond.styles` says the same in CSS.

A page's condition hides its section, a question's own condition the question.
"""

from __future__ import annotations

from typing import Any

from questionnaires.children import Section, sections_of
from questionnaires.model import (
    AllOf,
    AnyOf,
    Battery,
    Condition,
    Counts,
    Given,
    InArea,
    Not,
    OfBand,
    Questionnaire,
    Ranking,
)  # fmt: skip


def names_of(questionnaire: Questionnaire, test: Given) -> list[str]:
    """Return the wire names a test looks at. Whether a count was answered, all its bands say together."""
    question = sections_of(questionnaire).by_name[test.question]
    match question:
        case Battery():
            return [f"{question.id}.{item.id}" for item in question.items if test.item in (None, item.id)]
        case Counts():
            wanted = None if test.answered is not None else test.item
            return [f"{question.id}.{band.id}" for band in question.bands if wanted in (None, band.id)]
        case Ranking():
            return [f"{question.id}.{place}" for place in range(1, question.top + 1)]
        case _:
            return [question.id]


def part_of(questionnaire: Questionnaire, test: Given) -> str:
    """Return what a test looks at, as the script reads it: a wire name, or the part before the dot that many share."""
    names = names_of(questionnaire, test)
    return names[0] if len(names) == 1 else f"{test.question}."


def as_data(questionnaire: Questionnaire, condition: Condition) -> list[Any]:
    """Return a condition as nested lists for the script.

    ``["&", …]`` all · ``["|", …]`` any · ``["!", c]`` not · ``["@", areas]`` Sozialraum · ``["=", part, codes]`` ·
    ``[">", part, n]`` on the sum · ``["?", part]`` answered; for `part` see :func:`part_of` · ``["~", band, bands]``
    the child of the section is of one of these age bands.
    """
    match condition:
        case AllOf():
            return ["&", *(as_data(questionnaire, part) for part in condition.all)]
        case AnyOf():
            return ["|", *(as_data(questionnaire, part) for part in condition.any)]
        case Not():
            return ["!", as_data(questionnaire, condition.not_)]
        case InArea():
            return ["@", list(condition.area)]
        case OfBand():
            return ["~", "{band}", list(condition.band)]
        case Given():
            return _given_as_data(questionnaire, condition)
    raise TypeError(type(condition).__name__)


def _given_as_data(questionnaire: Questionnaire, test: Given) -> list[Any]:
    if test.at_most is not None or is_any_count(questionnaire, test):
        return as_data(questionnaire, in_other_words(test))
    part = part_of(questionnaire, test)
    if test.is_ is not None:
        return ["=", part, list(test.is_)]
    if test.at_least is not None:
        return [">", part, test.at_least]
    return ["?", part] if test.answered else ["!", ["?", part]]


def is_any_count(questionnaire: Questionnaire, test: Given) -> bool:
    """Say whether a test is true for every count that was answered at all."""
    is_counts = isinstance(sections_of(questionnaire).by_name[test.question], Counts)
    return is_counts and test.at_least is not None and test.at_least < 1


def answered(test: Given) -> Given:
    """Return the test whether the question was answered."""
    return test.model_copy(update={"item": None, "is_": None, "at_least": None, "at_most": None, "answered": True})


def in_other_words(test: Given) -> Condition:
    """Return the same as `at_most`, or a count of at least none, by tests that script and style sheet know."""
    if test.at_most is None:
        return answered(test)
    # Copied, because names in a child's section are none a questionnaire may use itself.
    more = test.model_copy(update={"at_most": None, "at_least": test.at_most + 1})
    return AllOf.model_construct(all=(answered(test), Not.model_construct(not_=more)))


def section_as_data(questionnaire: Questionnaire, section: Section) -> list[Any] | None:
    """Return the condition of a section for the script, None if it is always shown.

    That of a mould has ``{band}`` and ``{number}`` in it. ``["#", name, number, room, choice]`` is true for a child who
    is there, as long as not more than `room` (or, with the choice „nur für mein jüngstes Kind“, none) of the
    children's sections before are shown.
    """
    shown_if, sections = section.page.show_if, sections_of(questionnaire)
    own = None if shown_if is None else as_data(questionnaire, shown_if)
    if not section.mould or sections.over is None or sections.repeat is None:
        return own
    child = ["#", f"{sections.over.id}.{{band}}", "{number}", sections.repeat.at_most - 1, sections.choice]
    return child if own is None else ["&", own, child]
