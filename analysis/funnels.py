"""Funnels: of those an offer concerns, who knows, needs, applies for, gets and uses it, and where they are lost.

Each stage is a share of all who are concerned. It follows from the published tables of the questions the questionnaire
names, which are counted on the funnel's own bases (:mod:`analysis.concerned`), so that their shares multiply.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.areas import DISTRICT
from analysis.combine import Reading, Share, Table, cell_of, group_of, part_of, ratio_of, share_of_codes
from analysis.concerned import table_of
from analysis.german import listed, out_of_ten
from analysis.needs import rank_rows
from questionnaires.answers_of_release import FunnelColumn, FunnelResult, FunnelStage, Reason, StageId
from questionnaires.handover import Group
from questionnaires.model import AllOf, Funnel, FunnelStep, Given, text_in

MIN_CONCERNED = 60
"""concerned families a Großraum or Sozialraum needs for a funnel of its own"""
LABELS: dict[StageId, str] = {
    "concerned": "betrifft es", "known": "kennen es", "needed": "brauchen es", "applied": "haben es beantragt",
    "granted": "haben es bewilligt bekommen", "used": "nutzen es",
}  # fmt: skip
REACHED: dict[StageId, str] = {
    "concerned": "die es betrifft", "known": "die es kennen", "needed": "die es brauchen",
    "applied": "die es beantragt haben", "granted": "die es bewilligt bekamen", "used": "die es nutzen",
}  # fmt: skip
DO: dict[StageId, str] = {
    "known": "kennen es {n}", "needed": "brauchen es {n}", "applied": "haben es {n} beantragt",
    "granted": "haben es {n} bewilligt bekommen", "used": "nutzen es {n}",
}  # fmt: skip
GOES_ON: dict[StageId, str] = {
    "known": "kennt es weniger als die Hälfte", "applied": "hat es weniger als die Hälfte beantragt",
    "granted": "hat es weniger als die Hälfte bewilligt bekommen", "used": "nutzt es weniger als die Hälfte",
}  # fmt: skip
LOST_FROM = 0.5
"""a step is named as the place where most are lost only if surely less than half go on"""
REASONS_NOTE = (
    "Nach den Gründen wurde einmal für alle Angebote zusammen gefragt. Sie lassen sich keinem einzelnen Angebot und "
    "keinem Schritt sicher zuordnen."
)


@dataclass(frozen=True)
class Ladder:
    """A funnel whose steps are answers to one question after the other."""

    funnel: Funnel
    tables: tuple[str, ...]
    codes: tuple[dict[str, frozenset[int]], ...]
    """for each step: table → codes that reach it"""


def ladder_of(funnel: Funnel) -> Ladder | None:
    """Return the tables and codes behind a funnel's steps, None where a step is no plain list of answers."""
    steps = [_codes(step) for step in funnel.steps]
    if any(step is None for step in steps):
        return None
    codes = tuple(step for step in steps if step is not None)
    return Ladder(funnel, tuple(dict.fromkeys(table for step in codes for table in step)), codes)


def _codes(step: FunnelStep) -> dict[str, frozenset[int]] | None:
    parts = step.reached_if.all if isinstance(step.reached_if, AllOf) else (step.reached_if,)
    found: dict[str, frozenset[int]] = {}
    for part in parts:
        if not isinstance(part, Given) or part.is_ is None:
            return None
        found[table_of(part)] = frozenset(part.is_)
    return found


def stage_shares(ladder: Ladder, reading: Reading, group_id: str) -> list[Share | None]:
    """Return the share of the concerned that reached each step of a ladder, None where nothing follows.

    Parameters
    ----------
    ladder : Ladder
    reading : Reading
    group_id : str
    """
    found: list[Share | None] = []
    for step in ladder.codes:
        share: Share | None = None
        for i, table in enumerate(table for table in ladder.tables if table in step):
            part = share_of_codes(reading.tables, table, step[table], group_id, reading.plan)
            share = part if i == 0 else part_of(share, part) if share and part else None
        found.append(_not_more_than(share, next((s for s in reversed(found) if s), None)))
    return found


def _not_more_than(share: Share | None, before: Share | None) -> Share | None:
    """Nobody reaches a step who did not reach the one before."""
    if share is None or before is None:
        return share
    return Share(min(share.low, before.high), min(share.high, before.high), share.base, share.refs, share.shown)


# ---------- results


def funnels_of(reading: Reading) -> tuple[FunnelResult, ...]:
    """Return the funnels a questionnaire declares, in its order.

    Parameters
    ----------
    reading : Reading

    Returns
    -------
    tuple of FunnelResult
        for the district, and for Großräume and Sozialräume from 60 concerned; funnels whose steps are no plain
        answers, or whose first question is not published, are left out
    """
    found = []
    for funnel in reading.questionnaire.funnels:
        ladder = ladder_of(funnel)
        if ladder is not None and ladder.tables[0] in reading.tables:
            found.append(_result(ladder, reading))
    return tuple(found)


