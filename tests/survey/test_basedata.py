"""Base data from the files German offices have: read where there is one meaning, else refused by line."""

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from survey.basedata import MAX_ROWS, BaseData, BaseFigure, read_basedata
from survey.fieldwork.basedata import MAX_UPLOAD
from survey.store import Store
from survey.store.basedata import delete_basedata, find_basedata, save_basedata
from tests.survey import cast
from tests.survey.desk_tools import page

HEAD = "Indikator;Sozialraum;Jahr;Wert;Einheit;Quelle\n"
LINE = "Kinder unter 18;Nord 1;2025;1234;Kinder;Melderegister\n"
ADDRESS = "/angaben/musterkreis/basisdaten"


def read(text: str, coding: str = "utf-8") -> BaseData:
    found = read_basedata(text.encode(coding), "zahlen.csv", cast.district())
    assert isinstance(found, BaseData), found
    return found


def problems(data: str | bytes) -> dict[str, int]:
    found = read_basedata(data if isinstance(data, bytes) else data.encode(), "zahlen.csv", cast.district())
    assert not isinstance(found, BaseData)
    return {problem.code.removeprefix("basedata."): problem.line for problem in found}


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_what_excel_writes_is_read_with_its_umlauts(coding: str) -> None:
    [figure] = read(HEAD + "Kinder, die Förderung erhalten;Süd 1;2025;12,5;%;Jugendämter\r\n", coding).figures
    assert figure == BaseFigure("Kinder, die Förderung erhalten", "sued-1", 2025, 12.5, 1, "%", "Jugendämter")


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_what_separates_the_columns_is_seen_from_the_heads(separator: str) -> None:
    assert read((HEAD + LINE).replace(";", separator)).figures[0].value == 1234


@pytest.mark.parametrize(
    ("written", "value", "places"),
    [("12,5", 12.5, 1), ("12.5", 12.5, 1), ("1.234,56", 1234.56, 2), ("1.234.567", 1234567, 0), ("0,125", 0.125, 3),
     ("0.125", 0.125, 3), ("-3", -3, 0), ("1 234", 1234, 0), ("12.50", 12.5, 2), ("7,0", 7, 0)],
)  # fmt: skip
def test_numbers_with_one_meaning_are_read(written: str, value: float, places: int) -> None:
    [figure] = read(HEAD + LINE.replace("1234", written)).figures
    assert (figure.value, figure.places) == (value, places)


def test_a_dot_before_three_digits_is_read_only_where_the_file_shows_what_it_means() -> None:
    unclear = LINE.replace("1234", "1.234")
    assert problems(HEAD + unclear) == {"unclear": 2}
    assert read(HEAD + unclear + "Quote;Nord 1;2025;12,5;%;Amt\n").figures[0].value == 1234


def test_a_sozialraum_may_be_named_by_id_by_name_in_any_case_or_be_the_district() -> None:
    names = ("nord-1", "NORD  1", "Süd 1", "Kreis", "Musterkreis")
    lines = (f"I{i};{name};2025;1;;Amt\n" for i, name in enumerate(names))
    assert [one.area for one in read(HEAD + "".join(lines)).figures] == ["nord-1", "nord-1", "sued-1", "", ""]


