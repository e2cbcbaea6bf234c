"""Our own exceptions, which carry facts, and the one table that says how each is answered."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, replace

from survey.records import Role

log = logging.getLogger("familienstimme")

ROLE_NAMES: dict[Role, str] = {
    "coordinator": "Koordination", "planner": "Planung", "administrator": "Verwaltung der Installation",
    "reviewer": "Lesen eigener Worte",
}  # fmt: skip


class SurveyError(Exception):
    """Base of what we raise ourselves; its text is German and may be shown."""


class NotFound(SurveyError):
    """There is no such wave, door, job or release."""


class LoginNeeded(SurveyError):
    """The page is for staff, and nobody is logged in (any more)."""


class RoleMissing(SurveyError):
    """Somebody is logged in, but the page belongs to other roles."""

    def __init__(self, roles: Iterable[Role]) -> None:
        self.roles = tuple(roles)
        names = " oder ".join(ROLE_NAMES[role] for role in self.roles)
        super().__init__(f"Diese Seite ist für: {names}. Ihr Konto hat diese Aufgabe nicht.")


class NotNow(SurveyError):
    """The state of the wave does not allow this step; the text says why."""


class TooBusy(SurveyError):
    """More logins at once than are worked on."""

    def __init__(self) -> None:
        super().__init__("Gerade wollen sich sehr viele gleichzeitig anmelden.")


@dataclass(frozen=True)
class Answer:
    """How an error is answered: what happened, what is safe, what to do."""

    status: int
    title: str
    happened: str
    safe: str
    todo: str
    level: int = logging.INFO


_NOTHING_CHANGED = "Es wurde nichts verändert und nichts gelöscht."

#: Answers to HTTP errors by status; everything else is a 500.
BY_STATUS: dict[int, Answer] = {
    400: Answer(
        400, "Das haben wir nicht verstanden", "Die Anfrage war unvollständig oder beschädigt.", _NOTHING_CHANGED,
        "Gehen Sie zurück und versuchen Sie es noch einmal.",
    ),
    403: Answer(
        403, "Diese Seite ist nicht für Ihr Konto", "Ihr Konto darf diese Seite nicht öffnen.", _NOTHING_CHANGED,
        "Wenn Sie die Seite brauchen, wenden Sie sich an die Person, die Ihr Konto angelegt hat.",
    ),
    404: Answer(
        404, "Diese Seite gibt es nicht", "Unter dieser Adresse ist nichts zu finden.", _NOTHING_CHANGED,
        "Prüfen Sie die Adresse auf Tippfehler oder gehen Sie zur Startseite.",
    ),
    405: Answer(
        405, "So geht es hier nicht", "Diese Adresse kann man nicht auf diese Weise aufrufen.", _NOTHING_CHANGED,
        "Gehen Sie zur Startseite und von dort aus weiter.",
    ),
    409: Answer(
        409, "Das geht gerade nicht", "Dieser Schritt passt nicht zum Stand der Welle.", _NOTHING_CHANGED,
        "Gehen Sie zurück, laden Sie die Seite neu und schauen Sie, was jetzt möglich ist.",
    ),
    413: Answer(
        413, "Das war zu viel auf einmal", "Es wurden mehr Daten gesendet, als wir hier annehmen.",
        "Gespeichert wurde davon nichts.", "Kürzen Sie lange Texte und senden Sie noch einmal.",
    ),
    429: Answer(
        429, "Gerade kommen zu viele Anfragen", "Von Ihrem Anschluss kamen in kurzer Zeit sehr viele Anfragen.",
        "Was schon angekommen ist, bleibt gespeichert.", "Versuchen Sie es in einigen Minuten noch einmal.",
        logging.WARNING,
    ),
    500: Answer(
        500, "Da ist bei uns etwas schiefgegangen", "In unserem Programm ist ein Fehler aufgetreten.",
        "Was vorher gespeichert war, ist noch da.",
        "Versuchen Sie es in einigen Minuten noch einmal. Passiert es wieder, nennen Sie uns bitte das Kennzeichen.",
        logging.ERROR,
    ),
}  # fmt: skip

#: The one table from our exceptions to answers. The first class that fits decides.
ANSWERS: dict[type[Exception], Answer] = {
    NotFound: BY_STATUS[404],
    RoleMissing: BY_STATUS[403],
    NotNow: BY_STATUS[409],
    TooBusy: BY_STATUS[429],
}


def answer_for(error: Exception) -> Answer:
    """Return how an exception is answered."""
    for kind, answer in ANSWERS.items():
        if isinstance(error, kind):
            return replace(answer, happened=str(error) or answer.happened)
    return BY_STATUS[500]


def log_safely(error: BaseException, place: str) -> str:
    """Log the kind of an error and where it arose, never its text (it may hold an answer); return a reference."""
    reference = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)
    trace = "\n".join(f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    log.error("%s in %s, Kennzeichen %s\n%s", type(error).__name__, place, reference, trace)
    return reference
