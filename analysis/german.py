"""Numbers and lists as Germans write them, and the sentences that explain a release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from analysis import display
from questionnaires.handover import HIDDEN_MARK, Cell, WeightedGroup, Weighting
from questionnaires.model import Consent, Questionnaire, text_in
from questionnaires.plan import Doubt, PublicationPlan

NARROW = "\N{NO-BREAK SPACE}"
TOTALS = (
    "Hochgerechnet ist der Anteil mal die bekannte Zahl der Familien, auf 10 gerundet, nur bei Fragen an alle; wer "
    "nicht geantwortet hat, gilt dabei als wie die anderen."
)
OPEN_CAVEAT = "Der Vertrauensbereich zeigt die Zufallsschwankung; wer nicht mitmacht, fehlt darin."


def caveat_of(plan: PublicationPlan) -> str:
    """Return what every finding of an open survey says at its end, with a space before it; else nothing."""
    return f" {OPEN_CAVEAT}" if plan.access == "open" else ""


def percent(share: float) -> str:
    """Return a share as „41 %“, rounded to whole points."""
    return f"{round(share * 100)}{NARROW}%"


def decimal(number: float) -> str:
    """Return a number with one decimal and a comma."""
    return f"{number:.1f}".replace(".", ",")


def median_note(middle: str, first: str, last: str) -> str:
    """Say in which row the district's median lies, and in which it may."""
    sure = "" if first == last else f"; mit Zufallsschwankung zwischen „{first}“ und „{last}“"
    return f"Mittlere Angabe im Kreis (Median; die Hälfte nennt weniger, die Hälfte mehr): „{middle}“{sure}."


def thousands(number: float) -> str:
    """Return a number as „12.034“; with at most three decimals where it is not whole."""
    text = f"{round(number, 3):,}".removesuffix(".0")
    return text.translate(str.maketrans(",.", ".,"))


def percent_with_interval(cell: Cell) -> str:
    """Return „41 % (38 bis 44 %)“ of a cell shown as a number."""
    low, high = round((cell.low or 0) * 100), round((cell.high or 0) * 100)
    return f"{percent(cell.value or 0)} ({low} bis {high}{NARROW}%)"


def listed(words: Sequence[str]) -> str:
    """Return „a, b und c“."""
    return " und ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)


def rules(
    plan: PublicationPlan, *, weighted: bool, weighting: Weighting | None = None, corrected: bool = False
) -> tuple[str, ...]:
    """Return every rule and threshold a release was made with, as German sentences.

    Parameters
    ----------
    plan : PublicationPlan
    weighted : bool
        whether responses count differently
    weighting : Weighting or None
        how they were weighted to the plan's margins; None although weighted: the extract brought its weights along
    corrected : bool
        whether intervals account for how many of all families answered

    Returns
    -------
    tuple of str
    """
    full = (
        "Wo die Zahl der Familien bekannt ist, sind die Vertrauensbereiche um so viel schmaler, wie davon geantwortet "
        "haben."
        if corrected
        else "Wie viele Familien es gibt, ist nicht eingerechnet; die Vertrauensbereiche sind daher eher zu weit."
    )
    access = {
        "open": f"Mitmachen konnte, wer wollte: {OPEN_CAVEAT} Hochgerechnet wird nicht.",
        "register": f"Befragt wurde eine Stichprobe aus dem Melderegister. {TOTALS}",
        "full": f"Befragt wurden alle. {full} {TOTALS}",
    }
    outside = "Bögen ohne Sozialraum (außerhalb des Kreises oder nicht angegeben) zählen nur beim Kreis mit."
    return (
        "Gezählt werden befragte Personen, nicht Haushalte oder Kinder; wo Kinder gezählt sind, steht es dabei.",
        access[plan.access],
        *(_weighting_rules(weighting) if weighting else _without_margins(weighted=weighted)),
        outside,
        *_left_out_rules(plan),
        *_protection_rules(plan),
        *_display_rules(),
    )


DOUBTS: Mapping[Doubt, str] = {
    "doubtful": "die in der Feldarbeit als zweifelhaft vermerkt sind",
    "identical": "die einen anderen Bogen in allen Antworten wiederholen",
    "straightlined": "die in allen langen Tabellenfragen überall dieselbe Stufe ankreuzen",
    "contradictory": "deren Antworten nicht zusammenpassen",
}


def _left_out_rules(plan: PublicationPlan) -> Iterator[str]:
    """Say which responses the plan leaves out; how many, stands among the checks of quality."""
    if plan.exclude:
        yield f"Der Plan lässt Bögen aus, {listed([DOUBTS[sign] for sign in plan.exclude])}."


def _without_margins(*, weighted: bool) -> tuple[str, ...]:
    if weighted:
        return ("Die Anteile sind gewichtet; Gewichte gelten beim Vertrauensbereich als feste Zahlen.",)
    return ("Die Antworten sind nicht gewichtet: Jeder ausgefüllte Bogen zählt gleich.",)


