"""Answers: stored once, withdrawn on request, read in an order that says nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, RowMapping, func, select, update

from questionnaires.model import canonical_json
from survey.records import Outcome, StoredResponse, Submission
from survey.store import Store, hot
from survey.store.codes import add_code, hash_code
from survey.store.errors import WrongState
from survey.store.tables import response
from survey.store.waves import get_wave
from survey.waves import state

#: Responses read at a time.
_PAGE = 1000
#: What makes a second submission under a key the same: late and doubtful are our remarks, not the family's.
_CONTENT = ("questionnaire_hash", "area", "answers")


class _NotStored(Exception):
    """Ends a transaction so that nothing of it remains, also not the use of a code."""


def hash_key(key: str) -> bytes:
    """Return what is kept of a key [16 bytes]."""
    return hashlib.sha256(key.encode()).digest()[:16]


def submit(store: Store, submission: Submission, now: datetime) -> Outcome:
    """Store a checked response in one transaction; when this returns „stored“ it is on disk.

    The key is looked up before the access code, so that a repeated submission succeeds although its code is
    used up. A wave that asks for codes takes a response without one only from staff (paper, assisted) and
    from simulations.

    Raises
    ------
    WrongState
        the wave is anonymised or archived
    WaveUnknown
        there is no such wave
    """
    row = _row(submission)
    code = submission.access_code
    if code is None:
        stored = _store_without_code(store, row)
    else:
        if known := _judge(store, row):
            return known
        stored = _store_with_code(store, row, hash_code(submission.wave_id, code))
    if stored:
        return "stored"
    # Perhaps the same phone came twice at once: then the other one's row is there by now.
    return _judge(store, row) or _refuse(store, submission, now)


def _row(submission: Submission) -> hot.Row:
    return {
        "wave_id": submission.wave_id,
        "key_hash": hash_key(submission.key),
        "questionnaire_hash": submission.questionnaire_hash,
        "area": submission.area,
        "door": submission.door,
        "language": submission.language,
        "mode": submission.mode,
        "late": submission.late,
        "doubtful": submission.doubtful,
        "answers": canonical_json(submission.answers),
    }


def _store_without_code(store: Store, row: hot.Row) -> bool:
    if store.is_sqlite:
        return store.submissions.do(row, partial(hot.insert_together, store))
    return hot.insert_one(store, row)  # PostgreSQL itself gathers what is committed at the same moment


def _store_with_code(store: Store, row: hot.Row, code_hash: bytes) -> bool:
    try:
        with store.write_quickly() as cursor:
            if not hot.use_code(store, cursor, row["wave_id"], code_hash):
                raise _NotStored
            if not hot.insert(store, cursor, row, code_given=True):
                raise _NotStored
    except _NotStored:
        return False
    return True


def _judge(store: Store, row: hot.Row) -> Outcome | None:
    """Compare with what is stored under the key; None if nothing is."""
    columns = [response.c[name] for name in _CONTENT]
    with store.read() as connection:
        query = select(*columns).where(*_at(row["wave_id"], row["key_hash"]))
        stored = connection.execute(query).mappings().one_or_none()
    if stored is None:
        return None
    if stored["answers"] is None:
        return "withdrawn"
    return "repeated" if all(stored[name] == row[name] for name in _CONTENT) else "conflict"


def _refuse(store: Store, submission: Submission, now: datetime) -> Outcome:
    _check_open(store, submission.wave_id, now)
    return "code_unknown"


def _check_open(store: Store, wave_id: str, now: datetime) -> None:
    wave = get_wave(store, wave_id)
    if wave.anonymised_at is not None:
        raise WrongState(wave.id, state(wave, now), "submit")


def submit_many(store: Store, submissions: Iterable[Submission], now: datetime) -> int:
    """Store many responses in one transaction, without access codes; return how many were new."""
    rows = sorted(map(_row, submissions), key=lambda row: row["key_hash"])  # neighbours lie on one page
    for wave_id in {row["wave_id"] for row in rows}:
        _check_open(store, wave_id, now)
    with store.write_quickly() as cursor:
        return sum(hot.insert(store, cursor, row, code_given=True) for row in rows)


def withdraw(store: Store, wave_id: str, key: str) -> bool:
    """Delete a response and keep the bare hash of its key; False if there never was one.

    Repeating it is no error. The rest of the deletion is :func:`survey.store.rewrite.rewrite`: until then the
    journal still holds the row.
    """
    return exchange(store, wave_id, key, renew=False) is not None


def exchange(store: Store, wave_id: str, key: str, *, renew: bool) -> str | None:
    """Withdraw a response; with `renew` make a fresh access code where one was used for it.

    The new code has nothing to do with the response: it could have been printed on any letter.

    Returns
    -------
    str or None
        the code, „“ where none is due (withdrawn before, or taken without a code); None if there is no such response
    """
    where = _at(wave_id, hash_key(key))
    bare = {column.name: None for column in response.c if not column.primary_key}
    with store.write() as connection:
        found = connection.execute(select(response.c.mode).where(*where)).one_or_none()
        if found is None:
            return None
        query = update(response).where(*where, response.c.answers.is_not(None)).values(bare)
        first_time = connection.execute(query).rowcount == 1
        return add_code(connection, wave_id) if renew and first_time and found.mode == "web" else ""


def count_responses(store: Store, wave_id: str) -> int:
    """Return how many responses are kept; those withdrawn are not."""
    query = select(func.count()).select_from(response).where(*_present(wave_id))
    with store.read() as connection:
        return connection.execute(query).scalar_one()


def read_responses(store: Store, wave_id: str) -> Iterator[StoredResponse]:
    """Yield the responses of a wave by key, a page at a time: no long transaction keeps others waiting."""
    last = b""
    while True:
        query = select(response).where(*_present(wave_id), response.c.key_hash > last)
        with store.read() as connection:
            rows = connection.execute(query.order_by(response.c.key_hash).limit(_PAGE)).mappings().all()
        yield from map(_stored, rows)
        if len(rows) < _PAGE:
            return
        last = rows[-1]["key_hash"]


def _stored(row: RowMapping) -> StoredResponse:
    return StoredResponse(
        row=row["key_hash"].hex(),
        questionnaire_hash=row["questionnaire_hash"],
        area=row["area"],
        door=row["door"],
        language=row["language"],
        mode=row["mode"],
        late=row["late"],
        doubtful=row["doubtful"],
        answers=json.loads(row["answers"]),
    )


def _at(wave_id: str, key_hash: bytes) -> tuple[ColumnElement[bool], ...]:
    return response.c.wave_id == wave_id, response.c.key_hash == key_hash


def _present(wave_id: str) -> tuple[ColumnElement[bool], ...]:
    return response.c.wave_id == wave_id, response.c.answers.is_not(None)
