"""Every rule and every kind of question has a miniature; an invalid one is named after the code it must give."""

import ast
import re
from pathlib import Path

import pytest

from questionnaires.check import DISTRICT_RULES, PLAN_RULES, RULES, check_file, check_path
from questionnaires.model import KINDS, Questionnaire
from questionnaires.problems import Problem
from questionnaires.read import read_district, read_questionnaire
from questionnaires.region import District
from questionnaires.salvage import AnyKind

HERE = Path(__file__).parent
PACKAGE = HERE.parent.parent / "questionnaires"
VALID = sorted((HERE / "valid").glob("*.yaml"))
INVALID = {kind: sorted((HERE / kind).glob("*.yaml")) for kind in ("invalid", "invalid_districts", "invalid_plans")}

#: Codes whose files cannot be miniatures: they are made in test_read.py.
MADE_ELSEWHERE = {"too-large", "not-utf8", "unreadable-file"}


def name_of(path: Path) -> str:
    return path.stem


@pytest.fixture(scope="module")
def district() -> District:
    found = read_district(HERE / "valid" / "landkreis.yaml")
    assert isinstance(found, District)
    return found


def assert_gives_only(problems: tuple[Problem, ...], path: Path) -> None:
    assert {problem.code for problem in problems} == {path.stem}
    own = {str(path), *map(str, (path.parent / "translations").glob(f"{path.stem}.*.yaml"))}
    for problem in problems:
        assert problem.file in own
        assert 1 <= problem.line <= Path(problem.file).read_text(encoding="utf-8").count("\n")


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_a_valid_miniature_has_no_problem(path: Path, district: District) -> None:
    assert check_path(path) == ()
    if path.stem not in {"landkreis", "plan"}:
        assert check_file(path, district) == ()


@pytest.mark.parametrize("path", INVALID["invalid"], ids=name_of)
def test_an_invalid_questionnaire_gives_the_code_in_its_name(path: Path, district: District) -> None:
    assert_gives_only(check_file(path, district), path)


@pytest.mark.parametrize("path", INVALID["invalid_districts"] + INVALID["invalid_plans"], ids=name_of)
def test_an_invalid_district_or_plan_gives_the_code_in_its_name(path: Path) -> None:
    assert_gives_only(check_path(path), path)


@pytest.mark.parametrize(
    ("folder", "table"),
    [("invalid", RULES), ("invalid_districts", DISTRICT_RULES), ("invalid_plans", PLAN_RULES)],
)
def test_every_rule_has_a_miniature(folder: str, table: dict[str, object]) -> None:
    assert set(table) - {path.stem for path in INVALID[folder]} == set()


def test_everything_that_reading_can_say_has_a_miniature() -> None:
    codes = set()
    for module in ("source", "messages", "read"):
        tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
        strings = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        codes |= {s for s in strings if isinstance(s, str) and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", s)}
    shown = {path.stem for paths in INVALID.values() for path in paths}
    assert codes - shown - MADE_ELSEWHERE == {"utf-8-sig"}


def test_every_kind_of_question_has_a_valid_miniature() -> None:
    for kind in KINDS:
        questionnaire = read_questionnaire(HERE / "valid" / f"{kind}.yaml")
        assert isinstance(questionnaire, Questionnaire)
        assert kind in {question.kind for question in questionnaire.questions.values()}


def test_a_question_of_unknown_kind_is_checked_against_the_fields_of_all_kinds() -> None:
    assert set(AnyKind.model_fields) == {field for kind in KINDS.values() for field in kind.model_fields}


def test_messages_are_sentences_without_markup() -> None:
    problems = [problem for paths in INVALID.values() for path in paths for problem in check_path(path)]
    assert len(problems) > 70
    for problem in problems:
        assert re.search(r"[.?]$|\"\.$|Vorschlag: \w+$", problem.message), problem.message
        assert problem.message[0] == "„" or problem.message[0].isupper()
        assert str(problem) == f"{problem.file}:{problem.line}: {problem.message}"
