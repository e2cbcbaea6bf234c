"""Conditions as style rules, for browsers without script.

CSS knows no path, so each test is compiled together with the condition of the question it asks about (transitively):
A=1 shows B, B=1 shows C; after A=0 the answer B=1 is still ticked and must no longer show C.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from questionnaires.children import Section, sections_of
from questionnaires.flow import condition_of
from questionnaires.model import (
    AllOf,
    AnyOf,
    Battery,
    Condition,
    Consent,
    Counts,
    Given,
    Multiple,
    Not,
    Questionnaire,
    Ranking,
    Scale,
    Single,
)  # fmt: skip
from survey.respond.conditions import in_other_words, is_any_count, names_of

#: A conjunction of (CSS selector, wanted state); a condition is a set of them, any of which shows the question.
Clause = frozenset[tuple[str, bool]]
#: Above this many clauses a question simply stays visible without script.
CLAUSE_LIMIT = 64
ALWAYS: set[Clause] = {frozenset()}


def css_rules(questionnaire: Questionnaire) -> str:
    """Return the style rules that hide what is not asked, for browsers without script.

    Conditions on numbers, texts and places cannot be told by CSS: such parts count as true, the question stays visible
    with the words „nur wenn …“. An older browser without ``:has()`` shows everything.
    """
    rules = [*_section_rules(questionnaire), *_children_rules(questionnaire), *_question_rules(questionnaire)]
    return f"@supports selector(:has(a)){{{''.join(rules)}}}" if rules else ""


def _section_rules(questionnaire: Questionnaire) -> Iterator[str]:
    for section in sections_of(questionnaire).all:
        if section.child is None and section.page.show_if is not None:
            clauses = _clauses_or_none(questionnaire, section.page.show_if)
            yield _rule(f"#p-{section.page.id}", clauses)


def _children_rules(questionnaire: Questionnaire) -> Iterator[str]:
    """Show the section of every child who is there, but of the first few only: CSS counts those it shows itself."""
    sections = sections_of(questionnaire)
    there = _there(questionnaire)
    if sections.repeat is None or there is None:
        return
    yield ".y{display:none}"
    if there:  # nobody at all may have met the condition of the page
        shown = ",".join(there)
        yield f"{shown}{{display:block}}"
        yield f".y:nth-child(n+{sections.repeat.at_most + 1} of {shown}){{display:none}}"
        yield f"form:has([name={sections.choice}]:checked) .y:nth-child(n+2 of {shown}){{display:none}}"


def _there(questionnaire: Questionnaire) -> list[str] | None:
    """Return selectors that fit the sections of the children who are there, None if CSS cannot tell."""
    found: list[str] = []
    for section in sections_of(questionnaire).all:
        if section.child is not None:
            clauses = _clauses_or_none(questionnaire, _is_there(questionnaire, section))
            if clauses is None or not clauses.isdisjoint(ALWAYS):
                return None
            found += _selectors(f"#p-{section.page.id}", clauses)
    return found


def _is_there(questionnaire: Questionnaire, section: Section) -> Condition:
    over, child, shown_if = sections_of(questionnaire).over, section.child, section.page.show_if
    if over is None or child is None:
        raise ValueError(section.page.id)
    there = Given(question=over.id, item=child.band, at_least=child.number)
    return there if shown_if is None else AllOf.model_construct(all=(shown_if, there))


def _question_rules(questionnaire: Questionnaire) -> Iterator[str]:
    for question in sections_of(questionnaire).questions.values():
        if question.show_if is not None:
            section = sections_of(questionnaire).section_of[question.id]
            yield _rule(f"#q-{question.id}", _clauses_or_none(questionnaire, question.show_if, section))


def _rule(target: str, clauses: set[Clause] | None) -> str:
    if clauses is None or frozenset() in clauses:
        return ""
    shown = ",".join(_selectors(target, clauses))
    return f"{target}{{display:none}}" + (f"{shown}{{display:block}}" if shown else "")


def _selectors(target: str, clauses: set[Clause]) -> list[str]:
    return sorted(f"form{_has(clause)} {target}" for clause in clauses)


def css_decides(questionnaire: Questionnaire, question_id: str) -> bool:
    """Say whether CSS alone shows this question exactly when the server does."""
    section = sections_of(questionnaire).section_of[question_id]
    parts = [sections_of(questionnaire).questions[question_id].show_if, section.page.show_if]
    if section.child is not None:
        parts.append(_is_there(questionnaire, section))
    return all(
        _clauses_or_none(questionnaire, part, section) is not None
        and all(_testable(questionnaire, test) for test in _tests(questionnaire, part))
        for part in parts
        if part is not None
    )


@dataclass(frozen=True)
class _Compiler:
    """Writes conditions in disjunctive form; within `here` the section itself is known to be shown."""

    questionnaire: Questionnaire
    here: Section | None

    def clauses(self, condition: Condition, wanted: bool) -> set[Clause]:
        match condition:
            case AllOf():
                parts = [self.clauses(part, wanted) for part in condition.all]
                return _and(parts) if wanted else _or(parts)
            case AnyOf():
                parts = [self.clauses(part, wanted) for part in condition.any]
                return _or(parts) if wanted else _and(parts)
            case Not():
                return self.clauses(condition.not_, not wanted)
            case Given() if not _is_asked(self.questionnaire, condition):
                return ALWAYS if wanted == (condition.answered is False) else set()
            case Given() if _testable(self.questionnaire, condition):
                if condition.at_most is not None or is_any_count(self.questionnaire, condition):
                    return self.clauses(in_other_words(condition), wanted)
                return self._given(condition, wanted)
            case _:
                return ALWAYS

    def _given(self, test: Given, wanted: bool) -> set[Clause]:
        """The answer is ticked *and* its question shown; or, negated, one of the two is not."""
        ticked = not wanted if test.answered is False else wanted
        any_of = _ticks(self.questionnaire, test)
        answer = (
            {frozenset((selector, True) for selector in clause) for clause in any_of}
            if ticked
            else _and([{frozenset({(selector, False)}) for selector in clause} for clause in any_of])
        )
        own = self._condition_of(test.question)
        if own is None:
            return answer
        shown = self.clauses(own, ticked)
        return _and([answer, shown]) if ticked else _or([answer, shown])

    def _condition_of(self, question_id: str) -> Condition | None:
        sections = sections_of(self.questionnaire)
        if sections.section_of[question_id] is self.here:
            return sections.questions[question_id].show_if
        return condition_of(self.questionnaire, question_id)


def _clauses_or_none(
    questionnaire: Questionnaire, condition: Condition, here: Section | None = None
) -> set[Clause] | None:
    """Return when a condition holds in disjunctive form, or None if that is too long to write down."""
    try:
        return _Compiler(questionnaire, here).clauses(condition, True)
    except OverflowError:
        return None


def _ticks(questionnaire: Questionnaire, test: Given) -> list[tuple[str, ...]]:
    """Return what is ticked if the test is true: any of these sets of selectors."""
    names = names_of(questionnaire, test)
    question = sections_of(questionnaire).questions[test.question]
    if isinstance(question, Counts):
        return list(_enough(question, names, test.at_least or 0))
    codes = [""] if test.is_ is None else [f'[value="{code}"]' for code in test.is_]
    if isinstance(question, Ranking):
        any_code = [':not([value=""])'] if test.is_ is None else codes
        return [(f'[name="{name}"] option{code}:checked',) for name, code in product(names, any_code)]
    return [(f'[name="{name}"]{code}:checked',) for name, code in product(names, codes)]


def _enough(question: Counts, names: list[str], n: int) -> Iterator[tuple[str, ...]]:
    """Yield what is chosen if counts add up to `n` or more, or (0) if any is chosen: `n` in one band, or in several."""
    in_one = f"#q-{question.id}" if len(names) > 1 or n == 0 else f'[name="{names[0]}"]'
    if n <= question.maximum:
        yield (_at_least(in_one, n),)
    for parts in _sums(n, len(names), question.maximum):
        chosen = [_at_least(f'[name="{name}"]', part) for name, part in zip(names, parts, strict=True) if part]
        if len(chosen) > 1:
            yield tuple(chosen)


def _at_least(where: str, n: int) -> str:
    """Return the selector of a count's choice of `n` or more; its first option is empty, its second 0."""
    return f"{where} option:nth-child(n+{n + 2}):checked"


