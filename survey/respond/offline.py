"""What stays on a family's phone beside the document: the worker, and the script of the page after the end."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import brotli
import minify
from flask import Response, request, url_for
from markupsafe import Markup

from questionnaires.model import Questionnaire
from survey.records import Wave
from survey.respond.files import source
from survey.respond.words import html_language, words

#: Sentences only the worker can say, because only it knows whether they are true.
WORKER_WORDS = ("waiting_closed", "waiting_reopen", "offline_language")
#: Sentences the page after the end needs for what still waits on the phone.
LATE_WORDS = ("waiting", "try_now", "closed_late")
POLICY = "default-src 'none';connect-src 'self'"


def worker_response(wave: Wave, questionnaire: Questionnaire) -> Response:
    """Return the wave's service worker; it may serve the questionnaire's own address and nothing above it."""
    plain, small = _script(questionnaire.languages, questionnaire.audience == "young_people")
    squeezed = request.accept_encodings["br"] > 0
    response = Response(small if squeezed else plain, mimetype="text/javascript")
    if squeezed:
        response.headers["Content-Encoding"] = "br"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = url_for("respond.document", wave_id=wave.id)
    response.add_etag()
    response.make_conditional(request)
    return response


def late_sending(sentences: dict[str, str], grace: bool) -> dict[str, Any]:
    """Return what the page after the end needs to send what still waits on the phone."""
    said = json.dumps({name: sentences[name] for name in LATE_WORDS}, ensure_ascii=False)
    return {"late": said, "grace": grace, "js": Markup(source("late.js"))}  # noqa: S704  our own script


@cache
def _script(languages: tuple[str, ...], young: bool) -> tuple[bytes, bytes]:
    """Return the worker as it is and in brotli."""
    said = {language: _chosen(language, young) for language in languages}
    text = f"const words={json.dumps(said, ensure_ascii=False)};\n{source('worker.js')}"
    script = str(minify.string("text/javascript", text)).encode()
    return script, brotli.compress(script)


def _chosen(language: str, young: bool) -> dict[str, str]:
    sentences = words(language, young)
    return {"tag": html_language(language), **{name: sentences[name] for name in WORKER_WORDS}}
