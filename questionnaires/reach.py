"""Whether anybody can meet a condition, found by trying.

Every question a condition rests on, directly or because that question is itself shown on a condition, takes
each kind of answer that its tests can tell apart. The tests are judged by :func:`questionnaires.flow.holds`,
so this module cannot disagree with what families are shown.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from questionnaires.flow import holds
from questionnaires.model import (
    AllOf,
    AnyOf,
    Asked,
    Battery,
    Condition,
    Consent,
    Counts,
    Given,
    InArea,
    Multiple,
    Not,
    Number,
    OfBand,
    Ranking,
    Scale,
    Single,
    Text,
    choices,
)  # fmt: skip
from questionnaires.problems import Place

#: More combinations of answers than this are not tried; the condition then counts as one that can be met.
MAX_TRIALS = 20_000
#: The same for the answers to one question that its tests can tell apart.
MAX_ANSWERS = 2_000
#: The same for the questions that a condition rests on.
MAX_QUESTIONS = 100

Test: TypeAlias = Given | InArea | OfBand


def leaves(condition: Condition, place: Place = ()) -> Iterator[tuple[Test, Place]]:
    """Yield the single tests of a condition with their places."""
    match condition:
        case AllOf():
            for i, part in enumerate(condition.all):
                yield from leaves(part, (*place, "all", i))
        case AnyOf():
            for i, part in enumerate(condition.any):
                yield from leaves(part, (*place, "any", i))
        case Not():
            yield from leaves(condition.not_, (*place, "not"))
        case Given() | InArea() | OfBand():
            yield condition, place


@dataclass(frozen=True)
class Paths:
    """What decides which questions are shown."""

    asked: Sequence[Asked]
    """all questions in order"""
    shown_if: Mapping[int, Condition]
    """position of a question → condition under which it is shown; only where there is one"""
    areas: tuple[str, ...] | None
    """ids of all Sozialräume, None if not known"""
    faulty: Callable[[Test], bool]
    """tests of which nothing can be said"""

    def can_be_met(self, condition: Condition, n_before: int) -> bool:
        """Say whether somebody can give answers that make a condition true.

        Parameters
        ----------
        condition : Condition
            tests on later questions, and tests that are faulty themselves, may turn out either way
        n_before : int
            number of questions before the condition

        Returns
        -------
        bool
            False only if all combinations within :data:`MAX_TRIALS`, :data:`MAX_ANSWERS` and
            :data:`MAX_QUESTIONS` were tried and none met it
        """
        try:
            return _Search(self, condition, n_before).found()
        except _TooMany:
            return True


class _TooMany(Exception):
    pass


class _Search:
    """Tries the answers on which a condition rests, question by question in their order."""

    def __init__(self, paths: Paths, goal: Condition, n_before: int) -> None:
        self.paths, self.goal = paths, goal
        self.needed = self._needed(n_before)
        every = [goal, *(paths.shown_if[where] for where in self.needed if where in paths.shown_if)]
        tests = {test for condition in every for test, _ in leaves(condition)}
        self.tests = {test for test in tests if not paths.faulty(test)}
        self.trials = 0

    def _needed(self, n_before: int) -> list[int]:
        """Positions of the questions that decide, in order; a question looks only at those before it."""
        position = {question.id: i for i, question in reversed(list(enumerate(self.paths.asked)))}
        found: set[int] = set()
        waiting = [(self.goal, n_before)]
        while waiting:
            condition, end = waiting.pop()
            for test, _ in leaves(condition):
                where = position.get(test.question, end) if isinstance(test, Given) else end
                if where < end and where not in found:
                    found.add(where)
                    shown_if = self.paths.shown_if.get(where)
                    waiting += [(shown_if, where)] if shown_if is not None else []
        if len(found) > MAX_QUESTIONS:
            raise _TooMany
        return sorted(found)

    def found(self) -> bool:
        """Say whether some combination meets the goal."""
        about = [test for test in self.tests if isinstance(test, InArea)]
        named = {area for test in about for area in test.area}
        areas = ("", *(sorted(named) if self.paths.areas is None else self.paths.areas))
        truths = {tuple(holds(test, {}, area) for test in about) for area in areas}
        return any(self._try(0, dict(zip(about, truth, strict=True))) for truth in sorted(truths))

    def _try(self, step: int, known: dict[Test, bool]) -> bool:
        self.trials += 1
        if self.trials > MAX_TRIALS:
            raise _TooMany
        met = _truth(self.goal, known)
        if met is not None or step == len(self.needed):
            return met is not False
        where = self.needed[step]
        shown = self.paths.shown_if.get(where)
        possible = _truth(shown, known) if shown is not None else True
        question = self.paths.asked[where]
        about = [t for t in self.tests if isinstance(t, Given) and t.question == question.id]
        truths = {_truths(about, question.id, None)}
        if possible is not False:
            truths |= self._answered(where, tuple(about))
        return any(self._try(step + 1, {**known, **dict(zip(about, t, strict=True))}) for t in sorted(truths))

    def _answered(self, where: int, about: tuple[Given, ...]) -> set[tuple[bool, ...]]:
        question = self.paths.asked[where]
        return {_truths(about, question.id, answer) for answer in _telling_answers(question, about)}


def _truths(tests: tuple[Given, ...] | list[Given], name: str, answer: Any) -> tuple[bool, ...]:
    answers: Mapping[str, Any] = {} if answer is None else {name: answer}
    return tuple(holds(test, answers, "") for test in tests)


def _truth(condition: Condition, known: Mapping[Test, bool]) -> bool | None:
    """Return what a condition is if only some tests are known; None if the others decide (Kleene's logic)."""
    match condition:
        case AllOf():
            parts = [_truth(part, known) for part in condition.all]
            return False if False in parts else None if None in parts else True
        case AnyOf():
            parts = [_truth(part, known) for part in condition.any]
            return True if True in parts else None if None in parts else False
        case Not():
            inner = _truth(condition.not_, known)
            return None if inner is None else not inner
        case _:
            return known.get(condition)


def _telling_answers(question: Asked, tests: tuple[Given, ...]) -> Iterator[Any]:
    """Yield answers to a question so that every attainable combination of its tests comes up."""
    match question:
        case Single() | Scale():
            yield from (option.code for option in choices(question))
        case Multiple() | Ranking():
            limit = question.top if isinstance(question, Ranking) else question.at_most
            yield from _sets_of_codes(question, tests, limit)
        case Battery():
            yield from _battery_answers(question, tests)
        case Number():
            yield from (cut for cut, _ in _cuts(tests, question.minimum, question.maximum))
        case Counts():
            yield from _counts_answers(question, tests)
        case Text():
            yield "Text"
        case Consent():
            yield True


def _kinds_of_codes(codes: list[int], tests: tuple[Given, ...]) -> list[int]:
    """Return one code of each kind: two codes that are in the same tests cannot be told apart."""
    return list({tuple(code in (test.is_ or ()) for test in tests): code for code in codes}.values())


def _sets_of_codes(question: Multiple | Ranking, tests: tuple[Given, ...], limit: int | None) -> Iterator[list[int]]:
    alone = [o.code for o in question.options if o.exclusive or o.missing]
    yield from ([code] for code in alone)
    kinds = _kinds_of_codes([o.code for o in question.options if o.code not in alone], tests)
    if 2 ** len(kinds) > MAX_ANSWERS:
        raise _TooMany
    for size in range(1, min(limit or len(kinds), len(kinds)) + 1):
        yield from map(list, itertools.combinations(kinds, size))


def _battery_answers(question: Battery, tests: tuple[Given, ...]) -> Iterator[dict[str, int]]:
    named = {test.item for test in tests}
    items = [item.id for item in question.items if item.id in named]
    items += [item.id for item in question.items if item.id not in named][:1]
    codes = [None, *_kinds_of_codes([step.code for step in question.steps], tests)]
    if len(codes) ** len(items) > MAX_ANSWERS:
        raise _TooMany
    for combination in itertools.product(codes, repeat=len(items)):
        answer = {item: code for item, code in zip(items, combination, strict=True) if code is not None}
        if answer:
            yield answer


def _cuts(tests: tuple[Given, ...] | list[Given], low: int, high: int) -> list[tuple[int, int]]:
    """Return the ranges of whole numbers, both ends included, within which no test changes."""
    starts = {low, *(t.at_least for t in tests if t.at_least is not None)}
    starts |= {t.at_most + 1 for t in tests if t.at_most is not None}
    inside = sorted(start for start in starts if low <= start <= high)
    return [(start, following - 1) for start, following in itertools.pairwise([*inside, high + 1])]


def _counts_answers(question: Counts, tests: tuple[Given, ...]) -> Iterator[dict[str, int]]:
    """Yield counts for every range of each band and of the sum that go together.

    Within the ranges of the bands the sum takes every whole number between the sums of their ends.
    """
    bands = [band.id for band in question.bands]
    ranges = [_cuts([t for t in tests if t.item == band], 0, question.maximum) for band in bands]
    sums = _cuts([t for t in tests if t.item is None], 0, question.maximum * len(bands))
    n_answers = len(sums)
    for possible in ranges:
        n_answers *= len(possible)
    if n_answers > MAX_ANSWERS:
        raise _TooMany
    for box in itertools.product(*ranges):
        for low, high in sums:
            least = max(low, sum(start for start, _ in box))
            if least <= min(high, sum(end for _, end in box)):
                yield dict(zip(bands, _filled(box, least), strict=True))


def _filled(box: tuple[tuple[int, int], ...], total: int) -> Iterator[int]:
    left = total - sum(start for start, _ in box)
    for start, end in box:
        more = min(left, end - start)
        left -= more
        yield start + more
