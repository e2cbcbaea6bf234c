"""Tables and figures of a release, byte for byte as the analysis wrote them."""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Response, current_app, make_response, request
from flask.typing import ResponseReturnValue

from survey.errors import NotFound
from survey.results import blueprint
from survey.results.access import Shown, get_shown_below

TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json", "svg": "image/svg+xml"}


@blueprint.get("/ergebnisse/<wave_id>/tabelle/<table_id>.csv")
def table_csv(wave_id: str, table_id: str) -> ResponseReturnValue:
    """Send a table as a file for a spreadsheet."""
    response = _send(get_shown_below(wave_id), f"tables/{table_id}.csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{wave_id}-{table_id}.csv"'
    return response


@blueprint.get("/ergebnisse/<wave_id>/figur/<table_id>.<any(json, svg):kind>")
def figure(wave_id: str, table_id: str, kind: str) -> ResponseReturnValue:
    """Send a figure: the picture, or the same for the drawing library."""
    return _send(get_shown_below(wave_id), f"figures/{table_id}.{kind}")


@blueprint.get(
    "/ergebnisse/<wave_id>/antworten/<any(funnels, gaps, coverage, situations, changes, quality):name>.csv"
)
def answer_csv(wave_id: str, name: str) -> ResponseReturnValue:
    """Send what a release answers beyond its tables as a file for a spreadsheet."""
    response = _send(get_shown_below(wave_id), f"{name}.csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{wave_id}-{name}.csv"'
    return response


def _send(shown: Shown, file: str) -> Response:
    """Send a file the manifest names; nothing else in the folder can be reached."""
    if not shown.content.has(file):
        raise NotFound("Diese Datei gibt es in diesem Ergebnisstand nicht.")
    response = make_response(shown.read(file))
    response.headers["Content-Type"] = TYPES[file.rpartition(".")[2]]
    response.set_etag(shown.content.manifest.files[file])
    response.make_conditional(request)
    return response


@blueprint.after_request
def _say_that_login_matters(response: Response) -> Response:
    """A newer, internal release may stand behind the same address for staff."""
    response.vary.add("Cookie")
    return response


@blueprint.after_request
def _compress(response: Response) -> Response:
    """Send pages compressed to those without a login: only there no secret stands beside what an address brings in."""
    cookies = current_app.config["SESSION_COOKIE_NAME"] in request.cookies
    if response.mimetype == "text/html" and request.accept_encodings["gzip"] > 0 and not cookies:
        response.set_data(_zipped(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
    return response


@lru_cache(maxsize=32)
def _zipped(page: bytes) -> bytes:
    """The public pages of a release are the same for everybody."""
    return gzip.compress(page, 5, mtime=0)
