"""Nothing leaves the analysis but what protection lets through."""

import ast
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import disclosure, display
from analysis.areas import make_layout
from analysis.disclosure import Published, protect
from analysis.display import interval_points, rounded_base, rounded_points, share_cell
from analysis.estimates import korn_graubard
from analysis.hiding import _crowded, _sparse
from analysis.topics import count_topic, make_topics
from analysis.work import prepare
from questionnaires.handover import Cell, ReleaseTable
from questionnaires.model import Questionnaire
from questionnaires.plan import PublicationPlan
from tests.analysis.make_extract import PLAN, SMALL_PLAN, draw_rows, extract_of, miniature, small

Rows = list[dict[str, Any]]
ANALYSIS = Path(disclosure.__file__).parent


def tables_of(questionnaire: Questionnaire, rows: Rows, plan: PublicationPlan = PLAN) -> dict[str, ReleaseTable]:
    extract = extract_of(questionnaire, rows, plan)
    layout = make_layout(extract, plan)
    topics = make_topics(extract, plan)
    found = [t for topic in topics for t in protect(topic, count_topic(topic, extract, layout, None), layout, plan)]
    return {table.value.id: table.value for table in found}


def choice(n_options: int, **more: Any) -> Questionnaire:
    options = [{"code": i, "text": {"de": f"Antwort {i}"}} for i in range(1, n_options + 1)]
    return miniature([{"id": "wahl", "kind": "single", "text": {"de": "Wahl?"}, "options": options, **more}])


def people(*groups: tuple[str, int, int]) -> Rows:
    """(Sozialraum, code, number of people) …"""
    frame = {"door": "kita", "language": "de", "mode": "simulated", "late": 0, "doubtful": 0}
    flat = [(area, code) for area, code, number in groups for _ in range(number)]
    return [frame | {"row": f"r{i}", "area": area, "wahl": code} for i, (area, code) in enumerate(flat)]


NO_FILTERS = PLAN.model_copy(update={"filters": (), "coarse": {}})


def cell(table: ReleaseTable, row: str, group: str) -> Cell:
    rows, groups = [r.id for r in table.rows], [g.id for g in table.groups]
    return table.cells[rows.index(row)][groups.index(group)]


# ---------- the gate


def test_nobody_else_can_make_a_published_value() -> None:
    for seal in (None, object(), "seal"):
        with pytest.raises(TypeError):
            Published(1, seal)  # type: ignore[arg-type]


