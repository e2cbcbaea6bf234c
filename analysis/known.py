"""What a reader knows of a question's counts: from the figures that are shown, before thinking.

Everything is worked out for many possibilities at once: what is shown may have a third axis, one place per possibility.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from analysis import display
from analysis.attack import TINY, Counts, Knowledge, Mask, Ratios, at_risk, tighten
from analysis.weighted_attack import WeightedShares, from_weights
from analysis.work import Work


@dataclass(frozen=True)
class Told:
    """What each figure tells if it is shown; arrays are (rows, groups) or (groups,)."""

    low: Counts
    """sizes of groups, which are known anyway"""
    high: Counts
    base_low: Counts
    base_high: Counts
    missing_low: Counts
    ratio_low: Ratios
    """of the rows that can be shown; 0 and 1 where shares are weighted"""
    ratio_high: Ratios
    weighted: WeightedShares


def knowledge_of(work: Work, shown: Mask | None = None, base_shown: Mask | None = None) -> Knowledge:
    """Return what a reader of the shown figures knows of all counts before thinking.

    Parameters
    ----------
    work : Work
    shown : (rows, groups) or (rows, groups, possibilities) bool array, or None
        None: what is shown now
    base_shown : (groups,) or (groups, possibilities) bool array, or None

    Returns
    -------
    Knowledge
        bounds shaped like `shown`
    """
    shown, base_shown = work.shown if shown is None else shown, work.base_shown if base_shown is None else base_shown
    told, base, missing = _told(work), work.system.base_row, work.system.missing_row
    low, high = _wide(told.low, shown).copy(), _wide(told.high, shown).copy()
    low[base] = np.where(base_shown, _beside(told.base_low, shown), low[base])
    high[base] = np.where(base_shown, _beside(told.base_high, shown), high[base])
    low[missing] = np.where(base_shown, _beside(told.missing_low, shown), low[missing])
    n_cells = len(told.ratio_low)
    cells, k = shown[:n_cells], _beside(work.k, shown)
    low[:n_cells] = np.where(cells, k, low[:n_cells])
    if not work.topic.one_of:
        low[n_cells : 2 * n_cells] = np.where(cells, k, low[n_cells : 2 * n_cells])
    ratio_low, ratio_high = np.zeros(shown.shape), np.ones(shown.shape)
    ratio_low[base] = 1.0
    ratio_low[:n_cells] = np.where(cells, _beside(told.ratio_low, shown), 0.0)
    ratio_high[:n_cells] = np.where(cells, _beside(told.ratio_high, shown), 1.0)
    return Knowledge(low, high, ratio_low, ratio_high)


def risky(work: Work, shown: Mask | None = None, base_shown: Mask | None = None) -> tuple[Mask, Knowledge]:
    """Return which counts say too much about few people, and what follows from what is shown.

    Parameters
    ----------
    work : Work
    shown, base_shown : bool arrays or None
        as for :func:`knowledge_of`
    """
    shown, base_shown = work.shown if shown is None else shown, work.base_shown if base_shown is None else base_shown
    plain = tighten(work.system, knowledge_of(work, shown, base_shown))
    found = _with_weights(work, plain, shown)
    small = too_small(work, base_shown)
    risk = at_risk(work.system, found, work.k, small)
    if work.cube.weighted:
        risk |= at_risk(work.system, plain, work.k, small)
    if work.topic.per_response > 1:
        households = found.copy()
        households.low[:] = -(-found.low // work.topic.per_response)
        risk |= at_risk(work.system, households, work.k, small)
    return risk, found


def follows(work: Work, shown: Mask | None = None, base_shown: Mask | None = None) -> Knowledge:
    """Return what follows from what is shown, in closed form.

    Parameters
    ----------
    work : Work
    shown, base_shown : bool arrays or None
        as for :func:`knowledge_of`
    """
    found = tighten(work.system, knowledge_of(work, shown, base_shown))
    return _with_weights(work, found, work.shown if shown is None else shown)


def too_small(work: Work, base_shown: Mask | None = None) -> Counts:
    """Return for groups of which nothing is shown the least base of a group that could be, for others 0."""
    base_shown = work.base_shown if base_shown is None else base_shown
    least = np.array([display.minimum_base(int(k)) for k in work.k], dtype=np.int64)
    return np.where(base_shown, 0, least.reshape(least.shape + (1,) * (base_shown.ndim - 1)))


def implied(work: Work, told: Mask) -> Ratios:
    """Return the most that any share can be, (rows, groups), by the figures in the tables of this topic alone.

    Whoever has the tables can compute it: shares of a group that add up, and bases and shares of groups that do. With
    weights, only the shares of a group add up.

    Parameters
    ----------
    work : Work
    told : (rows, groups) bool array
        shown figures whose share is published; of other shown ones it is only known that there are enough on both sides
    """
    known, base = knowledge_of(work), work.system.base_row
    least = np.array([display.minimum_base(int(k)) for k in work.k])
    known.low[-1], known.high[-1], known.low[work.system.missing_row] = 0, int(work.truth[-1, 0]), 0
    known.low[base] = np.where(work.base_shown, np.maximum(work.base - 2 - (work.k - 1), least), 0)
    n_cells = len(told)
    all_, weighted = _told(work), work.cube.weighted
    low = all_.weighted.low if weighted else all_.ratio_low
    high = all_.weighted.high if weighted else all_.ratio_high
    known.ratio_low[:n_cells], known.ratio_high[:n_cells] = np.where(told, low, 0.0), np.where(told, high, 1.0)
    return _within_groups(work, known) if weighted else tighten(work.system, known).ratio_high


def _within_groups(work: Work, known: Knowledge) -> Ratios:
    """Let the shares of single answers, and those of answers taken together, add up to one at most."""
    m, found = len(work.topic.rows), known.ratio_high.copy()
    for rows in (list(range(m)), list(range(m, m + len(work.topic.coarse)))) if work.topic.one_of else ():
        others = known.ratio_low[rows].sum(0) - known.ratio_low[rows]
        found[rows] = np.minimum(found[rows], 1 - others)
    return found


def _wide(values: Counts, shown: Mask) -> Counts:
    return np.broadcast_to(_beside(values, shown), shown.shape)


def _beside(values: Counts | Ratios, shown: Mask) -> Counts:
    """Give arrays of counts or groups the axis of possibilities, if there is one."""
    return values.reshape(values.shape + (1,) * (shown.ndim - 2))  # type: ignore[return-value]


# ---------- what each figure tells


@lru_cache(maxsize=4)
def _told(work: Work) -> Told:
    low = np.zeros(work.truth.shape, dtype=np.int64)
    high = np.full(work.truth.shape, int(work.truth[-1, 0]), dtype=np.int64)
    _know_sizes(work, low, high)
    missing = np.zeros_like(work.k)
    below = work.base < np.array([display.rounded_base(int(n)) for n in work.truth[-1]])
    missing[~work.merged & below] = work.k[~work.merged & below]
    least = np.array([display.minimum_base(int(k)) for k in work.k])
    base_low = np.maximum(work.base - 2 - (work.k - 1) * work.merged, least)
    ratio_low, ratio_high = _rounded(work, work.truth / np.maximum(work.truth[work.system.base_row], 1))
    if work.cube.weighted:
        ratio_low[:], ratio_high[:] = 0.0, 1.0
    return Told(low, high, base_low, work.base + 2, missing, ratio_low, ratio_high, _weighted(work))


def _rounded(work: Work, shares: Ratios) -> tuple[Ratios, Ratios]:
    """Return between which limits rounding leaves shares; only rows that can be shown."""
    shares = shares[: len(work.topic.rows) + len(work.topic.coarse)]
    step = np.array([display.share_step(int(base)) for base in work.base])
    points = np.floor(np.round(shares * 100 / step, 9) + 0.5) * step
    return np.maximum((points - step / 2) / 100, 0), np.minimum((points + step / 2) / 100, 1)


def _weighted(work: Work) -> WeightedShares:
    parts = [[row] for row in range(len(work.topic.rows))] + [list(coarse.parts) for coarse in work.topic.coarse]
    base = work.cube.base
    shares = np.stack([work.cube.yes.w[:, part].sum(1) for part in parts]) / np.where(base.n, base.w, 1)
    some, spread = base.n > 0, work.cube.spread
    mean = base.w / np.maximum(base.n, 1)
    least, most = (mean, mean) if spread is None else (spread.least, spread.most)
    parts_of_mean = (np.divide(limit, mean, out=np.full(len(mean), without), where=some)
                     for limit, without in ((least, TINY), (most, 1 / TINY)))  # fmt: skip
    return WeightedShares(*_rounded(work, shares), base.w, *parts_of_mean)


def _know_sizes(work: Work, low: Counts, high: Counts) -> None:
    """The wave's total is published; of other groups the size shows rounded wherever a question was
    answered by all."""
    for group, column in enumerate(work.layout.columns):
        size = int(work.truth[-1, group])
        if group == 0:
            low[-1, 0] = high[-1, 0] = size
        elif column.shown and column.carries and size >= display.minimum_base(int(work.k[group])):
            middle = display.rounded_base(size)
            low[-1, group], high[-1, group] = middle - 2, middle + 2
        of_answers = column.group.level == "filter" and column.group.filter not in _made_by(work)
        if column.shown and of_answers and size >= work.k[group] and work.topic.per_response == 1:
            answered = column.answered or _answered(work, column.group.filter)
            least, most = _as_answer(size, answered, work, group)
            low[-1, group], high[-1, group] = max(low[-1, group], least), min(high[-1, group], most)
        if column.crossing and column.crossing.group and size >= work.k[group]:
            # The table of the filter's question says it of the Großraum, nearly to the last one.
            low[-1, group] = high[-1, group] = size


def _made_by(work: Work) -> set[str]:
    """Return the filters that the topic's own question makes."""
    return {rule.id for rule in work.plan.filters if rule.question == work.topic.question}


