"""What is shown for given answers: a pure function, computed anew each time; nothing stores a current page.

Answers are the checked form of :mod:`questionnaires.answers`: question id → value, a skipped question has no key.
Questions are walked in order and conditions look at earlier questions only, so an answer to a question that is itself
not shown counts as not given. What is asked for each child has a name for each of them
(:mod:`questionnaires.children`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from questionnaires.children import Child, sections_of
from questionnaires.model import AllOf, AnyOf, Condition, Given, InArea, Not, OfBand, Questionnaire
from questionnaires.versions import once_per_version

Answers = Mapping[str, Any]


Test = Callable[[Answers, str], bool]
"""says of answers and a Sozialraum whether a condition is true"""


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
    return _test_of(condition)(answers, area)


@lru_cache(maxsize=10_000)
def _test_of(condition: Condition) -> Test:
    """Return a condition as a function: the path of a whole questionnaire is walked at every submission."""
    match condition:
        case AllOf():
            every = [_test_of(part) for part in condition.all]
            return lambda answers, area: all(test(answers, area) for test in every)
        case AnyOf():
            some = [_test_of(part) for part in condition.any]
            return lambda answers, area: any(test(answers, area) for test in some)
        case Not():
            inner = _test_of(condition.not_)
            return lambda answers, area: not inner(answers, area)
        case InArea():
            areas = frozenset(condition.area)
            return lambda _, area: area in areas
        case OfBand():
            return lambda _, __: False  # decided where a child's section is made; nobody else is a child of any age
        case Given():
            return _test_of_answer(condition)


def _test_of_answer(test: Given) -> Test:
    question, item, of_value = test.question, test.item, _test_of_values(test)

    def given(answers: Answers, _: str) -> bool:
        """Say whether the answer is one of those asked about."""
        answer = answers.get(question)
        if isinstance(answer, dict):
            answer = answer.get(item) if item else tuple(answer.values())
        if answer is None or answer == ():
            return test.answered is False
        return of_value(answer if isinstance(answer, list | tuple) else (answer,))

    return given


def _test_of_values(test: Given) -> Callable[[Sequence[Any]], bool]:
    answered, codes, at_least, at_most = test.answered, test.is_, test.at_least, test.at_most
    if answered is not None:
        return lambda _: answered
    if codes is not None:
        return lambda values: any(value in codes for value in values)
    if at_least is not None:
        return lambda values: sum(values) >= at_least
    return lambda values: at_most is not None and sum(values) <= at_most


@dataclass(frozen=True)
class _Stretch:
    """A section of the path, ready to be walked."""

    test: Test | None
    child: Child | None
    questions: tuple[tuple[str, str, Test | None], ...]
    """id, name of „Andere, nämlich“, condition"""


@once_per_version
def _path_of(questionnaire: Questionnaire) -> tuple[_Stretch, ...]:
    return tuple(_stretches(questionnaire))


def _stretches(questionnaire: Questionnaire) -> Iterator[_Stretch]:
    for section in sections_of(questionnaire).all:
        page = section.page
        questions = tuple(
            (question.id, f"{question.id}.other", _test_of(question.show_if) if question.show_if else None)
            for question in page.questions
        )
        yield _Stretch(_test_of(page.show_if) if page.show_if else None, section.child, questions)


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
    children: frozenset[Child] | None = None
    for stretch in _path_of(questionnaire):
        if stretch.child is not None:
            if children is None:  # what decides on it is asked before
                children = frozenset(sections_of(questionnaire).roster(kept))
            if stretch.child not in children:
                continue
        if stretch.test is not None and not stretch.test(kept, area):
            continue
        for question, other, test in stretch.questions:
            if test is None or test(kept, area):
                shown.append(question)
                if question in answers:
                    kept[question] = answers[question]
                if other in answers:
                    kept[other] = answers[other]
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
