"""What the tests of the results room share: a wave's releases in their folders, and cells of the pages."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey.records import Release
from survey.store import Store, releases
from tests.survey.cast import AFTER, WAVE
from tests.survey.make_release import make_release

HOME = f"/ergebnisse/{WAVE}"
NEEDS = f"{HOME}/frage/wichtig"
CELL = re.compile(r"<td[^>]*>.*?</td>", re.DOTALL)
TAGS = re.compile(r"<[^>]+>")


@dataclass
class Shelf:
    """The releases of the cast's wave."""

    store: Store
    root: Path

    def add(self, *, public: bool = True, **changes: Any) -> Release:
        number = releases.next_number(self.store, WAVE)
        sha256 = make_release(self.folder(number), **changes)
        release = releases.add_release(self.store, WAVE, sha256, AFTER)
        if public:
            releases.publish(self.store, WAVE, number)
        return release

    def folder(self, number: int = 1) -> Path:
        return self.root / WAVE / str(number)


def html(client: FlaskClient, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.get_data(as_text=True)


def cells(page: str) -> list[str]:
    return CELL.findall(page)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(TAGS.sub(" ", page)))


def numbers(texts: Iterable[str]) -> set[str]:
    """Every whole number in texts, as written."""
    return {found for text in texts for found in re.findall(r"\d+(?:,\d)?", text)}


def sets_cookie(response: TestResponse) -> bool:
    return "Set-Cookie" in response.headers
