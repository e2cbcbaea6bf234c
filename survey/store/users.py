"""Accounts of staff. What is a good password or too many attempts is decided in :mod:`survey.login`."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import RowMapping, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from survey.records import Role, User
from survey.store import Store
from survey.store.errors import AlreadyThere, UserUnknown
from survey.store.tables import user


def add_user(store: Store, value: User) -> None:
    row = {
        "name": value.name,
        "password_hash": value.password_hash,
        "roles": _roles_text(value.roles),
        "failed_logins": value.failed_logins,
        "locked_until": value.locked_until,
        "session_version": value.session_version,
        "demo": value.demo,
    }
    try:
        with store.write() as connection:
            connection.execute(insert(user), row)
    except IntegrityError as error:
        raise AlreadyThere("Konto", value.name) from error


def find_user(store: Store, name: str) -> User | None:
    with store.read() as connection:
        row = connection.execute(select(user).where(user.c.name == name)).mappings().one_or_none()
    return None if row is None else _user(row)


def get_user(store: Store, name: str) -> User:
    found = find_user(store, name)
    if found is None:
        raise UserUnknown(name)
    return found


def list_users(store: Store) -> tuple[User, ...]:
    with store.read() as connection:
        return tuple(map(_user, connection.execute(select(user).order_by(user.c.name)).mappings()))


def has_demo_users(store: Store) -> bool:
    with store.read() as connection:
        return connection.execute(select(exists().where(user.c.demo))).scalar_one()


def note_failed_login(store: Store, name: str, locked_until: datetime | None = None) -> int:
    """Count a failed login, refuse logins until then, and return how many failed since the last success."""
    with store.write() as connection:
        values = {"failed_logins": user.c.failed_logins + 1, "locked_until": locked_until}
        query = update(user).where(user.c.name == name).values(values).returning(user.c.failed_logins)
        failed: int | None = connection.execute(query).scalar_one_or_none()
    if failed is None:
        raise UserUnknown(name)
    return failed


def note_login(store: Store, name: str) -> None:
    """Forget failed logins."""
    _change(store, name, locked_until=None, failed_logins=0)


def set_password(store: Store, name: str, password_hash: str) -> None:
    """Change the password, end all sessions and unlock."""
    values = {"password_hash": password_hash, "failed_logins": 0, "locked_until": None}
    _change(store, name, **values, session_version=user.c.session_version + 1)


def rehash_password(store: Store, name: str, password_hash: str) -> None:
    """Keep the same password under stronger parameters; sessions stay."""
    _change(store, name, password_hash=password_hash)


def set_roles(store: Store, name: str, roles: frozenset[Role]) -> None:
    _change(store, name, roles=_roles_text(roles))


def end_sessions(store: Store, name: str) -> None:
    """Log out everywhere."""
    _change(store, name, session_version=user.c.session_version + 1)


def delete_user(store: Store, name: str) -> None:
    with store.write() as connection:
        if connection.execute(delete(user).where(user.c.name == name)).rowcount == 0:
            raise UserUnknown(name)


def _change(store: Store, name: str, **values: object) -> None:
    with store.write() as connection:
        if connection.execute(update(user).where(user.c.name == name).values(values)).rowcount == 0:
            raise UserUnknown(name)


def _roles_text(roles: frozenset[Role]) -> str:
    return " ".join(sorted(roles))


def _user(row: RowMapping) -> User:
    return User(**{**row, "roles": frozenset(cast(list[Role], row["roles"].split()))})
