"""What published tables say, put together: the groups and sums of all releases of a wave, and the facts of a topic.

Everything is taken from tables and manifests alone, so that the same attacker looks at a release that is being made
and at a folder that came from elsewhere. Groups of different tables and releases are compared by what they hold: sets
of Sozialräume, and sets of answers to the question of a filter. Where these overlap, the parts nobody published are
unknowns as well.

What must be audited together, and why:

* All tables of a question, single and coarse, of all releases of the wave: they count the same answers.
* The district, its parts and all filters of a question: they share the district's answers.
* A question a filter is made from, and the bases of that filter's groups in all other tables: these bases count its
  answers. They are facts of its audit (:func:`counted_by_bases`), and the attacker's bounds of its answers are the
  sizes of the groups everywhere else.
* Sizes of groups: any table's base is at most the size, so that the largest one is known in every audit.
* Not together: two questions whose tables share nothing but groups. Every table of counts of one is possible with
  every table of the other, because nobody published a crossing of both (Fréchet: without a crossing, margins say of a
  joint table only what the audit of crossings looks at). Items of a battery, the steps of a funnel and questions to
  the same people share a base only where all gave an answer; each base is rounded by itself, and a base tells only the
  number of its own missing answers, which is audited. Means, medians, ranks, gaps, lighthouses and findings are
  computed from published figures and add none. Children are counted in units of their own; households bound them.
* Other waves are other people: their releases are compared by question and never subtracted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis import display
from analysis.areas import Relation
from analysis.attack import Counts, Knowledge, Mask, System
from analysis.exact_model import Facts
from questionnaires.handover import Group
from questionnaires.plan import Filter

Family = str
Members = frozenset[str]
Key = tuple[Family, Members]
"""what a group is: a set of Sozialräume or of answers"""

SPACE: Family = "~raum"
DOORS: Family = "~zugang"
EVERYBODY: Key = (SPACE, frozenset({"~"}))
REST = "~rest"
"""member of every family: those in no group"""


@dataclass(frozen=True)
class Frame:
    """The groups of all tables and the parts they have in common."""

    keys: tuple[Key, ...]
    """the first is the district"""
    relations: tuple[Relation, ...]
    k: Counts
    labels: Mapping[Key, str]

    def position(self, key: Key) -> int | None:
        """Return the position of a group."""
        return self.keys.index(key) if key in self.keys else None


@dataclass(frozen=True)
class Shown:
    """What one published table says: a share of 200ths … where it is shown."""

    rows: tuple[Members, ...]
    """ids of single answers that each row takes together"""
    groups: tuple[Key, ...]
    base: tuple[int | None, ...]
    shown: Mask
    """(rows, groups)"""
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    """limits of the shares, 0 and 1 where nothing is known"""
    k: tuple[int, ...]
    """threshold of each group"""
    weighted: bool = False


@dataclass(frozen=True)
class About:
    """The topic of tables that are audited together."""

    id: str
    answers: tuple[str, ...]
    one_of: bool
    per_response: int = 1


@dataclass(frozen=True)
class Known:
    """What is known of groups before a topic's own tables are read; positions are those of the frame."""

    low: Counts
    """(groups,) sizes"""
    high: Counts


def key_of(group: Group, filters: Mapping[str, Filter], overlapping: set[str]) -> Key:
    """Return what a published group holds.

    Parameters
    ----------
    group : Group
    filters : mapping
        id → filter of the plan
    overlapping : set of str
        ids of filters whose groups do not exclude each other; each group is then a family of its own
    """
    if group.level == "district":
        return EVERYBODY
    if group.level != "filter":
        return SPACE, frozenset(group.areas)
    rule = filters[group.filter or ""]
    codes: tuple[int | str, ...] = next((one.doors or one.codes for one in rule.groups if one.id == group.id), ())
    family = rule.question or DOORS
    return f"{family}:{group.id}" if rule.id in overlapping else family, frozenset(str(code) for code in codes)


def make_frame(groups: Mapping[Key, str], k: Mapping[Key, int], least: int) -> Frame:
    """Put groups together.

    Parameters
    ----------
    groups : mapping
        group → label; the district need not be among them
    k : mapping
        group → threshold
    least : int
        threshold of all others

    Returns
    -------
    Frame
        with columns for parts nobody published, so that every group is a sum of parts, and the district the sum of
        each family
    """
    keys, relations = [EVERYBODY], list[Relation]()
    for family in sorted({family for family, _ in groups}):
        wanted = {members for name, members in groups if name == family and members != EVERYBODY[1]}
        found = _with_parts(wanted)
        if not found:
            continue
        keys += [(family, members) for members in found if members != EVERYBODY[1]]
        place = {members: keys.index((family, members)) for members in found if members != EVERYBODY[1]}
        place[EVERYBODY[1]] = 0
        for members, parts in found.items():
            if parts:
                relations.append(Relation(place[members], tuple(place[part] for part in parts)))
    thresholds = np.array([k.get(key, max((k[o] for o in k if o[0] == key[0]), default=least)) for key in keys])
    return Frame(tuple(keys), tuple(relations), thresholds.astype(np.int64), groups)


