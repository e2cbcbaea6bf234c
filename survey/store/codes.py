"""Single-use access codes. Only hashes are kept; a used one is deleted with the response it let in."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import Connection, func, select

from survey.store import Store
from survey.store.sql import insert_missing
from survey.store.tables import access_code
from survey.store.waves import get_wave

#: Letters and digits nobody confuses: no 0 and O, no 1 and I.
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def hash_code(wave_id: str, code: str) -> bytes:
    """Return what is kept of an access code [16 bytes]; blanks, hyphens and case do not matter."""
    letters = "".join(c for c in code.upper() if c.isalnum())
    return hashlib.sha256(f"{wave_id}\0{letters}".encode()).digest()[:16]


def make_codes(store: Store, wave_id: str, n: int) -> list[str]:
    """Make `n` new codes such as ``K7QM-3XWP``; nobody can read them from the database again."""
    get_wave(store, wave_id)
    with store.write() as connection:
        return [add_code(connection, wave_id) for _ in range(n)]


def add_code(connection: Connection, wave_id: str) -> str:
    """Make one code in the caller's transaction."""
    while True:
        code = _new_code()
        row = {"wave_id": wave_id, "code_hash": hash_code(wave_id, code)}
        if connection.execute(insert_missing(connection, access_code), row).rowcount:
            return code


def count_codes(store: Store, wave_id: str) -> int:
    """Return how many codes were not used yet."""
    with store.read() as connection:
        query = select(func.count()).select_from(access_code).where(access_code.c.wave_id == wave_id)
        return connection.execute(query).scalar_one()


def _new_code() -> str:
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
