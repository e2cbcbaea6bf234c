"""Whom a funnel concerns: conditions of the questionnaire, decided for all responses at once.

The tables a funnel rests on are counted on its own base: how far families got with help for pupils is counted among
families with pupils, and how many applied among those who know it. So shares of the tables multiply to shares of the
concerned, and no second table about the same question exists that could be subtracted from the first.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from analysis.extract import Extract
from analysis.german import listed
from questionnaires.flow import given_in
from questionnaires.model import (
    MISSING_CODES,
    AllOf,
    AnyOf,
    Battery,
    Condition,
    Funnel,
    Given,
    InArea,
    Not,
    OfBand,
    Questionnaire,
    Single,
    text_in,
)

Mask = npt.NDArray[np.bool_]

UNANSWERED = (MISSING_CODES["no_answer"], MISSING_CODES["not_asked"])
"""„weiß nicht“ and „möchte ich nicht sagen“ are answers, as in :func:`questionnaires.flow.holds`"""


def holds_for(condition: Condition, extract: Extract) -> Mask:
    """Say for which responses a condition is true, as :func:`questionnaires.flow.holds` does for one.

    Parameters
    ----------
    condition : Condition
        of the questionnaire itself, not of a section per child: there it is false
    extract : Extract

    Returns
    -------
    (n,) bool array
    """
    match condition:
        case AllOf():
            return ~_any([~holds_for(part, extract) for part in condition.all])
        case AnyOf():
            return _any([holds_for(part, extract) for part in condition.any])
        case Not():
            return ~holds_for(condition.not_, extract)
        case InArea():
            ids = [area.id for area in extract.codebook.district.areas]
            return np.isin(extract.area, [ids.index(area) for area in condition.area if area in ids])
        case OfBand():
            return np.zeros(extract.n, dtype=np.bool_)
        case Given():
            return _given(condition, extract)


def _given(test: Given, extract: Extract) -> Mask:
    columns = [
        column for column in extract.codebook.columns
        if column.question == test.question and test.item in (None, column.item)
    ]  # fmt: skip
    if not columns:
        return np.zeros(extract.n, dtype=np.bool_)
    values = [extract.columns[column.name] for column in columns]
    answered = _any([~np.isin(value, UNANSWERED) for value in values])
    if test.answered is not None:
        return answered if test.answered else ~answered
    if test.is_ is not None:
        return _any([
            (value > 0) & (column.option in test.is_) if column.option is not None else np.isin(value, test.is_)
            for column, value in zip(columns, values, strict=True)
        ])  # fmt: skip
    number = np.sum([np.maximum(value, 0) for value in values], axis=0, dtype=np.int64)
    given = _any([value >= 0 for value in values])
    enough = number >= test.at_least if test.at_least is not None else number <= (test.at_most or 0)
    return np.asarray(given & enough, dtype=np.bool_)


def _any(masks: list[Mask]) -> Mask:
    return np.asarray(np.any(masks, axis=0), dtype=np.bool_)


# ---------- the bases of the tables funnels rest on


def table_of(test: Given) -> str:
    """Return the id of the table an answer is counted in."""
    return f"{test.question}.{test.item}" if test.item else test.question


def funnel_bases(questionnaire: Questionnaire) -> Mapping[str, Condition]:
    """Return the base of every table that funnels rest on, where it is not everybody who answered.

    Parameters
    ----------
    questionnaire : Questionnaire

    Returns
    -------
    mapping
        table id → condition: the funnel's base and, for a table that a later step adds, what the steps say of the
        earlier ones. The headline question and filters stay as they are, and so does a table that two funnels want
        on different bases
    """
    found: dict[str, Condition | None] = {}
    for funnel in questionnaire.funnels:
        for table, base in _bases(funnel, questionnaire).items():
            found[table] = base if found.get(table, base) == base else None
    kept = {questionnaire.headline_question, *questionnaire.filters}
    return {table: base for table, base in found.items() if base is not None and table.partition(".")[0] not in kept}


def concerned_note(base: Condition, table: str, questionnaire: Questionnaire) -> str:
    """Say in German whose answers a table on a funnel's base counts.

    Parameters
    ----------
    base : Condition
        of :func:`funnel_bases`
    table : str
        id of the table
    questionnaire : Questionnaire

    Returns
    -------
    str
        names the questions that decide
    """
    own = table.partition(".")[0]
    names = dict.fromkeys(test.question for test in given_in(base) if test.question != own)
    titles = [f"„{text_in(questionnaire.questions[name].text, 'de')[0]}“" for name in names]
    said = f"Gezählt sind nur die, die es betrifft; das entscheidet ihre Antwort auf {listed(titles)}."
    return said if titles else ""


def _bases(funnel: Funnel, questionnaire: Questionnaire) -> dict[str, Condition | None]:
    found: dict[str, Condition | None] = {}
    for step in funnel.steps:
        tests = list(given_in(step.reached_if))
        for test in tests:
            if isinstance(questionnaire.questions.get(test.question), Battery | Single):
                earlier = [t for t in tests if table_of(t) in found and table_of(t) != table_of(test)]
                found.setdefault(table_of(test), _all([funnel.base, *earlier], table_of(test)))
    return found


def _all(parts: list[Condition | None], table: str) -> Condition | None:
    """Join conditions; that the table's own answer was given is true of its base anyway."""
    flat: list[Condition] = []
    for part in parts:
        flat += part.all if isinstance(part, AllOf) else [part] if part is not None else []
    needed = [part for part in flat if not (isinstance(part, Given) and part.answered and table_of(part) == table)]
    if len(needed) < 2:
        return needed[0] if needed else None
    return AllOf(all=tuple(needed))
