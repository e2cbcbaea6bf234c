"""A publication plan is held against its questionnaire and district: every mistake has line and remedy."""

from functools import cache
from pathlib import Path

import pytest

from questionnaires.model import Questionnaire
from questionnaires.read import load_plan, read_district, read_questionnaire
from questionnaires.region import Area, District
from questionnaires.rules_plan import check_plan_for
from questionnaires.source import read_source
from survey.cli import MISCALLED, run

CONTENT = Path(__file__).parents[2] / "questionnaires"
ASKED, DISTRICT = CONTENT / "familien.yaml", CONTENT / "regions" / "wartburgkreis.yaml"
HEAD = "format: familienstimme-plan/1\nk: 5\nk_sensitive: 10\n"
MARGIN = (
    "margins:\n  - id: allein\n    title: Familienform\n    question: haushaltsform\n    missing: own\n"
    "    source: Zensus\n    categories:\n"
)


@cache
def shipped() -> tuple[Questionnaire, tuple[Area, ...]]:
    asked, district = read_questionnaire(ASKED), read_district(DISTRICT)
    assert isinstance(asked, Questionnaire)
    assert isinstance(district, District)
    return asked, district.areas


def said(tmp_path: Path, text: str) -> list[tuple[str, int, str]]:
    path = tmp_path / "plan.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    loaded = load_plan(read_source(path))
    assert loaded.value is not None, loaded.problems
    found = check_plan_for(loaded.value, *shipped(), loaded.source.lines)
    return [(problem.code, problem.line, problem.message) for problem in found]


def test_a_plan_that_names_only_what_exists_has_no_problem(tmp_path: Path) -> None:
    text = (
        "joins: {wak-geisa: wak-dermbach}\nsensitive: [auskommen, but_weg.verein]\nhardships: {rat: [3]}\n"
        "coarse:\n  rat: [{title: ja, codes: [1, 2]}, {title: nein, codes: [3]}]\n"
        "filters:\n  - {id: f, question: rat, title: Rat, groups: [{id: f-1, title: ja, codes: [1]}]}\n"
    )
    numbers = (
        "      - {title: Paare, codes: [1, 3, 4], number: 12000}\n      - {title: allein, codes: [2], number: 3000}\n"
    )
    assert said(tmp_path, text + MARGIN + numbers) == []


@pytest.mark.parametrize(
    ("text", "code", "line", "remedy"),
    [
        ("sensitive: [auskomen]", "plan-unknown-question", 4, "Meinten Sie „auskommen“?"),
        ("sensitive: [but_weg.vereine]", "plan-unknown-question", 4, "Meinten Sie „but_weg.verein“?"),
        ("hardships: {belastng: [3]}", "plan-unknown-question", 4, "Meinten Sie „belastung“?"),
        ("hardships: {rat: [9]}", "plan-unknown-code", 4, "Möglich sind 1, 2, 3."),
        ("joins: {wak-geisa: wak-nirgends}", "plan-unknown-area", 4, "gibt es im Landkreis nicht"),
        ("joins: {wak-geisa: wak-bad-salzungen}", "plan-distant-join", 4, "im selben Großraum"),
        ("coarse:\n  rat: [{title: ja, codes: [1]}]", "plan-coarse", 5, "genau einmal enthalten: 1, 2, 3"),
        ("coarse:\n  kinder: [{title: ja, codes: [1]}]", "plan-coarse", 5, "keine Antworten"),
        ("filters:\n  - {id: f, question: arztweg, title: F, groups: []}", "plan-filter", 5, "Möglich sind Einfach"),
        ("filters:\n  - {id: f, question: rat, title: F, groups: [{id: a, title: A, codes: [7]}]}",
         "plan-unknown-code", 5, "Möglich sind 1, 2, 3."),
        ("contradictions:\n  - {id: c, title: C, when: {question: nie, is: [1]}}", "plan-unknown-question", 5, "„nie“"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_said_with_line_and_remedy(
    tmp_path: Path, text: str, code: str, line: int, remedy: str
) -> None:
    ((found, at, message),) = said(tmp_path, text + "\n")
    assert (found, at) == (code, line)
    assert remedy in message


@pytest.mark.parametrize(
    ("categories", "remedy"),
    [
        ("{title: P, codes: [1], number: 0.8}\n      - {title: A, codes: [2], number: 0.2}", "sieht nach Anteilen aus"),
        ("{title: P, codes: [1], number: 80}\n      - {title: A, codes: [2], number: 20}", "sieht nach Anteilen aus"),
        ("{title: P, codes: [1], number: 0}", "ergeben zusammen null"),
        ("{title: P, codes: [7], number: 5000}", "„7“ gibt es nicht. Möglich sind 1, 2, 3, 4."),
        ("{title: P, codes: [1], number: 4000}\n      - {title: Q, codes: [1], number: 100}", "steht in zwei Gruppen"),
        ("{title: P, number: 4000}", "steht nicht, wer dazugehört"),
    ],
)
def test_a_margin_in_the_wrong_unit_or_of_nobody_is_refused(tmp_path: Path, categories: str, remedy: str) -> None:
    messages = [message for _, _, message in said(tmp_path, MARGIN + f"      - {categories}\n")]
    assert len(messages) == 1
    assert remedy in messages[0]


def test_margins_that_count_different_families_are_refused(tmp_path: Path) -> None:
    second = MARGIN.replace("margins:\n", "").replace("id: allein", "id: geld").replace("haushaltsform", "auskommen")
    text = f"{MARGIN}      - {{title: P, codes: [1], number: 15000}}\n{second}"
    ((_, line, message),) = said(tmp_path, f"{text}      - {{title: G, codes: [1], number: 14000}}\n")
    assert line == 12
    assert "ist 14.000, die von „allein“ aber 15.000" in message


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("weight_cap: 3,5", "ohne Anführungszeichen schreiben: 3.5."),
        ("weight_cap: 1", "es muss mehr als 1 sein"),
        ("min_area_base: 30,5", "keine ganze Zahl"),
        ("top_code_counts: 12", "zu groß; höchstens 9"),
    ],
)
def test_numbers_as_germans_write_them_are_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, remedy: str
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(f"{HEAD}{line}\n", encoding="utf-8")
    assert run(["check", str(path)]) == 1
    shown = capsys.readouterr().out
    assert "plan.yaml:4: " in shown
    assert remedy in shown


def test_a_comma_between_braces_is_recognised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(f"{HEAD}{MARGIN}      - {{title: P, codes: [1], number: 1234,5}}\n", encoding="utf-8")
    assert run(["check", str(path)]) == 1
    assert "zum Beispiel 0.5" in capsys.readouterr().out


def test_the_command_line_needs_both_questionnaire_and_district(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(f"{HEAD}sensitive: [auskomen]\n", encoding="utf-8")
    alone = ["check", str(path)]
    assert run(alone) == 0
    assert run([*alone, "--questionnaire", str(ASKED)]) == MISCALLED
    assert run([*alone, "--questionnaire", str(ASKED), "--district", str(DISTRICT)]) == 1
    assert "plan.yaml:4: Die Frage „auskomen“" in capsys.readouterr().out
