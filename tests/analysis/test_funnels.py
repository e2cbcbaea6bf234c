"""Funnels follow from published shares on the concerned, and say only what these carry."""

import pytest

from analysis.combine import Reading
from analysis.disclosure import Published
from analysis.funnels import funnels_of, ladder_of
from questionnaires.answers_of_release import FunnelResult
from questionnaires.handover import Group, ReleaseTable
from questionnaires.model import Funnel
from questionnaires.plan import PublicationPlan
from tests.analysis.make_funnels import KNOWN, WAY, published, with_funnel

PLAN = PublicationPlan()
GROUPS = (
    Group(id="kreis", label="Landkreis", level="district", base=400),
    Group(id="zone-oben", label="Oben", level="zone", base=200, areas=("nord", "mitte")),
    Group(id="nord", label="Nord", level="area", base=60, areas=("nord",)),
    Group(id="mitte", label="Mitte", level="area", base=55, areas=("mitte",)),
    Group(id="form-1", label="zu zweit", level="filter", base=300, filter="form"),
)


def know(points: int = 50) -> Published[ReleaseTable]:
    return published(KNOWN, {"1": [points] * 5, "0": [100 - points] * 5}, GROUPS)


def way(*points: int | None) -> Published[ReleaseTable]:
    groups = [group.model_copy(update={"base": (group.base or 0) // 2}) for group in GROUPS]
    return published(WAY, {str(i): [p] * 5 for i, p in enumerate(points, start=1)}, groups)


def funnel(*tables: Published[ReleaseTable]) -> FunnelResult:
    return funnels_of(Reading(with_funnel(), {one.value.id: one for one in tables}, PLAN))[0]


def test_shares_of_the_concerned_are_products_along_the_ladder() -> None:
    stages = funnel(know(), way(20, 20, 20, 20, 20)).columns[0].stages
    assert [stage.id for stage in stages] == ["known", "needed", "applied", "granted", "used"]
    assert [stage.cell.value for stage in stages] == [0.5, 0.4, 0.3, 0.2, 0.1]
    assert [ref.table for ref in stages[1].rests_on] == [KNOWN, WAY, WAY, WAY, WAY]


def test_every_step_is_also_said_of_those_who_took_the_one_before() -> None:
    stages = funnel(know(), way(20, 20, 20, 20, 20)).columns[0].stages
    assert stages[1].onward is not None
    assert stages[1].onward.value == pytest.approx(0.8)
    assert stages[1].drop == "Von 10 Familien, die es kennen, brauchen es etwa 8."
    assert stages[2].drop.startswith("Von 10 Familien, die es brauchen, haben es etwa 8 beantragt")


def test_what_is_hidden_is_known_only_as_what_the_others_leave_over() -> None:
    stages = {s.id: s.cell for s in funnel(know(), way(20, 40, None, None, 20)).columns[0].stages}
    assert stages["applied"].value == pytest.approx(0.2)  # half of what the first two steps leave over
    low, high = stages["granted"].low or 0, stages["granted"].high or 0
    assert low < 0.1
    assert high > 0.2
    nothing = funnel(know(), way(None, None, None, None, None)).columns[0].stages[1:]
    assert {stage.cell.state for stage in nothing} == {"hidden"}
    assert {stage.drop for stage in nothing} == {""}


def test_small_groups_are_represented_by_the_level_that_carries() -> None:
    found = funnel(know(), way(20, 20, 20, 20, 20))
    assert [column.group.id for column in found.columns] == ["kreis", "zone-oben", "nord"]
    assert found.level_note.endswith("Es gilt für Mitte der Großraum Oben.")


def test_the_step_where_most_are_lost_is_named_only_where_it_is_sure() -> None:
    lost = funnel(know(80), way(10, 70, 5, 5, 10)).columns[0].lost
    assert lost == (
        "Hier gehen die meisten verloren: Von den Familien, die es brauchen, hat es weniger als die Hälfte beantragt."
    )
    assert funnel(know(), way(20, 20, 20, 20, 20)).columns[0].lost == ""


def test_reasons_stand_beside_all_funnels_of_a_question_and_say_so() -> None:
    why = published("huerden", {"1": [30], "2": [None], "3": [50]}, GROUPS[:1], measure="share_of_cases")
    found = funnel(know(), way(20, 20, 20, 20, 20), why)
    assert [reason.label for reason in found.reasons] == ["Antwort 3", "Antwort 1"]
    assert "keinem einzelnen Angebot" in found.reasons_note


def test_a_step_that_is_no_plain_answer_makes_no_funnel() -> None:
    data = with_funnel().funnels[0].model_dump(by_alias=True)
    data["steps"][0]["reached_if"] = {"not": {"question": "bekannt", "item": "essen", "is": [0]}}
    assert ladder_of(Funnel.model_validate(data)) is None
