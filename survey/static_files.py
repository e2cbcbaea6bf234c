"""Static files: named by their content, kept for a year, sent compressed (the chart library is 1.5 MB as it is)."""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from survey.security import ONE_YEAR

COMPRESSED = frozenset({".css", ".js", ".svg"})


def register_static_files(app: Flask) -> None:
    """Add ``?v=<hash>`` to every address of a static file; such an address may be kept for a year."""
    folder = Path(app.static_folder or "")

    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = _version(folder / values["filename"])

    def finish(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code == 200:
            file = folder / (request.view_args or {})["filename"]
            fresh = request.args.get("v") == _version(file)
            response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable" if fresh else "no-cache"
            _compress(response, file)
        return response

    app.url_defaults(add_version)
    app.after_request(finish)


def _compress(response: Response, file: Path) -> None:
    if file.suffix not in COMPRESSED:
        return
    response.headers["Vary"] = "Accept-Encoding"
    if request.accept_encodings["gzip"] > 0 and request.range is None:
        response.close()  # the file itself is not read
        response.direct_passthrough = False
        response.set_data(_zipped(file, file.stat().st_mtime_ns))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("ETag", None)  # it names the file as it is; the hash in the address does its work
        response.headers.pop("Accept-Ranges", None)


def _version(file: Path) -> str:
    return _digest(file, file.stat().st_mtime_ns) if file.is_file() else "0"


@lru_cache(maxsize=256)
def _digest(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=64)
def _zipped(file: Path, _changed: int) -> bytes:
    return gzip.compress(file.read_bytes(), 9, mtime=0)
