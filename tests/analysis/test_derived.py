"""Medians, totals, shares of mentions and the finite population: from published figures and known families only."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.derived import median_rows, shares_of_mentions, totals
from analysis.display import HIDDEN, share_cell
from analysis.release import make_release
from analysis.weighting import prepare
from questionnaires.handover import Cell, Group, Manifest, ReleaseTable, Row
from questionnaires.plan import PublicationPlan
from tests.analysis.make_extract import (
    DISTRICT,
    PLAN,
    SMALL_PLAN,
    codebook_of,
    draw_rows,
    extract_of,
    small,
    write_extract,
)

ASKED = small("weg")
ROWS = draw_rows(ASKED, 300)
KNOWN = (400, 300, 250, 200, 100)
KNOWING = DISTRICT.model_copy(
    update={
        "areas": tuple(a.model_copy(update={"known_families": n}) for a, n in zip(DISTRICT.areas, KNOWN, strict=True))
    }
)


def table_of(points: list[int], base: int = 200) -> ReleaseTable:
    rows = tuple(Row(id=str(i), label=f"{i}") for i in range(len(points)))
    group = Group(id="kreis", label="Kreis", level="district", base=base)
    cells = tuple((share_cell(p, base),) for p in points)
    return ReleaseTable(id="weg", question="weg", title="", base_note="", measure="share", k=5, rows=rows,
                        groups=(group,), cells=cells)  # fmt: skip


@pytest.mark.parametrize(
    ("points", "base", "median"),
    [
        ([20, 20, 30, 20, 10], 1000, (2, 2, 2)),  # half is reached within the third row, surely
        ([25, 24, 26, 15, 10], 200, (2, 1, 2)),  # 49 % are near enough to half
        ([60, 40], 500, (0, 0, 0)),
        ([10, 10, 80], 500, (2, 2, 2)),
        ([0, 49, 51], 100, (2, 1, 2)),  # „fast niemand“ counts as none
    ],
)
def test_the_median_lies_where_half_is_reached(points: list[int], base: int, median: tuple[int, int, int]) -> None:
    assert median_rows(table_of(points, base)) == median


def test_a_hidden_share_leaves_the_median_where_it_cannot_move_it() -> None:
    table = table_of([20, 45, 32, 3], 500)
    assert median_rows(table.model_copy(update={"cells": (*table.cells[:3], (HIDDEN,))})) == (1, 1, 1)
    assert median_rows(table.model_copy(update={"cells": (table.cells[0], (HIDDEN,), *table.cells[2:])})) == (1, 1, 1)
    unclear = (table.cells[0], (HIDDEN,), table.cells[2], (HIDDEN,))
    assert median_rows(table.model_copy(update={"cells": unclear})) is None


def test_a_total_is_a_published_share_of_the_known_families_rounded_to_ten() -> None:
    group = Group(id="kreis", label="Kreis", level="district", base=500, known=1234)
    assert totals(Cell(state="number", value=0.41, low=0.36, high=0.47), group) == (510, 440, 580)
    assert (
        totals(Cell(state="number", value=0.41, low=0.36, high=0.47), group.model_copy(update={"known": None})) is None
    )
    assert totals(HIDDEN, group) is None


def test_shares_of_mentions_sum_to_one_and_need_every_answer() -> None:
    column = [share_cell(points, 500) for points in (60, 30, 30)]
    assert shares_of_mentions(column) == pytest.approx([0.5, 0.25, 0.25])
    assert shares_of_mentions([*column, HIDDEN]) is None


# ---------- in a release


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Access → release of the same responses, in a district that knows its families."""
    folder, found = tmp_path_factory.mktemp("access"), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.analysis.make_extract.DISTRICT", KNOWING)
        for access in ("open", "register", "full"):
            plan = SMALL_PLAN.model_copy(update={"access": access})
            found[access] = folder / access
            make_release(write_extract(folder / f"e-{access}", ASKED, ROWS, plan), found[access])
    return found


def table_in(folder: Path, name: str) -> ReleaseTable:
    return ReleaseTable.model_validate_json((folder / f"tables/{name}.json").read_bytes())


def test_totals_are_for_register_and_full_access_only(released: dict[str, Path]) -> None:
    for access, wanted in (("open", False), ("register", True), ("full", True)):
        folder = released[access]
        sheet = (folder / "tables/mobil.csv").read_text(encoding="utf-8-sig")
        assert ("Familien (hochgerechnet)" in sheet) == wanted
        assert table_in(folder, "mobil").groups[0].known == (sum(KNOWN) if wanted else None)
        rules = " ".join(Manifest.model_validate_json((folder / "manifest.json").read_bytes()).rules)
        assert ("Hochgerechnet wird nicht." in rules) != wanted


def test_the_sheet_of_several_answers_has_both_shares(released: dict[str, Path]) -> None:
    folder = released["open"]
    assert "Anteil an allen Nennungen in %" in (folder / "tables/huerden.csv").read_text(encoding="utf-8-sig")
    assert "Nennungen" not in (folder / "tables/mobil.csv").read_text(encoding="utf-8-sig")
    assert "Mittlere Angabe im Kreis" in (folder / "tables/weg.json").read_text()


def test_intervals_of_a_survey_of_all_are_narrower(released: dict[str, Path]) -> None:
    width = {}
    for access in ("register", "full"):
        cell = table_in(released[access], "mobil").cells[0][0]
        assert cell.low is not None
        assert cell.high is not None
        width[access] = cell.high - cell.low
    assert width["full"] < width["register"]


# ---------- the finite population


def prepared(plan: PublicationPlan, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("tests.analysis.make_extract.DISTRICT", KNOWING)
    assert codebook_of(ASKED).district is KNOWING
    return prepare(extract_of(ASKED, ROWS, plan), plan)


def test_a_survey_of_all_knows_what_part_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = PLAN.model_copy(update={"access": "full"})
    design = prepared(plan, monkeypatch).design
    area = np.array([row["area"] for row in ROWS])
    left = design.left[design.of]
    n = int((area == "nord").sum())
    assert left[area == "nord"] == pytest.approx(1 - n // 5 * 5 / 400)
    assert (left[area == ""] == 1).all()
    assert int((area == "tal").sum()) < PLAN.min_area_base
    assert (left[area == "tal"] == 1).all()


def test_other_surveys_are_not_corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    assert prepared(PLAN, monkeypatch).design is None
    assert prepared(PLAN.model_copy(update={"access": "register"}), monkeypatch).design is None
