"""What submissions are compared with: one bare Flask route that stores the body durably, and nothing else.

No validation, no key, no conditions, no headers: what Flask, waitress and the database leave at most. Run as a program:
the database's URL stands in FAMILIENSTIMME_DATABASE_URL, as for the product.
"""

import sqlite3
import threading
from collections.abc import Callable

import psycopg
from flask import Flask, jsonify, request
from waitress.server import create_server

from survey.serve import server_settings
from survey.settings import Settings, read_settings

Store = Callable[[bytes], object]


def sqlite_store(settings: Settings) -> Store:
    """One connection per thread. Writers queue at a lock: SQLite's own queue would sleep and lose time."""
    path = settings.database_url.removeprefix("sqlite:///")
    own, queue = threading.local(), threading.Lock()

    def connection() -> sqlite3.Connection:
        if not hasattr(own, "connection"):
            own.connection = sqlite3.connect(path, isolation_level=None)
            for pragma in ("busy_timeout = 10000", "journal_mode = WAL", "synchronous = FULL"):
                own.connection.execute(f"PRAGMA {pragma}")
        return own.connection

    def store(body: bytes) -> None:
        with queue:
            connection().execute("BEGIN IMMEDIATE")
            connection().execute("INSERT INTO body (body) VALUES (?)", (body,))
            connection().execute("COMMIT")

    connection().execute("CREATE TABLE IF NOT EXISTS body (id INTEGER PRIMARY KEY, body BLOB)")
    return store


def postgres_store(settings: Settings) -> Store:
    """One connection per thread; parallel commits share their way to the disk."""
    url = settings.database_url.replace("+psycopg", "")
    own = threading.local()

    def connection() -> psycopg.Connection:
        if not hasattr(own, "connection"):
            own.connection = psycopg.connect(url, autocommit=True)
            own.connection.execute("SET synchronous_commit = on")
        return own.connection

    connection().execute("CREATE TABLE IF NOT EXISTS body (id bigserial PRIMARY KEY, body bytea)")
    return lambda body: connection().execute("INSERT INTO body (body) VALUES (%s)", (body,))


def main() -> None:
    settings = read_settings()
    store = (sqlite_store if settings.database_url.startswith("sqlite") else postgres_store)(settings)
    app = Flask(__name__)

    @app.post("/b/<wave>")
    def take(wave: str) -> object:
        store(request.get_data())
        return jsonify(state="stored")

    create_server(app, **server_settings(settings)).run()


if __name__ == "__main__":
    main()
