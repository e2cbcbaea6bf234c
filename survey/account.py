"""What staff can do about their own account: a new password, and logging out everywhere."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from survey.errors import ROLE_NAMES, LoginNeeded
from survey.forms import Typed
from survey.records import User
from survey.security import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    current_staff,
    hash_password,
    needs,
    password_fits,
    start_session,
)
from survey.services import services
from survey.store import users
from survey.templating import STAFF_ROLES

blueprint = Blueprint("account", __name__)


@blueprint.get("/konto")
@needs(*STAFF_ROLES)
def show() -> ResponseReturnValue:
    """Show name, roles and the forms."""
    return _page(Typed({}))


@blueprint.post("/konto/passwort")
@needs(*STAFF_ROLES)
def change_password() -> ResponseReturnValue:
    """Set a new password: all other sessions end, this one goes on."""
    user, form = _user(), Typed({})
    if not password_fits(user, request.form.get("password_now", "")):
        form.refuse("password_now", "Das bisherige Passwort stimmt nicht.")
    new = request.form.get("password_new", "")
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
        form.refuse("password_new", f"Das neue Passwort braucht {SHORTEST_PASSWORD} bis {LONGEST_PASSWORD} Zeichen.")
    if new != request.form.get("password_again", ""):
        form.refuse("password_again", "Die Wiederholung ist anders als das neue Passwort.")
    if form.errors:
        return _page(form), 422
    users.set_password(services().store, user.name, hash_password(new))
    start_session(users.get_user(services().store, user.name))
    flash("Das Passwort ist geändert. Auf anderen Geräten sind Sie abgemeldet.")
    return redirect(url_for("account.show"), 303)


@blueprint.post("/konto/ueberall-abmelden")
@needs(*STAFF_ROLES)
def leave_everywhere() -> ResponseReturnValue:
    """End all sessions of this person, also on machines that were lost."""
    users.end_sessions(services().store, _user().name)
    session.clear()
    return redirect(url_for("login.show", ab=1), 303)


def _user() -> User:
    user = current_staff()
    if user is None:
        raise LoginNeeded
    return user


def _page(form: Typed) -> str:
    roles = sorted(ROLE_NAMES[role] for role in _user().roles)
    return render_template("login/account.html", form=form, roles=roles)
