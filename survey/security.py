"""Headers of every answer, the session of staff, passwords, and who may do what."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue

from survey.errors import LoginNeeded, RoleMissing, TooBusy
from survey.records import Role, User
from survey.services import services
from survey.settings import Settings
from survey.store import users

P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)

#: SHA-256 of the empty string: Plotly adds an empty <style> and fills it by script, which CSP then allows.
EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; "
    f"style-src 'self' {EMPTY_STYLE}; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: The editor of questionnaires shows a phone in a frame.
DESIGN_POLICY = f"{CONTENT_POLICY}; frame-src 'self'"
POLICIES = {"design": DESIGN_POLICY}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: A family's page has no window, frame or device to guard, and each byte of its headers is one less for its questions.
FAMILY_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
#: Length is what protects a password best; nothing else is demanded.
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256
ONE_YEAR = 31_536_000
#: Pages of these blueprints belong to a person who is logged in and stay out of every cache.
STAFF_BLUEPRINTS = frozenset({"login", "account", "fieldwork", "design", "ownwords"})

#: A hash needs 64 MiB for a moment, so two are made at a time; and a flood of logins gets half of the threads at most.
_hashing, _queue = threading.BoundedSemaphore(2), threading.BoundedSemaphore(4)
_hasher = PasswordHasher()
#: Of a random password nobody knows; an unknown name costs the same time as a known one.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$wWVWtx4oDFZdjsvuBG7/ZQ$oMDyr60japYv2jnlY9g2NkT/4ank1vY/QLoOafFk9Uc"


def protect(app: Flask, settings: Settings) -> None:
    """Set the session's interface and the headers of every answer of the application."""
    app.session_interface = _StaffSessions()
    app.config.update(
        SESSION_COOKIE_NAME="familienstimme",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH=settings.url_prefix or "/",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=None,  # the session ends, the form in it does not end earlier
    )
    app.after_request(_set_headers)


class _StaffSessions(SecureCookieSessionInterface):
    """The cookie is also `Secure` when only the proxy's header tells that people came by HTTPS."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Look for a session only where there is a cookie: families have none."""
        if "HTTP_COOKIE" not in request.environ or self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Do nothing where nobody looked at the session."""
        if session.accessed or session.modified:
            super().save_session(app, session, response)

    def get_cookie_secure(self, app: Flask) -> bool:
        return bool(app.config["SESSION_COOKIE_SECURE"]) or request.is_secure


def _set_headers(response: Response) -> Response:
    headers, blueprint = response.headers, request.blueprint
    policy = POLICIES.get(blueprint or "", CONTENT_POLICY)
    present = {name.lower() for name, _ in headers}  # respondents' pages bring their own policy
    wanted = {"Content-Security-Policy": policy} | (FAMILY_HEADERS if blueprint == "respond" else HEADERS)
    for name, value in wanted.items():
        if name.lower() not in present:
            headers.add(name, value)
    if request.is_secure or services().settings.https:
        headers.setdefault("Strict-Transport-Security", f"max-age={ONE_YEAR}")
    if blueprint in STAFF_BLUEPRINTS or g.get("staff") is not None:
        headers["Cache-Control"] = "no-store"
    elif "cache-control" not in present and request.endpoint != "static":
        headers.add("Cache-Control", "no-cache")
    return response


# --- passwords ---------------------------------------------------------------------------------------------


@contextmanager
def _turn() -> Iterator[None]:
    if not _queue.acquire(blocking=False):
        raise TooBusy
    try:
        with _hashing:
            yield
    finally:
        _queue.release()


def hash_password(password: str) -> str:
    """Return the argon2id hash to keep."""
    with _turn():
        return _hasher.hash(password)


def password_fits(user: User | None, password: str) -> bool:
    """Return whether the password is the user's; takes the same time when there is no such user."""
    with _turn():
        try:
            _hasher.verify(user.password_hash if user else _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return False
    return user is not None


# --- who is it, and may they -------------------------------------------------------------------------------


def start_session(user: User) -> None:
    """Begin a fresh session; nothing of an earlier one survives."""
    session.clear()
    session.permanent = True
    session.update(user=user.name, version=user.session_version, seen=_now_stamp())


def current_staff() -> User | None:
    """Return who is logged in, or None. Public pages never ask: reading the session alone would mark them."""
    if "staff" not in g:
        g.staff = _find_staff()
    found: User | None = g.staff
    return found


def _find_staff() -> User | None:
    name, seen = session.get("user"), session.get("seen", 0)
    idle = _now_stamp() - seen
    if not name or idle > services().settings.session_minutes * 60:
        return None
    user = users.find_user(services().store, name)
    if user is None or user.session_version != session.get("version"):
        return None
    if idle >= 60:
        session["seen"] = _now_stamp()
    return user


def _now_stamp() -> int:
    return int(services().clock().timestamp())


def needs(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only staff with one of these roles see the page."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            user = current_staff()
            if user is None:
                raise LoginNeeded
            if not user.roles & set(roles):
                raise RoleMissing(roles)
            return view(*args, **kwargs)

        return guarded

    return decorate


def same_origin() -> bool:
    """Return whether the browser says that this POST came from one of our own pages."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == request.host_url.rstrip("/")


def local_path(target: str | None) -> str | None:
    """Return the target if it is a path in this installation: a login sends nobody elsewhere."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    if any(ord(c) < 32 for c in target):
        return None
    return target


def is_locked(user: User, now: datetime) -> bool:
    """Return whether the name is locked because of failed logins."""
    return user.locked_until is not None and now < user.locked_until


def lock_until(failures: int, allowed: int, now: datetime) -> datetime | None:
    """Return until when failures in a row lock a name: 1 minute, doubling, at most an hour."""
    if failures < allowed:
        return None
    minutes = min(60, 2 ** (failures - allowed))
    return now.astimezone(UTC) + timedelta(minutes=minutes)


def typed_values() -> list[tuple[str, str]]:
    """Return what was typed into the posted form, to be kept while somebody logs in again."""
    kept: list[tuple[str, str]] = []
    for name, value in request.form.items(multi=True):
        if name != "csrf_token" and "password" not in name.casefold() and "passwort" not in name.casefold():
            kept.append((name, value))
    return kept


def json_wanted() -> bool:
    """Return whether a script asks (the job page polls) and no person."""
    best: Any = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return bool(best == "application/json")
