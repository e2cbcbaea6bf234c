"""What follows for crossings nobody published: an answer in a Sozialraum and in a group of a filter, or in two filters.

For whole margins x and y within d people the crossing can be any whole number from max(0, x + y - d) to min(x, y) (M.
Fréchet, Sur les tableaux de corrélation dont les marges sont données, Annales de l'Université de Lyon A 14 (1951)
53-77). Over all x, y and d that agree with what was published, these are its exact limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analysis.attack import Counts, Mask
from analysis.exact import BATCHES, STARTS, Search, audited, pinned, wholes
from analysis.exact_model import NEARLY, Facts
from analysis.groups import TIMES
from analysis.programs import Floats

Crossing = tuple[int, int, int]
"""row, group, group of another family"""


def settle_crossings(s: Search, families: Sequence[str]) -> list[Crossing]:
    """Return the crossings that say too much.

    Parameters
    ----------
    s : Search
        after :func:`analysis.exact.settle`
    families : sequence of str
        of each group; the first group is the district

    Returns
    -------
    list of (row, group, group)
        crossings known to hold somebody (least ≥ 1) that are findings with the higher threshold of both groups, and
        crossings known to hold fewer than the lower threshold less one although more people could be in them
    """
    seen = _Seen.of(s, families)
    s.tally.cells += int(seen.pairs.sum()) * len(seen.rows)
    _by_pinned_programs(seen)
    found = []
    left = np.argwhere(seen.open())
    for i, a, b in left:
        if seen.is_open(i, a, b):
            s.look_freely(_direction(s, int(seen.rows[i]), _towards(seen, i, a, b)))
        if seen.is_open(i, a, b):
            s.tally.ilp += 1
            if _is_finding(seen, int(i), int(a), int(b)):
                found.append((int(seen.rows[i]), int(a), int(b)))
            else:
                _look_beside(seen, i, a, b)
    s.tally.witness += int(seen.pairs.sum()) * len(seen.rows) - len(left)
    return found


def _look_beside(seen: _Seen, i: int, a: int, b: int) -> None:
    """Look for crossings of the same groups around the last witness: what made it possible often helps them, too."""
    seen.s.pin(seen.s.witnesses[-1])
    for j, c, d in np.argwhere(seen.open()):
        if j == i and {c, d} & {a, b} and seen.is_open(j, c, d):
            seen.s.look(_direction(seen.s, int(seen.rows[j]), _towards(seen, j, c, d)))
    seen.s.model.limit()


@dataclass
class _Seen:
    """The smallest and largest crossings that witnesses allow, (audited rows, groups, groups)."""

    s: Search
    rows: Counts
    pairs: Mask
    settled: Mask
    """by bounds in closed form"""
    tiny: Mask
    """of groups nobody publishes, or that may have fewer people than are asked for"""
    most_k: Counts
    least_k: Counts
    low: Counts
    high: Counts
    apart: Mask
    """(groups, groups): in no sum together but with the district, so that parts of witnesses can be exchanged"""
    read: int = 0
    """witnesses taken in so far"""
    ranges: dict[bytes, tuple[Counts, Counts]] = field(default_factory=dict)
    """district's counts of witnesses → least and most of every count in all of these"""

    @staticmethod
    def of(s: Search, families: Sequence[str]) -> _Seen:
        """Return all crossings of two families, with nothing seen of them yet."""
        names = np.array(families)
        pairs = names[:, None] < names[None, :]
        pairs[0, :] = pairs[:, 0] = False
        inside = np.char.find(names, TIMES) >= 0  # see analysis.exact_inside
        pairs[inside, :] = pairs[:, inside] = False
        rows = np.flatnonzero(audited(s.facts).any(1))
        shape = (len(rows), len(names), len(names))
        k, low, high = s.facts.k, s.outer.low[rows], s.outer.high[rows]
        most_k, least_k = np.maximum(k[:, None], k[None, :]), np.minimum(k[:, None], k[None, :])
        base = s.outer.high[[wholes(s.facts)[row] for row in rows]]
        unpublished = s.facts.unpublished[:, None] | s.facts.unpublished[None, :]
        tiny = unpublished | (np.minimum(base[:, :, None], base[:, None, :]) < least_k - 1)
        nobody = np.minimum(high[:, :, None], high[:, None, :]) <= 0
        many = low[:, :, None] + low[:, None, :] - high[:, :1, None] >= most_k
        nothing = np.full(shape, np.iinfo(np.int64).max)
        apart = _apart(s.facts)
        return _Seen(s, rows, pairs, nobody | many, tiny, most_k, least_k, nothing, np.zeros(shape, np.int64), apart)

    def _take_in(self) -> None:
        """Read new witnesses. Two with the same district make two more: one's family beside the other's."""
        for counts in self.s.witnesses[self.read :]:
            own, district = counts[self.rows], counts[:, 0].tobytes()
            least, most = self.ranges.get(district, (own, own))
            least, most = np.minimum(least, own), np.maximum(most, own)
            self.ranges[district] = least, most
            self._widen(own, own, True)
            self._widen(least, most, self.apart)
        self.read = len(self.s.witnesses)

    def _widen(self, least: Counts, most: Counts, where: Mask | bool) -> None:
        both = least[:, :, None] + least[:, None, :] - least[:, 0][:, None, None]
        np.minimum(self.low, np.maximum(both, 0), out=self.low, where=where)
        np.maximum(self.high, np.minimum(most[:, :, None], most[:, None, :]), out=self.high, where=where)

    def open(self) -> Mask:
        """Return which crossings are not settled by what was seen."""
        self._take_in()
        return np.asarray(self.pairs & ~self.settled & ~self._wide(np.s_[:]))

    def is_open(self, i: int, a: int, b: int) -> bool:
        """Say whether one crossing is not settled by what was seen."""
        self._take_in()
        return bool(self.pairs[a, b] and not self.settled[i, a, b] and not self._wide((i, a, b)))

    def _wide(self, at: Any) -> Mask:
        low, high = self.low[at], self.high[at]
        pair = at[1:] if isinstance(at, tuple) else at
        enough = (low == 0) & ((high >= self.least_k[pair] - 1) | self.tiny[at])
        return np.asarray(enough | (high - low >= self.most_k[pair] - 1))


