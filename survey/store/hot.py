"""What every request runs, in the driver's own words so that nothing is compiled each time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any, NamedTuple, TypeVar, cast

from survey.store import Store

Row = dict[str, Any]
T = TypeVar("T")


class Statements(NamedTuple):
    store: str
    use_code: str


# A wave that is anonymised takes nothing any more, and one that asks for codes nothing without a code:
# decided in the same statement, so that no submission slips in beside the anonymisation.
_SQLITE = Statements(
    store="""
INSERT INTO response
  (wave_id, key_hash, questionnaire_hash, area, door, language, mode, late, doubtful, answers)
SELECT id, :key_hash, :questionnaire_hash, :area, :door, :language, :mode, :late, :doubtful, :answers
  FROM wave WHERE id = :wave_id AND anonymised_at IS NULL AND (:code_given OR NOT code_required)
ON CONFLICT DO NOTHING""",
    use_code="DELETE FROM access_code WHERE wave_id = :wave_id AND code_hash = :code_hash",
)


def _to_postgres(statement: str) -> str:
    return re.sub(r":(\w+)", r"%(\1)s", statement)


_POSTGRES = Statements(*map(_to_postgres, _SQLITE))


def insert(store: Store, cursor: Any, row: Row, *, code_given: bool) -> bool:
    """Insert a response; False if its key is there already or the wave does not take it."""
    cursor.execute(_of(store).store, {**row, "code_given": code_given})
    return bool(cursor.rowcount)


def insert_one(store: Store, row: Row) -> bool:
    """Insert a response without a code on PostgreSQL; say what :func:`insert` says."""
    return bool(store.run_alone(_POSTGRES.store, {**row, "code_given": row["mode"] != "web"}).rowcount)


def insert_together(store: Store, rows: Sequence[Row]) -> list[bool]:
    """Insert responses without codes in one transaction; say of each what :func:`insert` says of one."""
    with store.write_quickly() as cursor:
        return [insert(store, cursor, row, code_given=row["mode"] != "web") for row in rows]


def use_code(store: Store, cursor: Any, wave_id: str, code_hash: bytes) -> bool:
    """Delete an access code; False if there is none."""
    cursor.execute(_of(store).use_code, {"wave_id": wave_id, "code_hash": code_hash})
    return bool(cursor.rowcount)


class Seen(NamedTuple):
    """What was read last."""

    row: tuple[Any, ...]
    value: Any
    at: float


def fresh(
    store: Store, table: str, columns: Sequence[str], key: Mapping[str, str], read: Callable[[], T], patience: float = 0
) -> T | None:
    """Return what `read` made of a row, made again only when one of the row's columns has changed.

    Every request asks for its wave and district; reading the row costs a tenth of building the value. Where even that
    is too much, as for submissions by the hundred, the value may be `patience` [s] old.
    """
    name = (table, *key.values())
    seen = store.seen.get(name)
    if seen is not None and monotonic() < seen.at + patience:
        return cast(T, seen.value)
    at, row = monotonic(), _read_row(store, table, columns, key)
    if row is None:
        return None
    value = seen.value if seen is not None and seen.row == row else read()
    store.seen[name] = Seen(row, value, at)
    return cast(T, value)


def _read_row(store: Store, table: str, columns: Sequence[str], key: Mapping[str, str]) -> tuple[Any, ...] | None:
    where = " AND ".join(f"{name} = :{name}" for name in key)
    query = f"SELECT {', '.join(columns)} FROM {table} WHERE {where}"  # noqa: S608  names of ours
    return store.read_quickly(query if store.is_sqlite else _to_postgres(query), dict(key))


def _of(store: Store) -> Statements:
    return _SQLITE if store.is_sqlite else _POSTGRES
