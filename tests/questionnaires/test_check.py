"""Rules across questions: what the miniatures do not show."""

import copy
import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.check import (
    check_district,
    check_file,
    check_path,
    check_plan,
    check_questionnaire,
)
from questionnaires.model import Questionnaire
from questionnaires.problems import Lines, Problem
from questionnaires.read import parse_questionnaire, read_district, read_plan, read_questionnaire
from questionnaires.region import District
from questionnaires.source import read_source

HERE = Path(__file__).parent
SINGLE = (HERE / "valid" / "single.yaml").read_text(encoding="utf-8")
SHIPPED = HERE.parent.parent / "questionnaires"


def codes_of(text: str, district: District | None = None) -> list[str]:
    found = parse_questionnaire(text, "mini.yaml")
    assert isinstance(found, Questionnaire), [str(problem) for problem in found]
    return [problem.code for problem in check_questionnaire(found, district)]


def district() -> District:
    found = read_district(HERE / "valid" / "landkreis.yaml")
    assert isinstance(found, District)
    return found


@pytest.mark.parametrize("path", sorted(SHIPPED.rglob("*.yaml")), ids=lambda path: path.stem)
def test_what_ships_has_no_problem(path: Path) -> None:
    assert check_path(path) == ()


def test_a_problem_reads_file_line_message() -> None:
    problem = Problem("duplicate-id", "pages.0.id", "Die Kennung gibt es schon.", "mini.yaml", 3)
    assert str(problem) == "mini.yaml:3: Die Kennung gibt es schon."


def test_a_place_without_a_line_of_its_own_takes_the_nearest_around_it() -> None:
    lines = Lines("mini.yaml", {(): ("mini.yaml", 1), ("pages", 0): ("mini.yaml", 9)})
    assert lines.find(("pages", 0, "title", "uk")) == ("mini.yaml", 9)
    assert lines.find(("title",)) == ("mini.yaml", 1)
    assert Lines().find(("title",)) == ("", 0)


def test_a_questionnaire_without_a_file_is_checked_the_same() -> None:
    path = HERE / "invalid" / "crowded-page.yaml"
    questionnaire = read_questionnaire(path)
    assert isinstance(questionnaire, Questionnaire)
    (without_file,) = check_questionnaire(questionnaire)
    (with_file,) = check_file(path)
    assert (without_file.code, without_file.place) == (with_file.code, with_file.place)
    assert (without_file.line, with_file.line) == (0, 13)


def test_a_mistake_in_one_question_does_not_hide_those_around_it(tmp_path: Path) -> None:
    path = tmp_path / "mini.yaml"
    broken = SINGLE.replace("{code: 1, text", "{text").replace("  - id: seite", "  - id: wohnen")
    path.write_text(broken.replace("{question: a, is: [1]}", "{question: z, is: [1]}"), encoding="utf-8")
    assert sorted(problem.code for problem in check_file(path)) == [
        "condition-unknown-question", "duplicate-id", "option-without-code",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "codes"),
    [
        # What a condition on a broken question would mean is not known, so nothing is said about it.
        ("{code: 1, text", "{text", {"option-without-code"}),
        ("kind: single", "kind: singel", {"unknown-kind"}),
        # The Sozialraum question may be the broken one.
        ("text: {de: Wo wohnen Sie?}", "text: Wo?", {"wrong-type"}),
        ("minutes: 1\n", "minutes: 1\nlanguages: de, uk\n", {"wrong-type"}),
        ("kind: single,", "kind: single, sensitive: money, colour: red,", {"unknown-key", "unprotected-sensitive"}),
        ("minutes: 1\n", "minutes: 1\nlegal_basis: Gesetz\n", {"wrong-type"}),
    ],
)
def test_one_mistake_does_not_bring_up_others_that_are_none(
    tmp_path: Path, before: str, after: str, codes: set[str]
) -> None:
    path = tmp_path / "mini.yaml"
    assert before in SINGLE
    path.write_text(SINGLE.replace(before, after), encoding="utf-8")
    assert {problem.code for problem in check_file(path)} == codes


