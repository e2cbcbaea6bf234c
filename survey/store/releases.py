"""Which releases a wave has; their content lies in folders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, insert, select, update

from survey.records import Release, ReleaseState
from survey.store import Store
from survey.store.errors import ReleaseUnknown, WaveUnknown
from survey.store.tables import release, wave


def next_number(store: Store, wave_id: str) -> int:
    """Return the number the next release will get, if no other comes first."""
    with store.read() as connection:
        query = select(func.max(release.c.number)).where(release.c.wave_id == wave_id)
        return (connection.execute(query).scalar_one() or 0) + 1


def add_release(store: Store, wave_id: str, manifest_sha256: str, now: datetime) -> Release:
    """Keep a release under the wave's next number; it is internal until somebody publishes it."""
    with store.write() as connection:
        # Locking the wave's row makes the numbers on PostgreSQL follow one another without a gap or a clash.
        found = connection.execute(select(wave.c.id).where(wave.c.id == wave_id).with_for_update())
        if found.one_or_none() is None:
            raise WaveUnknown(wave_id)
        query = select(func.max(release.c.number)).where(release.c.wave_id == wave_id)
        number = (connection.execute(query).scalar_one() or 0) + 1
        value = Release(wave_id, number, "internal", now, manifest_sha256)
        connection.execute(insert(release), vars(value))
    return value


def list_releases(store: Store, wave_id: str) -> tuple[Release, ...]:
    """Return all releases of a wave, the newest first."""
    query = select(release).where(release.c.wave_id == wave_id).order_by(release.c.number.desc())
    with store.read() as connection:
        return tuple(Release(**row) for row in connection.execute(query).mappings())


def find_public(store: Store, wave_id: str) -> Release | None:
    """Return the newest public release."""
    return next((value for value in list_releases(store, wave_id) if value.state == "public"), None)


def get_release(store: Store, wave_id: str, number: int) -> Release:
    query = select(release).where(release.c.wave_id == wave_id, release.c.number == number)
    with store.read() as connection:
        row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise ReleaseUnknown(wave_id, number)
    return Release(**row)


def publish(store: Store, wave_id: str, number: int) -> None:
    """Show a release to everybody."""
    set_state(store, wave_id, number, "public")


def withdraw(store: Store, wave_id: str, number: int) -> None:
    """Show a release to nobody any longer; its folder stays."""
    set_state(store, wave_id, number, "withdrawn")


def set_state(store: Store, wave_id: str, number: int, state: ReleaseState) -> None:
    where = (release.c.wave_id == wave_id, release.c.number == number)
    with store.write() as connection:
        if connection.execute(update(release).where(*where).values(state=state)).rowcount == 0:
            raise ReleaseUnknown(wave_id, number)
