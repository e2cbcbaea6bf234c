"""Small Sozialräume join the neighbour named for them, inside their Großraum, whatever the order."""

import random

import numpy as np

from analysis.areas import DISTRICT, join_areas, make_layout
from questionnaires.plan import Filter, FilterGroup, PublicationPlan
from questionnaires.region import Area
from tests.analysis.make_extract import DISTRICT as MUSTER
from tests.analysis.make_extract import PLAN, draw_rows, extract_of, miniature


def area(name: str, zone: str = "z") -> Area:
    return Area(id=name, name=name.upper(), zone=zone)


def joined(areas: list[Area], answers: dict[str, int], joins: dict[str, str]) -> list[tuple[str, bool]]:
    return [(unit.id, unit.carries) for unit in join_areas(areas, answers, joins, 30)]


def test_an_area_with_enough_answers_stands_alone() -> None:
    assert joined([area("a"), area("b")], {"a": 30, "b": 40}, {"a": "b", "b": "a"}) == [("a", True), ("b", True)]


def test_small_areas_join_in_chains_until_they_carry() -> None:
    areas = [area("a"), area("b"), area("c"), area("d")]
    answers = {"a": 5, "b": 10, "c": 12, "d": 40}
    assert joined(areas, answers, {"a": "b", "b": "c", "c": "d"}) == [("a_b_c_d", True)]


def test_an_area_does_not_join_across_its_grossraum() -> None:
    assert joined([area("a", "x"), area("b", "y")], {"a": 5, "b": 90}, {"a": "b"}) == [("a", False), ("b", True)]


def test_an_area_without_a_neighbour_is_shown_in_its_grossraum_only() -> None:
    assert joined([area("a"), area("b")], {"a": 5, "b": 90}, {}) == [("a", False), ("b", True)]


def test_the_order_of_the_areas_does_not_change_what_is_joined() -> None:
    areas = [area(name) for name in "abcdef"]
    joins = {"a": "b", "b": "c", "c": "b", "d": "c", "e": "f", "f": "e"}
    answers = {"a": 10, "b": 10, "c": 60, "d": 3, "e": 29, "f": 30}
    units = {frozenset(unit.split("_")) for unit, _ in joined(areas, answers, joins)}
    for seed in range(20):
        shuffled = random.Random(seed).sample(areas, len(areas))
        assert {frozenset(unit.split("_")) for unit, _ in joined(shuffled, answers, joins)} == units


def test_groups_and_the_rest_nobody_is_shown_add_up_to_the_district() -> None:
    layout = make_layout(extract_of(miniature(), draw_rows(miniature(), 300)), PLAN)
    sizes = np.concatenate([s.groups @ np.bincount(s.atom, minlength=s.n_atoms) for s in layout.splits])
    assert layout.columns[0].group.id == DISTRICT
    assert sizes[0] == 300
    for relation in layout.relations:
        assert sizes[relation.total] == sum(sizes[part] for part in relation.parts)


def test_joined_and_provisional_areas_are_marked() -> None:
    plan = PublicationPlan(joins={"tal": "west"}, min_area_base=60)
    layout = make_layout(extract_of(miniature(), draw_rows(miniature(), 300)), plan)
    joined_ = next(c.group for c in layout.columns if len(c.group.areas) > 1 and c.group.level == "area")
    assert (joined_.id, joined_.label, joined_.provisional) == ("west_tal", "West + Tal", True)
    assert [z.id for z in MUSTER.zones] == ["oben", "unten"]
    assert not layout.columns[layout.position("zone-oben")].group.provisional


def test_small_areas_that_together_are_their_grossraum_are_shown_as_it_is() -> None:
    areas = [area("a", "x"), area("b", "x"), area("c", "y"), area("d", "y")]
    joins = {"a": "b", "b": "a", "c": "d"}
    assert joined(areas, {"a": 8, "b": 9, "c": 5, "d": 90}, joins) == [("a_b", True), ("c_d", True)]


def test_a_filter_that_leaves_answers_out_still_knows_how_many_gave_one() -> None:
    """Its question's table tells shares of all of them: the attacker reads sizes of groups from these."""
    groups = tuple(FilterGroup(id=f"mobil-{code}", title=str(code), codes=(code,)) for code in (1, 2))
    plan = PLAN.model_copy(update={"filters": (Filter(id="mobil", question="mobil", title="M", groups=groups),)})
    rows = draw_rows(miniature(), 200)
    found = [c.answered for c in make_layout(extract_of(miniature(), rows, plan), plan).columns if c.group.filter]
    assert found == [sum(row["mobil"] in {1, 2, 3} for row in rows)] * 2 + [None]