def _with_parts(wanted: set[Members]) -> dict[Members, tuple[Members, ...]]:
    """Return all sets, whole and parts, and what each is the sum of (nothing: it is a part itself)."""
    elements = frozenset().union(*wanted) if wanted else frozenset()
    if not elements:
        return {}
    atoms: dict[Members, set[str]] = {}
    for element in elements:
        signature = frozenset(str(i) for i, one in enumerate(sorted(wanted, key=sorted)) if element in one)
        atoms.setdefault(signature, set()).add(element)
    parts = {frozenset(atom) for atom in atoms.values()} | {frozenset({REST})}
    found: dict[Members, tuple[Members, ...]] = {}
    ordered = sorted(wanted | parts, key=lambda one: (len(one), sorted(one)))
    for one in ordered:
        smaller = [other for other in ordered if other < one]
        found[one] = _covered(one, smaller, parts)
    found[EVERYBODY[1]] = _covered(elements | {REST}, ordered, parts)
    return found


def _covered(whole: Members, smaller: Sequence[Members], parts: set[Members]) -> tuple[Members, ...]:
    """Return sets without overlap that together are the whole: the largest there are."""
    left, chosen = set(whole), []
    for one in sorted(smaller, key=lambda s: (-len(s), sorted(s))):
        if one <= left and one != whole:
            chosen.append(one)
            left -= one
    return tuple(chosen) if whole not in parts else ()


# ---------- the facts of a topic


def facts_of(
    about: About, tables: Sequence[Shown], frame: Frame, sizes: Known, counted: Iterable[tuple[int, int, int]] = ()
) -> Facts:
    """Return everything that is known of a topic.

    Parameters
    ----------
    about : About
    tables : sequence of Shown
        single and coarse ones, of all releases
    frame : Frame
    sizes : Known
        of the groups, in the unit that is counted
    counted : iterable of (answer, least, most)
        how often answers were given in the district, as the bases of other tables tell: :func:`counted_by_bases`

    Returns
    -------
    Facts
    """
    coarse = sorted({row for table in tables for row in table.rows if len(row) > 1}, key=sorted)
    rows = {frozenset({answer}): i for i, answer in enumerate(about.answers)}
    rows |= {row: len(about.answers) + i for i, row in enumerate(coarse)}
    parts = [tuple(about.answers.index(answer) for answer in sorted(row)) for row in coarse]
    system = system_of(len(about.answers), parts, one_of=about.one_of, relations=frame.relations)
    shape = (system.base_row + 3, len(frame.keys))
    everybody = np.full(shape, sizes.high[0], np.int64)
    known = Knowledge(np.zeros(shape, np.int64), everybody, np.zeros(shape), np.ones(shape))
    known.ratio_low[system.base_row] = 1.0
    known.low[-1], known.high[-1] = sizes.low, sizes.high
    rest = np.zeros(shape, np.int64)
    for table in tables:
        _read_bases(table, frame, system, known)
        _read_shares(table, frame, known, rest, rows, not_from=None if about.one_of else len(rows))
    for answer, least, most in counted:
        known.low[answer, 0], known.high[answer, 0] = max(known.low[answer, 0], least), min(known.high[answer, 0], most)
    thresholds = frame.k
    for table in tables:
        own = {frame.position(key): limit for key, limit in zip(table.groups, table.k, strict=True)}
        thresholds = np.array([max(int(t), own.get(i, 0)) for i, t in enumerate(thresholds)], np.int64)
    unpublished = np.array([REST in members for _, members in frame.keys])
    return Facts(system, known, rest, thresholds, unpublished, about.per_response)


