"""The groups figures are given for: district, Großräume, (joined) Sozialräume, groups of filters, and these groups
inside the Großräume that carry them.

Beside every group that is shown stand the ones an attacker gets by subtraction (those outside the district's
Sozialräume, those without an answer to the filter question, everybody *not* in a group): they are never
shown, but protection must know them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.extract import Extract, grouped_doors
from questionnaires.handover import Group, Level
from questionnaires.model import choices
from questionnaires.plan import Filter, FilterGroup, PublicationPlan
from questionnaires.region import Area

DISTRICT = "kreis"


@dataclass(frozen=True)
class Unit:
    """One Sozialraum that stands alone, or several that were joined."""

    areas: tuple[Area, ...]
    carries: bool
    """False: too few answers and nobody to join; shown only as part of its Großraum. What joined all of its Großraum is
    shown as that is"""

    @property
    def id(self) -> str:
        """Ids of its Sozialräume; „_“ is in none of them."""
        return "_".join(area.id for area in self.areas)


@dataclass(frozen=True)
class Split:
    """A partition of all responses into atoms, of which groups are unions."""

    atom: npt.NDArray[np.int64]
    """(n,) position of each response's atom"""
    n_atoms: int
    groups: npt.NDArray[np.int64]
    """(groups of this split, atoms) 0/1: which atoms a group holds"""


@dataclass(frozen=True)
class Column:
    """A group as protection sees it."""

    group: Group
    shown: bool
    """False: only an attacker computes it"""
    carries: bool = True
    sensitive: bool = False
    """made by a sensitive question, so that the higher threshold holds"""
    answered: int | None = None
    """how many gave a valid answer to the question that makes the group, whether or not it makes one of them"""
    crossing: Crossing | None = None
    """for a group of a filter inside a Großraum"""


@dataclass(frozen=True)
class Crossing:
    """What a column crosses; positions among the columns."""

    place: int | None
    """a Großraum; None: everybody in none of those that are crossed"""
    group: int | None
    """a group of a filter; None: everybody in none of those that are crossed"""
    rest: int
    """everybody in no group of the filter"""


@dataclass(frozen=True)
class Relation:
    """`total` is the sum of `parts` (positions of groups or rows)."""

    total: int
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """All groups of a wave's tables, in the order they are shown."""

    columns: tuple[Column, ...]
    splits: tuple[Split, ...]
    """their groups, one split after the other, are `columns`"""
    relations: tuple[Relation, ...]

    def position(self, group_id: str) -> int:
        """Return the position of a group among `columns`."""
        return next(i for i, column in enumerate(self.columns) if column.group.id == group_id)


def join_areas(
    areas: Sequence[Area], answers: Mapping[str, int], joins: Mapping[str, str], minimum: int
) -> tuple[Unit, ...]:
    """Join Sozialräume with too few answers to the neighbour named for them.

    Parameters
    ----------
    areas : sequence of Area
        in the district's order
    answers : mapping
        Sozialraum id → number of responses [respondents]; missing means 0
    joins : mapping
        Sozialraum id → id of the neighbour; neighbours in another Großraum are not joined
    minimum : int
        responses a unit needs [respondents]

    Returns
    -------
    tuple of Unit
        in the order of their first Sozialraum. The smallest unit joins first (ties: by id), again and
        again, so that chains of small neighbours end in one unit; the order of the input does not matter
    """
    units = {area.id: [area] for area in areas}

    def size(unit: str) -> int:
        """Return the responses of a unit."""
        return sum(answers.get(area.id, 0) for area in units[unit])

    while True:
        small = sorted((u for u in units if size(u) < minimum), key=lambda u: (size(u), u))
        moves = ((unit, _target(units, unit, joins)) for unit in small)
        move = next(((unit, into) for unit, into in moves if into), None)
        if move is None:
            break
        units[move[1]] += units.pop(move[0])
    order = {area.id: i for i, area in enumerate(areas)}
    zones = Counter(area.zone for area in areas)
    members = [
        (sorted(found, key=lambda a: order[a.id]), size(u) >= minimum or 1 < len(found) == zones[found[0].zone])
        for u, found in units.items()
    ]
    return tuple(Unit(tuple(found), carries) for found, carries in sorted(members, key=lambda m: order[m[0][0].id]))


