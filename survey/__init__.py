"""Who asks, who answers, how it is kept: the web application and its job process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from survey.error_pages import register_errors
from survey.security import protect
from survey.services import EXTENSION, Services, utc_now
from survey.settings import Settings, prepare_data, secret_key_of
from survey.static_files import register_static_files
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
    register_static_files(app)
    _register_blueprints(app)
    return app


def product_folder(name: str) -> Path:
    """Return `templates` or `static`: inside the installed package, or beside it in a checkout."""
    inside = Path(__file__).parent / f"_{name}"
    return inside if inside.is_dir() else Path(__file__).parent.parent / name


def _register_blueprints(app: Flask) -> None:
    from survey import account, design, fieldwork, login, ownwords, public, respond, results
    from survey.ownwords import procedure, queue
    from survey.respond import beside

    for module in (public, login, account, respond, fieldwork, results, ownwords, design):
        app.register_blueprint(module.blueprint)
    app.register_blueprint(beside.blueprint)
    app.jinja_env.globals.update(protection_notices=procedure.open_notices, own_words_progress=queue.progress)
    for view in (design.comments.say, design.trial.take, design.trial.remark):
        csrf.exempt(view)  # the link is the right to write, and there is no cookie
    csrf.exempt(respond.blueprint)  # no cookie there, hence nothing a foreign page could abuse
