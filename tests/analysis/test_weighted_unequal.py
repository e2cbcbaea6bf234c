"""The exact attacker on weights that differ inside a group, against every table that any such weights allow."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pytest

from analysis.audit_frame import Known, Scale, Shown, facts_of
from analysis.exact import search, settle
from analysis.exact_model import Facts
from analysis.groups import EVERYBODY, make_frame
from tests.analysis.test_exact import ABOUT, NORD, K, Tables, agrees, all_tables, drawn, findings_of, published, rows_of
from tests.analysis.test_weighted_exact import ELSEWHERE, N

SPACES = all_tables(N, 6).reshape(-1, 2, 3)
ANY = (0.0, np.inf)
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Range = tuple[float, float]
Count = Callable[[str, int], None]


@dataclass(frozen=True)
class Limits:
    """Between what any weight in Nord and elsewhere lies, and how closely the means of those with an answer are known:
    as parts of the true ones."""

    nord: Range
    elsewhere: Range
    means: Range | None = None


LIMITS = {
    "nord lifted": Limits((5.1, 6.7), (0.31, 0.37)),
    "elsewhere lifted": Limits((0.21, 0.33), (1.9, 2.3)),
    "known closely": Limits((3.01, 3.11), (0.71, 0.73)),
    "means known": Limits((3.1, 7.7), (0.31, 0.77), (0.97, 1.02)),
}
TOLD = {"nord lifted": (20, 34), "elsewhere lifted": (12,), "known closely": (59, 76), "means known": (20,)}
"""seeds of surveys whose weighted shares tell what counts alone do not; others tell nothing"""


# ---------- every way weights can be


def corners(counts: Tables, each: Range, mean: Range, share: Range) -> tuple[Floats, Mask]:
    """All corners of the weighted counts y that go with counts (2, ways): (2, corners, ways), and which of them keep
    every limit; each limit is a line a·y₁ + b·y₂ ≥ c."""
    x, zero = counts.astype(np.float64), np.zeros(counts.shape[1])
    most = np.minimum(mean[1], 1e6)
    lines = [(1, 0, each[0] * x[0]), (-1, 0, -each[1] * x[0]), (0, 1, each[0] * x[1]), (0, -1, -each[1] * x[1]),
             (1, 1, mean[0] * x.sum(0)), (-1, -1, -most * x.sum(0)),
             (1 - share[0], -share[0], zero), (share[1] - 1, share[1], zero)]  # fmt: skip
    found = []
    for i, (a, b, c) in enumerate(lines):
        for d, e, f in lines[:i]:
            if det := a * e - b * d:
                found.append(((c * e - b * f) / det, (a * f - c * d) / det))
    y = np.array(found).swapaxes(0, 1)
    return y, np.all([a * y[0] + b * y[1] >= c - 1e-9 for a, b, c in lines], axis=0)


def allowed(counts: Tables, limits: Limits, means: tuple[Range, Range], shares: tuple[Range, Range]) -> Mask:
    """Which counts (2, spaces, ways) have weights that give shares of the district and of Nord between limits: a share
    of the whole is possible if what goes furthest up is not below it, and what goes furthest down not above."""
    (low, high), nord = shares
    parts = [corners(counts[:, 0], limits.nord, means[0], nord),
             corners(counts[:, 1], limits.elsewhere, means[1], (0.0, 1.0))]  # fmt: skip
    found = np.all([ok.any(0) for _, ok in parts], axis=0)
    for a, b in ((1 - low, -low), (high - 1, high)):
        furthest = [np.where(ok, a * y[0] + b * y[1], -np.inf).max(0) for y, ok in parts]
        found &= furthest[0] + furthest[1] >= -1e-9
    return np.asarray(found)


def survey(seed: int, limits: Limits) -> tuple[Facts, Tables]:
    """A survey with weights somewhere between limits: what is known of it, and every table that agrees."""
    random, truth = np.random.default_rng([seed, 7]), drawn(seed, N, 6).reshape(2, 3)
    ranges = (limits.nord, limits.elsewhere)
    weighted = np.array([[random.uniform(*each, x).sum() for x in row[:2]]
                         for row, each in zip(truth, ranges, strict=True)])  # fmt: skip
    mean = weighted.sum(1) / np.maximum(truth[:, :2].sum(1), 1)
    means = [(limits.means[0] * m, limits.means[1] * m) if limits.means and m else ANY for m in mean.tolist()]
    cells = np.concatenate([truth[None], SPACES])
    tables = np.stack([rows_of(part) for part in (cells.sum(1), cells[:, 0], cells[:, 1])], axis=1)
    both = np.stack([weighted.sum(0), weighted[0]], axis=1)
    points = np.floor(np.round(both[0] / np.maximum(both.sum(0), 1e-9) * 20, 9) + 0.5) * 5
    shown = published(tables[:, :2, 0], (EVERYBODY, NORD), ())
    sides = [np.clip(np.stack([points, 100 - points]) + side, 0, 100) / 100 for side in (-2.5, 2.5)]
    low, high = (np.where(shown.shown, found, end) for found, end in zip(sides, (0, 1), strict=True))
    scale = Scale(each=dict(zip((NORD, ELSEWHERE), ranges, strict=True)), base=dict(zip((NORD, ELSEWHERE), means,
                  strict=True)))  # fmt: skip
    return agreeing(replace(shown, low=low, high=high, scale=scale), limits, (means[0], means[1]), tables)


def agreeing(shown: Shown, limits: Limits, means: tuple[Range, Range], tables: Tables) -> tuple[Facts, Tables]:
    """What is known, and of all tables those that agree with it."""
    frame = make_frame({NORD: "Nord"}, {NORD: K}, K)
    facts = facts_of(ABOUT, [shown], frame, Known(np.array([N, 0, 0]), np.array([N] * 3)))
    possible = agrees(tables[:, :2], replace(shown, shown=np.zeros_like(shown.shown)), N)
    for i, j in np.argwhere(shown.shown):
        possible &= (tables[i, j] >= K) & (tables[2, j] - tables[i, j] >= K)
    low, high = shown.low.tolist(), shown.high.tolist()
    district, nord = ((max(low[0][j], 1 - high[1][j]), min(high[0][j], 1 - low[1][j])) for j in (0, 1))
    possible &= allowed(tables[:2, 1:], limits, means, (district, nord))
    order = np.argsort([frame.keys.index(key) for key in (EVERYBODY, NORD, ELSEWHERE)])
    return facts, tables[:, order][..., possible]


# ---------- claims


def agrees_with_brute_force(seed: int, limits: Limits) -> set[tuple[int, int]]:
    """The attacker's findings, which are those that all possible tables have in common."""
    facts, possible = survey(seed, limits)
    s = search(facts)
    found = set(settle(s))
    assert found == set(findings_of(possible, facts))
    assert (s.outer.low <= possible.min(2)).all()
    assert (s.outer.high >= possible.max(2)).all()
    assert (s.low >= possible.min(2)).all()
    assert (s.high <= possible.max(2)).all()
    return found - set(settle(search(replace(facts, weights=()))))


@pytest.mark.parametrize(("name", "seed"), [(name, seed) for name, seeds in TOLD.items() for seed in seeds])
def test_what_unequal_weights_give_away_is_found(name: str, seed: int) -> None:
    assert agrees_with_brute_force(seed, LIMITS[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", LIMITS)
def test_with_unequal_weights_findings_are_what_all_possible_tables_have_in_common(name: str, count: Count) -> None:
    told = sum(bool(agrees_with_brute_force(seed, LIMITS[name])) for seed in range(200))
    count(f"weighted surveys against brute force, {name}", 200)
    count(f"weighted surveys against brute force, {name}: told by weights", told)
    assert told >= 4
