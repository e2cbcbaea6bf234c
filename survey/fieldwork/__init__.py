"""The coordinator's desk: waves, their doors and returns, jobs, and what a district must say about itself."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("fieldwork", __name__)

from survey.fieldwork import create, doors, notices, progress, steps, waves  # noqa: E402, F401  # register their views
