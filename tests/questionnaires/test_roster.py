"""A section per child: who is asked about follows from the answers, and nobody can claim a child who is not there."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.answers import parse_answers, wire_names
from questionnaires.check import check_questionnaire
from questionnaires.children import sections_of
from questionnaires.conditions import Conditions
from questionnaires.flow import on_path, roster
from questionnaires.handover import child_columns_of, columns_of
from questionnaires.model import Questionnaire
from tests.survey.cast import district

BANDS = ("u3", "a3", "a6", "a15")
AGES = {"u3": (0, 2), "a3": (3, 5), "a6": (6, 9), "a15": (15, 17)}
YES_NO = [{"code": 1, "text": {"de": "Ja"}}, {"code": 2, "text": {"de": "Nein"}}]
SPORT = [{"id": "sport", "text": {"de": "?"}}]
D = district()


def asked(name: str, kind: str = "single", **more: Any) -> dict[str, Any]:
    options = {"options": YES_NO} if kind == "single" else {}
    return {"id": name, "kind": kind, "text": {"de": "?"}, **options, **more}


def bands(names: tuple[str, ...] = BANDS) -> list[dict[str, Any]]:
    return [{"id": b, "text": {"de": b}, "from_age": AGES[b][0], "to_age": AGES[b][1]} for b in names]


PAGE: dict[str, Any] = {
    "id": "kind", "title": {"de": "Kinder"}, "repeat": {"over": "kinder"}, "questions": [
        asked("kita", show_if={"band": ["u3", "a3"]}),
        asked("zeiten", show_if={"all": [{"question": "kita", "is": [1]}, {"question": "arbeit", "is": [1]}]}),
        asked("verein", "battery", items=SPORT, steps=YES_NO, show_if={"not": {"band": ["u3"]}}),
        asked("fahrt", "number", maximum=90, show_if={"any": [{"band": ["a15"]}, {"question": "kita", "is": [1]}]}),
    ],
}  # fmt: skip


def questionnaire(
    order: tuple[str, ...] = BANDS, pages: tuple[dict[str, Any], ...] = (), **changes: Any
) -> Questionnaire:
    first = {"id": "eins", "title": {"de": "Eins"}, "questions": [
        asked("ort", "place"), asked("arbeit"), asked("kinder", "counts", bands=bands(order)),
    ]}  # fmt: skip
    return Questionnaire.model_validate({
        "id": "klein", "title": {"de": "K"}, "headline": {"de": "K"}, "intro": {"de": "K"}, "audience": "families",
        "minutes": 1, "pages": [first, PAGE | changes, *pages],
    })  # fmt: skip


Q = questionnaire()


def keys(counts: dict[str, int], q: Questionnaire = Q, **answers: Any) -> str:
    return " ".join(child.key for child in roster(q, {"kinder": counts, **answers}, ""))


def shown(answers: dict[str, Any], q: Questionnaire = Q) -> set[str]:
    return {name for name in on_path(q, answers, "")[0] if "-" in name}


# --- who is asked about ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "children"),
    [
        ({}, ""),
        ({"u3": 0}, ""),
        ({"a6": 1}, "a6-1"),
        ({"a6": 1, "u3": 1}, "u3-1 a6-1"),
        ({"a3": 2, "a15": 1}, "a3-1 a3-2 a15-1"),
        ({"a3": 3}, "a3-1 a3-2"),  # two of an age band
        ({"u3": 2, "a3": 2, "a6": 2, "a15": 1}, "u3-1 u3-2 a3-1 a3-2"),  # four in all
        ({"u3": 1, "a3": 1, "a6": 2, "a15": 2}, "u3-1 a3-1 a6-1 a6-2"),
    ],
)
def test_the_youngest_come_first_and_there_are_limits(counts: dict[str, int], children: str) -> None:
    assert keys(counts) == children


def test_the_limits_are_the_authors_choice() -> None:
    q = questionnaire(repeat={"over": "kinder", "at_most": 5, "per_band": 3})
    assert keys({"u3": 9, "a6": 9}, q) == "u3-1 u3-2 u3-3 a6-1 a6-2"


def test_age_decides_who_is_the_youngest_and_not_the_order_of_the_bands() -> None:
    q = questionnaire(order=("a15", "a6", "u3", "a3"))
    assert keys({"a15": 1, "u3": 1, "a6": 1}, q) == "u3-1 a6-1 a15-1"


@given(st.dictionaries(st.sampled_from(BANDS), st.integers(0, 3)), st.sampled_from(BANDS))
def test_another_child_changes_nobodys_name(counts: dict[str, int], band: str) -> None:
    before = keys(counts).split()
    after = keys(counts | {band: counts.get(band, 0) + 1}).split()
    assert [name for name in after if name in before] == before[: sum(name in after for name in before)]
    assert len(after) <= 4
    assert len(set(after) - set(before)) <= 1


def test_only_the_youngest_can_be_chosen_where_there_are_several() -> None:
    assert keys({"u3": 1, "a6": 2}, **{"kind-only": True}) == "u3-1"
    assert "kind-only" in on_path(Q, {"kinder": {"u3": 1, "a6": 1}}, "")[0]
    assert "kind-only" not in on_path(Q, {"kinder": {"u3": 1}, "kind-only": True}, "")[1]


def test_who_was_not_asked_about_a_band_does_not_count() -> None:
    only_kita = PAGE["questions"][:1]
    q = questionnaire(questions=only_kita)
    assert keys({"a6": 2, "a15": 2, "a3": 1}, q) == "a3-1"
    assert "kind-only" not in on_path(q, {"kinder": {"a6": 2, "a3": 1}}, "")[0]
    assert "kind-only" in on_path(q, {"kinder": {"u3": 1, "a3": 1}}, "")[0]


def test_a_page_that_is_not_shown_has_no_children() -> None:
    q = questionnaire(show_if={"question": "arbeit", "is": [1]})
    assert keys({"u3": 1}, q) == ""
    assert keys({"u3": 1}, q, arbeit=1) == "u3-1"


# --- what is asked of each -------------------------------------------------------------------------------------


def test_conditions_look_at_the_household_at_the_age_and_at_the_same_child_only() -> None:
    family = {"kinder": {"u3": 1, "a3": 1, "a15": 1}, "arbeit": 1, "kita-u3-1": 1}
    assert shown(family) - {"kind-only"} == {
        "kita-u3-1", "zeiten-u3-1", "fahrt-u3-1", "kita-a3-1", "verein-a3-1", "verein-a15-1", "fahrt-a15-1",
    }  # fmt: skip
    assert "zeiten-u3-1" not in shown({**family, "arbeit": 2})
    assert "zeiten-a3-1" in shown({**family, "kita-a3-1": 1})


def test_names_of_all_questions_and_fields_differ() -> None:
    names = [name for question in sections_of(Q).questions.values() for name in wire_names(question)]
    assert len(names) == len(set(names))
    assert {"kita-u3-1", "verein-a6-2.sport", "kind-only"} <= set(names)


# --- what clients send -----------------------------------------------------------------------------------------


def parse(**form: str) -> Any:
    return parse_answers(Q, D, {name: [value] for name, value in form.items()})


def test_answers_are_kept_for_each_child() -> None:
    form = {"kinder.u3": "1", "kinder.a6": "1", "kita-u3-1": "1", "verein-a6-1.sport": "2", "fahrt-u3-1": "30"}
    checked = parse(**form)
    assert checked.problems == ()
    assert checked.answers == {
        "kinder": {"u3": 1, "a3": 0, "a6": 1, "a15": 0}, "kita-u3-1": 1, "verein-a6-1": {"sport": 2}, "fahrt-u3-1": 30,
    }  # fmt: skip


def test_a_child_who_is_not_there_has_no_answers_and_no_problems() -> None:
    checked = parse(**{"kinder.u3": "1", "kita-u3-2": "1", "kita-a3-1": "77", "fahrt-a15-1": "viel", "kind-only": "1"})
    assert checked.problems == ()
    assert checked.answers == {"kinder": {"u3": 1, "a3": 0, "a6": 0, "a15": 0}}


def test_fifty_children_are_a_broken_client() -> None:
    checked = parse(**{"kinder.u3": "2"}, **{f"kita-u3-{n}": "1" for n in range(1, 51)})
    assert [problem.code for problem in checked.problems] == ["unknown-field"]
    assert {name for name in checked.answers if name != "kinder"} == {"kita-u3-1", "kita-u3-2"}


@pytest.mark.parametrize(
    "name", ["kita", "kita-u3", "kita-u3-0", "verein-u3-1.sport", "kita-a3-1.x", "kind-only-1", "kita@a3-1"]
)
def test_a_name_that_no_section_has_is_unknown(name: str) -> None:
    assert [problem.code for problem in parse(**{"kinder.u3": "1", name: "1"}).problems] == ["unknown-field"]


def test_a_problem_belongs_to_the_child_it_is_about() -> None:
    checked = parse(**{"kinder.a15": "2", "fahrt-a15-2": "900"})
    assert [(p.code, p.question) for p in checked.problems] == [("out-of-range", "fahrt-a15-2")]


# --- what is read, checked and handed over ---------------------------------------------------------------------


def test_the_extract_has_one_column_per_question_of_a_child_in_a_file_of_its_own() -> None:
    assert [column.name for column in child_columns_of(Q)] == ["kita", "zeiten", "verein_sport", "fahrt"]
    assert [column.name for column in columns_of(Q)] == ["arbeit", *(f"kinder_{band}" for band in BANDS)]


def problems(q: Questionnaire) -> list[tuple[str, str]]:
    return [(problem.code, problem.place) for problem in check_questionnaire(q)]


def after(question: dict[str, Any]) -> dict[str, Any]:
    return {"id": "drei", "title": {"de": "Drei"}, "questions": [question]}


def test_a_page_for_each_child_has_no_problem() -> None:
    assert problems(Q) == []
    assert Questionnaire.from_json(Q.to_json()) == Q


@pytest.mark.parametrize(
    ("q", "code", "place"),
    [
        (questionnaire(repeat={"over": "kindr"}), "wrong-repeat", "pages.1.repeat.over"),
        (questionnaire(repeat={"over": "arbeit"}), "wrong-repeat", "pages.1.repeat.over"),
        (questionnaire(repeat={"over": "kita"}), "wrong-repeat", "pages.1.repeat.over"),
        (questionnaire(pages=({**PAGE, "id": "zwei", "questions": [asked("noch")]},)),
         "wrong-repeat", "pages.2.repeat"),
        (questionnaire(questions=[asked("wo", "ranking", options=[*YES_NO, {"code": 3, "text": {"de": "?"}}])]),
         "unrepeatable-kind", "pages.1.questions.0.kind"),
        (questionnaire(questions=[asked("x", show_if={"band": ["a99"]})]),
         "condition-unknown-item", "pages.1.questions.0.show_if.band"),
        (questionnaire(pages=(after(asked("y", show_if={"question": "kita", "is": [1]})),)),
         "condition-on-child", "pages.2.questions.0.show_if.question"),
        (questionnaire(pages=(after(asked("y", show_if={"not": {"band": ["u3"]}})),)),
         "condition-band-outside", "pages.2.questions.0.show_if.not.band"),
        (questionnaire(questions=[asked("door"), asked("band")]), "name-collision", "pages.1.questions.1.id"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_of_each_child_is_named(q: Questionnaire, code: str, place: str) -> None:
    found = problems(q)
    assert (code, place) in found
    assert {found_code for found_code, _ in found} <= {code, "unreachable-page", "impossible-condition"}


def test_a_filter_a_headline_or_reasons_cannot_be_a_childs() -> None:
    filtered = Q.model_copy(update={"filters": ("kita",), "headline_question": "verein"})
    assert {code for code, _ in problems(filtered)} == {"wrong-filter", "wrong-headline-question"}


@pytest.mark.parametrize(
    ("condition", "possible"),
    [
        ({"band": ["a3"]}, True),
        ({"all": [{"band": ["a3"]}, {"band": ["a6"]}]}, False),
        ({"all": [{"band": ["a3"]}, {"question": "kinder", "item": "a3", "at_most": 0}]}, False),
        ({"all": [{"band": ["a3"]}, {"question": "kinder", "item": "a6", "at_most": 0}]}, True),
        ({"question": "kinder", "at_most": 0}, False),
        ({"all": [{"band": ["a6"]}, {"question": "kita", "is": [1]}]}, False),  # nobody of that age is asked it
    ],
)
def test_whether_anybody_can_be_asked_is_found_for_every_age(condition: dict[str, Any], possible: bool) -> None:
    q = questionnaire(questions=[PAGE["questions"][0], asked("ziel", show_if=condition)])
    assert Conditions(q).can_be_shown(4) is possible
