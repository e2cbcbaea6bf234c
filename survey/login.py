"""Login and logout of staff."""

from __future__ import annotations

import logging

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from survey.forms import Typed
from survey.records import User
from survey.security import (
    LONGEST_PASSWORD,
    current_staff,
    is_locked,
    local_path,
    lock_until,
    password_fits,
    same_origin,
    start_session,
)  # fmt: skip
from survey.services import services
from survey.store import users

blueprint = Blueprint("login", __name__)
log = logging.getLogger("familienstimme")

#: One answer for a wrong name, a wrong password and a locked name: nobody learns which names exist.
REFUSED = (
    "Name oder Passwort stimmt nicht. Nach mehreren Fehlversuchen ist ein Name für eine Weile gesperrt, "
    "auch für das richtige Passwort. Warten Sie dann einige Minuten."
)
MAX_NAME = 80


@blueprint.get("/anmelden")
def show() -> ResponseReturnValue:
    """Show the form, or go on when somebody is logged in already."""
    target = local_path(request.args.get("weiter"))
    user = current_staff()
    if user is not None:
        return redirect(target or _home_of(user), 303)
    return login_page(target=target, stale="neu" in request.args, left="ab" in request.args)


@blueprint.post("/anmelden")
def enter() -> ResponseReturnValue:
    """Check name and password; what was typed into an interrupted form goes with it."""
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    target, typed = local_path(request.form.get("weiter")), _carried()
    user = _check(name, password)
    if user is None:
        form = Typed({"name": name[:MAX_NAME]})
        form.refuse("", REFUSED)
        return login_page(form, target, typed), 401
    start_session(user)
    current_staff()
    if typed and target:
        return render_template("login/resume.html", target=target, typed=typed)
    return redirect(target or _home_of(user), 303)


@blueprint.post("/abmelden")
def leave() -> ResponseReturnValue:
    """End the session on this machine."""
    session.clear()
    return redirect(url_for("login.show", ab=1), 303)


def login_page(
    form: Typed | None = None, target: str | None = None, typed: list[tuple[str, str]] | None = None, *,
    expired: bool = False, stale: bool = False, left: bool = False,
) -> str:  # fmt: skip
    """Return the form; `typed` is what an interrupted form held."""
    return render_template(
        "login/login.html", form=form or Typed({}), target=target or "", typed=typed or [],
        expired=expired, stale=stale, left=left,
    )  # fmt: skip


def _check(name: str, password: str) -> User | None:
    store, now = services().store, services().clock()
    user = users.find_user(store, name) if len(name) <= MAX_NAME else None
    fits = password_fits(user, password[:LONGEST_PASSWORD])
    if user is None:
        return None
    if is_locked(user, now):
        return None  # not counted: whoever knows the name could keep its owner out for ever
    if not fits:
        failures = user.failed_logins + 1
        users.note_failed_login(store, name, lock_until(failures, services().settings.login_failures, now))
        log.warning("Fehlversuch bei der Anmeldung, %d in Folge", failures)
        return None
    users.note_login(store, name)
    return user


def _carried() -> list[tuple[str, str]]:
    """Return the fields of the interrupted form, which travel as `typed:<name>`."""
    fields: MultiDict[str, str] = request.form
    if not same_origin():
        return []
    return [(name[6:], value) for name, value in fields.items(multi=True) if name.startswith("typed:")]


def _home_of(user: User) -> str:
    if user.roles & {"coordinator", "administrator"}:
        return url_for("fieldwork.waves")
    if "reviewer" in user.roles:
        return url_for("ownwords.show_waves")
    return url_for("results.index")
