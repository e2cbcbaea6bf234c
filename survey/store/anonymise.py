"""The two steps a wave cannot go back from: anonymised, archived."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, text, update

from questionnaires.children import base_name
from questionnaires.flow import on_path
from questionnaires.model import Counts, canonical_json
from questionnaires.plan import PublicationPlan
from survey.records import Wave
from survey.store import Store
from survey.store.errors import WrongState
from survey.store.questionnaires import get_questionnaire
from survey.store.returns import tally_returns
from survey.store.rewrite import rewrite, rewrite_postgres
from survey.store.tables import access_code, door, response, wave
from survey.store.texts import cut_off, forget
from survey.store.waves import get_wave
from survey.waves import allowed, due, state

#: Where languages and kinds of doors go when they are too few to be named.
OTHERS = "andere"
#: What a door becomes when only its kind is kept: this and the kind.
KIND_PREFIX = "kind:"
#: A language chosen by fewer respondents is not kept.
MIN_LANGUAGE = 10
_CHUNK = 500


def anonymise(store: Store, wave_id: str, plan: PublicationPlan, now: datetime) -> None:
    """Cut every technical link to the families and coarsen what is rare; nothing can be withdrawn any more.

    Key hashes become random ids; doors with fewer than `plan.min_door_returns` returns keep only their kind
    (kinds that are still too few become „andere“, as do languages of fewer than 10); counts are top-coded at
    `plan.top_code_counts`, answers about children beyond go; own words are cut off their response; withdrawn hashes and
    unused codes are deleted; the tables are written anew.
    Repeating it only repeats the writing anew, so a crash in between does no harm.

    Raises
    ------
    WrongState
        answers are still waited for
    """
    value = get_wave(store, wave_id)
    if value.anonymised_at is None:
        if "anonymise" not in due(value, now):
            raise WrongState(wave_id, state(value, now), "anonymise")
        with store.write() as connection:
            _anonymise(store, connection, value, plan, now)
        tally_returns(store, wave_id, now)
    if store.is_sqlite or value.anonymised_at is not None:
        rewrite(store)


def archive(store: Store, wave_id: str, now: datetime) -> None:
    """Delete the raw answers of an anonymised wave; its releases stay. Repeating it is no error."""
    value = get_wave(store, wave_id)
    if value.archived_at is None:
        if not allowed(state(value, now), "archive"):
            raise WrongState(wave_id, state(value, now), "archive")
        with store.write() as connection:
            connection.execute(delete(response).where(response.c.wave_id == wave_id))
            forget(connection, wave_id)
            connection.execute(update(wave).where(wave.c.id == wave_id).values(archived_at=now))
    rewrite(store)


def _anonymise(
    store: Store, connection: Connection, value: Wave, plan: PublicationPlan, now: datetime
) -> None:  # fmt: skip
    if not store.is_sqlite:
        # Submissions under way end first; those behind us find the wave anonymised.
        connection.execute(text("LOCK TABLE response IN ACCESS EXCLUSIVE MODE"))
    connection.execute(delete(response).where(response.c.wave_id == value.id, response.c.answers.is_(None)))
    connection.execute(delete(access_code).where(access_code.c.wave_id == value.id))
    doors = _coarse_doors(connection, value.id, plan.min_door_returns)
    languages = _coarse_languages(connection, value.id)
    top = _TopCoding(store, plan.top_code_counts)
    query = select(response.c.key_hash).where(response.c.wave_id == value.id)
    keys = connection.execute(query).scalars().all()
    for start in range(0, len(keys), _CHUNK):
        _replace(connection, value.id, list(keys[start : start + _CHUNK]), doors, languages, top)
    cut_off(store, connection, value)
    connection.execute(update(wave).where(wave.c.id == value.id).values(anonymised_at=now))
    if not store.is_sqlite:
        rewrite_postgres(connection)


def _coarse_doors(connection: Connection, wave_id: str, min_returns: int) -> dict[str, str]:
    """Return what each door becomes: itself, its kind, or „andere“ where its kind has too few as well."""
    query = select(door.c.id, door.c.kind).where(door.c.wave_id == wave_id)
    kinds = dict(connection.execute(query).all())
    returns = _count_by(connection, wave_id, "door")
    few = {name: kinds.get(name) or OTHERS for name, n in returns.items() if n < min_returns}
    n_of_kind: dict[str, int] = {}
    for name, kind in few.items():
        n_of_kind[kind] = n_of_kind.get(kind, 0) + returns[name]
    kept = {name: name for name in returns if name not in few}
    merged = {name: kind if n_of_kind[kind] >= min_returns else OTHERS for name, kind in few.items()}
    return kept | {name: KIND_PREFIX + kind for name, kind in merged.items()}


def _coarse_languages(connection: Connection, wave_id: str) -> dict[str, str]:
    returns = _count_by(connection, wave_id, "language")
    return {language: language if n >= MIN_LANGUAGE else OTHERS for language, n in returns.items()}


def _count_by(connection: Connection, wave_id: str, dimension: str) -> dict[str, int]:
    column = response.c[dimension]
    query = select(column, func.count()).where(response.c.wave_id == wave_id).group_by(column)
    return dict(connection.execute(query).all())


class _TopCoding:
    """Caps the answers to counts questions, whatever version of the questionnaire they belong to.

    What was said of a child who no longer counts goes too: more children than are counted would be an answer.
    """

    def __init__(self, store: Store, top: int) -> None:
        self._store, self._top = store, top
        self._counts: dict[str, tuple[str, ...]] = {}

    def __call__(self, questionnaire_hash: str, answers: dict[str, Any], area: str) -> dict[str, Any]:
        capped = answers | {
            name: {band: min(n, self._top) for band, n in answers[name].items()}
            for name in self._counts_of(questionnaire_hash)
            if name in answers
        }
        if capped == answers:
            return answers
        kept = on_path(get_questionnaire(self._store, questionnaire_hash), capped, area)[1]
        return {name: answer for name, answer in capped.items() if name in kept or base_name(name) == name}

    def _counts_of(self, questionnaire_hash: str) -> tuple[str, ...]:
        if questionnaire_hash not in self._counts:
            questions = get_questionnaire(self._store, questionnaire_hash).questions.values()
            self._counts[questionnaire_hash] = tuple(q.id for q in questions if isinstance(q, Counts))
        return self._counts[questionnaire_hash]


def _replace(
    connection: Connection, wave_id: str, keys: list[bytes], doors: dict[str, str], languages: dict[str, str],
    top: _TopCoding,
) -> None:  # fmt: skip
    query = select(response).where(response.c.wave_id == wave_id, response.c.key_hash.in_(keys))
    changes = [
        {
            "old": row["key_hash"],
            "key_hash": secrets.token_bytes(16),
            "door": doors[row["door"]],
            "language": languages[row["language"]],
            "answers": canonical_json(top(row["questionnaire_hash"], json.loads(row["answers"]), row["area"])),
        }
        for row in connection.execute(query).mappings().all()
    ]
    where = (response.c.wave_id == wave_id, response.c.key_hash == bindparam("old"))
    new: dict[str, Any] = {name: bindparam(name) for name in ("key_hash", "door", "language", "answers")}
    connection.execute(update(response).where(*where).values(new), changes)
