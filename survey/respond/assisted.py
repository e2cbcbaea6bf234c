"""Staff ask aloud: a link that marks responses as „assisted“, and pages that only the person asked sees.

The link carries a signed pass instead of a login, so the document stays without a cookie. In a wave with codes the pass
holds a code made for it: it lets in one response, however often it is sent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from questionnaires.children import sections_of
from questionnaires.model import Asked, Battery, Questionnaire
from survey.errors import NotNow
from survey.respond.files import source

#: How long a link opens the questionnaire; a form that was opened in time may wait for signal longer.
LINK_LASTS = timedelta(hours=12)
FORM_LASTS = timedelta(days=21)
_SALT = "familienstimme-assisted"


class PassEnded(NotNow):
    """A link to the assisted mode that is no longer valid, or never was."""

    def __init__(self) -> None:
        super().__init__("Dieser Link zum Vorlesen gilt nicht mehr. Bitte öffnen Sie ihn neu von der Welle aus.")


@dataclass(frozen=True)
class Pass:
    """What a link to the assisted mode says."""

    code: str
    """the access code made for it; „“ where the wave asks for none"""
    made_at: int
    """seconds since 1970"""


def make_pass(wave_id: str, code: str, now: datetime) -> str:
    """Return a pass for one wave as it stands in the link."""
    return str(_serializer().dumps([wave_id, code, int(now.timestamp())]))


def read_pass(text: str, wave_id: str, now: datetime, lasts: timedelta) -> Pass | None:
    """Return what a pass says; None if it is no pass of ours, too old or of another wave."""
    if not text or len(text) > 300:
        return None
    try:
        wave, code, made_at = _serializer().loads(text)
    except (BadData, TypeError, ValueError):
        return None
    if wave != wave_id or not 0 <= now.timestamp() - made_at <= lasts.total_seconds():
        return None
    return Pass(code, made_at)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=_SALT)


def is_sensitive(question: Asked) -> bool:
    """Return whether staff must not see the answers to a question."""
    items = question.items if isinstance(question, Battery) else ()
    return question.sensitive is not None or any(item.sensitive is not None for item in items)


def script(asked: Questionnaire) -> str:
    """Return the script that hands sensitive pages over; it runs after the document's own."""
    ids = [name for name, question in sections_of(asked).questions.items() if is_sensitive(question)]
    return f"\n({source('assisted.js').strip().removesuffix(';')})({json.dumps(ids)});"
