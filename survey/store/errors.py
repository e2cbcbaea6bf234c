"""What the store refuses, as exceptions that carry facts; their texts are German and may be shown."""

from __future__ import annotations

from survey.errors import NotFound, NotNow, SurveyError
from survey.records import WaveState


class WaveUnknown(NotFound):
    def __init__(self, wave_id: str) -> None:
        self.wave_id = wave_id
        super().__init__("Diese Welle gibt es nicht.")


class DistrictUnknown(NotFound):
    def __init__(self, district_id: str) -> None:
        self.district_id = district_id
        super().__init__("Diesen Landkreis gibt es hier nicht.")


class QuestionnaireUnknown(NotFound):
    def __init__(self, questionnaire_hash: str) -> None:
        self.questionnaire_hash = questionnaire_hash
        super().__init__("Diese Fassung des Fragebogens gibt es hier nicht.")


class DraftUnknown(NotFound):
    def __init__(self, draft_id: str) -> None:
        self.draft_id = draft_id
        super().__init__("Diesen Entwurf gibt es nicht, oder er wurde gelöscht.")


class ReleaseUnknown(NotFound):
    def __init__(self, wave_id: str, number: int) -> None:
        self.wave_id, self.number = wave_id, number
        super().__init__(f"Einen Ergebnisstand {number} gibt es bei dieser Welle nicht.")


class JobUnknown(NotFound):
    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        super().__init__("Diesen Auftrag gibt es nicht.")


class UserUnknown(NotFound):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__("Dieses Konto gibt es nicht.")


class AlreadyThere(NotNow):
    """A wave, door or account with this name exists; nothing was overwritten."""

    def __init__(self, what: str, name: str) -> None:
        self.what, self.name = what, name
        super().__init__(f"{what} „{name}“ gibt es schon. Es wurde nichts überschrieben.")


class NoticesEmpty(NotNow):
    """A wave needs every notice of its district first."""

    def __init__(self, district_id: str, empty: tuple[str, ...], titles: tuple[str, ...]) -> None:
        self.district_id, self.empty, self.titles = district_id, empty, titles
        super().__init__(
            "Die Welle kann erst angelegt werden, wenn alle Pflichtangaben des Landkreises ausgefüllt sind. "
            f"Es fehlen: {', '.join(titles)}."
        )


_STATES: dict[WaveState, str] = {
    "planned": "geplant", "open": "offen", "closing": "im Nachlauf", "entry": "in der Erfassung",
    "anonymised": "anonymisiert", "archived": "archiviert",
}  # fmt: skip


class WrongState(NotNow):
    """The wave's state does not allow this."""

    def __init__(self, wave_id: str, state: WaveState, action: str) -> None:
        self.wave_id, self.state, self.action = wave_id, state, action
        super().__init__(f"Die Welle ist {_STATES[state]}. Dieser Schritt ist jetzt nicht möglich.")


class JobLost(SurveyError):
    """The lease of a job ran out, or it was ended by somebody else; what was computed must be thrown away."""

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        super().__init__("Der Auftrag gehört diesem Prozess nicht mehr.")


class RewriteBlocked(SurveyError):
    """Somebody reads, so the journal could not be emptied; the next rewrite tries again."""

    def __init__(self) -> None:
        super().__init__(
            "Die Datenbank ist neu geschrieben. Jemand liest gerade: Ihr Journal leert sich das nächste Mal."
        )


class SchemaNewer(SurveyError):
    """The database was migrated by a newer version of the product."""

    def __init__(self, revision: str) -> None:
        self.revision = revision
        super().__init__(
            f"Die Datenbank hat den Stand {revision}, den diese Version nicht kennt. "
            "Bitte die neuere Version starten. Es wurde nichts verändert."
        )
