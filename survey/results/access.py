"""Who may see which release: public ones everybody, internal ones staff, withdrawn ones nobody."""

from __future__ import annotations

from flask import current_app, request

from survey.records import Release, User
from survey.security import current_staff


def visitor() -> User | None:
    """Return who is logged in. Without our cookie the session is not even looked at."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return None
    return current_staff()


def may_see(user: User | None, release: Release) -> bool:
    """Say whether the visitor may see a release."""
    return release.state == "public" or (release.state == "internal" and user is not None)
