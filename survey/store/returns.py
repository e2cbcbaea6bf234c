"""Returns as staff may see them during fieldwork: the total exact, all else rounded and made at night."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, delete, func, insert, select

from survey.records import Returns
from survey.store import Store
from survey.store.sql import upsert
from survey.store.tables import day_tally, response, returns_made, returns_tally, wave
from survey.waves import local_day

DIMENSIONS = ("area", "door", "language")
_STEP = 5


def rounded(n: int) -> int:
    """Return the nearest multiple of 5."""
    return (n + _STEP // 2) // _STEP * _STEP


def count(store: Store, wave_id: str) -> int:
    """Return how many responses a wave has, without those withdrawn; of an archived wave how many it had."""
    with store.read() as connection:
        archived = select(wave.c.archived_at).where(wave.c.id == wave_id)
        if connection.execute(archived).scalar_one_or_none() is None:
            return _count(connection, wave_id)
        last = select(day_tally.c.n_total).where(day_tally.c.wave_id == wave_id).order_by(day_tally.c.day.desc())
        return connection.execute(last.limit(1)).scalar_one_or_none() or 0


def totals_by_day(store: Store, wave_id: str) -> dict[date, int]:
    """Return the total as it stood each time returns were tallied, rounded to 5."""
    query = select(day_tally.c.day, day_tally.c.n_total).where(day_tally.c.wave_id == wave_id)
    with store.read() as connection:
        return {day: rounded(n) for day, n in connection.execute(query.order_by(day_tally.c.day))}


def tally_returns(store: Store, wave_id: str, now: datetime) -> None:
    """Count returns along one dimension at a time, never across two, and keep them rounded to 5."""
    with store.write() as connection:
        connection.execute(delete(returns_tally).where(returns_tally.c.wave_id == wave_id))
        for dimension in DIMENSIONS:
            _tally(connection, wave_id, dimension)
        made = {"wave_id": wave_id, "as_of": now}
        connection.execute(upsert(connection, returns_made, ["wave_id"], ["as_of"]), made)
        total = {"wave_id": wave_id, "day": local_day(now), "n_total": _count(connection, wave_id)}
        connection.execute(upsert(connection, day_tally, ["wave_id", "day"], ["n_total"]), total)


def _count(connection: Connection, wave_id: str) -> int:
    query = select(func.count()).where(response.c.wave_id == wave_id, response.c.answers.is_not(None))
    return connection.execute(query).scalar_one()


def _tally(connection: Connection, wave_id: str, dimension: str) -> None:
    column = response.c[dimension]
    present = (response.c.wave_id == wave_id, response.c.answers.is_not(None))
    query = select(column, func.count()).where(*present).group_by(column).order_by(column)
    rows = [
        {"wave_id": wave_id, "dimension": dimension, "value": value, "n_rounded": rounded(n)}
        for value, n in connection.execute(query)
    ]
    if rows:
        connection.execute(insert(returns_tally), rows)


def get_returns(store: Store, wave_id: str) -> Returns:
    """Return the exact total and last night's tallies."""
    tallies: dict[str, dict[str, int]] = {dimension: {} for dimension in DIMENSIONS}
    query = select(returns_tally).where(returns_tally.c.wave_id == wave_id)
    with store.read() as connection:
        made = select(returns_made.c.as_of).where(returns_made.c.wave_id == wave_id)
        as_of = connection.execute(made).scalar_one_or_none()
        for row in connection.execute(query.order_by(returns_tally.c.dimension, returns_tally.c.value)):
            tallies[row.dimension][row.value] = row.n_rounded
    return Returns(
        total=count(store, wave_id), as_of=as_of,
        by_area=tallies["area"], by_door=tallies["door"], by_language=tallies["language"],
    )  # fmt: skip
