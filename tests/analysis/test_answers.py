"""What a release answers beyond its tables follows from them and from known totals, and tells nothing more."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analysis import disclosure
from analysis.areas import make_layout
from analysis.combine import Reading, Tables
from analysis.coverage import Fielded, coverage_of
from analysis.disclosure import Published
from analysis.extract import Extract, read_extract
from analysis.funnels import funnels_of
from analysis.gaps import gaps_of
from analysis.release import make_release, read_release
from analysis.situations import situations_of
from questionnaires.answers_of_release import Coverage, CoverageRow, Gaps, Situations
from questionnaires.handover import DoorReturns, Group, ReleaseTable, WeightedGroup, WeightedMargin, Weighting
from questionnaires.plan import PublicationPlan
from questionnaires.region import ChildCount
from tests.analysis.make_extract import PLAN, draw_rows, extract_of, miniature, write_extract
from tests.analysis.make_funnels import published, with_funnel

WITH_HARDSHIPS = PLAN.model_copy(update={"hardships": {"orte.kita": (1, 2), "orte.bus": (1, 2), "froh": (1, 2)}})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Extract and release of a wave with a funnel and two items of satisfaction with places."""
    folder = tmp_path_factory.mktemp("answers")
    rows = draw_rows(with_funnel(), 350)
    write_extract(folder / "e", with_funnel(), rows, WITH_HARDSHIPS)
    make_release(folder / "e", folder / "r")
    return folder / "e", folder / "r"


def released(folder: Path) -> Tables:
    """The tables as anybody can read them in a release."""
    tables = (ReleaseTable.model_validate_json(path.read_bytes()) for path in (folder / "tables").glob("*.json"))
    return {table.id: Published(table, disclosure._SEAL) for table in tables}


def test_answers_follow_from_the_published_tables_alone(made: tuple[Path, Path]) -> None:
    extract, release = read_extract(made[0]), made[1]
    reading = Reading(extract.codebook.questionnaire, released(release), read_release(release).plan)
    again: dict[str, Any] = {
        "funnels": [one.model_dump(mode="json", exclude_none=True) for one in funnels_of(reading)],
        "gaps": gaps_of(reading).model_dump(mode="json", exclude_none=True),
        "situations": situations_of(reading).model_dump(mode="json", exclude_none=True),
    }
    for name, value in again.items():
        assert json.loads((release / f"{name}.json").read_text("utf-8")) == value
    assert again["funnels"][0]["columns"]


def test_each_answer_has_a_sheet_that_says_when_data_are_simulated(made: tuple[Path, Path]) -> None:
    for name in ("funnels", "gaps", "coverage", "situations", "quality"):
        assert f"{name}.json" in read_release(made[1]).files
        sheet = (made[1] / f"{name}.csv").read_text("utf-8-sig").splitlines()
        assert sheet[0] == "Simulierte Daten: ausgedacht, keine Befragung"
        assert len(sheet[-1].split(";")) > 2


# ---------- coverage


GROUPS = (
    Group(id="kreis", label="Landkreis Muster", level="district", base=200),
    Group(id="nord", label="Nord", level="area", base=100, areas=("nord",)),
    Group(id="form-2", label="allein", level="filter", base=100, filter="form"),
)


def wave(known: int | None = None, doors: tuple[int, ...] = (), **changes: Any) -> Fielded:
    """200 responses of the miniature; as many families known in every Sozialraum, doors with these returns."""
    extract: Extract = extract_of(miniature(), draw_rows(miniature(), 200))
    areas = tuple(area.model_copy(update={"known_families": known}) for area in extract.codebook.district.areas)
    district = extract.codebook.district.model_copy(update={"areas": areas, **changes})
    found = tuple(DoorReturns(kind="kita", name=f"Tür {i}", returns=n) for i, n in enumerate(doors))
    extract = replace(
        extract, codebook=extract.codebook.model_copy(update={"district": district}),
        fieldwork=extract.fieldwork.model_copy(update={"doors": found, "n_responses": 200}),
    )  # fmt: skip
    needs = published("bedarf", {"1": [40, 20, 60], "2": [30, 30, 30]}, GROUPS, measure="share_of_cases")
    return Fielded(extract, make_layout(extract, PLAN), PLAN, {"bedarf": needs}, None)


def rows(coverage: Coverage, kind: str) -> list[CoverageRow]:
    return [row for row in coverage.rows if row.kind == kind]


