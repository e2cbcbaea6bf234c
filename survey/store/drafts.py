"""Drafts of questionnaires: one editor at a time, nothing overwritten silently, earlier states kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from questionnaires.model import canonical_json
from survey.records import Draft, DraftState
from survey.store import Store
from survey.store.errors import DraftUnknown
from survey.store.tables import draft, draft_comment, draft_link, draft_state, draft_trial, draft_trial_version

#: An editor who says nothing for so long has left.
LOCK = timedelta(minutes=2)
#: Saves nearer to each other are one state to return to.
STATE = timedelta(minutes=3)


def create_draft(store: Store, draft_id: str, data: Mapping[str, Any], by: str, now: datetime) -> Draft:
    """Begin a draft; its id is free."""
    row = {"id": draft_id, "version": 1, "saved_at": now, "saved_by": by, **_content(data)}
    with store.write() as connection:
        connection.execute(insert(draft), row)
        _keep_state(connection, draft_id, 1, row["document"], by, now, "Anfang")
    return get_draft(store, draft_id, now)


def get_draft(store: Store, draft_id: str, now: datetime) -> Draft:
    with store.read() as connection:
        row = connection.execute(select(draft).where(draft.c.id == draft_id)).mappings().one_or_none()
    if row is None:
        raise DraftUnknown(draft_id)
    locked = row["locked_until"] is not None and row["locked_until"] > now
    return Draft(
        row["id"], row["title"], json.loads(row["document"]), row["version"], row["saved_at"], row["saved_by"],
        row["locked_by"] if locked else None, row["lock_key"] if locked else None,
    )  # fmt: skip


def list_drafts(store: Store, now: datetime) -> tuple[Draft, ...]:
    """Return all drafts, the one saved last first."""
    with store.read() as connection:
        names = connection.execute(select(draft.c.id).order_by(draft.c.saved_at.desc(), draft.c.id)).scalars().all()
    return tuple(get_draft(store, name, now) for name in names)


def lock_draft(store: Store, draft_id: str, by: str, key: str, now: datetime, *, take: bool = False) -> bool:
    """Become the editor, or stay it; False if somebody else is, unless the draft is taken over."""
    free = (draft.c.locked_until.is_(None)) | (draft.c.locked_until <= now) | (draft.c.lock_key == key)
    mine = {"locked_by": by, "lock_key": key, "locked_until": now + LOCK}
    with store.write() as connection:
        query = update(draft).where(draft.c.id == draft_id).values(mine)
        return connection.execute(query if take else query.where(free)).rowcount == 1


def unlock_draft(store: Store, draft_id: str, key: str) -> None:
    """Stop being the editor; nothing happens if somebody else is."""
    with store.write() as connection:
        query = update(draft).where(draft.c.id == draft_id, draft.c.lock_key == key)
        connection.execute(query.values(locked_by=None, locked_until=None, lock_key=None))


def save_draft(
    store: Store, draft_id: str, data: Mapping[str, Any], version: int, by: str, key: str, now: datetime,
    note: str = "", turn: int = 0,
) -> int | None:  # fmt: skip
    """Save and return the new version; None if the draft is no longer at `version` or somebody else edits it.

    A window may also save on what it saved itself, in an earlier turn: perhaps the answer that told it the version was
    lost on the way.
    """
    content = _content(data)
    row = {**content, "version": draft.c.version + 1, "saved_at": now, "saved_by": by, "saved_key": key,
           "saved_turn": turn, "locked_until": now + LOCK}  # fmt: skip
    known = (draft.c.version == version) | ((draft.c.saved_key == key) & (draft.c.saved_turn < turn))
    with store.write() as connection:
        query = update(draft).where(draft.c.id == draft_id, known, draft.c.lock_key == key)
        saved = connection.execute(query.values(row).returning(draft.c.version)).scalar_one_or_none()
        if saved is not None:
            _keep_state(connection, draft_id, saved, content["document"], by, now, note)
    return saved


def _content(data: Mapping[str, Any]) -> dict[str, Any]:
    titles = data.get("title")
    title = titles.get("de") if isinstance(titles, dict) else None
    return {"title": str(title or "Ohne Titel")[:300], "document": canonical_json(data)}


def _keep_state(
    connection: Connection, draft_id: str, version: int, document: str, by: str, now: datetime, note: str
) -> None:
    """Keep a state; the last one is replaced where the same person saved without a note a moment ago."""
    here = draft_state.c.draft_id == draft_id
    query = select(draft_state).where(here).order_by(draft_state.c.version.desc()).limit(1)
    last = connection.execute(query).mappings().one_or_none()
    if last and not last["note"] and not note and last["saved_by"] == by and last["saved_at"] > now - STATE:
        connection.execute(delete(draft_state).where(here, draft_state.c.version == last["version"]))
        now = last["saved_at"]  # else an hour of typing would be one state
    row = {"draft_id": draft_id, "version": version, "document": document, "saved_at": now, "saved_by": by}
    connection.execute(insert(draft_state), {**row, "note": note[:200]})


def list_states(store: Store, draft_id: str) -> tuple[DraftState, ...]:
    """Return what can be returned to, the newest first."""
    columns = (draft_state.c.version, draft_state.c.saved_at, draft_state.c.saved_by, draft_state.c.note)
    query = select(*columns).where(draft_state.c.draft_id == draft_id).order_by(draft_state.c.version.desc())
    with store.read() as connection:
        return tuple(DraftState(*row) for row in connection.execute(query))


def find_state(store: Store, draft_id: str, version: int) -> dict[str, Any] | None:
    """Return what a draft was like."""
    query = select(draft_state.c.document).where(draft_state.c.draft_id == draft_id, draft_state.c.version == version)
    with store.read() as connection:
        found = connection.execute(query).scalar_one_or_none()
    return None if found is None else dict(json.loads(found))


def delete_draft(store: Store, draft_id: str) -> None:
    """Delete a draft with all its states; what was published stays."""
    with store.write() as connection:
        for table in (draft_state, draft_link, draft_comment, draft_trial, draft_trial_version):
            connection.execute(delete(table).where(table.c.draft_id == draft_id))
        connection.execute(delete(draft).where(draft.c.id == draft_id))
