"""Synthetic surveys of every size: released, attacked from outside, and still readable."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from analysis.audit import audit
from analysis.audit_rules import broken_rules
from analysis.published import Source, read_source, same_wave
from analysis.release import make_release
from questionnaires.handover import Cell, ReleaseTable
from questionnaires.model import Questionnaire
from questionnaires.plan import Filter, FilterGroup, PublicationPlan
from tests.analysis.make_extract import AREAS, PLAN, draw_rows, miniature, small, write_extract
from tests.analysis.test_children import draw_children, of_children, write_children

Count = Callable[[str, int], None]
Rows = list[dict[str, Any]]
READABLE = 0.75


@dataclass(frozen=True)
class Survey:
    """A survey to be drawn; `areas` are the parts of its Sozialräume and of those from elsewhere."""

    name: str
    n: int
    seed: int
    k: int = 5
    areas: tuple[float, ...] = (8, 6, 4, 3, 2, 0.5)
    alone: float = 0.4
    filters: int = 1
    part: bool = False
    """asked some questions of the miniature only"""

    @property
    def asked(self) -> Questionnaire:
        return small("froh", "weg") if self.part else miniature()

    @property
    def plan(self) -> PublicationPlan:
        """The default plan of the miniature, for young people if k is 10."""
        more = Filter(
            id="mobil", question="mobil", title="Unterwegs",
            groups=tuple(FilterGroup(id=f"mobil-{i}", title=str(i), codes=(i,)) for i in (1, 2, 3)),
        )  # fmt: skip
        base = 50 if self.k == 10 else 30
        rules = (*PLAN.filters, *([more] if self.filters > 1 else []))
        coarse = {name: steps for name, steps in PLAN.coarse.items() if name in self.asked.questions}
        return PLAN.model_copy(update={"k": self.k, "min_area_base": base, "filters": rules, "coarse": coarse})

    def rows(self, questionnaire: Questionnaire) -> Rows:
        """Draw the responses."""
        random_, found = random.Random(self.seed), draw_rows(questionnaire, self.n, self.seed)
        for row in found:
            row["area"] = random_.choices((*AREAS, ""), self.areas)[0]
            if row["form"] > 0:
                row["form"] = 2 if random_.random() < self.alone else 1
        return found


SURVEYS = (
    *(Survey("families", n, seed) for n in (300, 600, 1200) for seed in (1, 2, 3)),
    *(Survey("families", 20_000, seed) for seed in (4, 5)),
    *(Survey("young people", 400, seed, k=10) for seed in (6, 7, 8)),
    *(Survey("areas down to three", 500, seed, areas=(300, 140, 40, 3, 3, 6)) for seed in (9, 10)),
    *(Survey("sparse filters", 700, seed, alone=0.03, filters=2) for seed in (11, 12)),
)
FEW = (Survey("families", 300, 21, part=True), Survey("young people", 400, 22, k=10, part=True))


def released(survey: Survey, folder: Path, published: tuple[Path, ...] = (), **fieldwork: Any) -> Path:
    extract = write_extract(folder / "x", survey.asked, survey.rows(survey.asked), survey.plan, **fieldwork)
    make_release(extract, folder / "r", published=published)
    return folder / "r"


def attacked(folder: Path, *earlier: Path) -> Source:
    """The release, after the attacker and the rules found nothing."""
    source = read_source(folder)
    report = audit(source, same_wave(source, map(read_source, earlier)))
    assert report.inferred == ()
    assert report.contradictions == ()
    assert list(broken_rules(folder, source)) == []
    return source


def cells_by_area(source: Source) -> Iterator[Cell]:
    """Every question × option × Sozialraum: by coarse steps where these are shown."""
    shares = {name: table for name, table in source.tables.items() if table.measure != "mean"}
    for name in {name.removesuffix("-grob") for name in shares}:
        fine, coarse = (list(_by_area(shares.get(one))) for one in (name, f"{name}-grob"))
        yield from coarse if any(cell.state != "hidden" for cell in coarse) else fine


def _by_area(table: ReleaseTable | None) -> Iterator[Cell]:
    for row in table.cells if table else ():
        yield from (c for c, group in zip(row, table.groups if table else (), strict=True) if group.level == "area")


def counted(source: Source, name: str, count: Count) -> float:
    states = [cell.state for cell in cells_by_area(source)]
    numbers = sum(state in {"number", "uncertain"} for state in states)
    words = states.count("words")
    for what, n in (("all", len(states)), ("as numbers", numbers), ("in words", words)):
        count(f"question × option × area, {name}: {what}", n)
    return (numbers + words) / len(states)


@pytest.mark.parametrize("survey", FEW, ids=lambda s: f"{s.name} {s.n}")
def test_a_synthetic_survey_is_released_without_a_finding(
    survey: Survey, tmp_path: Path, count: Count
) -> None:
    assert counted(attacked(released(survey, tmp_path)), survey.name, count) >= READABLE


@pytest.mark.slow
@pytest.mark.parametrize("survey", SURVEYS, ids=lambda s: f"{s.name} {s.n} {s.seed}")
def test_every_synthetic_survey_is_released_without_a_finding_and_stays_readable(
    survey: Survey, tmp_path: Path, count: Count
) -> None:
    readable = counted(attacked(released(survey, tmp_path)), f"{survey.name} {survey.n}", count)
    count("synthetic surveys released and attacked", 1)
    assert readable >= READABLE


@pytest.mark.slow
@pytest.mark.parametrize("seed", [31, 32])
def test_a_second_release_with_other_weights_tells_nothing_beside_the_first(
    seed: int, tmp_path: Path, count: Count
) -> None:
    survey = Survey("weights", 500, seed)
    first = released(survey, tmp_path / "1")
    rows = [row | {"weight": 2.5 if row["area"] == "west" else 1.0} for row in survey.rows(miniature())]
    extract = write_extract(tmp_path / "2/x", miniature(), rows, survey.plan)
    make_release(extract, tmp_path / "2/r", published=[first])
    attacked(tmp_path / "2/r", first)
    count("synthetic surveys released and attacked", 2)


@pytest.mark.slow
def test_two_waves_are_released_one_beside_the_other(tmp_path: Path, count: Count) -> None:
    first = released(Survey("first", 600, 41), tmp_path / "1", wave="mini-2022")
    second = released(Survey("second", 600, 42), tmp_path / "2", published=(first,))
    attacked(second, first)
    count("synthetic surveys released and attacked", 2)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [51, 52])
def test_children_are_released_without_a_finding(seed: int, tmp_path: Path, count: Count) -> None:
    rows = Survey("children", 500, seed).rows(of_children())
    rows = [row | {"kinder_klein": i % 3, "kinder_gross": i // 4 % 2} for i, row in enumerate(rows)]
    extract = write_extract(tmp_path / "x", of_children(), rows)
    write_children(extract, draw_children(rows, seed))
    make_release(extract, tmp_path / "r")
    attacked(tmp_path / "r")
    count("synthetic surveys released and attacked", 1)
