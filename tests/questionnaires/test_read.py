"""Reading YAML: strict about codes, lenient about nothing, and always with file and line."""

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from questionnaires.check import check_file, check_path
from questionnaires.model import KINDS, Questionnaire
from questionnaires.problems import Problem
from questionnaires.read import (
    TranslationFile,
    parse_questionnaire,
    read_district,
    read_plan,
    read_questionnaire,
    read_translation,
)
from questionnaires.region import District
from questionnaires.source import MAX_BYTES, Source

HERE = Path(__file__).parent
SINGLE = (HERE / "valid" / "single.yaml").read_text(encoding="utf-8")


def problems_of(text: str) -> tuple[Problem, ...]:
    found = parse_questionnaire(text, "mini.yaml")
    assert isinstance(found, tuple)
    return found


def questionnaire_of(text: str) -> Questionnaire:
    found = parse_questionnaire(text, "mini.yaml")
    assert isinstance(found, Questionnaire), [str(problem) for problem in found]
    return found


def test_ten_mistakes_of_all_kinds_give_ten_problems_on_ten_lines() -> None:
    problems = check_file(HERE / "ten-errors.yaml")
    lines = (HERE / "ten-errors.yaml").read_text(encoding="utf-8").splitlines()
    marked = [number for number, line in enumerate(lines, start=1) if re.search(r"# \d+ ", line)]
    assert len(problems) == 10
    assert [problem.line for problem in problems] == marked
    assert len({problem.code for problem in problems}) == 9  # a text and a number of the wrong type share theirs


@pytest.mark.parametrize(("written", "is_number"), [("06636", True), ("6636", True), ("'06636'", False)])
def test_a_code_with_leading_zeros_is_text_in_quotes_and_never_a_number(written: str, is_number: bool) -> None:
    text = (HERE / "valid" / "landkreis.yaml").read_text(encoding="utf-8").replace('ags: "06636"', f"ags: {written}")
    source = Source(text, "x")
    assert isinstance(source.data, dict)
    assert (source.data["ags"] == "06636") is not is_number
    assert source.raw[("ags",)] == written.strip("'")


def test_an_unquoted_ags_is_reported_with_how_to_write_it(tmp_path: Path) -> None:
    path = tmp_path / "kreis.yaml"
    text = (HERE / "valid" / "landkreis.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace('"06636001"', "06636001"), encoding="utf-8")
    (problem,) = check_path(path)
    assert (problem.code, problem.place) == ("unquoted-value", "municipalities.0.ags")
    assert '"06636001"' in problem.message
    assert "Anführungszeichen" in problem.message


def test_postcodes_keep_their_zeros() -> None:
    district = read_district(HERE / "valid" / "landkreis.yaml")
    assert isinstance(district, District)
    assert district.municipalities[0].postcodes == ("01234",)
    assert district.ags == "06636"


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (SINGLE.replace("Mini", "Müll").encode("cp1252"), "not-utf8", 3),
        (SINGLE.encode("utf-16"), "not-utf8", 1),
        (b"x" * (MAX_BYTES + 1), "too-large", 1),
        (b"", "empty-file", 1),
        (b"[a, b]", "not-a-map", 1),
        (b"a: 1\n---\nb: 2\n", "yaml-syntax", 2),
        (b"a: 'offen\nb: 2\n", "yaml-syntax", 1),
        (b"a:\n\tb: 2\n", "tab", 2),
        (b"a: *b\n", "yaml-syntax", 1),
        (b"a: \x00\n", "control-character", 1),
        (b"[" * 1_000, "too-nested", 1),
    ],
)
def test_a_file_that_is_no_questionnaire_file_says_why(tmp_path: Path, content: bytes, code: str, line: int) -> None:
    path = tmp_path / "mini.yaml"
    path.write_bytes(content)
    (problem,) = check_path(path)
    assert (problem.code, problem.line, problem.file) == (code, line, str(path))


@pytest.mark.parametrize("name", ["fehlt.yaml", "."])
def test_a_missing_file_and_a_folder_are_said_to_be_unreadable(tmp_path: Path, name: str) -> None:
    (problem,) = check_path(tmp_path / name)
    assert problem.code == "unreadable-file"


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "mini.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SINGLE.replace("\n", "\r\n").encode())
    assert read_questionnaire(path) == questionnaire_of(SINGLE)


