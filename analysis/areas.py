"""The groups figures are given for: district, Großräume, (joined) Sozialräume, groups of filters.

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
        if families and known and None not in known and column.group.level != "filter":
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