def _sums(total: int, n_parts: int, maximum: int) -> Iterator[tuple[int, ...]]:
    """Yield all ways to write a sum with parts from 0 to `maximum`; too many are an overflow."""
    found: list[tuple[int, ...]] = [()]
    for left in range(n_parts, 0, -1):
        rest = maximum * (left - 1)
        found = [
            (*parts, part)
            for parts in found
            for part in range(min(maximum, total - sum(parts)) + 1)
            if total - sum(parts) - part <= rest
        ]
        if len(found) > CLAUSE_LIMIT:
            raise OverflowError
    yield from found


def _testable(questionnaire: Questionnaire, test: Condition) -> bool:
    if isinstance(test, Given) and not _is_asked(questionnaire, test):
        return True
    testable = Single | Multiple | Scale | Battery | Ranking | Counts | Consent
    return isinstance(test, Given) and isinstance(sections_of(questionnaire).questions[test.question], testable)


def _is_asked(questionnaire: Questionnaire, test: Given) -> bool:
    """Say whether there is such a question at all: some are asked about children of other ages only."""
    return test.question in sections_of(questionnaire).questions


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
            own = None
            if isinstance(condition, Given) and _is_asked(questionnaire, condition):
                own = condition_of(questionnaire, condition.question)
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


def _has(clause: Clause) -> str:
    return "".join(f":has({s})" if wanted else f":not(:has({s}))" for s, wanted in sorted(clause))
