"""Numbers and lists as Germans write them, and the sentences that explain a release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis import display
from questionnaires.handover import HIDDEN_MARK, Cell
from questionnaires.model import Consent, Questionnaire, text_in
from questionnaires.plan import PublicationPlan

NARROW = "\N{NO-BREAK SPACE}"
OPEN_CAVEAT = "Der Vertrauensbereich zeigt die Zufallsschwankung; wer nicht mitmacht, fehlt darin."


def percent(share: float) -> str:
    """Return a share as „41 %“, rounded to whole points."""
    return f"{round(share * 100)}{NARROW}%"


def decimal(number: float) -> str:
    """Return a number with one decimal and a comma."""
    return f"{number:.1f}".replace(".", ",")


def percent_with_interval(cell: Cell) -> str:
    """Return „41 % (38 bis 44 %)“ of a cell shown as a number."""
    low, high = round((cell.low or 0) * 100), round((cell.high or 0) * 100)
    return f"{percent(cell.value or 0)} ({low} bis {high}{NARROW}%)"


def listed(words: Sequence[str]) -> str:
    """Return „a, b und c“."""
    return " und ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)


def rules(plan: PublicationPlan, *, weighted: bool) -> tuple[str, ...]:
    """Return every rule and threshold a release was made with, as German sentences.

    Parameters
    ----------
    plan : PublicationPlan
    weighted : bool
        whether the extract carried weights

    Returns
    -------
    tuple of str
    """
    access = {
        "open": f"Mitmachen konnte, wer wollte: {OPEN_CAVEAT} Hochgerechnet wird nicht.",
        "register": "Befragt wurde eine Stichprobe aus dem Melderegister.",
        "full": "Befragt wurden alle; eine Korrektur für endliche Grundgesamtheiten ist nicht eingerechnet, die "
        "Vertrauensbereiche sind daher eher zu weit.",
    }
    weighting = (
        "Die Anteile sind gewichtet; Gewichte gelten beim Vertrauensbereich als feste Zahlen."
        if weighted
        else "Die Antworten sind nicht gewichtet: Jeder ausgefüllte Bogen zählt gleich."
    )
    outside = "Bögen ohne Sozialraum (außerhalb des Kreises oder nicht angegeben) zählen nur beim Kreis mit."
    return (
        "Gezählt werden befragte Personen, nicht Haushalte oder Kinder.",
        access[plan.access],
        weighting,
        outside,
        *_protection_rules(plan),
        *_display_rules(),
    )


def _protection_rules(plan: PublicationPlan) -> tuple[str, ...]:
    least = display.minimum_base
    return (
        f"Antworten, die weniger als {plan.k} Befragte einer Gruppe gegeben haben, werden nicht gezeigt, bei besonders "
        f"geschützten Fragen weniger als {plan.k_sensitive}. Das gilt auch, wenn weniger als so viele sie nicht gaben.",
        f"Ein Punkt („{HIDDEN_MARK}“) heißt: geschützt. Er verrät nicht, warum; auch null sieht so aus.",
        f"Gruppen mit weniger als {least(plan.k)} Befragten zeigen nichts, bei besonders geschützten Fragen mit "
        f"weniger als {least(plan.k_sensitive)}.",
        "Weitere Zahlen sind geschützt, wenn sich eine verborgene sonst aus Summen und Differenzen errechnen ließe. "
        "Das prüft ein Rechenverfahren für jede Frage über alle Gruppen und Filter, auch für fehlende Antworten.",
        f"Ein Sozialraum steht ab {plan.min_area_base} Antworten für sich; sonst ist er mit dem im Plan genannten "
        "Nachbarn im selben Großraum zusammengefasst. Gibt es keinen, erscheint er nur im Großraum.",
        "Sind einzelne Stufen einer Skala zu schwach besetzt, stehen zusammengefasste Stufen da.",
        "Es wirkt immer nur ein Filter; Filter gibt es für den ganzen Kreis.",
    )


def _display_rules() -> tuple[str, ...]:
    return (
        f"Die Zahl der Befragten ist auf {display.BASE_STEP} gerundet. Fehlen in einer Gruppe weniger Antworten als "
        "die Schutzgrenze, so gilt sie als vollständig.",
        f"Anteile sind auf ganze Prozentpunkte gerundet ab {display.FINE_FROM_BASE} Befragten, sonst auf "
        f"{display.ROUGH_STEP} Punkte; „{display.ALMOST_NOBODY}“ und „{display.ALMOST_ALL}“ stehen statt 0 und 100 %.",
        "Der Vertrauensbereich (95 %) ist nach Korn und Graubard aus den gerundeten Zahlen berechnet und um einen "
        "halben Rundungsschritt nach außen erweitert.",
        f"„Unsicher“ heißt: Der Vertrauensbereich ist mindestens {display.UNCERTAIN_FROM} Punkte breit. Ist er breiter "
        f"als {display.WORDS_FROM} Punkte oder stehen weniger als {display.MIN_N_EFF} wirksame Fälle dahinter, stehen "
        "nur Worte da.",
        "„Eher häufiger“ und „eher seltener als im Kreis“ heißt: Der Unterschied ist größer als ein Standardfehler.",
        "Ränge sind Spannen: Wo sich Vertrauensbereiche überschneiden, steht keine feste Reihenfolge.",
        "Antworten in eigenen Worten und Angaben zum Wohnort werden nicht veröffentlicht.",
    )


def answer_counts(questionnaire: Questionnaire, counts: Mapping[str, int], everybody: int, k: int) -> tuple[str, ...]:
    """Say how many gave own words or a consent, rounded; nothing where too few or nearly all did.

    Parameters
    ----------
    questionnaire : Questionnaire
    counts : mapping
        question → number of respondents
    everybody : int
        responses of the wave
    k : int
        threshold of the wave

    Returns
    -------
    tuple of str
    """
    found = []
    for question_id, n in counts.items():
        question = questionnaire.questions[question_id]
        title = text_in(question.text, "de")[0]
        did = "haben zugestimmt" if isinstance(question, Consent) else "haben in eigenen Worten geantwortet"
        if n >= display.minimum_base(k) and everybody - n >= k:
            found.append(f"„{title}“: Rund {display.rounded_base(n)} {did}.")
    return tuple(found)
