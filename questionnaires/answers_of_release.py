"""The questions a release answers beyond its tables, as typed values.

Everything here follows from published tables (rounded, protected) and published known totals, so it tells nothing
that they do not tell. Each is a JSON file of the release with a CSV of the same name beside it; a release of an older
version has none of them.

=================  ===========================================================================================
funnels.json       list of :class:`FunnelResult`: known → needed → applied → granted → used
gaps.json          :class:`Gaps`: need against known and used offers, and where an offer shines
coverage.json      :class:`Coverage`: who answered, who is missing, and what that may do to the headlines
situations.json    :class:`Situations`: an index per Lebenslage and area
changes.json       :class:`Changes`: only if there is an earlier wave to compare with
quality.json       :class:`Quality`: what was looked at before counting
differences.json   :class:`Differences`: Sozialräume beside each other and beside the rest of the district
=================  ===========================================================================================
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from questionnaires.handover import Cell, CellRef, Certainty, Group
from questionnaires.model import Dimension, Value

# --- funnels ---------------------------------------------------------------------------------------------------

StageId = Literal["concerned", "known", "needed", "applied", "granted", "used"]


class FunnelStage(Value):
    """How many of the concerned got this far."""

    id: StageId
    label: str
    cell: Cell
    """share of all who are concerned"""
    onward: Cell | None = None
    """share of those of the stage before; None for the first"""
    drop: str = ""
    """the step from the stage before, in words; empty where nothing can be said"""
    rests_on: tuple[CellRef, ...] = ()


class FunnelColumn(Value):
    """A funnel for the district, a Großraum or a Sozialraum; the group's base are the concerned."""

    group: Group
    stages: tuple[FunnelStage, ...]
    lost: str = ""
    """German sentence: at which step most are lost, only where that is sure"""


class Reason(Value):
    """One of the reasons named, in the district."""

    label: str
    cell: Cell


class FunnelResult(Value):
    """One offer, or one component of Bildung und Teilhabe."""

    id: str
    title: str
    question: str
    """id of the question its first stage rests on: funnels of one question belong together"""
    question_title: str
    base_note: str
    columns: tuple[FunnelColumn, ...]
    """the district first; further groups only from 60 concerned"""
    level_note: str = ""
    """which level stands for the groups that are too small"""
    reasons_table: str | None = None
    reasons_title: str = ""
    reasons: tuple[Reason, ...] = ()
    """most named first"""
    reasons_note: str = ""


# --- gaps and lighthouses --------------------------------------------------------------------------------------


class Gap(Value):
    """Need against what is known and used of one offer, or dissatisfaction where no offer is asked about."""

    id: str
    title: str
    life_phases: tuple[str, ...]
    field: str
    kind: Literal["offer", "satisfaction"]
    needed: Cell | None = None
    known: Cell | None = None
    used: Cell | None = None
    unmet: Cell | None = None
    """share of all concerned who need it and do not use it"""
    dissatisfied: Cell | None = None
    base: int | None = None
    said: str
    """the row in words"""
    rests_on: tuple[CellRef, ...] = ()


class Lighthouse(Value):
    """Where an offer is known, used and liked, and where the same need stands without it."""

    offer: str
    title: str
    field: str
    shines_in: tuple[str, ...]
    """labels of Sozialräume, in the order of the district"""
    needed_in: tuple[str, ...]
    """the same; never in an order of better and worse"""
    certainty: Certainty
    said: str
    rests_on: tuple[CellRef, ...] = ()


class Gaps(Value):
    """Need and offers by Lebensphase and Handlungsfeld."""

    gaps: tuple[Gap, ...]
    lighthouses: tuple[Lighthouse, ...]
    notes: tuple[str, ...] = ()


# --- coverage --------------------------------------------------------------------------------------------------


class CoverageRow(Value):
    """Returns of an area, a group or a door against what is known of it."""

    kind: Literal["district", "area", "group", "children", "door"]
    label: str
    returns: int | None = None
    """rounded to 5; None where too few to say"""
    known: int | None = None
    """families or children; None: the district has not brought the figure"""
    reached: float | None = None
    """`returns` by `known`, rounded to whole points"""
    part_of_known: float | None = None
    part_of_returns: float | None = None
    said: str
    """what follows, in words"""


