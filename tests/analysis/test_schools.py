"""Groups by school go through the same protection and the same attack as every filter."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.extract import read_extract
from analysis.published import Source
from analysis.release import make_release
from questionnaires.plan import CountedDoor, Filter, PublicationPlan, with_doors
from tests.analysis.make_extract import AREAS, PLAN, QUESTIONS, draw_rows, miniature, write_extract
from tests.analysis.test_audit_surveys import attacked

Rows = list[dict[str, Any]]
#: Schools that nearly are a Sozialraum each, which is the hardest case; the last two are too small to stand alone.
SCHOOLS = dict(zip(AREAS, ("adam", "bach", "curie", "kind:Schule", "link"), strict=True))
ASKED = miniature([one for one in QUESTIONS if one["id"] in {"froh", "huerden"}])


def young_people(n: int, seed: int) -> Rows:
    random_, rows = random.Random(seed), draw_rows(ASKED, n, seed)
    for row in rows:
        local = SCHOOLS.get(row["area"], "link")
        row["door"] = local if random_.random() < 0.9 else random_.choice(list(SCHOOLS.values()))
    return rows


def plan_for(rows: Rows) -> PublicationPlan:
    returns = {name: sum(row["door"] == name for row in rows) for name in SCHOOLS.values()}
    doors = [
        CountedDoor(id=name, name=f"Schule {name}", kind="Link" if name == "link" else "Schule", returns=n,
                    named=":" not in name)
        for name, n in returns.items()
    ]  # fmt: skip
    by_school = Filter(id="zugang", title="Schulen", kind_of_doors="Schule")
    young = {"k": 10, "min_area_base": 50, "filters": (by_school,), "coarse": {"froh": PLAN.coarse["froh"]}}
    return with_doors(PLAN.model_copy(update=young), doors)


def released(n: int, seed: int, folder: Path) -> Source:
    rows = young_people(n, seed)
    make_release(write_extract(folder / "x", ASKED, rows, plan_for(rows)), folder / "r")
    return attacked(folder / "r")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return released(420, 3, tmp_path_factory.mktemp("schulen"))


def test_each_school_with_enough_answers_is_a_group(source: Source) -> None:
    groups = [group for group in source.tables["huerden"].groups if group.filter == "zugang"]
    assert [(g.label, g.base is not None) for g in groups] == [
        ("Schule adam", True), ("Schule bach", True), ("Schule curie", True), ("Weitere Schulen", True)
    ]  # fmt: skip


def test_a_group_holds_those_who_came_through_its_door(tmp_path: Path) -> None:
    rows = young_people(420, 3)
    extract = read_extract(write_extract(tmp_path, ASKED, rows, plan_for(rows)))
    named = sorted({door for rule in extract.fieldwork.plan.filters for g in rule.groups for door in g.doors})
    assert extract.door is not None
    assert [named[i] if i >= 0 else "link" for i in extract.door] == [row["door"] for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize("n", [300, 600, 1200])
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_schools_that_nearly_are_a_sozialraum_give_nobody_away(
    n: int, seed: int, tmp_path: Path, count: Callable[[str, int], None]
) -> None:
    tables = released(n, seed, tmp_path).tables.values()
    cells = [c for t in tables for row in t.cells for c, g in zip(row, t.groups, strict=True) if g.filter == "zugang"]
    count("school × answer: all", len(cells))
    count("school × answer: readable", sum(cell.state != "hidden" for cell in cells))
