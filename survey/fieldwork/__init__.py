"""The coordinator's desk: waves, their doors and returns, jobs, and what a district must say about itself."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("fieldwork", __name__)

from survey.fieldwork import (  # noqa: E402  # register their views
    aloud,  # noqa: F401
    basedata,  # noqa: F401
    boundaries,  # noqa: F401
    codes,  # noqa: F401
    contacts,  # noqa: F401
    create,  # noqa: F401
    doors,  # noqa: F401
    families,  # noqa: F401
    follow_up,  # noqa: F401
    help_contacts,  # noqa: F401
    notices,  # noqa: F401
    plan,  # noqa: F401
    progress,  # noqa: F401
    steps,  # noqa: F401
    waves,  # noqa: F401
)