def test_aliases_are_written_out_but_not_without_limit() -> None:
    written_once = SINGLE.replace("title: {de: Mini}", "title: &t {de: Mini}").replace("{de: Was fehlt?}", "*t")
    assert questionnaire_of(written_once).headline == {"de": "Mini"}
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for name, before in zip("bcdefgh", "abcdefg", strict=True):
        bomb += f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    assert [problem.code for problem in problems_of(bomb)] == ["too-nested"]
    assert [problem.code for problem in problems_of("a: &a [*a]\n")] == ["too-nested"]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("minutes: 1", "minutes: 1.0", "wrong-type"),
        ("minutes: 1", "minutes: true", "wrong-type"),
        ("minutes: 1", "minutes: 01", "wrong-type"),
        ("minutes: 1", "minutes: [1]", "wrong-type"),
        ("minutes: 1", "minutes: 0x10", "wrong-type"),
        ("minutes: 1", f"minutes: {'9' * 5000}", "wrong-type"),
        ("{de: Mini}", "{de: true}", "unquoted-value"),
        ("{de: Mini}", "{de: 1e3}", "unquoted-value"),
        ("{de: Mini}", "{de: [Mini]}", "wrong-type"),
        ("{code: 1,", "{code: '1',", "quoted-number"),
        ("is: [1]", "is: 1", "wrong-type"),
        ("is: [1]", "is: []", "too-few"),
        ("{question: a, is: [1]}", "irgendwas", "wrong-type"),
        ("{question: a, is: [1]}", "{all: [irgendwas]}", "wrong-type"),
        ("{question: a, is: [1]}", "{question: a, any: [{area: [x]}]}", "unknown-key"),
        ("  - id: seite", "  - seite\n  - id: seite", "wrong-type"),
    ],
)
def test_nothing_is_silently_turned_into_something_else(before: str, after: str, code: str) -> None:
    assert before in SINGLE
    assert {problem.code for problem in problems_of(SINGLE.replace(before, after))} == {code}


@pytest.mark.parametrize("word", ["no", "yes", "on", "12:30", "2026-05-31", "1_000", "0b1", "Null-Bock"])
def test_words_that_older_yaml_mistook_stay_words(word: str) -> None:
    assert questionnaire_of(SINGLE.replace("{de: Mini}", f"{{de: {word}}}")).title == {"de": word}


def test_a_question_of_unknown_kind_is_still_checked() -> None:
    broken = SINGLE.replace("kind: single", "kind: choice, exclusiv: 1").replace("{code: 2, text", "{text")
    broken = broken.replace("id: a,", "id: A,")
    assert {p.code for p in problems_of(broken)} == {
        "unknown-kind",
        "unknown-key",
        "option-without-code",
        "bad-id",
    }


def test_a_misspelt_key_is_one_problem_with_a_suggestion() -> None:
    (problem,) = problems_of(SINGLE.replace("options:", "option:"))
    assert problem.code == "unknown-key"
    assert "Meinten Sie „options“?" in problem.message


def test_problems_name_the_question_they_are_about() -> None:
    (problem,) = problems_of(SINGLE.replace("{de: Ja oder nein?}", "Ja?"))
    assert problem.message.startswith("Frage „a“: Texte stehen hier je Sprache.")
    assert problem.place == "pages.1.questions.0.text"


# --- translations -------------------------------------------------------------------------------------------


def test_side_files_add_their_texts_language_and_state() -> None:
    questionnaire = read_questionnaire(HERE / "valid" / "translated.yaml")
    assert isinstance(questionnaire, Questionnaire)
    assert questionnaire.languages == ("de", "de-simple", "uk")
    assert questionnaire.translations["uk"].status == "machine"
    assert questionnaire.questions["a"].options[1].text["uk"] == "Ні"  # type: ignore[union-attr]
    assert questionnaire.pages[0].title["uk"] == "Де"


@pytest.fixture
def translated(tmp_path: Path) -> Path:
    """A copy of the translated miniature that a test may spoil."""
    (tmp_path / "translations").mkdir()
    for name in ("translated.yaml", "translations/translated.uk.yaml"):
        (tmp_path / name).write_bytes((HERE / "valid" / name).read_bytes())
    return tmp_path / "translated.yaml"


def test_a_text_missing_in_a_side_file_is_reported_there(translated: Path) -> None:
    side = translated.parent / "translations" / "translated.uk.yaml"
    side.write_text(side.read_text(encoding="utf-8").replace("  ort.text: Де?\n", ""), encoding="utf-8")
    (problem,) = check_file(translated)
    assert (problem.code, problem.file, problem.line) == ("missing-text", str(side), 3)
    assert problem.message == "Der Text „ort.text“ fehlt auf Ukrainisch."


def test_an_empty_text_in_a_side_file_is_reported_on_its_line(translated: Path) -> None:
    side = translated.parent / "translations" / "translated.uk.yaml"
    side.write_text(side.read_text(encoding="utf-8").replace("ort.text: Де?", "ort.text: ' '"), encoding="utf-8")
    (problem,) = check_file(translated)
    assert (problem.code, problem.file, problem.line) == ("empty-text", str(side), 9)