def system_of(
    n_answers: int, parts: Sequence[tuple[int, ...]], *, one_of: bool, relations: tuple[Relation, ...]
) -> System:
    """Return which counts are sums of others.

    Rows are, in this order: answers, answers taken together, „not this answer“ (where each answer is given for
    itself), base, no valid answer, everybody.
    """
    c = len(parts)
    n_not = 0 if one_of else n_answers
    base = n_answers + c + n_not
    rows = tuple(range(n_answers))
    sums = [Relation(base + 2, (base, base + 1))]
    if one_of:
        sums.append(Relation(base, rows))
        sums += [Relation(n_answers + i, part) for i, part in enumerate(parts)]
        if parts and sorted(p for part in parts for p in part) == list(rows):
            sums.append(Relation(base, tuple(range(n_answers, n_answers + c))))
    else:
        sums += [Relation(base, (i, n_answers + c + i)) for i in rows]
    owner = (*range(n_answers + c), *rows[:n_not], base, base, base)
    return System(tuple(sums), relations, base, tuple(range(base)), base + 1, owner)


def _read_bases(table: Shown, frame: Frame, system: System, known: Knowledge) -> None:
    """A published base is rounded; fewer than k missing answers are counted as none, so that it may be the size."""
    for key, base, k in zip(table.groups, table.base, table.k, strict=True):
        group = frame.position(key)
        if base is None or group is None:
            continue
        row, missing, size = system.base_row, system.missing_row, known.low.shape[0] - 1
        least = max(base - 2 - (k - 1), display.minimum_base(k))
        if base + 2 < known.low[size, group]:  # below the size for sure, hence not the size itself
            least = max(base - 2, display.minimum_base(k))
            known.low[missing, group] = max(known.low[missing, group], k)
        known.low[row, group] = max(known.low[row, group], least)
        known.high[row, group] = min(known.high[row, group], base + 2)


def _read_shares(
    table: Shown, frame: Frame, known: Knowledge, rest: Counts, rows: Mapping[Members, int], not_from: int | None
) -> None:
    for i, members in enumerate(table.rows):
        row = rows.get(members)
        for j, key in enumerate(table.groups):
            group = frame.position(key)
            if row is None or group is None:
                continue
            if not table.weighted:
                known.ratio_low[row, group] = max(known.ratio_low[row, group], table.low[i, j])
                known.ratio_high[row, group] = min(known.ratio_high[row, group], table.high[i, j])
            if not table.shown[i, j]:
                continue
            k = table.k[j]
            known.low[row, group] = max(known.low[row, group], k)
            rest[row, group] = max(rest[row, group], k)
            if not_from is not None:
                known.low[not_from + row, group] = max(known.low[not_from + row, group], k)


def known_sizes(tables: Iterable[Shown], frame: Frame, everybody: tuple[int, int]) -> Known:
    """Return what tables of responses tell of the sizes of groups: none is smaller than a base.

    Parameters
    ----------
    tables : iterable of Shown
        only those whose unit is the response
    frame : Frame
    everybody : (int, int)
        least and most responses of the wave
    """
    low = np.zeros(len(frame.keys), np.int64)
    high = np.full(len(frame.keys), everybody[1], np.int64)
    low[0] = everybody[0]
    for table in tables:
        for key, base in zip(table.groups, table.base, strict=True):
            group = frame.position(key)
            if base is not None and group:
                low[group] = max(low[group], base - 2)
    return Known(low, high)


def counted_by_bases(
    frame: Frame, question: str, sizes: Known, answers: Sequence[str]
) -> Iterator[tuple[int, int, int]]:
    """Yield (answer, least, most): how often answers were given that a filter's groups are made from.

    The size of a group of a filter is how many in the district gave its answer.

    Parameters
    ----------
    frame : Frame
        with the groups of the filter
    question : str
        the filter's
    sizes : Known
        of the frame's groups
    answers : sequence of str
    """
    for group, (family, members) in enumerate(frame.keys):
        if family.split(":")[0] == question and len(members) == 1 and set(members) <= set(answers):
            yield answers.index(next(iter(members))), int(sizes.low[group]), int(sizes.high[group])


def sized_by_answers(frame: Frame, question: str, table: Shown, sizes: Known) -> None:
    """Narrow the sizes of a filter's groups, in place, to what the table of its question says of the district."""
    if table.weighted or EVERYBODY not in table.groups or table.base[table.groups.index(EVERYBODY)] is None:
        return
    column = table.groups.index(EVERYBODY)
    base, k = table.base[column] or 0, table.k[column]
    for row, members in enumerate(table.rows):
        for group, (family, answers) in enumerate(frame.keys):
            if family.split(":")[0] == question and answers == members and table.shown[row, column]:
                low = math.ceil(table.low[row, column] * max(base - 2 - (k - 1), 0) - 1e-9)
                high = math.floor(table.high[row, column] * (base + 2) + 1e-9)
                sizes.low[group], sizes.high[group] = max(sizes.low[group], low, k), min(sizes.high[group], high)
