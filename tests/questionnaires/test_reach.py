"""A condition is called impossible exactly if no answers meet it: compared with trying all answers."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.conditions import Conditions
from questionnaires.flow import visible
from questionnaires.model import Questionnaire

YES_NO = [{"code": 1, "text": {"de": "Ja"}}, {"code": 2, "text": {"de": "Nein"}}]
ALONE = [*YES_NO, {"code": 9, "text": {"de": "Nichts"}, "exclusive": True}]
ROWS = [{"id": "x", "text": {"de": "x"}}, {"id": "y", "text": {"de": "y"}}]
ASKED: list[dict[str, Any]] = [
    {"id": "one", "kind": "single", "options": YES_NO},
    {"id": "many", "kind": "multiple", "options": ALONE},
    {"id": "children", "kind": "counts", "bands": ROWS, "maximum": 1},
    {"id": "known", "kind": "battery", "items": ROWS, "steps": YES_NO},
]
HEAD: dict[str, Any] = {name: {"de": "?"} for name in ("title", "headline", "intro")}
AREAS = ("", "nord", "sued")
ANSWERS: dict[str, list[Any]] = {
    "one": [None, 1, 2],
    "many": [None, [1], [2], [1, 2], [9]],
    "children": [None, *({"x": x, "y": y} for x, y in itertools.product(range(2), repeat=2))],
    "known": [
        {item: code for item, code in zip("xy", codes, strict=True) if code} or None
        for codes in itertools.product((None, 1, 2), repeat=2)
    ],
}
EVERY = [
    {name: answer for name, answer in zip(ANSWERS, answers, strict=True) if answer is not None}
    for answers in itertools.product(*ANSWERS.values())
]


def questionnaire(conditions: list[dict[str, Any] | None], goal: dict[str, Any]) -> Questionnaire:
    asked: list[dict[str, Any]] = [
        {**question, "text": {"de": "?"}, "show_if": condition}
        for question, condition in zip(ASKED, conditions, strict=True)
    ]
    asked.append({"id": "goal", "kind": "info", "text": {"de": "!"}, "show_if": goal})
    pages = [{"id": f"p{i}", "title": {"de": "?"}, "questions": [question]} for i, question in enumerate(asked)]
    return Questionnaire(id="mini", audience="families", minutes=1, pages=pages, **HEAD)


def checks_on(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    codes = st.lists(st.sampled_from([1, 2]), min_size=1, max_size=2, unique=True)
    item, number = st.sampled_from("xy"), st.integers(-1, 3)
    possible: dict[str, list[st.SearchStrategy[dict[str, Any]]]] = {
        "one": [st.fixed_dictionaries({"is": codes})],
        "many": [st.fixed_dictionaries({"is": st.lists(st.sampled_from([1, 2, 9]), min_size=1, unique=True)})],
        "children": [
            st.fixed_dictionaries({"at_least": number}, optional={"item": item}),
            st.fixed_dictionaries({"at_most": number}, optional={"item": item}),
        ],
        "known": [st.fixed_dictionaries({"is": codes}, optional={"item": item})],
    }
    on_answers = [
        test.map(lambda values, name=name: {"question": name, **values})
        for name in names
        for test in (*possible[name], st.fixed_dictionaries({"answered": st.booleans()}))
    ]
    area = st.lists(st.sampled_from(AREAS[1:]), min_size=1, max_size=2, unique=True).map(lambda a: {"area": a})
    return st.one_of(*on_answers, area)


def conditions_on(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.recursive(
        checks_on(names),
        lambda inner: (
            st.fixed_dictionaries({"not": inner})
            | st.fixed_dictionaries({"all": st.lists(inner, min_size=2, max_size=4)})
            | st.fixed_dictionaries({"any": st.lists(inner, min_size=2, max_size=3)})
        ),
        max_leaves=6,
    )


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    names = list(ANSWERS)
    earlier = [draw(st.none() | conditions_on(names[:i])) if i else None for i in range(len(names))]
    parts = draw(st.lists(conditions_on(names), min_size=2, max_size=4))
    return questionnaire(earlier, {"all": parts})


def goals_met(q: Questionnaire) -> Iterator[bool]:
    return ("goal" in visible(q, answers, area) for answers in EVERY for area in AREAS)


@given(questionnaires())
def test_impossible_means_that_no_answers_whatever_show_the_question(q: Questionnaire) -> None:
    conditions = Conditions(q)
    assert conditions.faults == ()
    assert conditions.can_be_shown(len(ASKED)) == any(goals_met(q))


def test_both_outcomes_of_that_comparison_come_up() -> None:
    goals = [{"question": "one", "is": [1]}, {"all": [{"question": "one", "is": [1]}, {"question": "one", "is": [2]}]}]
    found = [Conditions(questionnaire([None] * 4, goal)).can_be_shown(4) for goal in goals]
    assert found == [any(goals_met(questionnaire([None] * 4, goal))) for goal in goals] == [True, False]


NUMBER = {"id": "n", "kind": "number", "minimum": 1, "maximum": 100}
MOST_TWO = {
    "id": "m",
    "kind": "multiple",
    "at_most": 2,
    "options": [{"code": c, "text": {"de": "?"}} for c in range(3)],
}
TOP_TWO = {**MOST_TWO, "kind": "ranking", "top": 2}
del TOP_TWO["at_most"]


@pytest.mark.parametrize(
    ("question", "tests", "possible"),
    [
        (NUMBER, [{"at_least": 50}, {"at_most": 50}], True),
        (NUMBER, [{"at_least": 51}, {"at_most": 50}], False),
        (NUMBER, [{"at_least": 101}], False),
        (NUMBER, [{"at_most": 0}], False),
        (NUMBER, [{"at_least": -5}, {"at_most": 1000}], True),
        (MOST_TWO, [{"is": [0]}, {"is": [1]}], True),
        (MOST_TWO, [{"is": [0]}, {"is": [1]}, {"is": [2]}], False),
        (TOP_TWO, [{"is": [0]}, {"is": [1]}, {"is": [2]}], False),
        ({"id": "c", "kind": "consent"}, [{"answered": True}, {"answered": False}], False),
        ({"id": "t", "kind": "text"}, [{"answered": True}], True),
    ],
)
def test_limits_of_a_question_decide_what_is_possible(
    question: dict[str, Any], tests: list[dict[str, Any]], possible: bool
) -> None:
    goal = {"all": [{"question": question["id"], **test} for test in tests]}
    asked = [{**question, "text": {"de": "?"}}, {"id": "goal", "kind": "info", "text": {"de": "!"}, "show_if": goal}]
    pages = [{"id": "p", "title": {"de": "?"}, "questions": asked}]
    q = Questionnaire(id="mini", audience="families", minutes=1, pages=pages, **HEAD)
    assert Conditions(q).can_be_shown(1) is possible


def test_a_long_chain_of_conditions_is_tried_in_no_time_or_left_alone() -> None:
    asked: list[dict[str, Any]] = []
    for i in range(150):
        condition = {"question": f"q{i - 1}", "is": [1]} if i else None
        asked.append({"id": f"q{i}", "kind": "single", "text": {"de": "?"}, "options": YES_NO, "show_if": condition})
    pages = [{"id": "p", "title": {"de": "?"}, "questions": asked}]
    conditions = Conditions(Questionnaire(id="mini", audience="families", minutes=1, pages=pages, **HEAD))
    assert conditions.can_be_shown(90)  # tried
    assert conditions.can_be_shown(149)  # more questions than are tried