@pytest.mark.parametrize(
    ("code", "line", "text"),
    [
        ("area", 3, HEAD + LINE + LINE.replace("Nord 1", "Hintertupfing")),
        ("year", 2, HEAD + LINE.replace("2025", "25")),
        ("number", 2, HEAD + LINE.replace("1234", "viele")), ("number", 2, HEAD + LINE.replace("1234", "")),
        ("number", 2, HEAD + LINE.replace("1234", "=1+1")), ("twice", 4, HEAD + "\n" + LINE + LINE),
        ("cells", 2, HEAD + "Kinder;Nord 1\n"), ("empty_cell", 2, HEAD + LINE.replace("Melderegister", "")),
        ("too_long", 2, HEAD + LINE.replace("Kinder unter 18", "K" * 81)), ("empty", 1, HEAD), ("columns", 1, ""),
        ("columns", 1, "Indikator;Wert\nKinder;3\n"), ("columns", 1, HEAD.replace("Jahr", "Wert")),
        ("too_many", 1, HEAD + LINE * (MAX_ROWS + 1)),
        ("area", 4, HEAD + '"Kinder\nunter 3";Nord 1;2025;1;;A\nx;y;2025;1;;A\n'),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_its_line(code: str, line: int, text: str) -> None:
    assert problems(text).get(code) == line


@pytest.mark.parametrize("data", [b"PK\x03\x04rest", b"\x00\x01", b"\xff\xfe\x00", "Wert;\x81".encode("latin-1")])
def test_files_that_are_no_text_are_refused_with_advice(data: bytes) -> None:
    assert problems(data) in ({"no_text": 1}, {"columns": 1})


def test_a_hundred_bad_lines_are_summed_up() -> None:
    found = read_basedata((HEAD + LINE.replace("2025", "x") * 100).encode(), "z", cast.district())
    assert isinstance(found, tuple)
    assert len(found) == 21
    assert "80 weitere" in found[-1].message


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reading(data: bytes) -> None:
    found = read_basedata(HEAD.encode() + data, "z", cast.district())
    assert isinstance(found, BaseData) or all(problem.line >= 1 for problem in found)


def test_base_data_are_kept_until_they_are_replaced(sqlite_store: Store) -> None:
    save_basedata(sqlite_store, "musterkreis", read(HEAD + LINE))
    save_basedata(sqlite_store, "musterkreis", read(HEAD + LINE.replace("1234", "99,5")))
    kept = find_basedata(sqlite_store, "musterkreis")
    assert kept is not None
    assert [one.value for one in kept.figures] == [99.5]
    delete_basedata(sqlite_store, "musterkreis")
    assert find_basedata(sqlite_store, "musterkreis") is None


@pytest.fixture
def administrator(log_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return log_in("administrator")


def send(client: FlaskClient, data: bytes) -> tuple[int, str]:
    fields = page(client.get(ADDRESS)).forms
    token = next(found["csrf_token"] for attributes, found in fields if attributes.get("action") == ADDRESS)
    file = (io.BytesIO(data), "zahlen.csv")
    answer = client.post(ADDRESS, data={"csrf_token": token, "file": file}, content_type="multipart/form-data")
    return answer.status_code, page(client.get(ADDRESS) if answer.status_code == 303 else answer).text


def test_staff_bring_base_data_and_hear_of_every_line(administrator: FlaskClient, sqlite_store: Store) -> None:
    status, text = send(administrator, (HEAD + LINE.replace("2025", "bald")).encode())
    assert (status, "Zeile 2: „bald“ ist kein Jahr" in text) == (422, True)
    assert find_basedata(sqlite_store, "musterkreis") is None
    status, text = send(administrator, (HEAD + LINE).encode("cp1252"))
    assert (status, "1 Zahlen zu 1 Indikatoren: Kinder unter 18" in text) == (303, True)
    token = page(administrator.get(ADDRESS)).forms[-1][1]["csrf_token"]
    administrator.post(f"{ADDRESS}/loeschen", data={"csrf_token": token})
    assert find_basedata(sqlite_store, "musterkreis") is None


def test_a_file_may_be_larger_than_a_form_but_not_boundless(administrator: FlaskClient, client: FlaskClient) -> None:
    many = "".join(f"Indikator {i};Nord 1;2025;{i};;Amt\n" for i in range(5000))
    assert send(administrator, (HEAD + many).encode())[0] == 303
    too_much = administrator.post(ADDRESS, data=b"x" * (MAX_UPLOAD + 1), content_type="multipart/form-data; boundary=x")
    assert too_much.status_code == 413
    assert "mehr als 1 MB" in page(too_much).text
    assert administrator.post("/angaben/musterkreis", data={"controller": "x" * 70_000}).status_code == 413
    nobody = client.post(ADDRESS, data=b"x" * (MAX_UPLOAD + 1), content_type="multipart/form-data; boundary=x")
    assert (nobody.status_code, nobody.data) == (413, b"")