def test_no_other_module_reaches_for_the_seal() -> None:
    names = {"_SEAL", "_Seal"}
    for path in ANALYSIS.glob("*.py"):
        if path.name != "disclosure.py":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
            used |= {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
            used |= {a.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for a in n.names}
            assert not names & used, path.name


def test_pictures_sentences_and_sheets_take_published_values_only() -> None:
    for name in ("figures", "findings", "needs", "sheets"):
        tree = ast.parse((ANALYSIS / f"{name}.py").read_text(encoding="utf-8"))
        for function in (n for n in tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")):
            given = [ast.unparse(a.annotation) for a in function.args.args if a.annotation]
            assert not [note for note in given if "ReleaseTable" in note and "Published[" not in note]


# ---------- rules


def test_zero_looks_like_few_and_like_everything_else_that_is_hidden() -> None:
    """Who gave the third answer lives in Mitte or in Nord: the table is the same."""
    both = people(*((area, code, n) for area in ("nord", "mitte") for code, n in ((1, 36), (2, 24), (4, 30))))
    zero, few = (both + people((area, 3, 2)) for area in ("mitte", "nord"))
    table = tables_of(choice(4), zero, NO_FILTERS)["wahl"]
    assert table == tables_of(choice(4), few, NO_FILTERS)["wahl"]
    assert cell(table, "3", "nord") == cell(table, "3", "mitte")
    assert display.HIDDEN.model_dump(exclude_none=True) == {"state": "hidden"}


def test_words_for_a_hidden_share_follow_from_the_shares_beside_it() -> None:
    rows = people(("nord", 1, 114), ("nord", 2, 74), ("nord", 3, 8), ("nord", 4, 4), ("mitte", 1, 70))
    rows += people(("mitte", 2, 60), ("mitte", 3, 40), ("mitte", 4, 30))
    table = tables_of(choice(4, sensitive="money"), rows, NO_FILTERS)["wahl"]
    assert [cell(table, row, "nord").value for row in "1234"] == [0.57, 0.37, None, None]
    assert {cell(table, row, "nord") for row in "34"} == {Cell(state="words", words="höchstens ein Zehntel")}


def test_a_group_below_the_minimum_shows_nothing_not_even_its_base() -> None:
    plan = NO_FILTERS.model_copy(update={"joins": {}, "min_area_base": 10})
    rows = people(("nord", 1, 60), ("nord", 2, 60), ("mitte", 1, 5), ("mitte", 2, 4), ("ost", 1, 60), ("ost", 2, 60))
    table = tables_of(choice(2), rows, plan)["wahl"]
    small = next(i for i, group in enumerate(table.groups) if group.id == "mitte")
    assert table.groups[small].base is None
    assert {row[small].state for row in table.cells} == {"hidden"}


def test_of_two_answers_a_small_one_takes_the_other_with_it() -> None:
    rows = people(("nord", 1, 97), ("nord", 2, 3), ("mitte", 1, 40), ("mitte", 2, 40))
    table = tables_of(choice(2), rows, NO_FILTERS)["wahl"]
    assert [cell(table, row, "nord").value for row in "12"] == [None, None]


def test_sensitive_questions_have_the_higher_threshold() -> None:
    rows = people(("nord", 1, 92), ("nord", 2, 8), ("nord", 3, 60), ("ost", 1, 90), ("ost", 2, 70), ("ost", 3, 80))
    rows += people(("mitte", 1, 70), ("mitte", 2, 80), ("mitte", 3, 75))
    open_ = tables_of(choice(3), rows, NO_FILTERS)["wahl"]
    closed = tables_of(choice(3, sensitive="money"), rows, NO_FILTERS)["wahl"]
    assert cell(open_, "2", "nord").state == "number"
    assert cell(closed, "2", "nord").value is None
    assert (closed.k, closed.sensitive) == (10, True)


def test_a_filter_by_a_sensitive_question_has_the_higher_threshold() -> None:
    extract = extract_of(miniature(), draw_rows(miniature(), 200))
    plan = PLAN.model_copy(update={"sensitive": ("form",)})
    layout = make_layout(extract, plan)
    assert [c.group.id for c in layout.columns if c.sensitive and c.shown] == ["form-1", "form-2"]


def test_a_question_is_not_crossed_with_the_filter_it_makes() -> None:
    table = tables_of(small(), draw_rows(small(), 100), SMALL_PLAN)["form"]
    assert [group.id for group in table.groups if group.filter == "form"] == []


def test_a_few_missing_answers_do_not_show_in_the_base() -> None:
    rows = people(("nord", 1, 62), ("nord", 2, 60))
    all_answered = tables_of(choice(2), [*rows, *people(("nord", 1, 3))], NO_FILTERS)["wahl"]
    few_missing = tables_of(choice(2), [*rows, *people(("nord", -1, 3))], NO_FILTERS)["wahl"]
    assert [g.base for g in all_answered.groups] == [g.base for g in few_missing.groups]


def test_scales_become_coarse_where_single_steps_do_not_carry() -> None:
    asked = small("froh")
    plan = SMALL_PLAN.model_copy(update={"coarse": {"froh": PLAN.coarse["froh"]}})
    tables = tables_of(asked, draw_rows(asked, 120), plan)
    coarse = tables["froh-grob"]
    assert [row.label for row in coarse.rows] == ["wenig oder gar nicht", "teils", "ziemlich oder sehr"]
    fine = Counter(group.level for group in tables["froh"].groups)
    assert fine["area"] < Counter(group.level for group in coarse.groups)["area"]


@pytest.mark.parametrize("n", [25, 150, *(pytest.param(n, marks=pytest.mark.slow) for n in (60, 400, 1500))])
def test_every_shown_cell_of_a_wave_keeps_the_rules(n: int) -> None:
    for table in tables_of(miniature(), draw_rows(miniature(), n, seed=n)).values():
        for group, column in zip(table.groups, zip(*table.cells, strict=True), strict=True):
            assert group.base is None or group.base % 5 == 0
            step = 1 if (group.base or 0) >= 100 else 5
            for one in (c for c in column if c.value is not None):
                assert group.base
                assert round(one.value * 100) % step == 0
                assert 0 < one.value < 1
                assert one.low is not None
                assert one.low <= one.value - step / 200 or one.low == 0


# ---------- display


def test_shares_and_bases_are_rounded_halves_up() -> None:
    assert [rounded_base(n) for n in (10, 12, 13, 17, 18)] == [10, 10, 15, 15, 20]
    assert rounded_points(0.125, 1) == 13
    assert rounded_points(0.125, 5) == 15
    assert rounded_points(0.1249, 5) == 10


def test_published_intervals_are_widened_outwards_by_half_a_step() -> None:
    low, high = (float(limit) * 100 for limit in korn_graubard(0.4, 200.0))  # type: ignore[arg-type]
    shown = interval_points(40, 200, 1)
    assert shown[0] <= low - 0.5 < shown[0] + 1
    assert shown[1] - 1 < high + 0.5 <= shown[1]


def test_nothing_reads_zero_or_a_hundred_percent() -> None:
    assert share_cell(0, 2000) == Cell(state="words", words="fast niemand")
    assert share_cell(100, 2000) == Cell(state="words", words="fast alle")


def test_states_follow_the_width_of_the_published_interval() -> None:
    assert share_cell(50, 200).state == "number"
    assert share_cell(50, 50).state == "uncertain"
    assert share_cell(50, 25).state == "words"
    assert share_cell(5, 15).state == "words"
    assert share_cell(50, 200, design_effect=11.0).state == "words"


def test_words_compare_with_the_district_by_published_figures() -> None:
    district = share_cell(30, 1000)
    assert share_cell(60, 20, reference=district).words == "eher häufiger als im Kreis"
    assert share_cell(30, 20, reference=district).words == "etwa wie im Kreis"
    assert share_cell(10, 15, reference=district).words == "eher seltener als im Kreis"
    assert share_cell(50, 15).words == "etwa die Hälfte"


def test_a_question_most_areas_cannot_carry_is_given_for_the_district_and_its_parts() -> None:
    areas = ("nord", "mitte", "ost", "west")
    asked = people(*((area, code, 6) for area in areas for code in (1, 2)))
    many = people(*((area, -1, 40) for area in areas))
    everybody = people(*((area, code, 26) for area in areas for code in (1, 2)))
    question = choice(2, sensitive="money")
    few, all_ = (tables_of(question, rows, NO_FILTERS)["wahl"] for rows in (asked + many, everybody))
    assert {group.level for group in few.groups} == {"district", "zone"}
    assert any("zu wenige Antworten" in note for note in few.notes)
    assert {group.level for group in all_.groups} == {"district", "zone", "area"}


def test_a_question_nobody_could_be_shown_is_not_given_by_sozialraum_either() -> None:
    rows = people(("nord", 1, 4), ("ost", 2, 3), ("nord", -1, 80), ("ost", -1, 80))
    few = tables_of(choice(2), rows, NO_FILTERS)["wahl"]
    assert {group.level for group in few.groups} == {"district", "zone"}
    assert few.notes[0] == "Zu dieser Frage gibt es zu wenige Antworten, um etwas zu zeigen."


def test_a_question_of_which_hardly_anything_stays_readable_by_sozialraum_is_given_for_grossraeume() -> None:
    """In each Sozialraum one answer is frequent and seven are rare: nearly all would be hidden."""
    areas, rare = ("nord", "mitte", "ost", "west"), range(2, 9)
    rows = people(*((area, 1, 40) for area in areas), *((area, code, 4) for area in areas for code in rare))
    table = tables_of(choice(8), rows, NO_FILTERS)["wahl"]
    assert {group.level for group in table.groups} == {"district", "zone"}
    assert any("Gezeigt werden der Kreis und die Großräume" in note for note in table.notes)
    assert [cell(table, str(code), "zone-oben").state != "hidden" for code in (1, *rare)] == [True] * 8


def test_which_levels_a_question_is_given_for_follows_from_marks_alone() -> None:
    """With the same figures hidden, other counts behind them change nothing."""
    extract = extract_of(miniature(), draw_rows(miniature(), 300), PLAN)
    layout, topic = make_layout(extract, PLAN), next(t for t in make_topics(extract, PLAN) if t.id == "froh")
    work = prepare(topic, count_topic(topic, extract, layout, None), layout, PLAN)
    random, chosen = np.random.default_rng(1), set()
    for part in np.linspace(0, 1, 30):
        work.shown[:] = random.random(work.shown.shape) < part
        other = replace(work, truth=random.integers(0, 90, work.truth.shape), base=work.base * 0, k=work.k + 7)
        chosen.add((_sparse(work), _crowded(work)))
        assert (_sparse(other), _crowded(other)) == (_sparse(work), _crowded(work))
    assert {sparse for sparse, _ in chosen} == {True, False}
    assert len({levels for _, levels in chosen}) > 1