def _weighting_rules(weighting: Weighting) -> Iterator[str]:
    sources = listed([f"{margin.title} ({margin.source})" for margin in weighting.margins])
    yield (
        f"Die Bögen sind gewichtet, damit sie zu dem passen, was über alle Familien bekannt ist: {sources}. Alle "
        "Randverteilungen sind auf ein Milliardstel genau eingehalten."
    )
    more, less = _lifted(weighting)
    if more:
        yield f"Stärker zählen, weil von dort weniger Bögen kamen: {_factors(more)}."
    if less:
        yield f"Schwächer zählen, weil von dort mehr Bögen kamen: {_factors(less)}."
    cap = f" Die Obergrenze im Plan ist das {decimal(weighting.cap)}-Fache." if weighting.cap else ""
    yield (
        f"Kein Bogen zählt weniger als das {_plain(weighting.least)}-Fache und keiner mehr als das "
        f"{_plain(weighting.most)}-Fache des Durchschnitts.{cap}"
    )
    for margin in weighting.margins:
        yield MISSING_RULES[margin.missing].format(title=margin.title)
    if weighting.left_out:
        yield f"Rund {weighting.left_out} Bögen sind deshalb nicht in den Ergebnissen."
    yield (
        "Die Vertrauensbereiche rechnen die Gewichtung ein: Unterschiede, die schon die Randverteilungen erklären, "
        "zählen darin nicht als Zufall."
    )


def _lifted(weighting: Weighting) -> tuple[list[WeightedGroup], list[WeightedGroup]]:
    """Return the groups whose responses count more, and those whose count less, strongest first."""
    groups = [group for margin in weighting.margins for group in margin.groups if group.factor is not None]
    more = sorted((g for g in groups if (g.factor or 1) > 1), key=lambda g: -(g.factor or 1))
    less = sorted((g for g in groups if (g.factor or 1) < 1), key=lambda g: g.factor or 1)
    return more, less


MISSING_RULES = {
    "own": "Wer zu „{title}“ nichts angegeben hat, zählt als eigene Gruppe mit ihrem Anteil an den Bögen.",
    "exclude": "Wer zu „{title}“ nichts angegeben hat, ist in keinem Ergebnis enthalten; so steht es im Plan.",
}
MAX_NAMED = 6


def _factors(groups: Sequence[WeightedGroup]) -> str:
    named = [f"„{group.label}“ {decimal(group.factor or 1)}-fach" for group in groups[:MAX_NAMED]]
    return listed(named if len(groups) <= MAX_NAMED else [*named, "weitere"])


def _plain(number: float) -> str:
    """Return a number with as many decimals as it needs."""
    return f"{number:g}".replace(".", ",")


def certainty(n: int, n_eff: int, design_effect: float) -> str:
    """Say what unequal weights cost: the effective number of cases (Kish) and wider intervals.

    Parameters
    ----------
    n : int
        responses
    n_eff : int
        effective number of cases, rounded
    design_effect : float
        n / n_eff
    """
    return (
        f"Ungleiche Gewichte kosten Sicherheit: {thousands(n)} Bögen sagen so viel wie rund {thousands(n_eff)} gleich "
        f"gezählte (Kish); Vertrauensbereiche sind dadurch bis zu {decimal(design_effect**0.5)}-mal so breit."
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
        "Das prüft ein Rechenverfahren für jede Frage über alle Gruppen und Filter, auch für fehlende Antworten, und "
        "am Ende noch einmal für den fertigen Ergebnisstand.",
        f"Worte wie „{display.AT_MOST[0.25]}“ statt eines Punktes folgen allein aus den gezeigten Zahlen daneben: "
        "Mehr, als wer sie zusammenzählt, erfährt niemand, und auch null kann so heißen.",
        f"Ein Sozialraum steht ab {plan.min_area_base} Antworten für sich; sonst ist er mit dem im Plan genannten "
        "Nachbarn im selben Großraum zusammengefasst. Gibt es keinen, erscheint er nur im Großraum.",
        "Sind einzelne Stufen einer Skala zu schwach besetzt, stehen zusammengefasste Stufen da.",
        "Es wirkt immer nur ein Filter; Filter gibt es für den ganzen Kreis"
        + (" und bei Fragen, die der Plan dafür nennt, in Großräumen." if plan.crossed else "."),
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


def out_of_ten(cell: Cell, whom: str, do: str) -> str:
    """Say a share as people say it: „Von 10 Familien, die es kennen, brauchen es etwa 4.“.

    Parameters
    ----------
    cell : Cell
        a share
    whom : str
        „Familien, die es kennen,“ in the dative
    do : str
        „brauchen es {n}“

    Returns
    -------
    str
        the interval in tenths as well where it is wide; empty where the share is hidden
    """
    words = {
        display.ALMOST_ALL: "fast alle", display.ALMOST_NOBODY: "fast keine", display.HALF: "ungefähr die Hälfte",
        display.MANY: "viele", display.FEW: "wenige",
    }  # fmt: skip
    if cell.words in words:
        return f"Von den {whom} {do.format(n=words[cell.words])}."
    if cell.value is None:
        return ""
    low, high = round((cell.low or 0) * 10), round((cell.high or 0) * 10)
    number = round(cell.value * 10)
    about = "weniger als 1" if number == 0 else "mehr als 9" if number == 10 else f"etwa {number}"
    unsure = f" (sicher ist: {low} bis {high})" if cell.state == "uncertain" else ""
    return f"Von 10 {whom} {do.format(n=about)}{unsure}."
