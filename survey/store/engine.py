"""Connections: what makes an acknowledged answer durable and keeps deleted ones deleted."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

#: Execution option: the statement a transaction of this connection begins with on SQLite.
BEGIN = "familienstimme_begin"

# Larger than the 8 threads of the web server, so that none ever waits for a connection. The one used last is used
# next: its statements and pages are still in memory.
_POOL: dict[str, Any] = {"pool_size": 10, "max_overflow": 10, "pool_use_lifo": True}

# The order matters: busy_timeout first, or the switch to WAL fails when two processes start at once;
# page_size before anything is written. Rows above a quarter of a page go to overflow pages, which are
# numbered in order of arrival. temp_store: sorting and VACUUM would otherwise put answers into a file outside
# the data folder. cache_size [KiB]: a bulk import touches many pages, and the usual 2 MB are only 125.
_PRAGMAS = (
    "busy_timeout = 10000", "page_size = 16384", "journal_mode = WAL", "synchronous = FULL",
    "secure_delete = ON", "foreign_keys = ON", "temp_store = MEMORY",
    "cache_size = -16000",
)  # fmt: skip


def prepare_file(path: Path) -> None:
    """Create the file so that nobody else can read it; SQLite gives its journal the same mode.

    A file that is there is never opened here: whoever closes a file loses all locks of his process on it (POSIX). Then
    another process takes itself for the last one when it ends, and removes the journal with what this one still writes.
    """
    for folder in reversed([f for f in path.parents if not f.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)


def make_engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, **_POOL)
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
    else:
        engine = create_engine(url, pool_pre_ping=True, **_POOL)
        event.listen(engine, "connect", _on_postgres_connect)
    return engine


def _on_sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say so, not where the driver guesses
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    # BEGIN IMMEDIATE for writers: a transaction that reads first and writes later fails at once when another
    # has written in between.
    if begin := connection.get_execution_options().get(BEGIN, "BEGIN"):
        connection.exec_driver_sql(begin)


def _on_postgres_connect(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
    connection.commit()