def test_without_known_figures_it_is_said_which_the_district_must_bring() -> None:
    found = coverage_of(wave())
    assert rows(found, "district")[0].reached is None
    assert [text.partition(":")[0] for text in found.to_bring] == [
        "Zahl der Familien mit Kindern unter 18 Jahren je Sozialraum",
        "Zahl der Familien nach Gruppen (Alleinerziehende, drei und mehr Kinder, Leistungen vom Jobcenter)",
    ]
    assert "known_families" in found.to_bring[0]


def test_returns_are_rounded_and_held_against_known_families() -> None:
    found = coverage_of(wave(known=400))
    assert (found.rows[0].returns, found.rows[0].known, found.rows[0].reached) == (200, 2000, 0.1)
    areas = rows(found, "area")
    assert all(row.returns is None or row.returns % 5 == 0 for row in areas)
    least = next(row for row in areas if "West" in row.label)
    assert "Das ist weniger als im Kreis" in least.said
    assert not any("known_families" in text for text in found.to_bring)


def test_known_families_stand_there_with_their_source() -> None:
    told = coverage_of(wave(known=400, families_source="Melderegister, 30. Juni 2026.")).notes
    assert told[-1] == "Bekannte Familien je Sozialraum: Melderegister, 30. Juni 2026."
    assert told[:-1] == coverage_of(wave(families_source="Melderegister")).notes == coverage_of(wave(known=400)).notes


def test_bounds_hold_whatever_the_missing_say_and_the_plausible_range_is_labelled() -> None:
    bound = coverage_of(wave(known=400)).bounds[0]
    assert (bound.label, bound.least, bound.most) == ("Antwort 1", 0.04, 0.94)  # 200 of 2,000 answered, 40 % said yes
    assert (bound.plausible_least, bound.plausible_most) == (0.22, 0.58)
    assert bound.plausible_groups == ("Nord", "Wie leben Sie? – allein")
    unknown = coverage_of(wave()).bounds[0]
    assert (unknown.least, unknown.most) == (None, None)
    assert (unknown.plausible_least, unknown.plausible_most) == (0.2, 0.6)
    assert "keine feste Grenze" in unknown.said


def test_a_door_is_hidden_with_its_smallest_neighbour_where_the_total_would_tell_it() -> None:
    told = [row.returns for row in rows(coverage_of(wave(doors=(98, 61, 38, 3))), "door")]
    assert told == [100, 60, 40, None]  # 200 - 200 ± 6 may be anything up to 6: nothing is learned
    alone = [row.returns for row in rows(coverage_of(wave(doors=(197, 3))), "door")]
    assert alone == [None, None]  # 200 - 195 ± 2 would be 3 to 7
    assert all(row.returns is None for row in rows(coverage_of(wave(doors=(9, 5))), "door"))


def test_children_of_an_age_are_held_against_those_known() -> None:
    fielded = wave(children=(ChildCount(from_age=0, to_age=5, number=1000, as_of="2024-12-31", source="amt"),))
    data = miniature().model_dump(by_alias=True)
    for question in data["pages"][0]["questions"]:
        if question["id"] == "kinder":
            first, *others = question["bands"]
            question["bands"] = [{**first, "from_age": 0, "to_age": 5}, *others]
    questionnaire = type(miniature()).model_validate(data)
    codebook = fielded.extract.codebook.model_copy(update={"questionnaire": questionnaire})
    mean = published("kinder-mittel", {"klein": [50]}, GROUPS[:1], measure="mean")
    extract = replace(fielded.extract, codebook=codebook)
    (row,) = rows(coverage_of(replace(fielded, extract=extract, tables={"kinder-mittel": mean})), "children")
    assert (row.known, row.reached) == (1000, 0.1)  # 200 families with 0.5 each
    assert row.said.startswith("Rund 90 bis 110 Kinder")


def test_groups_of_margins_say_who_answered_less() -> None:
    group = WeightedGroup(label="allein", known=0.2, answered=0.1, factor=2.0)
    margin = WeightedMargin(title="Familienform", source="Zensus", missing="own", groups=(group,))
    weighting = Weighting(margins=(margin,), iterations=3, least=0.5, most=2.0)
    (row,) = rows(coverage_of(replace(wave(), weighting=weighting)), "group")
    assert row.said.endswith("Sie haben seltener geantwortet; die Gewichtung gleicht das aus.")


def test_answers_are_empty_where_nothing_follows() -> None:
    empty = Reading(miniature(), {}, PublicationPlan())
    assert funnels_of(empty) == ()
    assert gaps_of(empty) == Gaps(gaps=(), lighthouses=())
    assert situations_of(empty) == Situations(indices=())
