"""How answers are kept: the only SQL. Functions of the modules here take the :class:`Store` first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from threading import RLock, local
from typing import Any, cast

from sqlalchemy import Connection, PoolProxiedConnection, text
from sqlalchemy.engine import make_url

from questionnaires.model import Questionnaire
from survey.store.engine import BEGIN, make_engine, prepare_file
from survey.store.together import Together

__all__ = ["Store", "file_of"]


def file_of(url: str) -> Path | None:
    """Return where an SQLite database lies; None on PostgreSQL."""
    address = make_url(url)
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


class Store:
    """A database: an SQLite file (``sqlite:////path/file``) or PostgreSQL (``postgresql://…``)."""

    def __init__(self, url: str) -> None:
        address = make_url(url)
        if address.get_backend_name() == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        self.path = file_of(url)
        """the SQLite file; None on PostgreSQL"""
        self.is_sqlite = self.path is not None
        if self.path:
            prepare_file(self.path)
        self._engine = make_engine(address)
        self._writer = self._engine.execution_options(**{BEGIN: "BEGIN IMMEDIATE"})
        # Writers of one process queue here; SQLite's own queue sleeps up to 100 ms between looks.
        self._queue = RLock()
        self._quick: PoolProxiedConnection | None = None
        self._own = local()
        self._owned: list[Any] = []
        """connections of threads, to be closed with the store"""
        self.submissions: Together[dict[str, Any], bool] = Together()
        """rows on their way, with whether each was stored"""
        self.questionnaires: dict[str, Questionnaire] = {}
        """published versions read so far; they never change"""
        self.seen: dict[tuple[str, ...], Any] = {}
        """what was read last (:class:`survey.store.hot.Seen`) by table and key"""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection whose reads all see the same state (SQLite) and which must not write."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection in one transaction: on disk when the block ends, undone if it raises."""
        if not self.is_sqlite:
            with self._writer.begin() as connection:
                yield connection
            return
        with self._queue, self._writer.begin() as connection:
            yield connection

    @contextmanager
    def write_quickly(self) -> Iterator[Any]:
        """Yield a cursor of the driver in one writing transaction, for what every submission runs.

        Through SQLAlchemy's connection a durable submission on SQLite takes more than twice as long.
        """
        with self._queued_cursor() if self.is_sqlite else self._driver_cursor() as cursor:
            yield cursor
            if not self.is_sqlite:
                cursor.connection.commit()

    def read_quickly(self, statement: str, parameters: dict[str, Any]) -> tuple[Any, ...] | None:
        """Return the first row the driver finds, for what every request reads."""
        row: tuple[Any, ...] | None
        if not self.is_sqlite:
            row = self.run_alone(statement, parameters).fetchone()
            return row
        with self._driver_cursor() as cursor:
            row = cursor.execute(statement, parameters).fetchone()
        return row

    def run_alone(self, statement: str, parameters: Mapping[str, Any]) -> Any:
        """Run a statement on PostgreSQL that is a transaction of its own; return the cursor.

        On a connection of this thread alone: borrowing one, asking whether it still lives, BEGIN and COMMIT would be
        three more ways to the server and back. Where it broke since it was used last a new one takes its place, so
        the statement must be one that may run twice.
        """
        connection = self._own_connection()
        driver: Any = self._engine.dialect.loaded_dbapi
        try:
            return connection.execute(statement, parameters)
        except driver.OperationalError:
            if not connection.broken:
                raise
            self._own.connection = None
            return self._own_connection().execute(statement, parameters)

    def _own_connection(self) -> Any:
        connection = getattr(self._own, "connection", None)
        if connection is None or connection.closed:
            borrowed = self._engine.raw_connection()
            self._own.connection = connection = cast(Any, borrowed.driver_connection)
            borrowed.detach()
            connection.autocommit = True
            with self._queue:
                self._owned = [one for one in self._owned if not one.closed] + [connection]
        return connection

    @contextmanager
    def _queued_cursor(self) -> Iterator[Any]:
        with self._queue:
            if self._quick is None:
                self._quick = self._engine.raw_connection()  # writers queue, so they can share it
            cursor = self._quick.cursor()
            try:
                cursor.execute("BEGIN IMMEDIATE")
                yield cursor
                self._quick.commit()
            except BaseException:
                self._quick.rollback()
                raise
            finally:
                cursor.close()

    @contextmanager
    def _driver_cursor(self) -> Iterator[Any]:
        """Yield a cursor; what it wrote is undone unless it was committed."""
        connection = self._engine.raw_connection()
        try:
            with closing(connection.cursor()) as cursor:
                yield cursor
        finally:
            connection.close()  # back to the pool, which undoes what was not committed

    @contextmanager
    def outside_transactions(self) -> Iterator[Connection]:
        """Yield an SQLite connection on which every statement stands alone (VACUUM, checkpoints)."""
        with self._queue, self._engine.execution_options(**{BEGIN: ""}).connect() as connection:
            yield connection

    def migrate(self) -> None:
        """Bring the tables to this version's state; several processes may do so at once."""
        from survey.store.migrate import migrate  # Alembic is needed at start only

        migrate(self)

    def ping(self) -> None:
        """Raise if the database cannot be read or was never migrated."""
        with self.read() as connection:
            connection.execute(text("SELECT count(*) FROM wave")).scalar_one()

    def close(self) -> None:
        """Close all connections; the store opens new ones when it is used again."""
        with self._queue:
            if self._quick is not None:
                self._quick.close()
                self._quick = None
            for connection in self._owned:
                connection.close()
            self._owned = []
        self._engine.dispose()
