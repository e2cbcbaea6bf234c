"""Files of a release leave it byte for byte; a release that is not whole is named and refused."""

import gzip
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.store import Store
from tests.survey.results_tools import HOME, NEEDS, Shelf, html, text_of

ADDRESSES = (HOME, NEEDS, f"{HOME}/tabelle/wichtig.csv", f"{HOME}/figur/wichtig.json")
FILES = {
    f"{HOME}/tabelle/angebote.bus.csv": ("tables/angebote.bus.csv", "text/csv; charset=utf-8"),
    f"{HOME}/figur/angebote.bus.svg": ("figures/angebote.bus.svg", "image/svg+xml"),
    f"{HOME}/figur/wichtig.json": ("figures/wichtig.json", "application/json"),
}


@pytest.fixture
def shelf(app: Flask, sqlite_store: Store) -> Shelf:
    return Shelf(sqlite_store, app.extensions["familienstimme"].settings.releases)


@pytest.mark.parametrize("address", FILES)
def test_files_are_the_bytes_of_the_release(shelf: Shelf, client: FlaskClient, address: str) -> None:
    shelf.add()
    file, kind = FILES[address]
    response = client.get(address)
    assert response.data == (shelf.folder() / file).read_bytes()
    assert response.headers["Content-Type"] == kind
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    again = client.get(address, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_table_is_saved_under_the_wave_and_question(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add()
    head = client.get(f"{HOME}/tabelle/wichtig.csv").headers["Content-Disposition"]
    assert head == 'attachment; filename="fam-26-wichtig.csv"'


@pytest.mark.parametrize(
    "address",
    [
        f"{HOME}/tabelle/nichts.csv", f"{HOME}/tabelle/..%2fmanifest.csv", f"{HOME}/figur/../manifest.json",
        f"{HOME}/figur/angebote-mittel.svg", f"{HOME}/figur/wichtig.png", f"{HOME}/tabelle/wichtig.json",
        f"{HOME}/figur/%2e%2e%2ffindings.json",
    ],
)  # fmt: skip
def test_only_what_the_manifest_names_can_be_reached(shelf: Shelf, client: FlaskClient, address: str) -> None:
    shelf.add()
    (shelf.folder() / "tables" / "nichts.csv").write_bytes(b"not of this release")
    assert client.get(address).status_code == 404


def _change(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"47", b"48") + b" ")


def _older(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": "familienstimme-ergebnisstand/0"}))


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "changed table": (lambda folder: _change(folder / "tables/zufrieden.json"), "tables/zufrieden.json"),
    "changed picture": (lambda folder: _change(folder / "figures/wichtig.svg"), "figures/wichtig.svg"),
    "missing CSV": (lambda folder: (folder / "tables/wichtig.csv").unlink(), "tables/wichtig.csv"),
    "missing findings": (lambda folder: (folder / "findings.json").unlink(), "findings.json"),
    "changed manifest": (lambda folder: _change(folder / "manifest.json"), "manifest.json"),
    "missing folder": (shutil.rmtree, "manifest.json"),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("seen_before", [False, True])
def test_a_damaged_release_is_named_and_refused_as_a_whole(
    shelf: Shelf, client: FlaskClient, damage: str, seen_before: bool
) -> None:
    shelf.add()
    if seen_before:
        html(client, HOME)
    break_it, file = DAMAGES[damage]
    break_it(shelf.folder())
    for address in ADDRESSES:
        shown = html(client, address, 503)
        assert file in shown
        assert "Ergebnisstand 1 von „Familien 2026“ ist beschädigt" in text_of(shown)
        assert not re.search(r"1\.193|47|53", shown)


def test_a_release_of_another_version_is_refused_and_said_to_be_unreadable(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add()
    _older(shelf.folder())
    sha256 = hashlib.sha256((shelf.folder() / "manifest.json").read_bytes()).hexdigest()
    with shelf.store.write() as connection:
        connection.exec_driver_sql("UPDATE release SET manifest_sha256 = ?", (sha256,))
    assert "lässt sich mit dieser Fassung des Programms nicht lesen" in html(client, HOME, 503)


def test_a_manifest_cannot_reach_outside_its_folder(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add(extra_files={"../../geheim.txt": b"geheim"})
    assert "geheim.txt" in html(client, HOME, 503)


def test_a_table_that_the_manifest_forgot_is_missing(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add(files={})
    assert "tables/zufrieden.json" in html(client, HOME, 503)


def test_staff_are_told_how_to_mend_a_damaged_release(shelf: Shelf, staff_client: FlaskClient) -> None:
    shelf.add()
    (shelf.folder() / "ranks.json").unlink()
    shown = html(staff_client, HOME, 503)
    assert "aus der Sicherung" in text_of(shown)
    assert "zurueckziehen" in shown


def test_a_repaired_release_is_shown_again(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add()
    path = shelf.folder() / "findings.json"
    kept = path.read_bytes()
    path.write_bytes(b"[]")
    html(client, HOME, 503)
    path.write_bytes(kept)
    html(client, HOME)


def test_a_public_page_is_sent_compressed_and_is_the_same_inside(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add()
    plain = client.get(HOME)
    zipped = client.get(HOME, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert {"Cookie", "Accept-Encoding"} <= set(zipped.vary)
    assert gzip.decompress(zipped.data) == plain.data


def test_a_page_of_somebody_logged_in_is_not_compressed(shelf: Shelf, staff_client: FlaskClient) -> None:
    shelf.add()
    assert "Content-Encoding" not in staff_client.get(HOME, headers={"Accept-Encoding": "gzip"}).headers
