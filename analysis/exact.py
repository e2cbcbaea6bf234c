"""The exact attacker: which whole numbers a count can be, given everything published of a topic.

All counts of a topic are the unknowns of one model (:mod:`analysis.exact_model`): sums hold exactly, published bases
and shares hold as far as their rounding leaves them, and the rules of a release are known (what is shown stands for at
least k and leaves at least k). Most counts need no program at all: bounds in closed form come first, and every table of
whole numbers that was found is kept as a witness for all other counts.

Weighted shares are limits of weighted counts, which stand beside the counts in the same programs; what a weighted share
says of its own count is a limit of that count, too. What is known of weights:

* While a table is made, of every group the least and the greatest weight in it, and the mean weight of those with a
  valid answer, as closely as who knows all margins can work them out from numbers of people that are rounded
  (:meth:`analysis.exact_repair.Bridge._conceded`). Of a group in which all count the same, as in a Sozialraum where
  only Sozialräume are weighted, that they do: its weighted shares are shares of counts. Not conceded: who has which
  weight, exact sums of weights (with equal weights these would tell the exact numbers that are rounded), that an equal
  weight known between limits is one and the same number for all answers of its group (a product of two unknowns is no
  linear fact), and what an interval's width tells of weights.
* In the audit of a folder, only between which limits all weights lie, as its manifest says. As coarse as these are,
  only each count is limited by its own share. Weights that an extract brought along are not known at all.

Crossings that nobody published, and what is inside Großräume, are looked at with counts alone and these limits
(:func:`without_weights`).

Nothing here depends on a clock or on the number of threads. A program that is given up after so many nodes counts as a
finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from analysis.attack import Counts, Knowledge, Mask, tighten
from analysis.exact_model import NEARLY, PARTS, Contradiction, Facts, Model, Weights
from analysis.programs import Floats

STARTS, BATCHES = 2, 6
"""tables of whole counts to look around in, and programs in random directions there: each serves many counts at once"""


@dataclass
class Tally:
    """How counts were settled."""

    cells: int = 0
    bounds: int = 0
    witness: int = 0
    lp: int = 0
    ilp: int = 0

    def add(self, other: Tally) -> None:
        """Add the numbers of another tally."""
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))


# ---------- what whole numbers a count can be


@dataclass
class Search:
    """Looks for whole counts that differ, until every count is settled."""

    facts: Facts
    outer: Knowledge
    """bounds in closed form, later those of programs"""
    model: Model
    low: Counts
    """smallest value of each count in any witness"""
    high: Counts
    tally: Tally = field(default_factory=Tally)
    witnesses: list[Counts] = field(default_factory=list)

    def keep(self, values: Floats | Counts | None) -> bool:
        """Keep counts as a witness if they are whole and agree with everything."""
        counts = None if values is None else self.model.rounded(np.asarray(values, np.float64))
        if counts is None:
            return False
        self.witnesses.append(counts)
        np.minimum(self.low, counts, out=self.low)
        np.maximum(self.high, counts, out=self.high)
        return True

    def look(self, direction: Floats) -> bool:
        """Look in a direction, and keep what is found there if it is whole, or whole counts next to it."""
        found = self.model.linear(direction, plain=True)
        if found is None or self.keep(found[0]):
            return found is not None
        if not self.facts.weights:
            return False
        found = self.model.linear(direction)
        return found is not None and self.keep(self.model.near(found[0], direction))

    def pin(self, counts: Counts) -> None:
        """Let the linear program know the bases of published shares only as they are in these counts."""
        self.model.limit(*pinned(self, counts))

    def look_freely(self, direction: Floats) -> float | None:
        """Look in a direction with bases free, if they come out broken once more with whole ones; return how far the
        linear program goes there."""
        self.model.limit()
        found = self.model.linear(direction)
        if found is None:
            return None
        if not self.keep(found[0]):
            base, counts = self.facts.system.base_row, np.rint(found[0][: len(self.low)]).astype(np.int64)
            of_shares = _of_shares(self.facts)
            for relation in self.facts.system.group_relations:
                if of_shares[list(relation.parts)].all():
                    counts[base, relation.total] = counts[base, list(relation.parts)].sum()
            self.pin(np.clip(counts, self.outer.low, self.outer.high))
            self.look(direction)
            self.model.limit()
        return found[1]


def search(facts: Facts, seeds: Iterable[Counts] = ()) -> Search:
    """Begin a search.

    Parameters
    ----------
    facts : Facts
    seeds : iterable of (rows, groups) int arrays
        possible first witnesses; without any that fits one is looked for

    Raises
    ------
    Contradiction
        if no whole counts agree with what was published
    """
    outer = tighten(facts.system, facts.known)
    if (outer.low > outer.high).any():
        raise Contradiction
    model = Model(facts, outer)
    found = Search(facts, outer, model, outer.high.copy(), outer.low.copy())
    for seed in seeds:
        found.keep(seed)
    if not found.witnesses:
        first, _ = model.whole(np.zeros(model.shape))
        if not found.keep(first):
            raise Contradiction
    return found


def without_weights(s: Search) -> Search:
    """Go on with counts alone: what weighted shares say of each count by itself stays known, what they say of several
    at once does not. Everything found possible stays possible."""
    if not s.facts.weights:
        return s
    known = replace(s.facts.known, low=s.outer.low.copy(), high=s.outer.high.copy())
    facts = replace(s.facts, known=known, weights=())
    found = search(facts, s.witnesses)
    found.tally.add(s.tally)
    return found


def audited(facts: Facts) -> Mask:
    """Return which counts are looked at: answers and their complements, and missing answers."""
    found = np.zeros(facts.known.low.shape, dtype=np.bool_)
    found[[row for row in facts.system.answer_rows if row != facts.system.base_row]] = True
    found[facts.system.missing_row] = True
    return found


def wholes(facts: Facts) -> list[int]:
    """Return for each row the row it is a part of: the base, or everybody."""
    return [
        facts.system.base_row if row in facts.system.answer_rows else facts.known.low.shape[0] - 1
        for row in range(facts.known.low.shape[0])
    ]


def open_cells(s: Search) -> Mask:
    """Return which counts are not settled: what was seen of them so far could still be all they can be."""
    facts, k = s.facts, s.facts.k
    wide = s.high - s.low >= k - 1
    whole = wholes(facts)
    # Hidden says only 0 ≤ x ≤ base: where both ends were seen, nothing more than that is known. Of groups nobody
    # publishes it says nothing that few or none of them gave an answer; that somebody did is a finding like any other.
    anything = (s.low == 0) & ((s.high >= s.outer.high[whole]) | s.facts.unpublished)
    settled = wide | (s.outer.low >= k) | (s.outer.high <= 0) | anything
    if facts.per_response > 1:
        fewest = np.maximum(-(-s.outer.low // facts.per_response), np.where(facts.rest > 0, k, 0))
        settled &= (s.high - -(-s.low // facts.per_response) >= k - 1) | (fewest >= k) | (s.outer.high <= 0) | anything
    return np.asarray(audited(facts) & ~settled)


def settle(s: Search) -> list[tuple[int, int]]:
    """Settle every count and return those that are findings (analysis rules, no. 6).

    Returns
    -------
    list of (row, group)
        counts known exactly and 1 … k-1, or known to lie in 1 … k-1, or known within fewer than k values that begin
        below k (unless that is all that 0 ≤ x ≤ base says), and answers known to fill their whole group
    """
    asked = audited(s.facts)
    sure = (s.outer.low >= s.facts.k) | (s.outer.high <= 0)
    s.tally.cells += int(asked.sum())
    s.tally.bounds += int((asked & sure & ~open_cells(s)).sum())
    _by_pinned_programs(s)
    s.tally.witness += int((asked & ~sure & ~open_cells(s)).sum())
    for row, group in np.argwhere(open_cells(s)):
        if open_cells(s)[row, group]:
            _by_programs(s, int(row), int(group))
    filled = [(row, group) for row, group in np.argwhere(_always_whole(s)) if _fills(s, int(row), int(group))]
    found = open_cells(s)
    for row, group in filled:
        found[row, group] = True
    return [(int(row), int(group)) for row, group in np.argwhere(found)]


def _always_whole(s: Search) -> Mask:
    """Return which answers fill their whole group in every witness, of groups that are empty in none."""
    whole = wholes(s.facts)
    always = audited(s.facts) & (s.low[whole] >= 1)
    always[s.facts.system.missing_row] = False
    for counts in s.witnesses:
        always &= counts >= counts[whole]
    return always


def _fills(s: Search, row: int, group: int) -> bool:
    """Say whether somebody in a group gave an answer, and nobody there can have given another."""
    base = s.facts.system.base_row
    direction = _only(s, row, group, -1.0)
    direction[base, group] += 1
    counts, most = s.model.whole(direction)
    s.tally.ilp += 1
    s.keep(counts)
    if most >= 1 - NEARLY or s.outer.low[base, group] >= 1:
        return most < 1 - NEARLY
    counts, most = s.model.whole(_only(s, base, group, -1.0))
    s.keep(counts)
    _bound(s, base, group, -most, -1.0)
    return bool(s.outer.low[base, group] >= 1)


def _by_pinned_programs(s: Search) -> None:
    """Look with all bases as in a witness: then the corners of the linear program are nearly all whole."""
    random = np.random.default_rng(0)
    for start in range(STARTS):
        if not open_cells(s).any():
            return
        if start:
            s.look_freely(_anywhere(s, random))
        s.pin(s.witnesses[-1])
        for _ in range(BATCHES):
            if open_cells(s).any():
                s.look(_anywhere(s, random))
        for row, group in np.argwhere(open_cells(s)):
            for sign in _ends(s, row, group):
                if open_cells(s)[row, group]:
                    s.look(_only(s, int(row), int(group), sign))
        s.model.limit()


def _of_shares(facts: Facts) -> Mask:
    """Return the groups whose base stands in a published share."""
    rows = [row for row in facts.system.answer_rows if row != facts.system.base_row]
    limits = [(facts.known.ratio_low, facts.known.ratio_high), *((one.low, one.high) for one in facts.weights)]
    shares = facts.rest[rows] > 0
    for low, high in limits:
        shares |= (low[rows] > 0) | (high[rows] < 1)
    return np.asarray(shares.any(0))


def _anywhere(s: Search, random: np.random.Generator) -> Floats:
    """Return a direction that moves all open counts, each up or down."""
    return np.where(open_cells(s), random.uniform(-1, 1, s.low.shape), 0)


def pinned(s: Search, witness: Counts) -> tuple[Counts, Counts]:
    """Return whole limits of all counts when every base that a share is of is that of a witness."""
    facts = s.facts
    low, high = s.outer.low.copy(), s.outer.high.copy()
    rows = [row for row in facts.system.answer_rows if row != facts.system.base_row]
    base = witness[facts.system.base_row]
    ratios = facts.known.ratio_low[rows], facts.known.ratio_high[rows]
    least, most = (np.rint(ratio * PARTS).astype(np.int64) for ratio in ratios)
    strict = np.where(most < PARTS, 1, 0)
    most_whole = np.minimum((most * base - strict) // PARTS, base - facts.rest[rows])
    low[rows] = np.maximum(low[rows], np.where(least > 0, -(-least * base // PARTS), 0))
    high[rows] = np.minimum(high[rows], np.where((most < PARTS) | (facts.rest[rows] > 0), most_whole, high[rows]))
    for number, weights in enumerate(facts.weights):
        _as_weighed(s, number, weights, witness, low, high)
    pinned = _of_shares(facts)
    low[facts.system.base_row, pinned] = high[facts.system.base_row, pinned] = base[pinned]
    return low, high


def _as_weighed(s: Search, number: int, weights: Weights, witness: Counts, low: Counts, high: Counts) -> None:
    """Narrow limits of counts, in place, to what weighted shares leave if each count has the mean weight it has in a
    witness. Nothing else is possible for sure, but most of it is."""
    if witness.tobytes() not in s.model.weighted_counts:
        return
    found = s.model.weighted_of(witness, number)
    for row, parts in enumerate(weights.follows):
        if row == s.facts.system.base_row or not ((weights.low[row] > 0) | (weights.high[row] < 1)).any():
            continue
        total = sum((factor * found[kept] for kept, factor in parts), np.zeros(found.shape[1]))
        some = (witness[row] > 0) & (total > 0)
        mean = np.where(some, total / np.maximum(witness[row], 1), 1.0)
        least, most = weights.low[row] * found[weights.base] / mean, weights.high[row] * found[weights.base] / mean
        low[row] = np.where(some, np.maximum(low[row], np.minimum(np.ceil(least - NEARLY), witness[row])), low[row])
        high[row] = np.where(some, np.minimum(high[row], np.maximum(np.floor(most + NEARLY), witness[row])), high[row])


def _ends(s: Search, row: int, group: int) -> Iterator[float]:
    """Yield the directions in which a count may lie further than it was seen."""
    if s.high[row, group] < s.outer.high[row, group]:
        yield 1.0
    if s.low[row, group] > s.outer.low[row, group]:
        yield -1.0


def _by_programs(s: Search, row: int, group: int) -> None:
    """Find both ends of a count: by the linear program, and where it leaves the count open, by the integer one."""
    for sign in _ends(s, row, group):
        most = s.look_freely(_only(s, row, group, sign))
        if s.facts.weights and open_cells(s)[row, group]:
            s.pin(s.witnesses[-1])
            s.look(_only(s, row, group, sign))
            s.model.limit()
        _bound(s, row, group, sign * (np.inf if most is None else most), sign)
    if not open_cells(s)[row, group] or _surely_narrow(s, row, group):
        s.tally.lp += 1
        return
    s.tally.ilp += 1
    for sign in _ends(s, row, group):
        if open_cells(s)[row, group]:
            counts, most = s.model.whole(_only(s, row, group, sign), _enough(s, row, group, sign))
            s.keep(counts)
            _bound(s, row, group, sign * most, sign)


def _enough(s: Search, row: int, group: int, sign: float) -> float:
    """Return from which value on a count is settled in a direction, if it is by being wide."""
    if s.facts.per_response > 1:
        return np.inf
    return float(s.low[row, group] if sign > 0 else -s.high[row, group]) + float(s.facts.k[group]) - 1


def _surely_narrow(s: Search, row: int, group: int) -> bool:
    """Say whether a count is a finding whatever the integer program would still say."""
    low, high = int(s.outer.low[row, group]), int(s.outer.high[row, group])
    if s.facts.per_response > 1:
        return False
    more_could = s.high[wholes(s.facts)[row], group] > high and not (s.facts.unpublished[group] and low == 0)
    return bool(high - low < s.facts.k[group] - 1 and s.high[row, group] >= 1 and more_could)


def _bound(s: Search, row: int, group: int, value: float, sign: float) -> None:
    if not np.isfinite(value):
        return
    if sign > 0:
        s.outer.high[row, group] = min(s.outer.high[row, group], int(np.floor(value + NEARLY)))
    else:
        s.outer.low[row, group] = max(s.outer.low[row, group], int(np.ceil(value - NEARLY)))


def _only(s: Search, row: int, group: int, sign: float) -> Floats:
    direction = np.zeros(s.low.shape)
    direction[row, group] = sign
    return direction
