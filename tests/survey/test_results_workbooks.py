"""What follows from tables is taken along as a workbook too: cells as the release's own CSV holds them."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.store import Store
from tests.survey.make_derived import derived_files
from tests.survey.results_tools import HOME, Shelf
from tests.survey.test_results_room import sheet

CSV = (
    "\ufeffSimulierte Daten: ausgedacht, keine Befragung\r\nFamilien 2026\r\nBögen je Gebiet\r\n\r\n"
    "Wer;Bögen;erreicht in %;In Worten\r\nNord 1;85;9;jede 11. Familie\r\n=1+1;·;;http://x.example\r\n"
)


@pytest.fixture
def shelf(app: Flask, sqlite_store: Store) -> Shelf:
    return Shelf(sqlite_store, app.extensions["familienstimme"].settings.releases)


def workbook(shelf: Shelf, client: FlaskClient, csv: str) -> bytes:
    shelf.add(extra_files={**derived_files(), "coverage.csv": csv.encode()})
    answer = client.get(f"{HOME}/antworten/coverage.xlsx")
    assert answer.status_code == 200
    data: bytes = answer.data
    return data


def test_a_workbook_of_reach_holds_the_cells_of_its_csv(shelf: Shelf, client: FlaskClient) -> None:
    data = workbook(shelf, client, CSV)
    rows = sheet(data, 1)
    assert "«Wer»«Bögen»«erreicht in %»«In Worten»" in rows
    assert "<v>85</v>" in rows
    assert "<v>9</v>" in rows
    assert "«=1+1»«·»" in rows
    assert "<f>" not in rows
    about = sheet(data, 2)
    assert about.count("Simulierte Daten") == 1
    assert "Bögen je Gebiet" in about
    assert f"{HOME}?stand=1" in about
    assert data == client.get(f"{HOME}/antworten/coverage.xlsx").data


@pytest.mark.parametrize("csv", ["", "\ufeff", "Stufe;66\r\n", "\r\n\r\n"])
def test_a_csv_of_another_shape_becomes_a_workbook_too(shelf: Shelf, client: FlaskClient, csv: str) -> None:
    assert workbook(shelf, client, csv).startswith(b"PK")


def test_only_what_the_release_holds_can_be_taken(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add()
    for name in ("coverage", "manifest", "../manifest"):
        assert client.get(f"{HOME}/antworten/{name}.xlsx").status_code == 404