def test_areas_in_conditions_are_known_only_with_a_district() -> None:
    text = SINGLE.replace("{question: a, is: [1]}", "{area: [ost]}")
    assert codes_of(text) == []
    assert codes_of(text, district()) == ["unknown-area"]
    assert codes_of(text.replace("ost", "nord"), district()) == []


def test_a_condition_on_the_area_comes_after_the_question_where_people_live() -> None:
    head, pages = SINGLE.split("pages:\n")
    place, page = pages.split("  - id: seite")
    in_area = page.replace("{question: a, is: [1]}", "{area: [nord]}")
    assert codes_of(f"{head}pages:\n{place}  - id: seite{in_area}") == []
    assert codes_of(f"{head}pages:\n  - id: seite{in_area}{place}") == ["condition-later-question"]


def test_with_a_district_nobody_lives_outside_all_its_areas_and_in_one() -> None:
    in_one = "{all: [{not: {area: [nord, sued]}}, {any: [{area: [nord]}, {area: [sued]}]}]}"
    assert codes_of(SINGLE.replace("{question: a, is: [1]}", in_one), district()) == ["impossible-condition"]
    outside = "{not: {area: [nord, sued]}}"
    assert codes_of(SINGLE.replace("{question: a, is: [1]}", outside), district()) == []


@pytest.mark.parametrize(
    ("before", "after", "codes"),
    [
        ("legal_basis: {de: Gesetz}\n", "", ["unprotected-sensitive"]),
        ("legal_basis: {de: Gesetz}\n", "legal_basis: {de: Gesetz}\n", []),
        ("kind: place, text", "kind: place, help: {de: Hilfe}, text", []),
    ],
)
def test_sensitive_questions_need_a_legal_basis(before: str, after: str, codes: list[str]) -> None:
    text = SINGLE.replace("minutes: 1\n", "minutes: 1\nlegal_basis: {de: Gesetz}\n")
    text = text.replace("kind: single,", "kind: single, sensitive: money,")
    assert codes_of(text.replace(before, after)) == codes


def test_a_consent_protects_only_what_comes_after_it() -> None:
    text = (HERE / "valid" / "consent.yaml").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    swapped = "".join([*lines[:-2], lines[-1], lines[-2]]).replace(", show_if: {question: a, answered: true}", "")
    assert codes_of(swapped) == ["unprotected-sensitive"]


def test_a_page_is_unreachable_when_nobody_sees_any_of_its_questions() -> None:
    page = "  - id: dritte\n    title: {de: Dritte}\n    questions:\n"
    never = "{all: [{question: a, is: [1]}, {question: a, is: [2]}]}"
    question = f"      - {{id: c, kind: info, text: {{de: Nie.}}, show_if: {never}}}\n"
    assert codes_of(SINGLE + page + question) == ["unreachable-page"]
    other = "      - {id: d, kind: info, text: {de: Danke.}}\n"
    assert codes_of(SINGLE + page + question + other) == ["impossible-condition"]


def test_a_filter_is_a_choice_and_comes_once() -> None:
    assert codes_of(SINGLE.replace("minutes: 1\n", "minutes: 1\nfilters: [a]\n")) == []
    assert codes_of(SINGLE.replace("minutes: 1\n", "minutes: 1\nfilters: [b]\n")) == ["wrong-filter"]
    assert codes_of(SINGLE.replace("minutes: 1\n", "minutes: 1\nfilters: [a, a]\n")) == ["duplicate-id"]


@pytest.mark.parametrize(
    ("state", "codes"),
    [
        ("{status: checked}", ["unchecked-translation"]),
        ("{status: checked, checked_by: Prüfgruppe}", ["unchecked-translation"]),
        ("{status: checked, checked_by: Prüfgruppe, checked_on: im Mai}", ["unchecked-translation"]),
        ("{status: checked, checked_by: ' ', checked_on: '2026-05-31'}", ["unchecked-translation"]),
        ("{status: source}", ["unchecked-translation"]),
        ("{status: checked, checked_by: Prüfgruppe, checked_on: '2026-05-31'}", []),
        ("{status: machine}", []),
    ],
)
def test_simple_language_is_checked_only_by_a_group_on_a_date(state: str, codes: list[str]) -> None:
    text = (HERE / "valid" / "translated.yaml").read_text(encoding="utf-8")
    before = "{status: checked, checked_by: Prüfgruppe, checked_on: '2026-05-31'}"
    assert before in text
    assert codes_of(text.replace(before, state)) == codes


