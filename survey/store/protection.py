"""The mark „Kinderschutz“: who is told at once, by which procedure, and who took care."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from survey.store import Store
from survey.store.sql import upsert
from survey.store.tables import child_protection, own_text, wave


@dataclass(frozen=True)
class Procedure:
    """What a district does when a text may tell of a child in danger."""

    users: tuple[str, ...] = ()
    """names of accounts"""
    text: str = ""


@dataclass(frozen=True)
class Marked:
    """A text that was marked, without its content."""

    id: str
    wave_id: str
    wave_title: str
    district_id: str
    marked_at: datetime
    marked_by: str
    taken_at: datetime | None
    taken_by: str | None


def get_procedure(store: Store, district_id: str) -> Procedure:
    query = select(child_protection).where(child_protection.c.district_id == district_id)
    with store.read() as connection:
        row = connection.execute(query).mappings().one_or_none()
    return Procedure() if row is None else Procedure(tuple(json.loads(row["users"])), row["procedure"])


def save_procedure(store: Store, district_id: str, value: Procedure) -> None:
    row = {"district_id": district_id, "users": json.dumps(sorted(value.users)), "procedure": value.text}
    with store.write() as connection:
        connection.execute(upsert(connection, child_protection, ["district_id"], ["users", "procedure"]), row)


def mark(store: Store, wave_id: str, text_id: str, who: str, now: datetime) -> None:
    """Mark a text; whoever is named in its district sees that from now on."""
    _set(store, wave_id, text_id, marked_at=now, marked_by=who, taken_at=None, taken_by=None)


def unmark(store: Store, wave_id: str, text_id: str) -> None:
    _set(store, wave_id, text_id, marked_at=None, marked_by=None, taken_at=None, taken_by=None)


def take(store: Store, wave_id: str, text_id: str, who: str, now: datetime) -> None:
    """Note that somebody takes care."""
    _set(store, wave_id, text_id, taken_at=now, taken_by=who)


def _set(store: Store, wave_id: str, text_id: str, **values: object) -> None:
    where = (own_text.c.wave_id == wave_id, own_text.c.id == bytes.fromhex(text_id))
    with store.write() as connection:
        connection.execute(update(own_text).where(*where).values(values))


def list_marked(store: Store, user: str) -> list[Marked]:
    """Return the marked texts of the districts in which this user is named, open ones first, then the latest."""
    with store.read() as connection:
        rows = connection.execute(select(child_protection)).mappings()
        named = [row["district_id"] for row in rows if user in json.loads(row["users"])]
        if not named:
            return []
        columns = (
            own_text.c.id, own_text.c.wave_id, wave.c.title, wave.c.district_id, own_text.c.marked_at,
            own_text.c.marked_by, own_text.c.taken_at, own_text.c.taken_by,
        )  # fmt: skip
        query = select(*columns).join(wave, wave.c.id == own_text.c.wave_id)
        query = query.where(wave.c.district_id.in_(named), own_text.c.marked_at.is_not(None))
        found = connection.execute(query.order_by(own_text.c.taken_at.is_not(None), own_text.c.marked_at.desc())).all()
    return [Marked(row[0].hex(), *row[1:]) for row in found]


def is_named(store: Store, user: str) -> bool:
    """Return whether a user is named in any district."""
    with store.read() as connection:
        found = connection.execute(select(child_protection.c.users)).scalars()
        return any(user in json.loads(users) for users in found)
