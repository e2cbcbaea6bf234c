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
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from analysis import display
from analysis.areas import Relation
from analysis.attack import Counts, Knowledge, Mask, System
from analysis.exact_model import NEARLY, PARTS, Facts, Weights
from analysis.groups import EVERYBODY, REST, Frame, Key, Members, halves, question_of
from analysis.programs import Floats


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
    scale: Scale | None = None
    """None: shares are not weighted"""


@dataclass(frozen=True)
class Scale:
    """What is known of how much the responses of a release count; 1 is the average of all, pairs are (least, most)."""

    every: tuple[float, float] = (0.0, np.inf)
    """any response"""
    each: Mapping[Key, tuple[float, float]] = field(default_factory=dict)
    """any response in a group"""
    base: Mapping[Key, tuple[float, float]] = field(default_factory=dict)
    """mean of those in a group who gave a valid answer"""
    alike: frozenset[Key] = frozenset()
    """groups in which all count the same, so that weighted shares are shares of counts"""

    @property
    def tells(self) -> bool:
        """Whether anything is known."""
        return self != Scale()


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


@dataclass(frozen=True)
class Told:
    """What the tables and files of a whole release tell of the sizes of its groups."""

    frame: Frame
    sizes: Known

    def of(self, keys: Sequence[Key], everybody: int) -> Known:
        """Return the sizes of these groups; nothing is known of groups the release does not name."""
        known = {key: i for i, key in enumerate(self.frame.keys)}
        places = [known.get(key, -1) for key in keys]
        low, high = np.append(self.sizes.low, 0), np.append(self.sizes.high, everybody)
        return Known(low[places], high[places])


# ---------- the facts of a topic


