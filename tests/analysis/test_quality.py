"""Doubtful responses are counted, and left out only by the plan's rule."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analysis.errors import ExtractError
from analysis.extract import Extract
from analysis.quality import find_doubts, sort_out
from questionnaires.model import Questionnaire
from questionnaires.plan import Contradiction, PublicationPlan
from tests.analysis.make_extract import PLAN, STEPS, draw_rows, extract_of, miniature
from tests.analysis.make_funnels import with_funnel

N = 60


def batteries() -> Questionnaire:
    items = [{"id": f"t{i}", "text": {"de": f"Zeile {i}"}} for i in range(6)]
    return miniature([
        {"id": "ort", "kind": "place", "text": {"de": "Wo?"}},
        *({"id": name, "kind": "battery", "text": {"de": name}, "steps": STEPS, "items": items} for name in "ab"),
    ])  # fmt: skip


def of(questionnaire: Questionnaire, rows: list[dict[str, Any]], plan: PublicationPlan = PLAN) -> Extract:
    return extract_of(questionnaire, rows, plan)


def test_a_sheet_that_repeats_an_earlier_one_is_noticed_and_the_first_is_not() -> None:
    rows = draw_rows(miniature(), N)
    rows[7] = {**rows[3], "row": "anders", "door": "praxis"}
    assert np.flatnonzero(find_doubts(of(miniature(), rows), PLAN)["identical"]).tolist() == [7]
    rows[7] = {**rows[7], "area": "tal" if rows[3]["area"] != "tal" else "nord"}
    assert not find_doubts(of(miniature(), rows), PLAN)["identical"].any()


def test_nearly_empty_sheets_are_not_taken_for_copies() -> None:
    rows = draw_rows(miniature(), N)
    empty = {name: value if name in {"row", "area", "door"} else -1 for name, value in rows[0].items()}
    rows[:3] = [{**empty, "area": "nord"} for _ in range(3)]
    assert not find_doubts(of(miniature(), rows), PLAN)["identical"].any()


def test_the_same_step_everywhere_is_a_sign_only_over_several_long_batteries() -> None:
    rows = draw_rows(batteries(), N)
    same = {name: 5 for name in rows[0] if name[:2] in {"a_", "b_"}}
    rows[4] |= same
    rows[5] |= {name: 5 for name in same if name.startswith("a_")}  # one battery alone may be meant
    assert np.flatnonzero(find_doubts(of(batteries(), rows), PLAN)["straightlined"]).tolist() == [4]


def test_who_does_not_know_an_offer_has_not_used_it() -> None:
    rows = [{**row, "bekannt_essen": 1, "weg_essen": 5} for row in draw_rows(with_funnel(), N)]
    rows[2] |= {"bekannt_essen": 0}
    rows[3] |= {"bekannt_essen": 0, "weg_essen": 2}  # may need what one does not know
    rows[4] |= {"bekannt_essen": -1}  # said nothing
    assert np.flatnonzero(find_doubts(of(with_funnel(), rows), PLAN)["contradictory"]).tolist() == [2]


def test_a_plan_may_name_contradictions_of_its_own() -> None:
    rows = [{**row, "kinder_klein": 1} for row in draw_rows(miniature(), N)]
    rows[9] |= {"kinder_klein": 0, "kinder_gross": 0}
    rule = Contradiction.model_validate(
        {"id": "ohne", "title": "Kein Kind", "when": {"question": "kinder", "at_most": 0}}
    )
    plan = PLAN.model_copy(update={"contradictions": (rule,)})
    assert np.flatnonzero(find_doubts(of(miniature(), rows), plan)["contradictory"]).tolist() == [9]


def test_nobody_is_left_out_unless_the_plan_says_so() -> None:
    extract = replace(of(miniature(), draw_rows(miniature(), N)), doubtful=np.array([1] * 30 + [0] * 30, np.int16))
    kept, quality = sort_out(extract, PLAN)
    assert kept.n == N
    assert (quality.left_out, quality.checks[0].count, quality.checks[0].excluded) == (None, 30, False)
    kept, quality = sort_out(extract, PLAN.model_copy(update={"exclude": ("doubtful",)}))
    assert (kept.n, quality.left_out) == (30, 30)
    assert "nach der Regel im Plan ausgelassen" in quality.checks[0].said


def test_few_are_not_counted_out_loud() -> None:
    extract = replace(of(miniature(), draw_rows(miniature(), N)), doubtful=np.array([1] * 19 + [0] * 41, np.int16))
    check = sort_out(extract, PLAN)[1].checks[0]
    assert check.count is None
    assert check.said.startswith("Keine oder nur wenige Bögen")


def test_a_rule_that_leaves_nobody_is_refused() -> None:
    extract = replace(of(miniature(), draw_rows(miniature(), N)), doubtful=np.ones(N, np.int16))
    with pytest.raises(ExtractError, match="lässt keinen Bogen übrig"):
        sort_out(extract, PLAN.model_copy(update={"exclude": ("doubtful",)}))
