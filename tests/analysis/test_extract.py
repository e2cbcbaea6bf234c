"""An extract is read exactly, or everything that is wrong with it is said without naming an answer."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.errors import ExtractError
from analysis.extract import read_extract
from questionnaires.handover import TEXT_COLUMNS
from questionnaires.problems import Problem
from tests.analysis.make_extract import draw_rows, make_extract, miniature, write_extract

Change = Callable[[str], str]
FIELDWORK = "fieldwork.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_extract(tmp_path / "auszug", 40)


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(ExtractError) as caught:
        read_extract(folder)
    return caught.value.problems


def change(folder: Path, edit: Change, name: str = "responses.csv") -> None:
    path = folder / name
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")


def put(column: str, row: int, value: str) -> Change:
    """An edit that writes a value into a cell."""

    def edit(text: str) -> str:
        lines = text.split("\n")
        position = lines[0].split(",").index(column)
        cells = lines[row].split(",")
        cells[position] = value
        lines[row] = ",".join(cells)
        return "\n".join(lines)

    return edit


def test_codes_weights_and_areas_come_out_as_they_were_written(tmp_path: Path) -> None:
    rows = [row | {"weight": 0.5 + i / 8} for i, row in enumerate(draw_rows(miniature(), 30))]
    extract = read_extract(write_extract(tmp_path / "e", miniature(), rows))
    assert extract.n == 30
    assert extract.weight is not None
    assert extract.weight.tolist() == [row["weight"] for row in rows]
    assert {name: column.tolist() for name, column in extract.columns.items()} == {
        name: [row[name] for row in rows] for name in extract.columns
    }
    names = [area.id for area in extract.codebook.district.areas] + [""]
    assert [names[i] for i in extract.area] == [row["area"] for row in rows]


def test_whole_numbers_may_be_written_with_a_point(folder: Path) -> None:
    change(folder, put("form", 3, "1.0"))
    assert read_extract(folder).columns["form"][2] == 1


def test_columns_are_as_small_as_their_codes_allow(folder: Path) -> None:
    assert {column.dtype for column in read_extract(folder).columns.values()} == {np.dtype(np.int16)}


def test_own_words_are_counted_and_may_stay_behind(folder: Path) -> None:
    rows = ["t1,wunsch,de,,0,,,", "t2,wunsch,,oben,0,,,", "t3,bedarf.other,de,,0,,,"]
    (folder / "texts.csv").write_text("\n".join([",".join(TEXT_COLUMNS), *rows]))
    assert read_extract(folder).n_texts == {"wunsch": 2}
    (folder / "texts.csv").unlink()
    assert read_extract(folder).n_texts == {}


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("form", "7", "foreign-code"),
        ("form", "98", "foreign-code"),
        ("form", "-9", "foreign-code"),
        ("huerden_1", "2", "foreign-code"),
        ("form", "1.5", "not-whole"),
        ("form", "ja", "not-whole"),
        ("form", "\u0661", "not-whole"),
        ("form", "inf", "not-whole"),
        ("weg", "1,5", "ragged"),
        ("weg", '"1,5"', "decimal-comma"),
        ("weg", "241", "out-of-range"),
        ("weg", "99999999999999999999", "not-whole"),
        ("kinder_klein", "5", "out-of-range"),
        ("form", "", "empty"),
        ("area", "atlantis", "unknown-area"),
        ("late", "nein", "not-a-mark"),
    ],
)
def test_a_wrong_value_is_reported_with_column_rows_and_first_line(
    folder: Path, column: str, value: str, code: str
) -> None:
    change(folder, put(column, 3, value))
    change(folder, put(column, 5, value))
    (problem,) = problems_of(folder)
    assert (problem.code, problem.line) == (code, 4)
    assert problem.place == (column if code != "ragged" else "rows")
    assert "2 Zeilen haben" in problem.message


@pytest.mark.parametrize("value", ["0", "-1", '"0,5"', "viel", "nan"])
def test_a_weight_that_is_none_is_reported(tmp_path: Path, value: str) -> None:
    rows = [row | {"weight": 1.25} for row in draw_rows(miniature(), 12)]
    folder = write_extract(tmp_path / "e", miniature(), rows)
    change(folder, put("weight", 2, value))
    assert [p.place for p in problems_of(folder)] == ["weight"]


def test_weights_of_different_units_are_reported(tmp_path: Path) -> None:
    rows = [row | {"weight": 1e99 if i == 3 else 1.0} for i, row in enumerate(draw_rows(miniature(), 12))]
    assert [p.code for p in problems_of(write_extract(tmp_path / "e", miniature(), rows))] == ["weights-far-apart"]


def test_a_row_that_comes_twice_is_reported(folder: Path) -> None:
    first = read_extract_rows(folder)[1].split(",")[0]
    change(folder, put("row", 8, first))
    assert [(p.code, p.line) for p in problems_of(folder)] == [("duplicate-row", 9)]


def read_extract_rows(folder: Path) -> list[str]:
    return (folder / "responses.csv").read_text(encoding="utf-8").split("\n")


def test_missing_unknown_and_doubled_columns_are_reported_together(folder: Path) -> None:
    change(folder, lambda text: text.replace(",form,", ",fromm,", 1).replace(",weg,", ",mobil,", 1))
    assert {p.code for p in problems_of(folder)} == {"missing-columns", "unknown-columns", "duplicate-columns"}


def test_semicolons_a_byte_order_mark_and_windows_letters_are_named(folder: Path) -> None:
    path = folder / "responses.csv"
    good = path.read_bytes()
    path.write_bytes(good.replace(b",", b";"))
    assert [p.code for p in problems_of(folder)] == ["semicolon"]
    path.write_bytes(good.replace(b"\n", b"\r"))
    assert [p.code for p in problems_of(folder)] == ["line-ends"]
    path.write_bytes(b"\xef\xbb\xbf" + good)
    assert [p.code for p in problems_of(folder)] == ["byte-order-mark"]
    path.write_bytes(good.replace(b",kita,", ",kitä,".encode("cp1252"), 1))
    assert [(p.code, p.line) for p in problems_of(folder)] == [("wrong-encoding", 2)]


def test_an_empty_wave_and_a_wrong_total_are_reported(folder: Path) -> None:
    change(folder, lambda text: text.replace("\n" + text.split("\n")[4], "", 1))
    assert [p.code for p in problems_of(folder)] == ["wrong-total"]
    change(folder, lambda text: text.split("\n")[0] + "\n")
    assert [p.code for p in problems_of(folder)] == ["empty-wave"]


def test_a_row_with_too_many_fields_is_reported_even_when_it_is_the_first(folder: Path) -> None:
    change(folder, lambda text: re.sub(r"^(.*\n)(.*)\n", r"\1\2,1\n", text))
    assert [(p.code, p.line) for p in problems_of(folder)] == [("ragged", 2)]


@pytest.mark.parametrize("name", ["responses.csv", "codebook.json", "fieldwork.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert [(p.code, p.place) for p in problems_of(folder)] == [("missing-file", name)]


def edit_json(key: str, value: object) -> Change:
    return lambda text: json.dumps(json.loads(text) | {key: value})


@pytest.mark.parametrize(
    ("name", "key", "value", "code"),
    [
        ("codebook.json", "format", "familienstimme-auszug/9", "wrong-format"),
        ("fieldwork.json", "format", "anders/1", "wrong-format"),
        ("codebook.json", "questionnaire_hash", "0" * 64, "wrong-hash"),
        ("codebook.json", "missing_codes", {"no_answer": -9}, "wrong-missing-codes"),
        ("codebook.json", "columns", [], "wrong-columns"),
        ("fieldwork.json", "n_responses", "viele", "json-int_parsing"),
    ],
)
def test_a_codebook_or_fieldwork_that_is_not_as_agreed_is_reported(
    folder: Path, name: str, key: str, value: object, code: str
) -> None:
    change(folder, edit_json(key, value), name)
    assert code in {p.code for p in problems_of(folder)}


@pytest.mark.parametrize(
    ("change_", "said"),
    [
        (lambda plan: plan | {"k": 2}, "Zahl, die nicht sein kann; erlaubt ist mindestens 3"),
        (lambda plan: plan | {"k": "fünf"}, "Das Feld „plan.k“ braucht eine ganze Zahl."),
        (lambda plan: plan | {"weight_cap": "1,5"}, "braucht eine Zahl, mit Punkt statt Komma"),
        (lambda plan: plan | {"access": "mond"}, "möglich sind register, full, open."),
        (lambda plan: plan | {"mond": 1}, "Das Feld „plan.mond“ ist nicht bekannt."),
    ],
)
def test_a_field_of_the_plan_says_what_it_may_hold(folder: Path, change_: Any, said: str) -> None:
    change(folder, lambda text: json.dumps((facts := json.loads(text)) | {"plan": change_(facts["plan"])}), FIELDWORK)
    (problem,) = problems_of(folder)
    assert said in problem.message


@pytest.mark.parametrize("text", ["", "[]", "null", '{"format": "familienst', "[" * 10_000])
def test_a_file_written_halfway_or_of_something_else_is_reported(folder: Path, text: str) -> None:
    change(folder, lambda _: text, FIELDWORK)
    (problem,) = problems_of(folder)
    assert "Bitte den Auszug neu erzeugen." in problem.message


def test_a_wave_that_ends_before_it_begins_is_reported(folder: Path) -> None:
    change(folder, edit_json("closes_on", "2026-01-01"), FIELDWORK)
    assert [p.code for p in problems_of(folder)] == ["wrong-dates"]


@pytest.mark.parametrize(("key", "code"), [("areas", "duplicate-id"), ("zones", "duplicate-id"), ("", "no-areas")])
def test_a_district_changed_by_hand_is_reported(folder: Path, key: str, code: str) -> None:
    def twice(text: str) -> str:
        book = json.loads(text)
        book["district"] |= {key: book["district"][key] * 2} if key else {"areas": []}
        return json.dumps(book)

    change(folder, twice, "codebook.json")
    assert code in {p.code for p in problems_of(folder)}


def test_everything_wrong_is_said_at_once(folder: Path) -> None:
    change(folder, put("form", 2, "7"))
    change(folder, put("weg", 2, "x"))
    change(folder, put("area", 2, "mond"))
    change(folder, edit_json("questionnaire_hash", "0" * 64), "codebook.json")
    assert {p.code for p in problems_of(folder)} == {"wrong-hash", "foreign-code", "not-whole", "unknown-area"}


def test_no_message_repeats_a_text_that_somebody_wrote(folder: Path) -> None:
    change(folder, put("form", 2, "Frau Muster"))
    change(folder, put("area", 2, "Geheimer Weg 3"))
    text = "".join(map(str, problems_of(folder)))
    assert "Muster" not in text
    assert "Geheim" not in text