def _target(units: Mapping[str, list[Area]], unit: str, joins: Mapping[str, str]) -> str | None:
    """Return the unit that `unit` may join: the one its first member (by id) with a neighbour elsewhere
    names."""
    home = {area.id: name for name, members in units.items() for area in members}
    zone = {area.id: area.zone for members in units.values() for area in members}
    for area in sorted(units[unit], key=lambda a: a.id):
        neighbour = joins.get(area.id)
        if neighbour in home and home[neighbour] != unit and zone[neighbour] == area.zone:
            return home[neighbour]
    return None


def make_layout(extract: Extract, plan: PublicationPlan) -> Layout:
    """Return the groups of a wave: district, Großräume, units of Sozialräume, then the groups of every
    filter.

    Parameters
    ----------
    extract : Extract
    plan : PublicationPlan

    Returns
    -------
    Layout
        its first column is the district; Großräume have the prefix ``zone-`` because a Sozialraum may share
        their id
    """
    columns, split, relations = _spatial(extract, plan)
    splits = [split]
    for rule in (rule for rule in plan.filters if rule.groups):
        for more, filter_split, parts in _filter_splits(extract, plan, rule):
            start = len(columns)
            columns += more
            splits.append(filter_split)
            relations.append(Relation(0, tuple(start + part for part in parts)))
    return Layout(tuple(_with_known(columns, extract)), tuple(splits), tuple(relations))


def _with_known(columns: Sequence[Column], extract: Extract) -> Iterator[Column]:
    """Add the families known in spatial groups, as far as they are known of every Sozialraum in them."""
    areas = {area.id: area.known_families for area in extract.codebook.district.areas}
    families = extract.codebook.questionnaire.audience == "families"
    for column in columns:
        inside = list(areas) if column.group.level == "district" else list(column.group.areas)
        known = [areas[area] for area in inside]
        if families and known and None not in known and column.group.filter is None:
            total = sum(number or 0 for number in known)
            yield replace(column, group=column.group.model_copy(update={"known": total}))
        else:
            yield column


def _spatial(extract: Extract, plan: PublicationPlan) -> tuple[list[Column], Split, list[Relation]]:
    district = extract.codebook.district
    index = {area.id: i for i, area in enumerate(district.areas)}
    outside = len(district.areas)
    atom = np.where(extract.area < 0, outside, extract.area).astype(np.int64)
    answers = np.bincount(atom, minlength=outside + 1)
    counted = {area.id: int(answers[i]) for area, i in zip(district.areas, index.values(), strict=True)}
    units = join_areas(district.areas, counted, plan.joins, plan.min_area_base)
    zones = [(zone, [a for a in district.areas if a.zone == zone.id]) for zone in district.zones]
    zones = [(zone, areas) for zone, areas in zones if areas]
    columns = [Column(Group(id=DISTRICT, label=district.name, level="district"), shown=True)]
    columns += [_space(f"zone-{zone.id}", zone.name, "zone", areas) for zone, areas in zones]
    columns += [_space(u.id, " + ".join(a.name for a in u.areas), "area", u.areas, carries=u.carries) for u in units]
    columns.append(Column(Group(id="~outside", label="", level="area"), shown=False))
    last = len(columns) - 1
    members = np.zeros((len(columns), outside + 1), dtype=np.int64)
    members[0, :] = 1
    members[last, outside] = 1
    for i, column in enumerate(columns[1:last], start=1):
        members[i, [index[area] for area in column.group.areas]] = 1
    relations = [Relation(0, (*range(1, 1 + len(zones)), last))]
    for i, (zone, _) in enumerate(zones, start=1):
        inside = [1 + len(zones) + j for j, unit in enumerate(units) if unit.areas[0].zone == zone.id]
        relations.append(Relation(i, tuple(inside)))
    return columns, Split(atom, outside + 1, members), relations


