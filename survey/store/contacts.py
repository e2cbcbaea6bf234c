"""Addresses families leave for a raffle or for the results: apart from every answer, without key, time or order.

What comes in waits under a random id. Once a night everything that waits moves, mixed and under new random ids, among
what came before; the day is not kept, and :mod:`survey.store.rewrite` writes both tables anew.
"""

from __future__ import annotations

import random
import secrets

from sqlalchemy import Connection, Table, delete, func, insert, select

from survey.store import Store
from survey.store.tables import contact, contact_waiting

_shuffle = random.SystemRandom().shuffle


def leave_address(store: Store, wave_id: str, address: str) -> None:
    """Keep an address until the night."""
    with store.write() as connection:
        _add(connection, contact_waiting, wave_id, [address])


def mix(store: Store, wave_id: str) -> int:
    """Move what waits among the others, each address once; return how many moved."""
    with store.write() as connection:
        query = delete(contact_waiting).where(contact_waiting.c.wave_id == wave_id).returning(contact_waiting.c.address)
        waiting = connection.execute(query).scalars().all()
        known = {same(address) for address in _read(connection, contact, wave_id)}
        fresh = {same(address): address for address in waiting if same(address) not in known}
        addresses = list(fresh.values())
        _shuffle(addresses)
        _add(connection, contact, wave_id, addresses)
    return len(waiting)


def list_addresses(store: Store, wave_id: str) -> list[str]:
    """Return what has moved by now, in another random order every time."""
    with store.read() as connection:
        addresses = _read(connection, contact, wave_id)
    _shuffle(addresses)
    return addresses


def count_addresses(store: Store, wave_id: str) -> int:
    """Return how many addresses have moved by now."""
    with store.read() as connection:
        query = select(func.count()).select_from(contact).where(contact.c.wave_id == wave_id)
        return connection.execute(query).scalar_one()


def forget_address(store: Store, wave_id: str, address: str) -> bool:
    """Delete one address because somebody asks for it; False if it is not there."""
    with store.write() as connection:
        return sum(_forget(connection, table, wave_id, same(address)) for table in (contact, contact_waiting)) > 0


def forget_all(store: Store, wave_id: str) -> int:
    """Delete every address of a wave; return how many there were."""
    with store.write() as connection:
        return sum(
            connection.execute(delete(table).where(table.c.wave_id == wave_id)).rowcount
            for table in (contact, contact_waiting)
        )


def same(address: str) -> str:
    """Return what two spellings of an address have in common: small letters, or the digits of a telephone number."""
    letters = "".join(address.casefold().split())
    return letters if "@" in letters else "".join(c for c in letters if c.isalnum())


def _add(connection: Connection, table: Table, wave_id: str, addresses: list[str]) -> None:
    ids = sorted(secrets.token_bytes(16) for _ in addresses)
    pairs = zip(ids, addresses, strict=True)
    rows = [{"wave_id": wave_id, "id": row_id, "address": address} for row_id, address in pairs]
    if rows:
        connection.execute(insert(table), rows)


def _read(connection: Connection, table: Table, wave_id: str) -> list[str]:
    return list(connection.execute(select(table.c.address).where(table.c.wave_id == wave_id)).scalars())


def _forget(connection: Connection, table: Table, wave_id: str, wanted: str) -> int:
    rows = connection.execute(select(table.c.id, table.c.address).where(table.c.wave_id == wave_id)).all()
    found = [row.id for row in rows if same(row.address) == wanted]
    query = delete(table).where(table.c.wave_id == wave_id, table.c.id.in_(found))
    return connection.execute(query).rowcount if found else 0
