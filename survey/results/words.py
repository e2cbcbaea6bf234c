"""What results pages say in plain German: how figures were made, what comes next, what is damaged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from questionnaires.handover import Manifest, ReleaseTable
from survey.records import Wave, WaveState
from survey.results.reader import Fault
from survey.templating import day, number

FAULTS: dict[Fault, str] = {
    "missing": "fehlt",
    "changed": "ist nicht mehr so, wie sie geschrieben wurde",
    "unreadable": "lässt sich mit dieser Fassung des Programms nicht lesen",
}

FORMULAS: dict[Literal["share", "share_of_cases", "mean"], str] = {
    "share": "Anteil = alle mit dieser Antwort, geteilt durch alle, die die Frage beantwortet haben.",
    "share_of_cases": (
        "Anteil = alle, die diese Antwort gewählt haben, geteilt durch alle, die die Frage beantwortet haben. "
        "Wer mehrere Antworten gewählt hat, zählt bei jeder davon; deshalb ergeben die Anteile zusammen mehr als 100 %."
    ),
    "mean": "Mittelwert = Summe aller Angaben, geteilt durch die Zahl derer, die die Frage beantwortet haben.",
}

INTERVAL = (
    "Zu jeder Zahl gehört eine Spanne, der Vertrauensbereich (95 %). Sie zeigt die Zufallsschwankung: So weit könnte "
    "die Zahl schwanken, wenn zufällig andere geantwortet hätten. Ob zwei Zahlen gesichert verschieden sind, prüft "
    "eine eigene Rechnung; das Ergebnis steht als „gesichert“ oder „Hinweis“ dabei. An den Spannen allein ist es nicht "
    "abzulesen: Auch wo sie sich ein Stück überschneiden, kann ein Unterschied gesichert sein. Steht nichts dabei, "
    "heißt das nicht, dass es keinen gibt."
)
ASKED = "Frage: „"


def weights(manifest: Manifest) -> Iterator[str]:
    """Say what weighting costs; whether there is any stands among the rules."""
    if manifest.n_eff is None:
        return
    effect = f" (Designeffekt nach Kish: {number(manifest.design_effect, 2)})" if manifest.design_effect else ""
    yield (
        f"Durch die Gewichte sind die Zahlen so unsicher wie bei rund {number(manifest.n_eff)} gleich gewichteten "
        f"Fragebögen{effect}."
    )


def split_question(sentence: str) -> tuple[str, str]:
    """Return the question a finding's sentence begins with, empty where it begins otherwise, and the rest."""
    if not sentence.startswith(ASKED):
        return "", sentence
    depth = 0
    for place, sign in enumerate(sentence):
        depth += {"„": 1, "“": -1}.get(sign, 0)
        if sign == "“" and depth == 0:
            return sentence[len(ASKED) : place], sentence[place + 1 :].lstrip()
    return "", sentence


def formula(table: ReleaseTable) -> str:
    """Say how the figures of a table are made."""
    return FORMULAS[table.measure]


def what_comes_next(wave: Wave, current: WaveState) -> str:
    """Say what happens until there are results."""
    return _NEXT[current].format(opens=day(wave.opens_on), closes=day(wave.closes_on), entry=day(wave.entry_until))


_NEXT: dict[WaveState, str] = {
    "planned": "Die Befragung beginnt am {opens}. Ergebnisse gibt es, wenn sie zu Ende ist.",
    "open": (
        "Bis zum {closes} kann noch geantwortet werden. Danach werden Papierbögen erfasst, die Antworten anonymisiert "
        "und die Ergebnisse berechnet. Vorher gibt es keine Zwischenstände."
    ),
    "closing": (
        "Die Befragung ist zu Ende. Bis zum {entry} werden noch Papierbögen erfasst. Danach werden die Antworten "
        "anonymisiert und die Ergebnisse berechnet."
    ),
    "entry": (
        "Die Befragung ist zu Ende. Bis zum {entry} werden noch Papierbögen erfasst. Danach werden die Antworten "
        "anonymisiert und die Ergebnisse berechnet."
    ),
    "anonymised": "Die Antworten sind anonymisiert. Als Nächstes werden die Ergebnisse berechnet und geprüft.",
    "archived": "Die einzelnen Antworten der Befragung sind gelöscht. Neue Ergebnisse können daraus nicht entstehen.",
}


def method(manifest: Manifest) -> Iterator[str]:
    """Yield what all tables of a release have in common, one thought each; its rules come from the manifest."""
    yield INTERVAL
    yield from weights(manifest)
