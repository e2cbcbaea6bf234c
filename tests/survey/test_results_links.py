"""No link of the results room leads nowhere, whether the address names a release or not."""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.store import Store
from tests.survey.crawl import _Page
from tests.survey.make_derived import rich
from tests.survey.results_tools import HOME, Shelf, html

#: One page of each kind; what they link to is only asked for.
PAGES = ("", "/fragen", "/frage/wichtig", "/karte", "/sozialraeume", "/vergleich", "/methode", "/sammlung?f=wichtig")


@pytest.fixture
def room(app: Flask, sqlite_store: Store, client: FlaskClient) -> FlaskClient:
    Shelf(sqlite_store, app.extensions["familienstimme"].settings.releases).add(**rich())
    return client


def links(client: FlaskClient, address: str) -> Iterator[str]:
    for link in _Page(html(client, address)).links:
        parts = urlsplit(urljoin(f"http://localhost{address}", link))
        if parts.scheme == "http":
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def status(client: FlaskClient, address: str) -> int:
    with client.get(address, follow_redirects=True) as answer:
        return answer.status_code


@pytest.mark.parametrize("release", ["", "stand=1"])
def test_every_link_of_the_room_leads_somewhere(room: FlaskClient, release: str) -> None:
    pages = [f"{HOME}{page}{'&' if '?' in page else '?'}{release}" if release else f"{HOME}{page}" for page in PAGES]
    found = {link for page in pages for link in links(room, page)}
    assert len(found) > 40
    assert {link for link in found if status(room, link) != 200} == set()


def test_a_page_of_an_older_release_leads_to_that_release_only(room: FlaskClient) -> None:
    below = {link for link in links(room, f"{HOME}/karte?stand=1") if link.startswith(f"{HOME}/")}
    assert below
    assert {link for link in below if "stand=1" not in link} == set()
