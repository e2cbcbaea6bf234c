"""A filter by doors gets its groups when the wave is over: who has enough returns stands alone, the others together."""

import pytest

from questionnaires.plan import CountedDoor, Filter, FilterGroup, PublicationPlan, default_plan, with_doors
from questionnaires.rules_district import overlapping_filters
from questionnaires.rules_plan import PlanScene, wrong_filters
from tests.survey import cast

BY_SCHOOL = Filter(id="zugang", title="Schulen", kind_of_doors="Schule")
PLAN = PublicationPlan(filters=(BY_SCHOOL,))


def doors(**returns: int) -> tuple[CountedDoor, ...]:
    """Schools, those with the most returns first; `link` is no school."""
    return tuple(
        CountedDoor(id=name, name=name.title(), kind="Link" if name == "link" else "Schule", returns=n)
        for name, n in sorted(returns.items(), key=lambda one: -one[1])
    )


def groups(**returns: int) -> dict[str, tuple[str, ...]]:
    plan = with_doors(PLAN, doors(**returns))
    return {group.title: group.doors for rule in plan.filters for group in rule.groups}


@pytest.mark.parametrize(
    ("returns", "made"),
    [
        ({"a": 50, "b": 49, "c": 1, "link": 900}, {"A": ("a",), "Weitere Schulen": ("b", "c")}),
        ({"a": 50, "b": 48, "c": 1}, {"A": ("a",)}),
        ({"b": 90, "a": 60}, {"A": ("a",), "B": ("b",)}),
        ({"a": 30, "b": 30}, {"Alle Schulen": ("a", "b")}),
        ({"a": 49, "link": 900}, {}),
        ({}, {}),
    ],
)
def test_a_school_with_50_returns_is_a_group_the_others_are_one_together(
    returns: dict[str, int], made: dict[str, tuple[str, ...]]
) -> None:
    assert groups(**returns) == made


def test_schools_stand_in_the_order_of_their_names_not_of_their_returns() -> None:
    assert list(groups(zett=400, adam=60)) == ["Adam", "Zett"]


def test_what_is_left_of_doors_with_few_returns_never_stands_alone() -> None:
    left = CountedDoor(id="kind:Schule", name="weitere Zugänge", kind="Schule", returns=70, named=False)
    (rule,) = with_doors(PLAN, (left,)).filters
    assert [group.title for group in rule.groups] == ["Alle Schulen"]


@pytest.mark.parametrize(("audience", "kinds"), [("young_people", ["Schule"]), ("families", [])])
def test_only_young_people_are_grouped_by_school(audience: str, kinds: list[str]) -> None:
    asked = cast.questionnaire(audience=audience)
    rules = default_plan(asked, cast.district()).filters
    assert [rule.kind_of_doors for rule in rules if rule.kind_of_doors] == kinds


def test_a_door_in_two_groups_is_refused() -> None:
    two = tuple(FilterGroup(id=name, title=name, doors=("a",)) for name in ("x", "y"))
    plan = PublicationPlan(filters=(BY_SCHOOL.model_copy(update={"groups": two}),))
    assert [place for place, _ in overlapping_filters(plan)] == [("filters", 0, "groups", 1, "doors")]


@pytest.mark.parametrize("change", [{"kind_of_doors": ""}, {"question": "zufrieden"}])
def test_a_filter_is_either_by_a_question_or_by_doors(change: dict[str, str]) -> None:
    plan = PublicationPlan(filters=(BY_SCHOOL.model_copy(update=change),))
    found = list(wrong_filters(PlanScene(plan, cast.questionnaire(), cast.district().areas)))
    assert [place for place, _ in found] == [("filters", 0, "question")]
    assert "entweder" in found[0][1]