@pytest.mark.parametrize(
    ("before", "after", "code", "line"),
    [
        ("language: uk", "language: xx", "unknown-language", 1),
        ("language: uk", "language: de", "wrong-language", 1),
        ("language: uk", "languag: uk", "unknown-key", 1),
        ("status: machine", "status: perfect", "unknown-word", 2),
        ("ort.text: Де?", "ort.text: 5", "unquoted-value", 9),
        ("ort.text: Де?", "stadt.text: Де?", "unknown-text", 9),
    ],
)
def test_what_is_wrong_in_a_side_file_is_reported_there(
    translated: Path, before: str, after: str, code: str, line: int
) -> None:
    side = translated.parent / "translations" / "translated.uk.yaml"
    side.write_text(side.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    found = read_questionnaire(translated)
    assert isinstance(found, tuple)
    assert [(p.code, p.file, p.line) for p in found] == [(code, str(side), line)]


def test_a_side_file_can_be_read_and_checked_alone() -> None:
    path = HERE / "valid" / "translations" / "translated.uk.yaml"
    found = read_translation(path)
    assert isinstance(found, TranslationFile)
    assert found.texts["ort.text"] == "Де?"
    assert check_path(path) == ()


def test_a_plan_is_read() -> None:
    plan = read_plan(HERE / "valid" / "plan.yaml")
    assert not isinstance(plan, tuple)
    assert plan.filters[0].groups[0].codes == (1, 2)


# --- properties ---------------------------------------------------------------------------------------------

HOSTILE = [
    "no",
    "06636",
    "1e3",
    "~",
    "true",
    "a: b",
    "- c",
    "# d",
    "'",
    '"',
    "{",
    "*x",
    "&y",
    "!z",
    "@",
    "`",
    "%",
    "\\",
    "„Ja“",
]
WORDS = st.sampled_from(HOSTILE) | st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=20)
TEXTS = st.dictionaries(st.sampled_from(["de", "uk", "ar"]), WORDS, min_size=1)


def options(*, at_least: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    option = st.fixed_dictionaries({"code": st.integers(0, 9999), "text": TEXTS})
    return st.lists(option, min_size=at_least, max_size=4)


ROWS = st.lists(st.fixed_dictionaries({"id": st.sampled_from("abc"), "text": TEXTS}), min_size=1, max_size=3)
EXTRA: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "single": {"options": options(at_least=2)}, "multiple": {"options": options(at_least=2)},
    "ranking": {"options": options(at_least=2)}, "scale": {"steps": options(at_least=2)},
    "battery": {"steps": options(at_least=2), "items": ROWS}, "counts": {"bands": ROWS},
    "number": {"maximum": st.integers(-(10**15), 10**15)},
}  # fmt: skip
CONDITIONS = st.recursive(
    st.fixed_dictionaries({"question": st.just("q"), "is": st.lists(st.integers(0, 9), min_size=1, max_size=3)})
    | st.fixed_dictionaries({"area": st.lists(WORDS, min_size=1, max_size=2)}),
    lambda inner: (
        st.fixed_dictionaries({"not": inner})
        | st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)})
        | st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)})
    ),
    max_leaves=5,
)


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(sorted(KINDS)))
    extra = draw(st.fixed_dictionaries(EXTRA.get(kind, {}), optional={"show_if": CONDITIONS, "note": WORDS}))
    return {"id": draw(st.sampled_from(["q", "r", "s"])), "kind": kind, "text": draw(TEXTS), **extra}


@given(st.lists(questions(), min_size=1, max_size=3), TEXTS)
def test_what_yaml_says_survives_the_model_and_its_json(asked: list[dict[str, Any]], title: dict[str, str]) -> None:
    page = {"id": "seite", "title": title, "questions": asked}
    data = {
        "format": "familienstimme-fragebogen/1", "id": "mini", "title": title, "headline": title, "intro": title,
        "audience": "families", "minutes": 1, "pages": [page],
    }  # fmt: skip
    written = StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False  # its flow style writes {de: :0}, which it cannot read itself
    yaml.dump(data, written)
    questionnaire = questionnaire_of(written.getvalue())
    assert questionnaire == Questionnaire.model_validate(data)
    again = Questionnaire.from_json(questionnaire.to_json())
    assert again == questionnaire
    assert again.hash == questionnaire.hash


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from([*SINGLE.splitlines(keepends=True), "- ", "  ", "{", "\t"])).map("".join)
)
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    found = parse_questionnaire(text, "mini.yaml")
    assert isinstance(found, Questionnaire) or all(1 <= p.line <= text.count("\n") + 1 for p in found)