def _space(group: str, label: str, level: Level, areas: Sequence[Area], *, carries: bool = True) -> Column:
    provisional = any(area.provisional for area in areas)
    found = Group(id=group, label=label, level=level, provisional=provisional, areas=tuple(area.id for area in areas))
    return Column(found, shown=True, carries=carries)


def _filter_splits(
    extract: Extract, plan: PublicationPlan, rule: Filter
) -> Iterator[tuple[list[Column], Split, tuple[int, ...]]]:
    """Yield one split for a filter whose groups exclude each other, else one per group and all others."""
    masks = [_in_group(extract, rule, group) for group in rule.groups]
    sensitive = bool(rule.question) and is_sensitive(extract, plan, rule.question)
    answered = _answered(extract, rule.question)
    columns = [
        Column(Group(id=g.id, label=g.title, level="filter", filter=rule.id), True, True, sensitive, answered)
        for g in rule.groups
    ]
    rest = Column(Group(id=f"~{rule.id}", label="", level="filter", filter=rule.id), False, True, sensitive)
    if np.sum(masks, axis=0, dtype=np.int64).max(initial=0) <= 1:
        atom = np.full(extract.n, len(masks), dtype=np.int64)
        for i, mask in enumerate(masks):
            atom[mask] = i
        n_atoms = len(masks) + 1
        yield [*columns, rest], Split(atom, n_atoms, np.eye(n_atoms, dtype=np.int64)), tuple(range(n_atoms))
        return
    for column, mask in zip(columns, masks, strict=True):
        yield [column, rest], Split((~mask).astype(np.int64), 2, np.eye(2, dtype=np.int64)), (0, 1)


def _answered(extract: Extract, question: str) -> int | None:
    """Count valid answers as the question's own table does; None for groups by doors."""
    valid = np.ones(extract.n, dtype=np.bool_)
    columns = [c for c in extract.codebook.columns if c.question == question and c.role in {"code", "member"}]
    for column in columns:
        asked = extract.codebook.questionnaire.questions[question]
        codes = [option.code for option in choices(asked) if option.missing is None]
        values = extract.columns[column.name]
        valid &= np.isin(values, codes) if column.role == "code" else values >= 0
    return int(valid.sum()) if columns else None


def _in_group(extract: Extract, rule: Filter, group: FilterGroup) -> npt.NDArray[np.bool_]:
    """Say who gave one of the codes or came through one of the doors; who did not answer the filter question is in no
    group."""
    if group.doors and extract.door is not None:
        names = grouped_doors(extract.fieldwork.plan)
        return np.isin(extract.door, [names.index(door) for door in group.doors])
    mask, codes = np.zeros(extract.n, dtype=np.bool_), group.codes
    for column in extract.codebook.columns:
        if column.question == rule.question and column.role == "code":
            mask |= np.isin(extract.columns[column.name], codes)
        elif column.question == rule.question and column.role == "member" and column.option in codes:
            mask |= extract.columns[column.name] == 1
    return mask


def is_sensitive(extract: Extract, plan: PublicationPlan, question: str, item: str | None = None) -> bool:
    """Say whether the higher threshold holds for a question or the item of a battery."""
    asked = extract.codebook.questionnaire.questions[question]
    named = {question, f"{question}.{item}"} & set(plan.sensitive)
    return bool(named or asked.sensitive or any(i.sensitive for i in getattr(asked, "items", ()) if i.id == item))


# ---------- filters inside Großräume