def changed(**values: Any) -> list[str]:
    data = {**district().model_dump(), **values}
    return [problem.code for problem in check_district(District.model_validate(data))]


def test_a_district_has_two_to_four_zones() -> None:
    zones = district().model_dump()["zones"]
    more = [{"id": f"z{i}", "name": "Mehr"} for i in range(3)]
    assert changed() == []
    assert changed(zones=[*zones, *more[:2]]) == ["empty-zone", "empty-zone"]
    assert "number-of-zones" in changed(zones=[*zones, *more])


def test_an_area_joins_one_that_exists() -> None:
    areas = district().model_dump()["areas"]
    assert changed(areas=[{**areas[0], "joins": "ost"}, areas[1]]) == ["wrong-join"]
    assert changed(areas=[{**areas[0], "joins": None}, areas[1]]) == []


def test_somebody_helps_both_parents_and_young_people() -> None:
    one = {"name": "Hilfe", "phone": "116 111", "hours": "", "audience": "everyone"}
    assert changed(help_contacts=[one]) == []
    assert changed(help_contacts=[]) == ["no-help", "no-help"]
    assert changed(help_contacts=[{**one, "audience": "parents"}]) == ["no-help"]


def test_a_plan_is_checked_without_a_file() -> None:
    plan = read_plan(HERE / "valid" / "plan.yaml")
    assert not isinstance(plan, tuple)
    assert check_plan(plan) == ()
    (problem,) = check_plan(plan.model_copy(update={"joins": {"nord": "nord"}}))
    assert (problem.code, problem.line) == ("wrong-join", 0)


JUNK = (
    None,
    5,
    1.5,
    "x",
    "",
    True,
    [],
    {},
    [1],
    ["x"],
    [{}],
    {"de": ""},
    {"all": []},
    {"not": {}},
    {"id": "a"},
    "single",
)
KEYS = ("show_if", "kind", "options", "steps", "items", "bands", "languages", "filters", "funnels", "translations")


def containers(data: Any) -> Iterator[Any]:
    if isinstance(data, dict | list) and data:
        yield data
        for part in data.values() if isinstance(data, dict) else data:
            yield from containers(part)


def spoil(data: Any, chance: random.Random) -> None:
    """Put junk somewhere, or something twice, or a known key where it does not belong."""
    where = chance.choice(list(containers(data)))
    key = chance.choice(list(where) if isinstance(where, dict) else range(len(where)))
    if isinstance(where, list) and chance.random() < 0.3:
        where.append(copy.deepcopy(where[key]))
    elif isinstance(where, dict) and chance.random() < 0.3:
        where[chance.choice(KEYS)] = copy.deepcopy(chance.choice(JUNK))
    else:
        where[key] = copy.deepcopy(chance.choice(JUNK))


@given(st.sampled_from(sorted((HERE / "valid").glob("*.yaml"))), st.randoms(use_true_random=False), st.integers(1, 4))
def test_however_broken_a_file_is_its_problems_have_lines(path: Path, chance: random.Random, times: int) -> None:
    data: Any = json.loads(json.dumps(read_source(path).data))
    for _ in range(times):
        spoil(data, chance)
    with tempfile.TemporaryDirectory() as folder:
        broken = Path(folder) / "broken.yaml"
        broken.write_text(json.dumps(data, indent=1), encoding="utf-8")  # JSON is YAML 1.2
        problems = check_path(broken)
        n_lines = len(broken.read_text(encoding="utf-8").splitlines())
    assert all(problem.file == str(broken) and 1 <= problem.line <= n_lines for problem in problems)
