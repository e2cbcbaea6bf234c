"""What a request needs from outside: settings, store and clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from flask import current_app

from survey.settings import Settings
from survey.store import Store

EXTENSION = "familienstimme"


def utc_now() -> datetime:
    """Return the current instant."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Services:
    """One value per application; a test passes its own clock."""

    settings: Settings
    store: Store
    clock: Callable[[], datetime] = utc_now


def services() -> Services:
    """Return the services of the application that handles this request."""
    return cast(Services, current_app.extensions[EXTENSION])
