"""Intervals of shares that follow from published ones hold the truth as often as those of the tables."""

from collections.abc import Callable

import numpy as np
import pytest

from analysis.combine import Reading
from analysis.funnels import funnels_of
from questionnaires.handover import Group
from questionnaires.plan import PublicationPlan
from tests.analysis.make_funnels import KNOWN, WAY, published, with_funnel

Count = Callable[[str, int], None]
KNOW, STEPS = 0.6, (0.35, 0.25, 0.1, 0.1, 0.2)
TRUTH = (KNOW, *(KNOW * sum(STEPS[i:]) for i in range(1, 5)))
K = 5


def points(counts: np.ndarray, base: int, *, hide: bool) -> list[int | None]:
    """Shares as a release rounds them; counts below the threshold are hidden where `hide` says so."""
    step = 1 if base >= 100 else 5
    return [None if hide and n < K else int(np.floor(n / base * 100 / step + 0.5)) * step for n in counts]


def covered(n: int, draw: np.random.Generator, *, hide: bool) -> list[bool]:
    """Of one drawn survey: for each stage that is shown as a number, whether its interval holds the truth."""
    know = int(draw.binomial(n, KNOW))
    way = draw.multinomial(know, STEPS)
    groups = [Group(id="kreis", label="Kreis", level="district", base=round(m / 5) * 5) for m in (n, know)]
    first = dict(zip("10", ([one] for one in points(np.array([know, n - know]), n, hide=hide)), strict=True))
    later = dict(zip("12345", ([one] for one in points(way, know, hide=hide)), strict=True))
    tables = {KNOWN: published(KNOWN, first, groups[:1]), WAY: published(WAY, later, groups[1:])}
    stages = funnels_of(Reading(with_funnel(), tables, PublicationPlan()))[0].columns[0].stages
    return [
        (stage.cell.low or 0) <= truth <= (stage.cell.high or 0)
        for stage, truth in zip(stages, TRUTH, strict=True)
        if stage.cell.value is not None
    ]


@pytest.mark.slow
@pytest.mark.parametrize("hide", [False, True], ids=["all shown", "small hidden"])
@pytest.mark.parametrize("n", [60, 160, 600])
def test_stages_of_a_funnel_hold_the_truth_in_at_least_95_of_100_surveys(n: int, hide: bool, count: Count) -> None:
    draw = np.random.default_rng(n)
    found = [one for _ in range(400) for one in covered(n, draw, hide=hide)]
    count("stages of funnels with an interval", len(found))
    count("of these intervals that hold the truth", sum(found))
    assert len(found) > 400
    assert np.mean(found) >= 0.95