def with_crossings(layout: Layout, plan: PublicationPlan) -> Layout:
    """Return a layout with the groups of filters inside Großräume after all others.

    A group is given in a Großraum where the plan's `min_cross_base` are expected: as many as if both had nothing to do
    with each other, so that which groups are given tells nothing that their numbers do not tell. Schools lie in one
    place and are not crossed. What no Großraum or no group carries is taken together with those in none: an attacker
    gets these by subtraction.

    Parameters
    ----------
    layout : Layout
        of :func:`make_layout`
    plan : PublicationPlan
    """
    zones = [i for i, column in enumerate(layout.columns) if column.group.level == "zone"]
    asked = {rule.id for rule in plan.filters if rule.question}
    columns, splits, relations = list(layout.columns), list(layout.splits), list(layout.relations)
    start = len(layout.splits[0].groups)
    for split in layout.splits[1:]:
        if len(zones) > 1 and layout.columns[start].group.filter in asked:
            crossing = _crossed(columns, zones, layout.splits[0], split, start, plan.min_cross_base)
            if crossing is not None:
                columns += crossing[0]
                splits.append(crossing[1])
                relations += crossing[2]
        start += len(split.groups)
    return Layout(tuple(columns), tuple(splits), tuple(relations))


def _crossed(
    columns: Sequence[Column], zones: Sequence[int], space: Split, split: Split, start: int, minimum: int
) -> tuple[list[Column], Split, list[Relation]] | None:
    """Cross the groups of a filter, which begin at `start`, with Großräume; None where no group carries any."""
    n, n_places, n_groups = len(split.atom), len(zones) + 1, len(split.groups)
    inside = space.groups[list(zones)].T
    home = np.where(inside.any(1), inside.argmax(1), len(zones))[space.atom]
    there, size = np.bincount(home, minlength=n_places), np.bincount(split.atom, minlength=n_groups)
    carried = np.outer(there, size) >= minimum * max(n, 1)
    carried[-1], carried[:, -1] = False, False
    rows, groups = ([*map(int, np.flatnonzero(carried.any(axis))), None] for axis in (1, 0))
    if len(rows) < 2:
        return None
    cells = [
        _cell(columns, Crossing(place, None if g is None else start + g, start + n_groups - 1),
              shown=p is not None and g is not None and bool(carried[p, g]))
        for p, place in ((p, None if p is None else zones[p]) for p in rows) for g in groups
    ]  # fmt: skip
    members = np.kron(_together(n_places, rows), _together(n_groups, groups))
    at = np.arange(len(cells)).reshape(len(rows), len(groups)) + len(columns)
    totals = [(zones[p], at[i]) for i, p in enumerate(rows) if p is not None]
    totals += [(start + g, at[:, i]) for i, g in enumerate(groups) if g is not None]
    sums = [Relation(total, tuple(map(int, parts))) for total, parts in totals]
    return cells, Split(home * n_groups + split.atom, n_places * n_groups, members), sums


def _together(n: int, kept: Sequence[int | None]) -> npt.NDArray[np.int64]:
    """Return (kept, n) 0/1: each of the kept alone, all others together for None."""
    found = np.zeros((len(kept), n), np.int64)
    for i, one in enumerate(kept):
        found[i, [j for j in range(n) if j not in kept] if one is None else one] = 1
    return found


def _cell(columns: Sequence[Column], crossing: Crossing, *, shown: bool) -> Column:
    """Return the column of a group inside a Großraum; the attacker's have no label."""
    of = columns[crossing.rest if crossing.group is None else crossing.group]
    if not shown or crossing.place is None:
        name = "" if crossing.place is None else columns[crossing.place].group.id
        found = Group(id=f"~{name}.{of.group.id.strip('~')}", label="", level="zone_filter", filter=of.group.filter)
        return Column(found, shown=False, sensitive=of.sensitive, crossing=crossing)
    zone = columns[crossing.place].group
    found = Group(
        id=f"{zone.id}.{of.group.id}", label=f"{zone.label}: {of.group.label}", level="zone_filter", group=of.group.id,
        filter=of.group.filter, areas=zone.areas, provisional=zone.provisional,
    )  # fmt: skip
    return Column(found, shown=True, sensitive=of.sensitive, crossing=crossing)