def facts_of(
    about: About, tables: Sequence[Shown], frame: Frame, sizes: Known,
    counted: Iterable[tuple[int, Key, int, int]] = (),
) -> Facts:  # fmt: skip
    """Return everything that is known of a topic.

    Parameters
    ----------
    about : About
    tables : sequence of Shown
        single and coarse ones, of all releases
    frame : Frame
    sizes : Known
        of the groups, in the unit that is counted
    counted : iterable of (answer, place, least, most)
        how often answers were given in the district or a Großraum, as the bases of other tables tell:
        :func:`counted_by_bases`

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
    for answer, place, least, most in counted:
        group = frame.position(place)
        if group is not None:
            known.low[answer, group] = max(known.low[answer, group], least)
            known.high[answer, group] = min(known.high[answer, group], most)
    thresholds = frame.k
    for table in tables:
        own = {frame.position(key): limit for key, limit in zip(table.groups, table.k, strict=True)}
        thresholds = np.array([max(int(t), own.get(i, 0)) for i, t in enumerate(thresholds)], np.int64)
    # A group inside a Großraum is part of a hidden count wherever the Großraum's is hidden: that few of it, or none,
    # gave an answer then follows from that alone, as it does for groups nobody publishes.
    unpublished = np.array([REST in members or halves((family, members)) is not None for family, members in frame.keys])
    weights = tuple(_weights(about, tables, frame, system, known, rows, parts))
    return Facts(system, known, rest, thresholds, unpublished, about.per_response, weights=weights)


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
            if table.scale is None or key in table.scale.alike:
                known.ratio_low[row, group] = max(known.ratio_low[row, group], table.low[i, j])
                known.ratio_high[row, group] = min(known.ratio_high[row, group], table.high[i, j])
            if not table.shown[i, j]:
                continue
            k = table.k[j]
            known.low[row, group] = max(known.low[row, group], k)
            rest[row, group] = max(rest[row, group], k)
            if not_from is not None:
                known.low[not_from + row, group] = max(known.low[not_from + row, group], k)


def _weights(
    about: About, tables: Sequence[Shown], frame: Frame, system: System, known: Knowledge, rows: Mapping[Members, int],
    parts: Sequence[tuple[int, ...]],
) -> Iterator[Weights]:  # fmt: skip
    """Yield what is known of each weighting and its shares; and add to `known`, in place, what a weighted share says of
    the count itself. Where all that is known are limits of all weights, that is all there is to say: as coarse as these
    are published, sums over groups would tell nothing more worth a program of twice the size."""
    for scale in {id(table.scale): table.scale for table in tables if table.scale and table.scale.tells}.values():
        kept, base = _kept(len(about.answers), parts, one_of=about.one_of)
        found = Weights(kept, base, about.one_of, *_limits_of_weights(scale, frame, system, known.low.shape))
        for table in (table for table in tables if table.scale is scale):
            for i, members in enumerate(table.rows):
                row = rows[members]
                for j, key in enumerate(table.groups):
                    group = frame.position(key)
                    if group is not None:
                        found.low[row, group] = max(found.low[row, group], table.low[i, j])
                        found.high[row, group] = min(found.high[row, group], table.high[i, j])
        _limit_counts(found, system, known)
        shares = np.delete((found.low > 0) | (found.high < 1), system.base_row, axis=0)
        if scale.each and shares.any():  # weights without shares are nothing that is published
            yield found


def _limit_counts(found: Weights, system: System, known: Knowledge) -> None:
    """With weighted share s, mean weight m of the base and weights between u and v, the part p of those who gave an
    answer meets u·p ≤ m·s ≤ v·p, and of those who did not u·(1 − p) ≤ m·(1 − s) ≤ v·(1 − p)."""
    base, rows = system.base_row, [row for row in system.answer_rows if row != system.base_row]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_low, mean_high = found.least[base], found.most[base]
        u, v, low, high = found.least[rows], found.most[rows], found.low[rows], found.high[rows]
        least = np.fmax(low * mean_low / v, 1 - (1 - low) * mean_high / u)
        most = np.fmin(high * mean_high / u, 1 - (1 - high) * mean_low / v)
    fewest = np.floor(np.nan_to_num(least, nan=0.0, neginf=0.0) * PARTS + NEARLY) / PARTS
    known.ratio_low[rows] = np.maximum(known.ratio_low[rows], np.where(low > 0, fewest, 0))
    # Shares of counts are less than their upper limits; these may be reached.
    above = (np.floor(np.nan_to_num(most, nan=1.0, posinf=1.0) * PARTS + NEARLY) + 1) / PARTS
    known.ratio_high[rows] = np.minimum(known.ratio_high[rows], np.where(high < 1, np.minimum(above, 1), 1))


def _kept(
    n_answers: int, parts: Sequence[tuple[int, ...]], *, one_of: bool
) -> tuple[tuple[tuple[tuple[int, float], ...], ...], int]:
    """Return how the weighted counts of all rows follow from those of answers and base, and which is the base."""
    base = n_answers
    found = [((row, 1.0),) for row in range(n_answers)]
    rows: list[tuple[tuple[int, float], ...]] = [*found, *(tuple((row, 1.0) for row in part) for part in parts)]
    if not one_of:
        rows += [((base, 1.0), (row, -1.0)) for row in range(n_answers)]
    return (*rows, ((base, 1.0),), (), ()), base


def _limits_of_weights(
    scale: Scale, frame: Frame, system: System, shape: tuple[int, ...]
) -> tuple[Floats, Floats, Floats, Floats]:
    least, most = np.full(shape, scale.every[0]), np.full(shape, scale.every[1])
    low, high = np.zeros(shape), np.ones(shape)
    low[system.base_row] = 1.0
    for group, key in enumerate(frame.keys):
        for limits, at in ((scale.each, slice(None)), (scale.base, system.base_row)):
            if key in limits:
                least[at, group] = np.maximum(least[at, group], limits[key][0])
                most[at, group] = np.minimum(most[at, group], limits[key][1])
    return least, most, low, high


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
) -> Iterator[tuple[int, Key, int, int]]:
    """Yield (answer, place, least, most): how often answers were given that a filter's groups are made from.

    The size of a group of a filter is how many in the district gave its answer; inside a Großraum, how many there.

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
    for group, key in enumerate(frame.keys):
        place, (family, members) = halves(key) or (EVERYBODY, key)
        if question_of(family) == question and len(members) == 1 and set(members) <= set(answers):
            yield answers.index(next(iter(members))), place, int(sizes.low[group]), int(sizes.high[group])


def sized_by_answers(frame: Frame, question: str, table: Shown, sizes: Known) -> None:
    """Narrow the sizes of a filter's groups, in place, to what the table of its question says of the district, and of
    Großräume."""
    places = {} if table.scale is not None else {key: j for j, key in enumerate(table.groups)}
    rows = {members: i for i, members in enumerate(table.rows)}
    for group, key in enumerate(frame.keys):
        place, (family, answers) = halves(key) or (EVERYBODY, key)
        column, row = places.get(place), rows.get(answers)
        if question_of(family) != question or column is None or row is None or not table.shown[row, column]:
            continue
        base, k = table.base[column] or 0, table.k[column]
        low = math.ceil(table.low[row, column] * max(base - 2 - (k - 1), 0) - 1e-9)
        high = math.floor(table.high[row, column] * (base + 2) + 1e-9)
        sizes.low[group], sizes.high[group] = max(sizes.low[group], low, k), min(sizes.high[group], high)
