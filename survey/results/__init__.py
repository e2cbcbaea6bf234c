"""The planner's room: shows releases and nothing else. No survey number is computed here, only written out."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("results", __name__)

from survey.results import files, index, map, pages  # noqa: E402, F401  # register their views
