"""Base data of districts; nothing of a survey is kept here."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple

from sqlalchemy import delete, select

from survey.basedata import BaseData, BaseFigure
from survey.store import Store, hot
from survey.store.districts import get_district
from survey.store.sql import upsert
from survey.store.tables import base_data


def save_basedata(store: Store, district_id: str, value: BaseData) -> None:
    """Replace all base data of a district."""
    get_district(store, district_id)
    document = json.dumps([astuple(figure) for figure in value.figures], ensure_ascii=False)
    digest = hashlib.sha256(document.encode()).hexdigest()
    with store.write() as connection:
        statement = upsert(connection, base_data, ["district_id"], ["document", "digest"])
        connection.execute(statement, {"district_id": district_id, "document": document, "digest": digest})


def find_basedata(store: Store, district_id: str) -> BaseData | None:
    """Return what is kept; it is read again only when it has changed."""
    return hot.fresh(store, "base_data", ("digest",), {"district_id": district_id}, lambda: _read(store, district_id))


def delete_basedata(store: Store, district_id: str) -> None:
    """Forget what is kept, if anything is."""
    with store.write() as connection:
        connection.execute(delete(base_data).where(base_data.c.district_id == district_id))


def _read(store: Store, district_id: str) -> BaseData:
    with store.read() as connection:
        query = select(base_data.c.document).where(base_data.c.district_id == district_id)
        document = connection.execute(query).scalar_one()
    return BaseData(tuple(BaseFigure(*figure) for figure in json.loads(document)))
