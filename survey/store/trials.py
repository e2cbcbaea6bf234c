"""Test runs of drafts. They lie apart from responses, are read here alone and never count."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta

from sqlalchemy import Connection, delete, func, select, true, update

from questionnaires.model import Questionnaire, canonical_json
from survey.records import Trial
from survey.store import Store
from survey.store.responses import hash_key
from survey.store.sql import insert_missing
from survey.store.tables import draft_comment, draft_link, draft_trial, draft_trial_version

#: A link that got around is of no use to anybody after so many.
MOST_TRIALS = 500
#: What was tried is deleted so long after the last test link ended, if nobody did so before.
KEPT_AFTER = timedelta(days=30)


def keep_version(store: Store, draft_id: str, asked: Questionnaire) -> str:
    """Keep what people will try and return its hash."""
    row = {"draft_id": draft_id, "hash": asked.hash, "document": asked.to_json()}
    with store.write() as connection:
        connection.execute(insert_missing(connection, draft_trial_version), row)
    return asked.hash


def find_version(store: Store, draft_id: str, questionnaire_hash: str) -> Questionnaire | None:
    """Return a version that was tried, None if there is none."""
    table = draft_trial_version
    query = select(table.c.document).where(table.c.draft_id == draft_id, table.c.hash == questionnaire_hash)
    with store.read() as connection:
        found = connection.execute(query).scalar_one_or_none()
    return None if found is None else Questionnaire.from_json(found)


def show_version(store: Store, draft_id: str, questionnaire_hash: str) -> None:
    """Let all test links of a draft lead to this version from now on."""
    with store.write() as connection:
        query = update(draft_link).where(draft_link.c.draft_id == draft_id, draft_link.c.trial_hash.is_not(None))
        connection.execute(query.values(trial_hash=questionnaire_hash))


def end_link(store: Store, draft_id: str, token_hash: bytes, today: date) -> None:
    """Let a test link lead nowhere from now on; when it ended is what the end of its runs is counted from."""
    here = draft_link.c.draft_id == draft_id, draft_link.c.token_hash == token_hash, draft_link.c.until >= today
    with store.write() as connection:
        connection.execute(update(draft_link).where(*here).values(until=today - timedelta(days=1)))


def add_trial(store: Store, draft_id: str, key: str, trial: Trial) -> bool:
    """Keep a run; the same key again is no error. False if there are too many."""
    row = {"draft_id": draft_id, "id": hash_key(key), "document": canonical_json(asdict(trial))}
    with store.write() as connection:
        query = select(func.count()).where(draft_trial.c.draft_id == draft_id)
        if connection.execute(query).scalar_one() >= MOST_TRIALS:
            return False
        connection.execute(insert_missing(connection, draft_trial), row)
    return True


def list_trials(store: Store, draft_id: str) -> tuple[Trial, ...]:
    """Return all runs of a draft in an order that says nothing."""
    query = select(draft_trial.c.document).where(draft_trial.c.draft_id == draft_id).order_by(draft_trial.c.id)
    with store.read() as connection:
        return tuple(Trial(**json.loads(document)) for document in connection.execute(query).scalars())


def delete_trials(store: Store, draft_id: str) -> None:
    """Delete all that came of trying a draft; its test links lead nowhere then."""
    with store.write() as connection:
        _delete(connection, [draft_id])


def forget_ended(store: Store, today: date) -> int:
    """Delete what was tried on drafts whose last test link ended long ago; return on how many."""
    links = draft_link.c.trial_hash.is_not(None)
    ended = func.max(draft_link.c.until) < today - KEPT_AFTER
    query = select(draft_link.c.draft_id).where(links).group_by(draft_link.c.draft_id).having(ended)
    with store.write() as connection:
        found = connection.execute(query).scalars().all()
        _delete(connection, found)
    return len(found)


def _delete(connection: Connection, draft_ids: Sequence[str]) -> None:
    of_trials = {
        draft_link: draft_link.c.trial_hash.is_not(None), draft_comment: draft_comment.c.trial,
        draft_trial: true(), draft_trial_version: true(),
    }  # fmt: skip
    for table, which in of_trials.items():
        connection.execute(delete(table).where(table.c.draft_id.in_(draft_ids), which))
