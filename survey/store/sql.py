"""What the two databases spell differently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = sqlite.Insert | postgresql.Insert


def insert(connection: Connection, table: Table) -> Insert:
    """Return an INSERT that knows ``ON CONFLICT`` in the database's own dialect."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def upsert(connection: Connection, table: Table, key: Sequence[str], columns: Sequence[str]) -> Insert:
    """Return an INSERT that replaces `columns` where the key is there already."""
    statement: Any = insert(connection, table)
    replaced = {column: statement.excluded[column] for column in columns}
    result: Insert = statement.on_conflict_do_update(index_elements=list(key), set_=replaced)
    return result


def insert_missing(connection: Connection, table: Table) -> Insert:
    """Return an INSERT that leaves what is there already."""
    statement: Any = insert(connection, table)
    result: Insert = statement.on_conflict_do_nothing()
    return result
