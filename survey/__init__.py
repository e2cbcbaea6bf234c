"""Who asks, who answers, how it is kept: the web application and its job process."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect

from survey.error_pages import register_errors
from survey.security import ONE_YEAR, protect
from survey.services import EXTENSION, Services, utc_now
from survey.settings import Settings, prepare_data, secret_key_of
from survey.store import Store
from survey.templating import register_tools

#: What a family's form may weigh [bytes]; nothing else that is sent here is larger.
MAX_BODY = 64 * 1024

csrf = CSRFProtect()


def create_app(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Flask:
    """Return the web application; the store behind it must have been migrated."""
    prepare_data(settings)
    app = Flask(
        __name__,
        template_folder=str(product_folder("templates")),
        static_folder=str(product_folder("static")),
    )
    app.config.update(SECRET_KEY=secret_key_of(settings), MAX_CONTENT_LENGTH=MAX_BODY)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions[EXTENSION] = Services(settings, Store(settings.database_url), clock)
    protect(app, settings)
    csrf.init_app(app)
    register_errors(app)
    register_tools(app)
    _name_static_files_by_content(app)
    _register_blueprints(app)
    return app


def product_folder(name: str) -> Path:
    """Return `templates` or `static`: inside the installed package, or beside it in a checkout."""
    inside = Path(__file__).parent / f"_{name}"
    return inside if inside.is_dir() else Path(__file__).parent.parent / name


def _register_blueprints(app: Flask) -> None:
    from survey import account, fieldwork, login, public, respond, results

    for module in (public, login, account, respond, fieldwork, results):
        app.register_blueprint(module.blueprint)
    csrf.exempt(respond.blueprint)  # no cookie there, hence nothing a foreign page could abuse


def _name_static_files_by_content(app: Flask) -> None:
    """Add ``?v=<hash>`` to every address of a static file; such an address may be kept for a year."""
    folder = Path(app.static_folder or "")

    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = _version(folder / values["filename"])

    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code == 200:
            file = folder / (request.view_args or {})["filename"]
            fresh = request.args.get("v") == _version(file)
            response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable" if fresh else "no-cache"
        return response

    app.url_defaults(add_version)
    app.after_request(keep)


def _version(file: Path) -> str:
    return _digest(file, file.stat().st_mtime_ns) if file.is_file() else "0"


@lru_cache(maxsize=256)
def _digest(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
