"""A weighted figure of the district must not tell a hidden count of an area that was lifted."""

import pytest

from analysis.areas import make_layout
from analysis.display import rounded_points, share_step
from analysis.hiding import decide
from analysis.topics import Cube, count_topic, make_topics
from analysis.weighting import prepare
from analysis.work import Work
from questionnaires.plan import Margin, MarginCategory
from tests.analysis.make_extract import AREAS, PLAN, draw_rows, extract_of, miniature

LIFTED = Margin(
    id="gebiet", title="Sozialraum", missing="exclude", source="Melderegister",
    categories=tuple(MarginCategory(title=area, areas=(area,), number=number)
                     for area, number in zip(AREAS, (1000, 1000, 1000, 30_000, 1000), strict=True)),
)  # fmt: skip
WEIGHTED = PLAN.model_copy(update={"margins": (LIFTED,), "filters": (), "k_sensitive": 5})
K = 5


def decided(seed: int) -> tuple[Work, Cube]:
    rows = draw_rows(miniature(), 700, seed)
    west = [row for row in rows if row["area"] == "west"][:60]
    few = [row | {f"huerden_{code}": int(i < 2 + seed % 3) for code in (1, 2, 3, 4)} for i, row in enumerate(west)]
    rows = [row for row in rows if row["area"] != "west"] + few
    extract = prepare(extract_of(miniature(), rows, WEIGHTED), WEIGHTED).extract
    layout = make_layout(extract, WEIGHTED)
    topic = next(topic for topic in make_topics(extract, WEIGHTED) if topic.id == "huerden")
    cube = count_topic(topic, extract, layout, extract.weight)
    return decide(topic, cube, layout, WEIGHTED), cube


def told(work: Work, cube: Cube, row: int, zone: int, hidden: int, others: list[int]) -> tuple[int, int]:
    """Between which counts the hidden area lies for somebody who knows every weight and base: the published share of
    its Großraum is the weighted mean of the shares of its areas."""

    def published(group: int) -> tuple[float, float]:
        step = share_step(int(work.base[group]))
        share = float(cube.yes.w[group, row] / cube.base.w[group])
        points = rounded_points(share, step)
        return (points - step / 2) / 100, (points + step / 2) / 100

    parts = {g: float(cube.base.w[g] / cube.base.w[zone]) for g in (hidden, *others)}
    low, high = published(zone)
    for other in others:
        least, most = published(other)
        low, high = low - parts[other] * most, high - parts[other] * least
    n = int(cube.base.n[hidden])
    found = [x for x in range(n + 1) if low <= parts[hidden] * x / n <= high]
    return min(found), max(found)


@pytest.mark.parametrize("seed", range(12))
def test_a_hidden_count_of_a_lifted_area_stays_uncertain(seed: int) -> None:
    work, cube = decided(seed)
    for relation in work.layout.relations[1:3]:
        zone, areas = relation.total, list(relation.parts)
        for row in range(len(work.topic.rows)):
            hidden = [area for area in areas if not work.shown[row, area]]
            if len(hidden) != 1 or not work.shown[row, zone]:
                continue
            others = [area for area in areas if area != hidden[0]]
            low, high = told(work, cube, row, zone, hidden[0], others)
            assert not (low >= 1 and high < K)
            assert not (high >= 1 and low < K and high - low < K - 1)