def _apart(facts: Facts) -> Mask:
    """Return which groups no sum binds together, but for the district's, the first group."""
    n = facts.k.size
    bound = np.eye(n, dtype=np.bool_)
    for relation in facts.system.group_relations:
        inside = [group for group in (relation.total, *relation.parts) if group]
        bound[np.ix_(inside, inside)] = True
    for _ in range(n.bit_length()):
        bound = bound @ bound
    return np.asarray(~bound & (not facts.lines))


def _by_pinned_programs(seen: _Seen) -> None:
    """Look for counts that are large in two families at once: first everywhere, then crossing by crossing."""
    s, random = seen.s, np.random.default_rng(1)
    for start in range(STARTS):
        if not seen.open().any():
            return
        if start:
            s.look_freely(_anywhere(seen, random))
        _pin_district(s)
        for _ in range(2 * BATCHES):
            if seen.open().any():
                s.look(_anywhere(seen, random))
        s.pin(s.witnesses[-1])
        for i, a, b in np.argwhere(seen.open()):
            if seen.is_open(i, a, b):
                s.look(_direction(s, int(seen.rows[i]), _towards(seen, i, a, b)))
        s.model.limit()


def _pin_district(s: Search) -> None:
    """Let the linear program know the whole district as it is in the last witness."""
    low, high = pinned(s, s.witnesses[-1])
    low[:, 0] = high[:, 0] = s.witnesses[-1][:, 0]
    s.model.limit(low, high)


def _anywhere(seen: _Seen, random: np.random.Generator) -> Floats:
    """Return a direction in which counts of open crossings grow."""
    cells, direction = seen.open(), np.zeros(seen.s.low.shape)
    direction[seen.rows] = np.where(cells.any(1) | cells.any(2), random.uniform(0.2, 1, cells.shape[:2]), 0)
    return direction


def _towards(seen: _Seen, i: int, a: int, b: int) -> dict[int, float]:
    """Return which counts to move: down to nobody if every witness has somebody there, else up."""
    return {a: -1.0, b: -1.0, 0: 1.0} if seen.low[i, a, b] > 0 else {a: 1.0, b: 1.0}


def _is_finding(seen: _Seen, i: int, a: int, b: int) -> bool:
    """Find both ends of a crossing by integer programs."""
    s, row = seen.s, int(seen.rows[i])
    k_high, k_low = int(max(s.facts.k[a], s.facts.k[b])), int(min(s.facts.k[a], s.facts.k[b]))
    least = 0
    if seen.low[i, a, b] > 0:
        counts, most = s.model.whole(_direction(s, row, {a: -1.0, b: -1.0, 0: 1.0}))
        s.keep(counts)
        least = max(0, int(np.ceil(-most - NEARLY)))
    if least >= k_high:
        return False
    if least >= 1:
        return most_of_both(s, row, a, b, k_high + least) - least < k_high - 1
    top = most_of_both(s, row, a, b, k_low - 1)
    if not top and s.model.gave_up:
        return True
    return 1 <= top < k_low - 1 and top < most_of_both(s, wholes(s.facts)[row], a, b, k_low - 1)


def most_of_both(s: Search, row: int, a: int, b: int, enough: int) -> int:
    """Return the largest number up to `enough` that both counts can reach at once."""
    for number in range(enough, 0, -1):
        possible = min(s.outer.high[row, a], s.outer.high[row, b]) >= number
        if possible and s.keep(s.model.reaches({(row, a): number, (row, b): number})):
            return number
    return 0


def _direction(s: Search, row: int, factors: dict[int, float]) -> Floats:
    direction = np.zeros(s.low.shape)
    for group, factor in factors.items():
        direction[row, group] = factor
    return direction
