"""What is shown for given answers: a pure function, computed anew each time; nothing stores a current page.

Answers are the checked form of :mod:`questionnaires.answers`: question id → value, a skipped question has no key.
Questions are walked in order and conditions look at earlier questions only, so an answer to a question that is itself
not shown counts as not given. What is asked for each child has a name for each of them
(:mod:`questionnaires.children`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from questionnaires.children import Child, sections_of
from questionnaires.model import AllOf, AnyOf, Condition, Given, InArea, Not, OfBand, Questionnaire

Answers = Mapping[str, Any]


def holds(condition: Condition, answers: Answers, area: str) -> bool:
    """Say whether a condition is true for these answers.

    Parameters
    ----------
    condition : Condition
        may name questions without an answer: a test on them is false
    answers : mapping
        question id → checked value, only of questions that are shown
    area : str
        Sozialraum id, empty if unknown
    """
    match condition:
        case AllOf():
            return all(holds(part, answers, area) for part in condition.all)
        case AnyOf():
            return any(holds(part, answers, area) for part in condition.any)
        case Not():
            return not holds(condition.not_, answers, area)
        case InArea():
            return area in condition.area
        case OfBand():
            return False  # decided where a child's section is made; nobody else is a child of any age
        case Given():
            return _given(condition, answers.get(condition.question))


def _given(test: Given, answer: Any) -> bool:
    if isinstance(answer, dict):
        answer = answer.get(test.item) if test.item else tuple(answer.values())
    if answer is None or answer == ():
        return test.answered is False
    if test.answered is not None:
        return test.answered
    values = answer if isinstance(answer, list | tuple) else (answer,)
    if test.is_ is not None:
        return any(value in test.is_ for value in values)
    number = sum(values)
    if test.at_least is not None:
        return bool(number >= test.at_least)
    return test.at_most is not None and bool(number <= test.at_most)


def visible(questionnaire: Questionnaire, answers: Answers, area: str) -> frozenset[str]:
    """Return the ids of the questions on the path of these answers.

    Parameters
    ----------
    questionnaire : Questionnaire
        conditions look back only (:mod:`questionnaires.check` sees to it)
    answers : mapping
        question id → checked value; may hold answers off the path, they are ignored
    area : str
        Sozialraum id, empty if unknown
    """
    return frozenset(on_path(questionnaire, answers, area)[0])


def on_path(questionnaire: Questionnaire, answers: Answers, area: str) -> tuple[list[str], dict[str, Any]]:
    """Return the ids of the questions on the path, in order, and the answers that belong to them."""
    shown: list[str] = []
    kept: dict[str, Any] = {}
    sections = sections_of(questionnaire)
    for section in sections.all:
        page = section.page
        if page.show_if is not None and not holds(page.show_if, kept, area):
            continue
        if section.child is not None and section.child not in sections.roster(kept):
            continue
        for question in page.questions:
            if question.show_if is None or holds(question.show_if, kept, area):
                shown.append(question.id)
                for key in (question.id, f"{question.id}.other"):
                    if key in answers:
                        kept[key] = answers[key]
    return shown, kept


def roster(questionnaire: Questionnaire, answers: Answers, area: str) -> tuple[Child, ...]:
    """Return the children who are asked about, the youngest first.

    Parameters
    ----------
    questionnaire : Questionnaire
        at most one page is asked for each child
    answers : mapping
        as for :func:`visible`; the counts decide, and the choice „nur für mein jüngstes Kind“
    area : str
        Sozialraum id, empty if unknown

    Returns
    -------
    tuple of Child
        of each age band at most `repeat.per_band`, in all at most `repeat.at_most`, and only in bands for which
        the page has a question; empty if the page is not shown
    """
    page = questionnaire.repeating
    if page is None:
        return ()
    kept = on_path(questionnaire, answers, area)[1]
    if page.show_if is not None and not holds(page.show_if, kept, area):
        return ()
    return sections_of(questionnaire).roster(kept)


def given_in(condition: Condition) -> Iterator[Given]:
    """Yield every test on an answer inside a condition."""
    match condition:
        case AllOf():
            parts: tuple[Condition, ...] = condition.all
        case AnyOf():
            parts = condition.any
        case Not():
            parts = (condition.not_,)
        case _:
            parts = ()
    if isinstance(condition, Given):
        yield condition
    for part in parts:
        yield from given_in(part)


def condition_of(questionnaire: Questionnaire, question_id: str) -> Condition | None:
    """Return the question's own condition joined with its page's, or None if it is always shown.

    Of a question asked for each child, that the child is on the :func:`roster` is not part of it.
    """
    sections = sections_of(questionnaire)
    page = sections.section_of[question_id].page
    parts = tuple(c for c in (page.show_if, sections.questions[question_id].show_if) if c is not None)
    if len(parts) < 2:
        return parts[0] if parts else None
    return AllOf(all=parts)
