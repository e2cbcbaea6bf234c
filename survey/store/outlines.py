"""The outlines of a district's Sozialräume."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from sqlalchemy import delete, select

from survey.records import Outlines
from survey.store import Store, hot
from survey.store.sql import upsert
from survey.store.tables import outlines


def save_outlines(store: Store, district_id: str, value: Outlines) -> None:
    """Keep outlines, or replace those that are kept."""
    document = json.dumps(asdict(value), ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(document.encode()).hexdigest()
    with store.write() as connection:
        statement = upsert(connection, outlines, ["district_id"], ["document", "digest"])
        connection.execute(statement, {"district_id": district_id, "document": document, "digest": digest})


def find_outlines(store: Store, district_id: str) -> Outlines | None:
    """Return what is kept; it is read again only when it has changed."""
    return hot.fresh(store, "outlines", ("digest",), {"district_id": district_id}, lambda: _read(store, district_id))


def delete_outlines(store: Store, district_id: str) -> None:
    """Forget what is kept, if anything is."""
    with store.write() as connection:
        connection.execute(delete(outlines).where(outlines.c.district_id == district_id))


def _read(store: Store, district_id: str) -> Outlines:
    with store.read() as connection:
        query = select(outlines.c.document).where(outlines.c.district_id == district_id)
        value = json.loads(connection.execute(query).scalar_one())
    shapes = {area: tuple(tuple((x, y) for x, y in ring) for ring in rings) for area, rings in value["shapes"].items()}
    labels = {area: (x, y) for area, (x, y) in value["labels"].items()}
    return Outlines(**{**value, "shapes": shapes, "labels": labels})