def _result(ladder: Ladder, reading: Reading) -> FunnelResult:
    first = reading.tables[ladder.tables[0]]
    funnel, asked = ladder.funnel, reading.questionnaire.questions[first.value.question]
    who = "Familien" if reading.questionnaire.audience == "families" else "jungen Menschen"
    groups = list(_groups(first))
    columns = [
        FunnelColumn(group=group, stages=stages, lost=_lost(stages, who))
        for group in groups
        if (stages := tuple(_stages(ladder, reading, group, who)))
    ]
    reasons = reading.tables.get(funnel.reasons or "")
    return FunnelResult(
        id=funnel.id, title=text_in(funnel.title, "de")[0], question=asked.id,
        question_title=text_in(asked.text, "de")[0], base_note=first.value.base_note, columns=tuple(columns),
        level_note=_level_note(first, groups), reasons_table=reasons.value.id if reasons else None,
        reasons_title=reasons.value.title if reasons else "", reasons=tuple(_reasons(reasons)),
        reasons_note=REASONS_NOTE if reasons else "",
    )  # fmt: skip


def _groups(first: Table) -> Iterator[Group]:
    for group in first.value.groups:
        if group.level == "district" or (group.filter is None and (group.base or 0) >= MIN_CONCERNED):
            yield group


def _stages(ladder: Ladder, reading: Reading, group: Group, who: str) -> Iterator[FunnelStage]:
    before: tuple[StageId, Share | None] = ("concerned", Share(1.0, 1.0, group.base or 0))
    for step, share in zip(ladder.funnel.steps, stage_shares(ladder, reading, group.id), strict=True):
        onward = ratio_of(before[1], share) if before[1] and share else None
        cell, onward_cell = cell_of(share, reading.precision), cell_of(onward, reading.precision)
        said = out_of_ten(onward_cell, f"{who}, {REACHED[before[0]]},", DO[step.id])
        yield FunnelStage(
            id=step.id, label=LABELS[step.id], cell=cell, onward=onward_cell, drop=said,
            rests_on=tuple(dict.fromkeys(share.refs)) if share else (),
        )  # fmt: skip
        before = (step.id, share) if share else before


def _lost(stages: Sequence[FunnelStage], who: str) -> str:
    """Name the step where fewest go on, where that is surely under half and surely fewer than at any other.

    That somebody knows an offer and does not need it is no loss.
    """
    steps = [(i, stage) for i, stage in enumerate(stages) if stage.id != "needed"]
    numbers = [(i, s, s.onward) for i, s in steps if s.onward and s.onward.value is not None]
    numbers.sort(key=lambda one: one[2].value or 0.0)
    if not numbers or (numbers[0][2].high or 1) >= LOST_FROM:
        return ""
    if any((other.low or 0) <= (numbers[0][2].high or 1) for _, _, other in numbers[1:]):
        return ""
    i, stage, _ = numbers[0]
    before: StageId = stages[i - 1].id if i else "concerned"
    return f"Hier gehen die meisten verloren: Von den {who}, {REACHED[before]}, {GOES_ON[stage.id]}."


def _level_note(first: Table, shown: Sequence[Group]) -> str:
    """Say which level stands for Sozialräume without a funnel of their own."""
    areas = [group for group in first.value.groups if group.level == "area"]
    small = [group for group in areas if group not in shown]
    if areas and small == areas and not any(group.level == "zone" for group in shown):
        return f"In keinem Großraum und keinem Sozialraum sind es {MIN_CONCERNED} Betroffene; es gilt der Landkreis."
    places: dict[str, list[str]] = {}
    for group in small:
        zone = next((g for g in shown if g.level == "zone" and set(group.areas) <= set(g.areas)), None)
        places.setdefault(f"der Großraum {zone.label}" if zone else "der Landkreis", []).append(group.label)
    parts = [f"für {listed(names)} {place}" for place, names in places.items()]
    if small == areas and "der Landkreis" not in places and small:
        parts = ["überall der Großraum"]
    return f"Für ein eigenes Bild braucht es {MIN_CONCERNED} Betroffene. Es gilt {listed(parts)}." if parts else ""


def _reasons(table: Table | None) -> Iterator[Reason]:
    if table is None or group_of(table, DISTRICT) is None:
        return
    for ranked in rank_rows(table, DISTRICT):
        if ranked.cell.state != "hidden":
            yield Reason(label=ranked.label, cell=ranked.cell)
