"""Writing responses, codes and addresses anew in key order, so that where a row lies says nothing about when it came.

Runs every night, when a wave closes, after a withdrawal, and when a wave is anonymised or archived. What it
cannot reach: backups of that day and blocks the file system has not reused.
"""

from __future__ import annotations

import time

from sqlalchemy import Connection, text

from survey.store import Store
from survey.store.errors import RewriteBlocked

_PATIENCE = 40
_PAUSE_SECONDS = 0.25

#: Tables whose rows came from the public, with the order they are written in.
_ORDERS = {
    "response": "wave_id, key_hash", "access_code": "wave_id, code_hash", "contact": "wave_id, id",
    "contact_waiting": "wave_id, id",
}  # fmt: skip

# TRUNCATE gives a table a new, empty file, also for long texts (TOAST) and the index; CLUSTER and VACUUM FULL
# would keep each row's xmin, and with it the transaction that used up the access code. The table under a new
# name would do the same, but leave it with other names of its constraints.
_ON_POSTGRES = (  # names of ours only
    f"LOCK TABLE {', '.join(_ORDERS)} IN ACCESS EXCLUSIVE MODE",
    *(f"CREATE TEMPORARY TABLE kept_{name} ON COMMIT DROP AS SELECT * FROM {name}" for name in _ORDERS),  # noqa: S608
    f"TRUNCATE {', '.join(_ORDERS)}",
    *(f"INSERT INTO {name} SELECT * FROM kept_{name} ORDER BY {order}" for name, order in _ORDERS.items()),  # noqa: S608
    f"DROP TABLE {', '.join(f'kept_{name}' for name in _ORDERS)}",
)


def rewrite(store: Store) -> None:
    """Write responses, codes and addresses anew and empty the journal; RewriteBlocked if readers keep it from that."""
    if store.is_sqlite:
        _rewrite_sqlite(store)
    else:
        with store.write() as connection:
            rewrite_postgres(connection)


def rewrite_postgres(connection: Connection) -> None:
    """Refill the tables ordered by key in the caller's transaction: afterwards all rows have one xmin."""
    for statement in _ON_POSTGRES:
        connection.execute(text(statement))


def _rewrite_sqlite(store: Store) -> None:
    with store.outside_transactions() as connection:
        connection.execute(text("VACUUM"))
        for _ in range(_PATIENCE):
            blocked, *_pages = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()
            if not blocked:
                return
            time.sleep(_PAUSE_SECONDS)
    raise RewriteBlocked
