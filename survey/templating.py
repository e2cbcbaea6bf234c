"""What every template may use: numbers and dates as Germans write them, who is logged in, the main menu."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from flask import Flask, current_app, g, request, url_for

from survey.records import Role, User
from survey.waves import BERLIN

STAFF_ROLES: tuple[Role, ...] = ("coordinator", "planner", "administrator", "reviewer")
#: title, endpoint, roles that see it
MENU: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("Wellen", "fieldwork.waves", ("coordinator", "administrator")),
    ("Fragebögen", "design.list_all", ("coordinator",)),
    ("Eigene Worte", "ownwords.show_waves", ("reviewer",)),
    ("Ergebnisse", "results.index", STAFF_ROLES),
    ("Angaben", "fieldwork.notices", ("administrator",)),
    ("Konto", "account.show", STAFF_ROLES),
)


@dataclass(frozen=True)
class NavItem:
    """An entry of the main menu."""

    title: str
    href: str
    current: bool


@lru_cache(maxsize=8192)  # a page of results writes hundreds of numbers, and mostly the same ones
def number(value: float, places: int = 0) -> str:
    """Return 1284 as „1.284“."""
    return format_decimal(value, format=f"#,##0.{'0' * places}" if places else "#,##0", locale="de_DE")


@lru_cache(maxsize=4096)
def percent(share: float, places: int = 0) -> str:
    """Return 0.046 as „5 %“; with one place „4,6 %“."""
    return format_percent(share, format=f"#,##0.{'0' * places} %" if places else "#,##0 %", locale="de_DE")


def day(value: date) -> str:
    """Return „4. Mai 2026“."""
    local = value.astimezone(BERLIN) if isinstance(value, datetime) else value
    return format_date(local, "d.\N{NO-BREAK SPACE}MMMM y", locale="de_DE")


def instant(value: datetime) -> str:
    """Return „4. Mai 2026, 17:05 Uhr“ in local time."""
    return format_datetime(value.astimezone(BERLIN), "d.\N{NO-BREAK SPACE}MMMM y, HH:mm 'Uhr'", locale="de_DE")


def staff() -> User | None:
    """Return who is logged in if this page asked; pages for everybody never do."""
    found: User | None = g.get("staff")
    return found


def staff_nav() -> list[NavItem]:
    """Return the menu for who is logged in."""
    user = staff()
    roles: frozenset[Role] = user.roles if user else frozenset()
    return [
        NavItem(title, url_for(endpoint), request.blueprint == endpoint.split(".")[0] and _inside(endpoint))
        for title, endpoint, allowed in MENU
        if roles & set(allowed) and endpoint in current_app.view_functions
    ]


def _inside(endpoint: str) -> bool:
    """Return whether this page lies below the entry's own page."""
    home = url_for(endpoint)
    here = request.script_root + request.path
    return here == home or here.startswith(home.rstrip("/") + "/")


def register_tools(app: Flask) -> None:
    """Give filters and functions to the templates of the application."""
    filters: Mapping[str, object] = {"number": number, "percent": percent, "day": day, "instant": instant}
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(staff=staff, staff_nav=staff_nav)
