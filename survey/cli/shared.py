"""What most commands need: the settings and an open, migrated store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import click

from survey.services import Services, utc_now
from survey.settings import prepare_data, read_settings
from survey.store import Store


def open_services() -> Services:
    """Return settings, store and clock; a database without tables gets them."""
    settings = read_settings()
    prepare_data(settings)
    store = Store(settings.database_url)
    store.migrate()
    return Services(settings, store, utc_now)


class Day(click.DateTime):
    """A day such as 2027-05-04."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d", "%d.%m.%Y"])

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002  click's own shape
        return "JJJJ-MM-TT"


def to_day(value: datetime) -> date:
    return value.date()


def columns(rows: Sequence[tuple[str, ...]]) -> None:
    """Print rows with aligned columns."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
