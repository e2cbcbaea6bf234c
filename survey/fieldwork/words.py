"""States and steps of a wave in words: what each means and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from survey.records import ContactKind, JobKind, JobState, ReleaseState, WaveState

Step = Literal["schliessen", "abschliessen", "ergebnisstand"]

STATE_NAMES: dict[WaveState, str] = {
    "planned": "geplant", "open": "offen", "closing": "Nachlauf", "entry": "Erfassung",
    "anonymised": "anonymisiert", "archived": "archiviert",
}  # fmt: skip

STATE_SENTENCES: dict[WaveState, str] = {
    "planned": "Die Welle hat noch nicht begonnen. Niemand kann schon antworten.",
    "open": "Familien können antworten. Papierbögen können erfasst werden.",
    "closing": "Die Befragung ist zu Ende. Angenommen werden nur noch Antworten von Handys, die ohne Netz waren.",
    "entry": "Die Befragung ist zu Ende. Papierbögen können noch erfasst, Antworten noch widerrufen werden.",
    "anonymised": "Die Antworten sind anonymisiert. Ergebnisse können berechnet werden.",
    "archived": "Die einzelnen Antworten sind gelöscht. Die Ergebnisstände bleiben.",
}

JOB_NAMES: dict[JobKind, str] = {
    "release": "Ergebnisstand erstellen", "anonymise": "Antworten anonymisieren", "maintain": "Datenbank pflegen",
}  # fmt: skip

JOB_STATES: dict[JobState, str] = {
    "waiting": "wartet", "running": "läuft", "done": "fertig", "failed": "nicht gelungen", "cancelled": "abgebrochen",
}  # fmt: skip

CONTACT_NAMES: dict[ContactKind, str] = {
    "": "keine", "raffle": "für eine Verlosung", "results": "um das Ergebnis zuzuschicken",
}  # fmt: skip

RELEASE_STATES: dict[ReleaseState, str] = {
    "internal": "intern", "public": "öffentlich", "withdrawn": "zurückgezogen",
}  # fmt: skip


@dataclass(frozen=True)
class Confirmation:
    """What somebody must know before a step that cannot be taken back."""

    title: str
    consequences: tuple[str, ...]
    button: str
    final: bool = True
    """cannot be undone"""


CONFIRMATIONS: dict[Step, Confirmation] = {
    "schliessen": Confirmation(
        "Welle jetzt schließen",
        (
            "Ab sofort kann niemand mehr neu antworten. Der Zugang auf Plakaten und in Briefen führt dann auf eine "
            "Seite, die das erklärt.",
            "Handys, die beim Ausfüllen kein Netz hatten, werden noch {grace} Stunden angenommen. "
            "Ihre Antworten zählen als „verspätet“.",
            "Papierbögen können bis zum {entry} erfasst werden. Antworten können so lange auch widerrufen werden.",
            "Gespeicherte Antworten bleiben, wie sie sind.",
        ),
        "Jetzt schließen",
    ),
    "abschliessen": Confirmation(
        "Erfassung abschließen und anonymisieren",
        (
            "Es wird auf kein Handy und keinen Papierbogen mehr gewartet. Was noch unterwegs ist, zählt nicht.",
            "Alle Widerrufscodes werden ungültig: Danach kann niemand mehr seine Antworten löschen lassen. "
            "In den Datenschutzhinweisen steht dafür bisher der {withdraw}.",
            "Seltene Angaben werden vergröbert. Zugänge mit wenigen Antworten behalten nur ihre Art, etwa „Kita“.",
            "Danach können Ergebnisstände berechnet werden.",
        ),
        "Abschließen und anonymisieren",
    ),
    "ergebnisstand": Confirmation(
        "Ergebnisstand erstellen",
        (
            "Aus den anonymisierten Antworten werden alle Tabellen, Bilder und Befunde berechnet und geschützt. "
            "Das dauert meist unter einer Minute, bei vielen Antworten länger.",
            "Der Ergebnisstand ist zuerst intern. Öffentlich wird er erst, wenn Sie ihn veröffentlichen.",
            "Frühere Ergebnisstände bleiben, wie sie sind.",
        ),
        "Berechnung starten",
        final=False,
    ),
}
