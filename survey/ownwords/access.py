"""Who may read own words, when, and that it is remembered."""

from __future__ import annotations

from questionnaires.model import Questionnaire, text_in
from survey.errors import LoginNeeded, NotNow
from survey.own_words import Access
from survey.records import User, Wave
from survey.security import current_staff
from survey.services import services
from survey.store import questionnaires, texts, waves
from survey.waves import allowed, state

OTHER = ".other"


class NotYetReadable(NotNow):
    """The wave is not anonymised."""

    def __init__(self, wave_id: str) -> None:
        self.wave_id = wave_id
        super().__init__(
            "Eigene Worte werden erst gelesen, wenn die Welle anonymisiert ist. Bis dahin kann eine Familie ihre "
            "Antworten noch zurückziehen."
        )


class NoLongerThere(NotNow):
    """The wave is archived."""

    def __init__(self, wave_id: str) -> None:
        self.wave_id = wave_id
        super().__init__("Die Texte sind gelöscht, weil ihre Aufbewahrung endete. Die Ergebnisse sind noch da.")


def get_readable(wave_id: str) -> Wave:
    """Return a wave whose own words may be read: whose answers may leave the store."""
    own = services()
    wave = waves.get_wave(own.store, wave_id)
    current = state(wave, own.clock())
    if current == "archived":
        raise NoLongerThere(wave_id)
    if not allowed(current, "extract"):
        raise NotYetReadable(wave_id)
    texts.make_sure(own.store, wave)
    return wave


def who() -> User:
    """Return who is logged in."""
    user = current_staff()
    if user is None:
        raise LoginNeeded
    return user


def note(wave: Wave, what: Access) -> None:
    """Remember who did what with texts of a wave; never which text."""
    texts.note_access(services().store, wave.id, who().name, what, services().clock())


def question_titles(wave: Wave) -> dict[str, str]:
    """Return what the questions were, in the order of the questionnaire: own words and „Andere, nämlich“."""
    asked: Questionnaire = questionnaires.get_questionnaire(services().store, wave.questionnaire_hash)
    found: dict[str, str] = {}
    for name, question in asked.questions.items():
        title = text_in(question.text, "de")[0]
        found[name] = title
        found[name + OTHER] = f"{title} – Anderes"
    return found
