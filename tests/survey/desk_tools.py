"""What tests of staff pages share: a clock, a password, forms filled in as a browser would."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html.parser import HTMLParser
from typing import Any

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PASSWORD = "vier leise Igel im Regen"


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@cache
def password_hash() -> str:
    """A hash that is quick to check; what it costs in earnest is a test of its own."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


class Page(HTMLParser):
    """Elements of a page: (tag, attributes), the forms with their fields, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.forms: list[tuple[dict[str, str], dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag == "form":
            self.forms.append((attributes, {}))
        chosen = attributes.get("type") not in {"radio", "checkbox"} or "checked" in attributes
        if tag == "input" and chosen and self.forms and "name" in attributes:
            self.forms[-1][1][attributes["name"]] = attributes.get("value", "")

    def handle_data(self, data: str) -> None:
        self.text += " " + " ".join(data.split())

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [a for name, a in self.elements if name == tag and all(a.get(k) == v for k, v in wanted.items())]


def page(response: TestResponse) -> Page:
    return Page(response.get_data(as_text=True))


def submit(client: FlaskClient, address: str, headers: dict[str, str] | None = None, **fields: Any) -> TestResponse:
    """Open a page, fill in the form whose action it is, and send it."""
    shown = page(client.get(address))
    path = address.partition("?")[0]
    found = [values for attributes, values in shown.forms if attributes["action"] == path]
    assert len(found) == 1, f"{address} has {len(found)} forms of its own"
    return client.post(path, data=found[0] | fields, headers=headers)
