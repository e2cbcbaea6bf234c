"""The planner's room: shows releases and nothing else. No survey number is computed here, only written out."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("results", __name__)

from survey.results import (  # noqa: E402  # register their views
    collection,  # noqa: F401
    compare,  # noqa: F401
    explorer,  # noqa: F401
    files,  # noqa: F401
    frame,  # noqa: F401
    index,  # noqa: F401
    map,  # noqa: A004, F401
    pages,  # noqa: F401
    profile,  # noqa: F401
    quality,  # noqa: F401
    sheet,  # noqa: F401
    young,  # noqa: F401
)
