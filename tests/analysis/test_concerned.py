"""The tables of a funnel are counted on the funnel's own base, decided as on the family's phone."""

import random
from typing import Any

import numpy as np
import pytest

from analysis.areas import make_layout
from analysis.concerned import funnel_bases, holds_for
from analysis.topics import count_topic, make_topics
from questionnaires.flow import holds
from questionnaires.handover import columns_of
from questionnaires.model import AllOf, Questionnaire
from tests.analysis.make_extract import AREAS, PLAN, draw_rows, extract_of, miniature
from tests.analysis.make_funnels import KNOWN, WAY, with_funnel

CONDITIONS: tuple[dict[str, Any], ...] = (
    {"question": "form", "is": [2]},
    {"question": "huerden", "is": [1, 3]},
    {"question": "orte", "item": "bus", "is": [4, 5]},
    {"question": "orte", "is": [1]},
    {"question": "kinder", "item": "klein", "at_least": 1},
    {"question": "kinder", "at_most": 2},
    {"question": "weg", "at_least": 30},
    {"question": "mobil", "answered": True},
    {"question": "mobil", "answered": False},
    {"area": ["nord", "tal"]},
    {"not": {"question": "form", "is": [1]}},
    {"all": [{"question": "form", "is": [1]}, {"any": [{"area": ["ost"]}, {"question": "froh", "is": [1, 2]}]}]},
)


def answers_of(row: dict[str, Any]) -> dict[str, Any]:
    """The checked answers that a row of responses.csv stands for."""
    found: dict[str, Any] = {}
    for column in columns_of(miniature()):
        value = row[column.name]
        if value < 0:
            continue
        if column.role in {"step", "count"}:
            found.setdefault(column.question, {})[column.item] = value
        elif column.role == "member":
            found.setdefault(column.question, [])
            found[column.question] += [column.option] if value else []
        elif column.role != "rank":
            found[column.question] = value
    return found


@pytest.mark.parametrize("data", CONDITIONS, ids=str)
def test_a_condition_holds_for_all_responses_as_it_holds_for_each(data: dict[str, Any]) -> None:
    condition = AllOf.model_validate({"all": [data]})
    rows = draw_rows(miniature(), 200, seed=random.Random(str(data)).randrange(99))
    every = [holds(condition, answers_of(row), row["area"]) for row in rows]
    assert holds_for(condition, extract_of(miniature(), rows)).tolist() == every
    assert 0 < sum(every) < 200


def test_each_table_of_a_funnel_counts_those_who_reached_the_step_before() -> None:
    questionnaire = with_funnel()
    bases = funnel_bases(questionnaire)
    assert set(bases) == {KNOWN, WAY}
    rows = draw_rows(questionnaire, 300)
    extract = extract_of(questionnaire, rows)
    topics = {topic.id: topic for topic in make_topics(extract, PLAN)}
    layout = make_layout(extract, PLAN)
    concerned = [row for row in rows if row["form"] == 2]
    knowing = [row for row in concerned if row["bekannt_essen"] == 1 and row["weg_essen"] > 0]
    assert count_topic(topics[KNOWN], extract, layout, None).base.n[0] == sum(
        r["bekannt_essen"] >= 0 for r in concerned
    )
    assert count_topic(topics[WAY], extract, layout, None).base.n[0] == len(knowing)
    assert "„Wie leben Sie?“" in topics[KNOWN].base_note


def test_a_table_that_two_funnels_want_on_different_bases_stays_as_it_is() -> None:
    data = with_funnel().model_dump(by_alias=True)
    other = {**data["funnels"][0], "id": "zweiter", "base": {"question": "form", "is": [1]}}
    questionnaire = Questionnaire.model_validate({**data, "funnels": [data["funnels"][0], other]})
    assert funnel_bases(questionnaire) == {}


def test_who_lives_elsewhere_is_in_no_area() -> None:
    condition = AllOf.model_validate({"all": [{"area": list(AREAS)}]})
    extract = extract_of(miniature(), draw_rows(miniature(), 300))
    assert np.array_equal(holds_for(condition, extract), extract.area >= 0)
