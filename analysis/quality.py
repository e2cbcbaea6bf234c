"""Signs of careless or made-up answers, without following anybody; who is left out is the plan's rule alone.

Looked at are identical sheets, the same step in every row of long batteries („straight-lining“), answers that cannot
all be true, and marks from fieldwork. Times, devices and addresses are not kept, so they cannot be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from analysis import display
from analysis.concerned import UNANSWERED, holds_for, table_of
from analysis.errors import ExtractError
from analysis.extract import Extract, IntArray, extract_of_rows
from analysis.funnels import ladder_of
from questionnaires.answers_of_release import Quality, QualityCheck
from questionnaires.model import AllOf, Battery, Condition, Funnel, Given, Not
from questionnaires.plan import Doubt, PublicationPlan
from questionnaires.problems import Problem

Mask = npt.NDArray[np.bool_]
Print = npt.NDArray[np.uint64]

MIN_ANSWERED = 10
"""columns a sheet must have answered before another like it is noticed"""
MIN_ITEMS, MIN_LINED = 5, 10
"""rows a battery needs to count, and rows that must be alike in all"""
FACTS = frozenset({"applied", "granted", "used"})
"""steps nobody takes without knowing the offer"""
TITLES: dict[Doubt, str] = {
    "doubtful": "in der Feldarbeit als zweifelhaft vermerkt",
    "identical": f"gleich einem anderen Bogen in allen Antworten (ab {MIN_ANSWERED} Antworten; der erste zählt nicht)",
    "straightlined": f"in allen langen Tabellenfragen überall dieselbe Stufe (ab {MIN_LINED} Zeilen)",
    "contradictory": "Antworten, die nicht zusammenpassen",
}
NOTES = (
    "Niemand wurde dafür verfolgt: Zeiten, Geräte und Adressen speichert die Befragung nicht.",
    "Ein Verdacht ist kein Beweis. Ausgelassen wird nur, was der Veröffentlichungsplan vorher festlegt.",
)


def sort_out(extract: Extract, plan: PublicationPlan) -> tuple[Extract, Quality]:
    """Look at all responses and leave out those the plan's rule names.

    Parameters
    ----------
    extract : Extract
    plan : PublicationPlan
        its `exclude` names the signs that leave a response out

    Returns
    -------
    (Extract, Quality)
        the responses that count, and how many were noticed, rounded to 5 and only where there are enough to say

    Raises
    ------
    ExtractError
        if the rule leaves nobody
    """
    masks = find_doubts(extract, plan)
    out = np.zeros(extract.n, dtype=np.bool_)
    for sign in plan.exclude:
        out |= masks[sign]
    if out.all():
        text = "Die Regel „exclude“ im Veröffentlichungsplan lässt keinen Bogen übrig. Bitte weniger ausschließen."
        raise ExtractError([Problem("plan-excludes-all", "plan.exclude", text, file="fieldwork.json")])
    least = display.minimum_base(max(plan.k, plan.k_sensitive))
    checks = tuple(_check(sign, masks[sign], plan, least) for sign in TITLES)
    kept = extract_of_rows(extract, ~out) if out.any() else extract
    return kept, Quality(checks=checks, left_out=_count(out, least), notes=NOTES)


def _count(mask: Mask, least: int) -> int | None:
    n = int(mask.sum())
    return display.rounded_base(n) if n >= least else None


def _check(sign: Doubt, mask: Mask, plan: PublicationPlan, least: int) -> QualityCheck:
    count, excluded = _count(mask, least), sign in plan.exclude
    amount = f"Rund {count} Bögen" if count else "Keine oder nur wenige Bögen"
    follow = "Sie sind nach der Regel im Plan ausgelassen." if excluded else "Sie zählen mit."
    return QualityCheck(
        id=sign, title=TITLES[sign], count=count, excluded=excluded, said=f"{amount}: {TITLES[sign]}. {follow}"
    )


def find_doubts(extract: Extract, plan: PublicationPlan) -> Mapping[Doubt, Mask]:
    """Return which responses show which sign.

    Parameters
    ----------
    extract : Extract
    plan : PublicationPlan
        its own contradictions are added to those that follow from the funnels

    Returns
    -------
    mapping
        sign → (n,) bool array
    """
    nobody = np.zeros(extract.n, dtype=np.bool_)
    return {
        "doubtful": nobody if extract.doubtful is None else extract.doubtful == 1,
        "identical": _identical(extract),
        "straightlined": _straightlined(extract),
        "contradictory": _contradictory(extract, plan),
    }


def _identical(extract: Extract) -> Mask:
    """Say which sheets repeat an earlier one; what was said of children must be the same as well."""
    answered = np.zeros(extract.n, dtype=np.int64)
    print_ = _mixed(np.zeros(extract.n, dtype=np.uint64), extract.area)
    for codes in extract.columns.values():
        answered += ~np.isin(codes, UNANSWERED)
        print_ = _mixed(print_, codes)
    _, first = np.unique(_mixed(print_, _child_marks(extract)), return_index=True)
    repeats = np.ones(extract.n, dtype=np.bool_)
    repeats[first] = False
    return np.asarray(repeats & (answered >= MIN_ANSWERED), dtype=np.bool_)


def _mixed(print_: Print, codes: IntArray) -> Print:
    """Add a column to a fingerprint of 64 bits as FNV-1a does, so that sheets need not be held side by side."""
    mixed: Print = (print_ ^ (codes.astype(np.int64) + 10).astype(np.uint64)) * np.uint64(1099511628211)
    return mixed ^ (mixed >> np.uint64(29))


def _child_marks(extract: Extract) -> IntArray:
    """Return a number per response that tells apart different answers about children."""
    marks = np.zeros(extract.n, dtype=np.uint64)
    if extract.children is not None:
        print_ = np.zeros(len(extract.children.response), dtype=np.uint64)
        for codes in extract.children.columns.values():
            print_ = _mixed(print_, codes)
        np.add.at(marks, extract.children.response, print_ | np.uint64(1))
    return marks.view(np.int64)


def _straightlined(extract: Extract) -> Mask:
    questionnaire = extract.codebook.questionnaire
    rows, straight = np.zeros(extract.n, dtype=np.int64), np.ones(extract.n, dtype=np.bool_)
    for question in questionnaire.questions.values():
        names = [c.name for c in extract.codebook.columns if c.question == question.id and c.role == "step"]
        if isinstance(question, Battery) and len(names) >= MIN_ITEMS:
            codes = np.column_stack([extract.columns[name] for name in names])
            valid = codes >= 0
            count = valid.sum(axis=1)
            largest = np.where(valid, codes, -1).max(axis=1)
            smallest = np.where(valid, codes, np.iinfo(np.int16).max).min(axis=1)
            looked = count >= MIN_ITEMS
            straight &= ~looked | (largest == smallest)
            rows += np.where(looked, count, 0)
    return np.asarray(straight & (rows >= MIN_LINED), dtype=np.bool_)


def _contradictory(extract: Extract, plan: PublicationPlan) -> Mask:
    found = np.zeros(extract.n, dtype=np.bool_)
    for funnel in extract.codebook.questionnaire.funnels:
        for condition in _impossible(funnel):
            found |= holds_for(condition, extract)
    for rule in plan.contradictions:
        found |= holds_for(rule.when, extract)
    return found


def _impossible(funnel: Funnel) -> Iterator[Condition]:
    """Yield what a funnel rules out: an offer applied for, granted or used by who says not to know it."""
    ladder = ladder_of(funnel)
    if ladder is None or len(ladder.tables) < 2:
        return
    for step, codes in zip(funnel.steps, ladder.codes, strict=True):
        if step.id in FACTS:
            tests = [part for part in getattr(step.reached_if, "all", ()) if isinstance(part, Given)]
            last = [test for test in tests if table_of(test) == ladder.tables[-1]]
            for test in tests:
                if table_of(test) in codes and test not in last:
                    answered = test.model_copy(update={"is_": None, "answered": True})
                    yield AllOf(all=(*last, answered, Not.model_validate({"not": test})))
