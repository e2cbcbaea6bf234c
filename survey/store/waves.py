"""Waves, the versions they accept and their doors."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from survey.records import Door, Wave
from survey.store import Store, hot
from survey.store.districts import NOTICE_TITLES, empty_notices, get_notices
from survey.store.errors import AlreadyThere, NoticesEmpty, WaveUnknown
from survey.store.sql import insert_missing
from survey.store.tables import door, wave, wave_questionnaire

_NAMES = tuple(f.name for f in fields(Wave))


def create_wave(store: Store, value: Wave) -> None:
    """Keep a new wave of a district whose notices are complete; where parents must agree, it asks for codes."""
    value = replace(value, code_required=value.code_required or value.parental_consent)
    empty = empty_notices(get_notices(store, value.district_id))
    if empty:
        raise NoticesEmpty(value.district_id, empty, tuple(NOTICE_TITLES[name] for name in empty))
    if find_wave(store, value.id) is not None:
        raise AlreadyThere("Welle", value.id)
    with store.write() as connection:
        connection.execute(insert(wave), {name: getattr(value, name) for name in _NAMES})
        _accept(connection, value.id, value.questionnaire_hash)


def find_wave(store: Store, wave_id: str, patience: float = 0) -> Wave | None:
    """Return a wave, at most `patience` [s] old."""
    return hot.fresh(store, "wave", _NAMES, {"id": wave_id}, lambda: _read(store, wave_id), patience)


def _read(store: Store, wave_id: str) -> Wave:
    with store.read() as connection:
        return Wave(**connection.execute(select(wave).where(wave.c.id == wave_id)).one()._mapping)


def get_wave(store: Store, wave_id: str, patience: float = 0) -> Wave:
    found = find_wave(store, wave_id, patience)
    if found is None:
        raise WaveUnknown(wave_id)
    return found


def list_waves(store: Store) -> tuple[Wave, ...]:
    """Return all waves, the latest first."""
    with store.read() as connection:
        rows = connection.execute(select(wave).order_by(wave.c.opens_on.desc(), wave.c.id)).all()
    return tuple(Wave(**row._mapping) for row in rows)


def save_plan(store: Store, wave_id: str, plan_json: str) -> None:
    """Replace the publication plan; releases keep the one they were made with."""
    with store.write() as connection:
        if connection.execute(update(wave).where(wave.c.id == wave_id).values(plan_json=plan_json)).rowcount == 0:
            raise WaveUnknown(wave_id)


def close_now(store: Store, wave_id: str, now: datetime) -> None:
    """„Jetzt schließen“: the wave closes at this instant; closing twice keeps the first."""
    _set_once(store, wave_id, "closed_at", now)


def end_entry(store: Store, wave_id: str, now: datetime) -> None:
    """„Erfassung abschließen“: nobody is waited for any longer; ending twice keeps the first."""
    _set_once(store, wave_id, "entry_ended_at", now)


def _set_once(store: Store, wave_id: str, column: str, now: datetime) -> None:
    get_wave(store, wave_id)
    with store.write() as connection:
        connection.execute(update(wave).where(wave.c.id == wave_id, wave.c[column].is_(None)).values({column: now}))


def publish_version(store: Store, wave_id: str, questionnaire_hash: str) -> None:
    """Ask this version from now on; forms of earlier versions that are still out stay valid."""
    with store.write() as connection:
        query = update(wave).where(wave.c.id == wave_id).values(questionnaire_hash=questionnaire_hash)
        if connection.execute(query).rowcount == 0:
            raise WaveUnknown(wave_id)
        _accept(connection, wave_id, questionnaire_hash)


def _accept(connection: Connection, wave_id: str, questionnaire_hash: str) -> None:
    row = {"wave_id": wave_id, "questionnaire_hash": questionnaire_hash}
    connection.execute(insert_missing(connection, wave_questionnaire), row)


def versions_of(store: Store, wave_id: str) -> frozenset[str]:
    """Return the hashes of all versions a form of this wave may have."""
    query = select(wave_questionnaire.c.questionnaire_hash).where(wave_questionnaire.c.wave_id == wave_id)
    with store.read() as connection:
        return frozenset(connection.execute(query).scalars())


def add_door(store: Store, value: Door) -> None:
    row = {"wave_id": value.wave_id, "id": value.id, "name": value.name, "kind": value.kind}
    get_wave(store, value.wave_id)
    try:
        with store.write() as connection:
            connection.execute(insert(door), row)
    except IntegrityError as error:
        raise AlreadyThere("Zugang", value.id) from error


def has_door(store: Store, wave_id: str, door_id: str, patience: float = 0) -> bool:
    """Say whether a door belongs to a wave; every submission that came through one asks."""
    key = {"wave_id": wave_id, "id": door_id}
    return hot.fresh(store, "door", ("id",), key, lambda: True, patience) is not None


def list_doors(store: Store, wave_id: str) -> tuple[Door, ...]:
    """Return the doors of a wave by id."""
    query = select(door).where(door.c.wave_id == wave_id).order_by(door.c.id)
    with store.read() as connection:
        return tuple(Door(**row._mapping) for row in connection.execute(query))
