"""What is shown is a function of the answers."""

from typing import Any

import pytest

from questionnaires.flow import condition_of, holds, visible
from questionnaires.model import AllOf, Questionnaire


def option(code: int) -> dict[str, Any]:
    return {"code": code, "text": {"de": f"Antwort {code}"}}


def asked(name: str, kind: str = "single", **more: Any) -> dict[str, Any]:
    options = {"options": [option(1), option(2)]} if kind == "single" else {}
    return {"id": name, "kind": kind, "text": {"de": "Frage?"}, **options, **more}


def questionnaire(*questions: dict[str, Any], **page: Any) -> Questionnaire:
    return Questionnaire.model_validate({
        "id": "klein", "title": {"de": "K"}, "headline": {"de": "K"}, "intro": {"de": "K"}, "audience": "families",
        "minutes": 1, "pages": [{"id": "p", "title": {"de": "P"}, "questions": list(questions), **page}],
    })  # fmt: skip


def is_one(name: str) -> dict[str, Any]:
    return {"question": name, "is": [1]}


CHAIN = questionnaire(asked("a"), asked("b", show_if=is_one("a")), asked("c", show_if=is_one("b")))
BANDS = [{"id": "u3", "text": {"de": "0–2"}}, {"id": "u6", "text": {"de": "3–5"}}]


@pytest.mark.parametrize(
    ("answers", "shown"),
    [
        ({}, "a"),
        ({"a": 2}, "a"),
        ({"a": 1}, "a b"),
        ({"a": 1, "b": 1}, "a b c"),
        ({"a": 2, "b": 1}, "a"),  # the answer to b is still there, but b itself is no longer asked
    ],
)
def test_an_answer_to_a_hidden_question_counts_as_not_given(answers: dict[str, int], shown: str) -> None:
    assert visible(CHAIN, answers, "") == set(shown.split())


@pytest.mark.parametrize(
    ("test", "answers", "expected"),
    [
        ({"question": "k", "at_least": 1}, {}, False),
        ({"question": "k", "at_least": 2}, {"k": {"u3": 1, "u6": 1}}, True),
        ({"question": "k", "item": "u3", "at_least": 2}, {"k": {"u3": 1, "u6": 1}}, False),
        ({"question": "k", "at_most": 0}, {"k": {"u3": 0, "u6": 0}}, True),
        ({"question": "k", "at_most": 0}, {}, False),
        ({"question": "k", "answered": False}, {}, True),
        ({"question": "k", "answered": True}, {"k": {"u3": 0, "u6": 0}}, True),
        ({"question": "m", "is": [2, 3]}, {"m": [1, 3]}, True),
        ({"question": "m", "is": [2]}, {"m": [1, 3]}, False),
        ({"not": {"question": "m", "is": [2]}}, {}, True),
        ({"any": [{"question": "m", "is": [9]}, {"area": ["nord"]}]}, {}, True),
        ({"all": [{"area": ["nord"]}, {"question": "m", "answered": True}]}, {}, False),
    ],
)
def test_conditions_are_data(test: dict[str, Any], answers: dict[str, Any], expected: bool) -> None:
    condition = AllOf.model_validate({"all": [test]})
    assert holds(condition, answers, "nord") is expected


def test_the_condition_of_a_page_belongs_to_each_of_its_questions() -> None:
    page = {"id": "q", "title": {"de": "Q"}, "show_if": is_one("a"), "questions": [asked("x"), asked("y")]}
    both = questionnaire(asked("a"))
    whole = Questionnaire.model_validate(
        {**both.model_dump(by_alias=True), "pages": [*both.model_dump(by_alias=True)["pages"], page]}
    )
    assert visible(whole, {"a": 2}, "") == {"a"}
    assert visible(whole, {"a": 1}, "") == {"a", "x", "y"}
    assert condition_of(whole, "x") is not None


def test_a_battery_test_without_item_is_true_if_any_item_fits() -> None:
    items = [{"id": "bus", "text": {"de": "Bus"}}, {"id": "arzt", "text": {"de": "Arzt"}}]
    battery = asked("z", "battery", items=items, steps=[option(1), option(2)])
    whole = questionnaire(battery, asked("warum", show_if=is_one("z")))
    assert "warum" in visible(whole, {"z": {"bus": 2, "arzt": 1}}, "")
    assert "warum" not in visible(whole, {"z": {"bus": 2}}, "")
