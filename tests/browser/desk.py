"""A server with the coordinator's desk on it, and somebody who is logged in: for tests and for measuring."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from survey import create_app
from survey.records import User
from survey.settings import Settings
from survey.store import Store, districts, drafts, users
from tests.served import served
from tests.survey import cast
from tests.survey.desk_tools import PASSWORD, password_hash

Site = tuple[str, Store]
COORDINATORS = ("ada", "bea")


@contextmanager
def serving(data: Path) -> Iterator[Site]:
    """Serve the desk of the cast's district from a folder; two coordinators may log in."""
    settings = Settings(data=data, database_url=f"sqlite:///{data / 'f.sqlite3'}", secret_key="s" * 40)
    store = Store(settings.database_url)
    store.migrate()
    districts.save_district(store, cast.district())
    districts.save_notices(store, cast.district().id, cast.notices())
    for name in COORDINATORS:
        users.add_user(store, User(name, password_hash(), frozenset({"coordinator"})))
    with closing(store), served(create_app(settings)) as server:
        yield f"http://127.0.0.1:{server.effective_port}", store


def log_in(page: Page, address: str, name: str = "ada") -> None:
    page.goto(f"{address}/anmelden")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("link", name="Fragebögen")).to_be_visible()


def begin(store: Store, name: str, data: Any) -> str:
    """Begin a draft."""
    return drafts.create_draft(store, name, data, "ada", datetime.now(UTC)).id


def open_draft(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/entwuerfe/{name}")
    expect(page.locator("#saved")).to_have_text("gespeichert", timeout=20_000)


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_contain_text("gespeichert um", timeout=20_000)


def stored(store: Store, name: str) -> Any:
    """Return a draft as it is kept."""
    return drafts.get_draft(store, name, datetime.now(UTC)).data
