"""Made-up answers: the same for a seed, valid like real ones, unequal as in life."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from questionnaires.answers import CheckedAnswers, parse_answers
from questionnaires.children import base_name
from questionnaires.flow import roster
from questionnaires.model import KINDS, Questionnaire
from questionnaires.read import read_district, read_questionnaire
from questionnaires.region import District
from survey.simulate import DRAWERS, SimulatedResponse, response_weights, simulate
from survey.simulate_tables import FAMILIES, Effect, Tables

FOLDER = Path(__file__).parents[2] / "questionnaires"
MADE_UP: Mapping[str, Any] = {
    "id": "alles", "title": {"de": "Alle Arten"}, "headline": {"de": "Was fehlt?"}, "intro": {"de": "Kurz."},
    "audience": "families", "minutes": 1, "pages": [{"id": "p", "title": {"de": "Seite"}, "questions": []}],
}  # fmt: skip


def questionnaire(name: str) -> Questionnaire:
    found = read_questionnaire(FOLDER / f"{name}.yaml")
    assert isinstance(found, Questionnaire)
    return found


@pytest.fixture(scope="module")
def district() -> District:
    found = read_district(FOLDER / "regions" / "schmalkalden-meiningen.yaml")
    assert isinstance(found, District)
    return found


@pytest.fixture(scope="module")
def families() -> Questionnaire:
    return questionnaire("familien")


@pytest.fixture(scope="module")
def forms(families: Questionnaire, district: District) -> list[SimulatedResponse]:
    return list(simulate(families, district, 400, 11, FAMILIES))


@pytest.fixture(scope="module")
def checked(
    families: Questionnaire, district: District, forms: list[SimulatedResponse]
) -> list[CheckedAnswers]:
    return [parse_answers(families, district, form.form) for form in forms]


def share(checked: Sequence[CheckedAnswers], question: str, code: int) -> float:
    given = [c.answers[question] for c in checked if question in c.answers]
    return sum(code in (answer if isinstance(answer, list) else [answer]) for answer in given) / len(given)


def test_the_same_seed_gives_the_same_answers(families: Questionnaire, district: District) -> None:
    first = list(simulate(families, district, 25, 3, FAMILIES))
    assert list(simulate(families, district, 25, 3, FAMILIES)) == first
    assert list(simulate(families, district, 25, 4, FAMILIES)) != first
    assert list(simulate(families, district, 40, 3, FAMILIES))[:25] == first


def test_every_made_up_answer_passes_the_checks_of_real_ones(checked: list[CheckedAnswers]) -> None:
    assert [c.problems for c in checked if c.problems] == []


def test_nothing_is_answered_that_the_path_does_not_show(
    families: Questionnaire, checked: list[CheckedAnswers], forms: list[SimulatedResponse]
) -> None:
    for response, kept in zip(forms, checked, strict=True):
        sent = {name.split(".")[0] for name in response.form} - {"ort"}
        assert sent == {name.split(".")[0] for name in kept.answers}


@pytest.mark.parametrize("name", ["familien", "jugend"])
@pytest.mark.parametrize("tables", [None, FAMILIES])
def test_any_questionnaire_can_be_filled(name: str, tables: Tables | None, district: District) -> None:
    asked = questionnaire(name)
    checked = [parse_answers(asked, district, r.form) for r in simulate(asked, district, 150, 5, tables)]
    assert all(c.problems == () for c in checked)
    answered = {base_name(question.split(".")[0]) for c in checked for question in c.answers} - {"kind"}
    silent = {q.id for q in asked.questions.values() if q.kind in ("info", "place")}
    without_words = {"wunsch"} if tables is None else set()
    assert set(asked.questions) - silent - without_words == answered


def test_every_kind_of_question_can_be_drawn() -> None:
    assert set(DRAWERS) == set(KINDS)


def test_a_number_stays_within_its_limits(district: District) -> None:
    number = {"id": "n", "kind": "number", "text": {"de": "Wie viele?"}, "minimum": 3, "maximum": 6}
    page = {"id": "p", "title": {"de": "Seite"}, "questions": [number]}
    asked = Questionnaire.model_validate({**MADE_UP, "pages": [page]})
    tables = Tables(effects=(Effect("n", (), 50.0),))
    drawn = {int(r.form["n"][0]) for r in simulate(asked, district, 60, 1, tables) if "n" in r.form}
    assert drawn <= {3, 4, 5, 6}
    assert 6 in drawn


def test_the_eight_areas_answer_unequally_and_one_stays_below_thirty(
    families: Questionnaire, district: District
) -> None:
    shares = response_weights(district, FAMILIES, 2025)
    assert len(shares) == 8
    assert sum(shares.values()) == pytest.approx(1)
    assert max(shares.values()) > 5 * min(shares.values())
    assert min(shares.values()) * 600 < 30


def test_some_live_elsewhere_and_only_a_few(checked: list[CheckedAnswers], district: District) -> None:
    n_of = Counter(c.area for c in checked)
    assert set(n_of) == {"", *district.area_by_id}
    assert 0 < n_of[""] / len(checked) < 0.06


def test_questions_are_left_out_now_and_then(checked: list[CheckedAnswers]) -> None:
    left_out = sum("bedarf" not in c.answers for c in checked) / len(checked)
    assert 0.005 < left_out < 0.1
    assert any(len(c.answers["zufriedenheit"]) < 7 for c in checked if "zufriedenheit" in c.answers)


def test_families_in_the_rhoen_miss_buses_more_than_those_in_town(checked: list[CheckedAnswers]) -> None:
    rhoen = [c for c in checked if c.area == "sm-hohe-rhoen"]
    town = [c for c in checked if c.area == "sm-meiningen"]
    assert share(rhoen, "bedarf", 3) > share(town, "bedarf", 3) + 0.15
    ways = {name: median(c.answers["arztweg"] for c in cs if "arztweg" in c.answers)
            for name, cs in (("rhoen", rhoen), ("town", town))}  # fmt: skip
    assert ways["rhoen"] > 1.5 * ways["town"]


def test_who_raises_children_alone_more_often_gets_benefits(checked: list[CheckedAnswers]) -> None:
    alone = [c for c in checked if c.answers.get("haushaltsform") == 2]
    couples = [c for c in checked if c.answers.get("haushaltsform") == 1]
    assert len(alone) > 20
    assert share(alone, "leistungen", 1) > share(couples, "leistungen", 1) + 0.1


def test_the_youngest_child_fits_the_children_named(checked: list[CheckedAnswers]) -> None:
    pairs = [
        (c.answers["kinder"], c.answers["juengstes"])
        for c in checked
        if {"kinder", "juengstes"} <= set(c.answers)
    ]
    small = [where for kinder, where in pairs if kinder["u3"]]
    assert small
    assert set(small) <= {2, 3, 99}
    assert all(not any(kinder.values()) for kinder, where in pairs if where == 1)


def test_every_child_is_asked_about_but_for_the_youngest_only_now_and_then(
    families: Questionnaire, checked: list[CheckedAnswers]
) -> None:
    large = [c for c in checked if sum(c.answers.get("kinder", {}).values()) > 1]
    only = [c for c in large if "kind-only" in c.answers]
    assert 0.05 < len(only) / len(large) < 0.3
    assert all(len(roster(families, c.answers, c.area)) == 1 for c in only)
    children = [child for c in large for child in roster(families, c.answers, c.area)]
    assert {child.band for child in children} == {"u3", "a3", "a6", "a10", "a15"}
    assert max(child.number for child in children) == 2


def test_people_come_through_several_doors_and_one_too_small_to_be_named(
    families: Questionnaire, district: District
) -> None:
    n_of = Counter(r.door for r in simulate(families, district, 600, 2025, FAMILIES))
    assert set(n_of) == {door.id for door in FAMILIES.doors}
    assert 0 < n_of["stadtfest"] < 10


def test_forms_are_filled_in_the_languages_offered(families: Questionnaire, district: District) -> None:
    offered = families.model_copy(update={"languages": ("de", "de-simple", "uk", "ar")})
    n_of = Counter(r.language for r in simulate(offered, district, 400, 11, FAMILIES))
    assert set(n_of) == {"de", "de-simple", "uk", "ar"}
    assert n_of["de"] > 300


def test_own_words_are_short_and_name_nobody_but_by_a_made_up_given_name(families: Questionnaire) -> None:
    words = [text for _, _, text in (*FAMILIES.texts, *FAMILIES.others)]
    assert max(map(len, words)) <= 120
    assert not any(sign in text for text in words for sign in ("@", "Straße", "Frau ", "Herr ", "Tel", "0"))
