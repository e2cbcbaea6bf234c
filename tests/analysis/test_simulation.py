"""How often intervals hold the truth: surveys drawn again and again from a population that is known.

A wave of n responses comes from a population with two traits that are known as margins. Who has the one trait answers
three times as readily, and both traits go with the answer, so that unweighted shares would be wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import binom

from analysis import display
from analysis.effects import few_clusters
from analysis.estimates import korn_graubard
from analysis.variance import Design, Moments, effective_n, make_design, ratio, ratio_variance
from analysis.weights import MarginMissed, Target, rake

Floats = npt.NDArray[np.float64]
Count = Callable[[str, int], None]

SIZES = (30, 60, 120, 300, 1000)
LEVELS = (0.1, 0.3, 0.5)
PART_A, PART_B = 0.3, 0.5
"""parts of the population with each trait; the traits are independent"""
READY = 3.0
"""how much more readily those with the first trait answer"""


@dataclass(frozen=True)
class Outcome:
    """One survey: did the interval hold the truth, and did the published one (None: no number was shown)?"""

    held: bool
    published: bool | None


def chance(level: float, a: Floats, b: Floats) -> Floats:
    """Chance to say yes; its mean over the population is `level`."""
    return level * (1 + 0.5 * (a - PART_A) - 0.4 * (b - PART_B))


def outcome(moments: Moments, design: Design, truth: float, correction: float = 1.0) -> Outcome:
    p, n = ratio(moments, design), np.array(moments.b.sum())
    effective = effective_n(p, ratio_variance(moments, design) / correction, n)
    low, high = korn_graubard(p, effective)
    base = display.rounded_base(int(n))
    points = display.rounded_points(float(p), display.share_step(base))
    cell = display.share_cell(points, base, display.rounded_design_effect(float(n / effective)))
    shown = None if cell.low is None or cell.high is None else cell.low <= truth <= cell.high
    return Outcome(bool(low <= truth <= high), shown)


def drawn(random: np.random.Generator, n: int, level: float) -> tuple[Floats, Floats, Floats]:
    part = PART_A * READY / (PART_A * READY + 1 - PART_A)
    a, b = (random.random(n) < part).astype(float), (random.random(n) < PART_B).astype(float)
    return a, b, (random.random(n) < chance(level, a, b)).astype(float)


def raked(random: np.random.Generator, n: int, level: float) -> tuple[Design, Floats]:
    """A wave raked to both traits; one that is refused, once in a thousand of 30 responses, is not counted."""
    while True:
        a, b, yes = drawn(random, n, level)
        traits = ((a.astype(np.int64), PART_A), (b.astype(np.int64), PART_B))
        targets = [Target(trait, np.array([1 - part, part])) for trait, part in traits]
        try:
            return make_design(n, targets, weight=rake(targets).weight), yes
        except MarginMissed:
            continue


def weighted(random: np.random.Generator, n: int, level: float) -> Outcome:
    """Share of the whole wave, raked to both traits."""
    design, yes = raked(random, n, level)
    return outcome(Moments.of_values(design, yes, np.ones(n)), design, level)


def domain(random: np.random.Generator, n: int, level: float) -> Outcome:
    """Share of a half of a raked wave of twice the size."""
    design, yes = raked(random, 2 * n, level)
    inside = (random.random(2 * n) < 0.5).astype(float)
    return outcome(Moments.of_values(design, yes * inside, inside), design, level)


def children(random: np.random.Generator, n: int, level: float) -> Outcome:
    """Share of children in n households of one to three, siblings alike four times in five."""
    each = random.integers(1, 4, n)
    own = random.random((n, 3)) < level
    alike = random.random((n, 3)) < 0.8
    yes = np.where(alike, own[:, :1], own) & (np.arange(3) < each[:, None])
    design = make_design(n)
    correction = few_clusters(int(each.sum()), n)
    return outcome(Moments.of_values(design, yes.sum(1), each), design, level, correction)


SHAPES = {"weighted": weighted, "domain": domain, "children": children}


def covered(shape: str, n: int, level: float, times: int) -> tuple[float, float]:
    """Part of surveys whose interval, and whose published interval if there was one, held the truth."""
    random = np.random.default_rng([n, int(level * 100), times])
    found = [SHAPES[shape](random, n, level) for _ in range(times)]
    published = [one.published for one in found if one.published is not None]
    return float(np.mean([one.held for one in found])), float(np.mean(published)) if len(published) > times / 10 else 1


def exact_coverage(n: int, level: float) -> float:
    """Part of all unweighted samples of n whose interval holds the truth: computed, not drawn."""
    yes = np.arange(n + 1)
    low, high = korn_graubard(yes / n, np.full(n + 1, float(n)))
    return float(binom.pmf(yes, n, level)[(low <= level) & (level <= high)].sum())


def test_only_a_tenth_of_thirty_is_held_more_often_than_in_99_of_100_because_answers_are_whole() -> None:
    """Nobody to seven of thirty say yes; without either end the truth is missed on one side by more than 2.5 in 100."""
    above = {(n, level): exact_coverage(n, level) for n in SIZES for level in LEVELS if exact_coverage(n, level) > 0.99}
    assert above == {(30, 0.1): pytest.approx(0.99222, abs=1e-5)}
    assert min(binom.cdf(0, 30, 0.1), binom.sf(6, 30, 0.1)) > 0.025
    assert binom.sf(7, 30, 0.1) < 0.025


@pytest.mark.parametrize("shape", SHAPES)
def test_intervals_hold_the_truth_as_often_as_they_say(shape: str) -> None:
    found = [covered(shape, n, level, 60) for n, level in ((30, 0.3), (120, 0.1), (300, 0.5))]
    held, published = np.mean(found, axis=0)
    assert 0.93 <= held <= 0.99
    assert published >= 0.93


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", SIZES)
def test_intervals_hold_the_truth_in_every_shape(shape: str, n: int, count: Count) -> None:
    times = 1500
    for level in LEVELS:
        held, published = covered(shape, n, level, times)
        count("surveys drawn from a known population", times)
        # Of 1,500 surveys the part itself is uncertain: by half a point, near 99 by a quarter; three of these are
        # allowed for. Above 99 it is where the exact interval of an unweighted sample is, too.
        assert 0.93 - 0.017 <= held <= max(0.99, exact_coverage(n, level)) + 0.008
        assert published >= 0.93 - 0.017


def test_without_weights_the_truth_would_be_missed() -> None:
    random = np.random.default_rng(1)
    missed = 0
    for _ in range(40):
        a, _, yes = drawn(random, 1000, 0.3)
        design = make_design(1000)
        missed += not outcome(Moments.of_values(design, yes, np.ones(1000)), design, 0.3).held
    assert missed > 10
    assert a.mean() > PART_A + 0.2