def _answered(work: Work, rule: str | None) -> int:
    """Return how many are in any group of a filter: they answered its question."""
    rest = [i for i, c in enumerate(work.layout.columns) if c.group.filter == rule and not (c.shown or c.crossing)]
    return int(work.truth[-1, 0] - work.truth[-1, rest[0]]) if len(rest) == 1 else int(work.truth[-1, 0])


def _as_answer(size: int, answered: int, work: Work, group: int) -> tuple[int, int]:
    """Return what the table of a filter's own question tells of the size of a group: a rounded share of a rounded
    base, as somebody else reads it."""
    everybody, k = int(work.truth[-1, 0]), int(work.k[group])
    base = display.rounded_base(everybody if everybody - answered < k else answered)
    step = display.share_step(base)
    points = display.rounded_points(size / answered, step)
    least = math.ceil((points - step / 2) / 100 * max(base - 2 - (k - 1), 0) - 1e-9)
    return least, math.floor((points + step / 2) / 100 * (base + 2) + 1e-9)


# ---------- weighted shares


def _with_weights(work: Work, found: Knowledge, shown: Mask) -> Knowledge:
    """Return what follows if weighted shares are looked at as well."""
    if not work.cube.weighted:
        return found
    return tighten(work.system, from_weights(work.system, found, shown_shares(work, shown)))


def shown_shares(work: Work, shown: Mask) -> WeightedShares:
    """Return between which limits the rounding of shown weighted shares leaves them."""
    told = _told(work).weighted
    low, high = np.zeros(shown.shape), np.ones(shown.shape)
    low[work.system.base_row] = 1
    n_cells = len(told.low)
    low[:n_cells] = np.where(shown[:n_cells], _beside(told.low, shown), 0.0)
    high[:n_cells] = np.where(shown[:n_cells], _beside(told.high, shown), 1.0)
    return replace(told, low=low, high=high)