class Bounds(Value):
    """What those who are missing may do to one share of the district."""

    table: str
    row: str
    label: str
    cell: Cell
    least: float | None = None
    """if all who are missing said no; None: nobody knows how many are missing"""
    most: float | None = None
    """if all who are missing said yes"""
    plausible_least: float | None = None
    """if those who are missing answered like the published group with the smallest share"""
    plausible_most: float | None = None
    plausible_groups: tuple[str, ...] = ()
    """labels of the two groups"""
    said: str
    rests_on: tuple[CellRef, ...] = ()


class Coverage(Value):
    """Who answered, who is missing, what that may do."""

    rows: tuple[CoverageRow, ...]
    bounds: tuple[Bounds, ...]
    to_bring: tuple[str, ...] = ()
    """figures the district must bring, each with where it is entered"""
    notes: tuple[str, ...] = ()


# --- Lebenslagen -----------------------------------------------------------------------------------------------


class SituationItem(Value):
    """One share that goes into an index."""

    table: str
    title: str
    answers: str
    """the answers that speak of a hardship"""
    rows: tuple[str, ...]


class SituationIndex(Value):
    """The index of one dimension: the mean of the published shares of its items, per group of one level."""

    dimension: Dimension
    title: str
    level: Literal["zone", "area"]
    items: tuple[SituationItem, ...]
    """those shown for the district and for every group of this level that shows anything"""
    groups: tuple[Group, ...]
    """the district first"""
    cells: tuple[Cell, ...]
    said: str


class Situations(Value):
    """The four dimensions of child-centred poverty research, per area, never per family."""

    indices: tuple[SituationIndex, ...]
    notes: tuple[str, ...] = ()


# --- changes ---------------------------------------------------------------------------------------------------


class Change(Value):
    """One share then and now."""

    table: str
    title: str
    row: str
    row_label: str
    group: Group
    before: Cell
    now: Cell
    verdict: Literal["secured", "hint", "none"]
    p: float
    """two-sided, after Holm within the question"""


class Changes(Value):
    """What changed since an earlier wave, from its release alone."""

    wave: str
    wave_title: str
    closes_on: date
    n_compared: int
    """shares of the district that stand as numbers in both releases"""
    changes: tuple[Change, ...]
    """secured ones and hints, the surest first"""
    not_comparable: tuple[str, ...]
    """German sentences: what could not be compared, and why"""
    notes: tuple[str, ...] = ()


# --- quality ---------------------------------------------------------------------------------------------------


class QualityCheck(Value):
    """One look at all responses."""

    id: str
    title: str
    count: int | None = None
    """responses, rounded to 5; None: none, or too few to say"""
    excluded: bool
    """whether the plan leaves them out"""
    said: str


class Quality(Value):
    """What was looked at, without following anybody, and what the plan left out."""

    checks: tuple[QualityCheck, ...]
    left_out: int | None = None
    """responses left out of all results, rounded to 5; None: none, or too few to say"""
    notes: tuple[str, ...] = ()


# --- Sozialräume beside each other -------------------------------------------------------------------------------


class AreaDifference(Value):
    """A share or a mean that differs between two groups of one table."""

    table: str
    row: str
    here: str
    """id of the group of a Sozialraum or a Großraum"""
    there: str
    """id of another, or of the district: then its rest, without `here`, is meant"""
    more: bool
    """whether it is larger in `here`"""
    verdict: Literal["secured", "hint"]


class Differences(Value):
    """Every pair that was compared and is not listed shows no secured difference."""

    tables: tuple[str, ...]
    """ids of the tables whose Sozialräume were compared"""
    zone_tables: tuple[str, ...] = ()
    """ids of the tables whose Großräume were compared"""
    differences: tuple[AreaDifference, ...]
    notes: tuple[str, ...] = ()
