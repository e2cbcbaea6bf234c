"""What published groups inside Großräume tell of crossings nobody published: a Sozialraum and a group of a filter, or
groups of two filters inside a Großraum.

The rule is that nobody may say of such a crossing that somebody gave an answer there, and fewer than the threshold:
1 ≤ least and most < k. That few gave it, or nobody, follows already from the small numbers they are all part of.
Districtwide crossings are held to the stricter rule of :mod:`analysis.exact_crossings` all the same.

The same rule holds for groups of two filters in the whole district, which have in common what they have in common in
all Großräume and elsewhere together. Where it is known of one Großraum that somebody is in such a crossing, or where
most over all Großräume reaches the threshold, the sum says nothing new; but of two Großräume it may be known that
somebody is in one or the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.attack import Counts, Mask
from analysis.exact import Search, audited
from analysis.exact_model import NEARLY
from analysis.groups import Inside
from analysis.programs import Floats


def settle_inside(s: Search, pairs: Inside | None) -> list[tuple[int, int, int]]:
    """Return the crossings of which somebody may say too much.

    Parameters
    ----------
    s : Search
        after :func:`analysis.exact.settle`
    pairs : Inside or None
        of the search's groups

    Returns
    -------
    list of (row, group, group)
    """
    if pairs is None:
        return []
    seen, found = _Seen.of(s, pairs), list[tuple[int, int, int]]()
    s.tally.cells += seen.low.size
    left = np.argwhere(seen.open())
    s.tally.witness += seen.low.size - len(left)
    for i, pair in left:
        for up in (False, True):
            if seen.open()[i, pair]:
                s.look_freely(seen.direction(i, pair, up=up))
        if seen.open()[i, pair] and (pair >= len(pairs.first) or _is_finding(seen, i, pair)):
            one = seen.parts(pair)[0]
            found.append((int(seen.rows[i]), int(pairs.first[one]), int(pairs.second[one])))
    return found


@dataclass
class _Seen:
    """The smallest and largest crossings that witnesses allow, (audited rows, pairs and sums of pairs). Sums that stay
    open count as findings: no integer program looks for their ends."""

    s: Search
    pairs: Inside
    rows: Counts
    k: Counts
    low: Counts
    high: Counts
    read: int = 0
    """witnesses taken in so far"""

    @staticmethod
    def of(s: Search, pairs: Inside) -> _Seen:
        """Return all crossings inside Großräume, with nothing seen of them yet."""
        rows = np.flatnonzero(audited(s.facts).any(1))
        none = np.full((len(rows), len(pairs.first) + len(pairs.together)), np.iinfo(np.int64).max)
        k = np.maximum(s.facts.k[pairs.first], s.facts.k[pairs.second])
        k = np.concatenate([k, [k[list(parts)].max() for parts in pairs.together]]).astype(np.int64)
        return _Seen(s, pairs, rows, k, none, np.zeros_like(none))

    def open(self) -> Mask:
        """Return which crossings hold somebody, and fewer than the threshold, in all that was seen."""
        for counts in self.s.witnesses[self.read :]:
            np.minimum(self.low, self._with_sums(self.pairs.least(counts[self.rows])), out=self.low)
            np.maximum(self.high, self._with_sums(self.pairs.most(counts[self.rows])), out=self.high)
        self.read = len(self.s.witnesses)
        return np.asarray((self.low >= 1) & (self.high < self.k))

    def _with_sums(self, crossings: Counts) -> Counts:
        sums = [crossings[:, list(parts)].sum(1) for parts in self.pairs.together]
        return np.column_stack([crossings, *sums])

    def parts(self, pair: int) -> tuple[int, ...]:
        """Return the pairs that a pair or a sum consists of."""
        n = len(self.pairs.first)
        return (int(pair),) if pair < n else self.pairs.together[pair - n]

    def direction(self, i: int, pair: int, *, up: bool) -> Floats:
        """Return which counts to move, up or down to nobody."""
        found, of = np.zeros(self.s.low.shape), self.pairs
        row = found[self.rows[i]]
        for one in self.parts(pair):
            if up:
                row[list({int(of.first[one]), int(of.second[one]), int(of.within[one])})] += 1.0
            else:
                row[[of.first[one], of.second[one]]] -= 1.0
                row[list(of.wholes[of.whole[one]])] += 1.0
        return found


def _is_finding(seen: _Seen, i: int, pair: int) -> bool:
    """Find both ends of a crossing by integer programs."""
    s, of, row, k = seen.s, seen.pairs, int(seen.rows[i]), int(seen.k[pair])
    s.tally.ilp += 1
    counts, most = s.model.whole(seen.direction(i, pair, up=False))
    s.keep(counts)
    if np.ceil(-most - NEARLY) < 1:
        return False
    groups = {int(of.first[pair]), int(of.second[pair]), int(of.within[pair])}
    return not s.keep(s.model.reaches({(row, group): k for group in groups}))
