"""A whole copy of an SQLite database while others write."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import text

from survey.store import Store


def copy_to(store: Store, path: Path) -> None:
    """Write everything that is acknowledged so far into a new SQLite file, synced to disk.

    The copy is written table by table in the order of the keys: unlike a copy of the file, it holds neither what was
    deleted nor any trace of the order in which answers came.
    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with store.outside_transactions() as connection:
        connection.execute(text("VACUUM INTO :path"), {"path": str(path)})
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
