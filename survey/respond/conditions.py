"""Conditions as the browser needs them: as data for the script, as CSS where there is no script.

CSS knows no path, so each test is compiled together with the condition of the question it asks about (transitively):
A=1 shows B, B=1 shows C; after A=0 the answer B=1 is still ticked and must no longer show C.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

from questionnaires.flow import condition_of
from questionnaires.model import (
    AllOf,
    AnyOf,
    Battery,
    Condition,
    Counts,
    Given,
    InArea,
    Multiple,
    Not,
    Questionnaire,
    Ranking,
    Scale,
    Single,
)  # fmt: skip

#: A conjunction of (CSS selector, wanted state); a condition is a set of them, any of which shows the question.
Clause = frozenset[tuple[str, bool]]
#: Above this many clauses a question simply stays visible without script.
CLAUSE_LIMIT = 64


def names_of(questionnaire: Questionnaire, test: Given) -> list[str]:
    """Return the wire names a test looks at."""
    question = questionnaire.questions[test.question]
    match question:
        case Battery():
            return [f"{question.id}.{item.id}" for item in question.items if test.item in (None, item.id)]
        case Counts():
            return [f"{question.id}.{band.id}" for band in question.bands if test.item in (None, band.id)]
        case Ranking():
            return [f"{question.id}.{place}" for place in range(1, question.top + 1)]
        case _:
            return [question.id]


def as_data(questionnaire: Questionnaire, condition: Condition) -> list[Any]:
    """Return a condition as nested lists for the script.

    ``["&", …]`` all · ``["|", …]`` any · ``["!", c]`` not · ``["@", areas]`` Sozialraum · ``["=", names, codes]`` ·
    ``[">", names, n]`` and ``["<", names, n]`` on the sum · ``["?", names]`` answered.
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
        case Given():
            return _given_as_data(names_of(questionnaire, condition), condition)
    raise TypeError(type(condition).__name__)


def _given_as_data(names: list[str], test: Given) -> list[Any]:
    if test.is_ is not None:
        return ["=", names, list(test.is_)]
    if test.at_least is not None:
        return [">", names, test.at_least]
    if test.at_most is not None:
        return ["<", names, test.at_most]
    return ["?", names] if test.answered else ["!", ["?", names]]


def css_rules(questionnaire: Questionnaire) -> str:
    """Return the style rules that hide what is not asked, for browsers without script.

    Conditions on numbers, texts and places cannot be told by CSS: such parts count as true, the question stays visible
    with the words „nur wenn …“. An older browser without ``:has()`` shows everything.
    """
    rules = []
    for question_id in questionnaire.questions:
        clauses = shown_clauses(questionnaire, question_id)
        if clauses is None or frozenset() in clauses:
            continue
        shown = ",".join(sorted(f"form{_selectors(clause)} #q-{question_id}" for clause in clauses))
        rules.append(f"#q-{question_id}{{display:none}}" + (f"{shown}{{display:block}}" if shown else ""))
    return f"@supports selector(:has(a)){{{''.join(rules)}}}" if rules else ""


def css_decides(questionnaire: Questionnaire, question_id: str) -> bool:
    """Say whether CSS alone shows this question exactly when the server does."""
    condition = condition_of(questionnaire, question_id)
    return condition is None or all(
        _testable(questionnaire, test) for test in _tests(questionnaire, condition)
    )


def shown_clauses(questionnaire: Questionnaire, question_id: str) -> set[Clause] | None:
    """Return when a question is shown in disjunctive form, or None if that is too long to write down."""
    condition = condition_of(questionnaire, question_id)
    if condition is None:
        return {frozenset()}
    try:
        return _clauses(questionnaire, condition, True)
    except OverflowError:
        return None


def _clauses(questionnaire: Questionnaire, condition: Condition, wanted: bool) -> set[Clause]:
    match condition:
        case AllOf():
            parts = [_clauses(questionnaire, part, wanted) for part in condition.all]
            return _and(parts) if wanted else _or(parts)
        case AnyOf():
            parts = [_clauses(questionnaire, part, wanted) for part in condition.any]
            return _or(parts) if wanted else _and(parts)
        case Not():
            return _clauses(questionnaire, condition.not_, not wanted)
        case Given() if _testable(questionnaire, condition):
            return _given_clauses(questionnaire, condition, wanted)
        case _:
            return {frozenset()}


def _given_clauses(questionnaire: Questionnaire, test: Given, wanted: bool) -> set[Clause]:
    """The answer is ticked *and* its question shown; or, negated, one of the two is not."""
    ticked = not wanted if test.answered is False else wanted
    literals = [frozenset({(selector, ticked)}) for selector in _ticks(questionnaire, test)]
    answer: set[Clause] = set(literals) if ticked else _and([{literal} for literal in literals])
    own = condition_of(questionnaire, test.question)
    if own is None:
        return answer
    shown = _clauses(questionnaire, own, ticked)
    return _and([answer, shown]) if ticked else _or([answer, shown])


def _ticks(questionnaire: Questionnaire, test: Given) -> list[str]:
    codes = [""] if test.is_ is None else [f'[value="{code}"]' for code in test.is_]
    kind = "option" if isinstance(questionnaire.questions[test.question], Ranking) else "input"
    names = names_of(questionnaire, test)
    if kind == "option":
        any_code = [':not([value=""])'] if test.is_ is None else codes
        return [f'[name="{name}"] option{code}:checked' for name, code in product(names, any_code)]
    return [f'[name="{name}"]{code}:checked' for name, code in product(names, codes)]


def _testable(questionnaire: Questionnaire, test: Condition) -> bool:
    if not isinstance(test, Given) or test.at_least is not None or test.at_most is not None:
        return False
    return isinstance(questionnaire.questions[test.question], Single | Multiple | Scale | Battery | Ranking)


def _tests(questionnaire: Questionnaire, condition: Condition) -> Iterable[Condition]:
    """Yield every test a condition rests on, those of the questions it asks about included."""
    match condition:
        case AllOf() | AnyOf():
            for part in condition.all if isinstance(condition, AllOf) else condition.any:
                yield from _tests(questionnaire, part)
        case Not():
            yield from _tests(questionnaire, condition.not_)
        case _:
            yield condition
            own = condition_of(questionnaire, condition.question) if isinstance(condition, Given) else None
            if own is not None:
                yield from _tests(questionnaire, own)


def _and(parts: list[set[Clause]]) -> set[Clause]:
    clauses: set[Clause] = {frozenset()}
    for part in parts:
        clauses = {a | b for a, b in product(clauses, part) if not _contradicts(a | b)}
        if len(clauses) > CLAUSE_LIMIT:
            raise OverflowError
    return clauses


def _or(parts: list[set[Clause]]) -> set[Clause]:
    clauses = set().union(*parts)
    if len(clauses) > CLAUSE_LIMIT:
        raise OverflowError
    return {c for c in clauses if not any(other < c for other in clauses)}


def _contradicts(clause: Clause) -> bool:
    return any((selector, not wanted) in clause for selector, wanted in clause)


def _selectors(clause: Clause) -> str:
    return "".join(f":has({s})" if wanted else f":not(:has({s}))" for s, wanted in sorted(clause))
