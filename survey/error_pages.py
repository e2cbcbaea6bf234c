"""Answers errors with pages that say what happened, what is safe and what to do."""

from __future__ import annotations

import logging
from dataclasses import replace

from flask import Flask, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from survey.errors import BY_STATUS, Answer, LoginNeeded, answer_for, log_safely
from survey.login import login_page
from survey.respond.failed import family_page
from survey.security import current_staff, json_wanted, same_origin, typed_values

log = logging.getLogger("familienstimme")


def register_errors(app: Flask) -> None:
    """Let every error of the application be answered by this module."""
    app.register_error_handler(LoginNeeded, _ask_for_login)
    app.register_error_handler(CSRFError, _ask_again)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer)


def _answer_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:
        return error.get_response()  # a redirect of the router
    known = BY_STATUS.get(error.code or 500)
    response = _render(known or replace(BY_STATUS[400], status=error.code or 500))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _answer(error: Exception) -> ResponseReturnValue:
    answer, place = answer_for(error), request.endpoint or "-"
    if answer.status >= 500:
        return _render(answer, log_safely(error, place))
    log.log(answer.level, "%s in %s", type(error).__name__, place)
    return _render(answer)


def _render(answer: Answer, reference: str = "") -> Response:
    if json_wanted():
        response = jsonify(problem=answer.title, happened=answer.happened, reference=reference)
    else:
        response = family_page(answer.status, reference) or make_response(
            render_template("errors/error.html", answer=answer, reference=reference)
        )
    response.status_code = answer.status
    return response


def _ask_for_login(_: LoginNeeded) -> ResponseReturnValue:
    """Send a reader to the login, a writer too, but with what was typed."""
    here = request.script_root + request.full_path.rstrip("?")
    if json_wanted():
        return jsonify(problem="Ihre Anmeldung ist abgelaufen."), 401
    if request.method == "GET":
        return redirect(url_for("login.show", weiter=here), 303)
    typed = typed_values() if same_origin() else []
    return login_page(target=here, typed=typed, expired=True), 401


def _ask_again(_: CSRFError) -> ResponseReturnValue:
    """Offer the same form again with a fresh token, if it came from one of our own pages."""
    log.info("CSRFError in %s", request.endpoint or "-")
    if not same_origin():
        return _render(BY_STATUS[400])
    if request.blueprint == "login":
        return redirect(url_for("login.show", neu=1), 303)
    if current_staff() is None:
        return _ask_for_login(LoginNeeded())
    target = request.script_root + request.full_path.rstrip("?")
    return render_template("errors/resend.html", target=target, typed=typed_values()), 400
