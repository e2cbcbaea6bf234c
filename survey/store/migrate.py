"""Migrations, run from the program and not from a command line, so that a wheel is enough."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from survey.store.errors import SchemaNewer

if TYPE_CHECKING:
    from survey.store import Store

SCRIPTS = Path(__file__).parent / "migrations"

#: Any number will do, as long as every starter uses the same.
_ADVISORY_LOCK = 4_711_201_906


def migrate(store: Store) -> None:
    """Upgrade to the newest revision in one transaction, one process at a time."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    with _alone(store), store.write() as connection:
        if not store.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
        revision = MigrationContext.configure(connection).get_current_revision()
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if revision is not None and revision not in known:
            raise SchemaNewer(revision)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    """Hold a file lock beside the database; the kernel frees it also when its holder is killed."""
    if store.path is None:
        yield
        return
    handle = os.open(store.path.with_name(f"{store.path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
