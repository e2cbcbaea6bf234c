"""Advice for authors: what can be asked but would be answered badly. Unlike problems, advice never stops anybody.

Sources: R. Porst, Fragebogen (Springer VS 2014), ch. 6, ten rules for questions; GESIS Survey Guidelines,
Frageformulierung (2016), doi:10.15465/gesis-sg_017.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

from questionnaires.model import (
    Asked,
    Battery,
    Consent,
    Counts,
    Info,
    Multiple,
    Questionnaire,
    Scale,
    Single,
    choices,
    text_in,
)  # fmt: skip
from questionnaires.problems import Place
from questionnaires.readability import Ease, ease_of, reading_ease

#: Most words of a sentence that people read on a phone without going back.
LONGEST_SENTENCE = 20
MOST_ITEMS, MOST_STEPS = 7, 7
#: Pages before a first protected question: trust has to grow.
PAGES_BEFORE_SENSITIVE = 2
#: Seconds an answer takes, by kind, beside reading.
SECONDS = {"single": 4, "multiple": 8, "scale": 4, "number": 6, "ranking": 15, "text": 25, "place": 12, "consent": 4}
SECONDS_PER_ITEM, SECONDS_PER_BAND, WORDS_PER_SECOND = 4, 4, 3.5
#: Longer than the start page says by this factor is not honest any more.
TOLERANCE = 1.5
OFFICE_WORDS = {
    "inanspruchnahme": "nutzen", "in anspruch nehmen": "nutzen", "maßnahme": "Hilfe oder Angebot", "bezüglich": "zu",
    "hinsichtlich": "bei", "gemäß": "nach", "seitens": "von", "zwecks": "für", "erwerbstätig": "arbeiten",
    "haushaltsnettoeinkommen": "Geld im Monat", "leistungsberechtigt": "ein Recht darauf haben", "ambulant": "",
    "betreuungsumfang": "wie viele Stunden", "bedarfsgerecht": "passend", "niedrigschwellig": "einfach zu erreichen",
    "personensorgeberechtigt": "Eltern", "vorhalten": "anbieten", "durchführen": "machen", "erfolgen": "geschehen",
    "diesbezüglich": "dazu", "sozialpädagogisch": "", "migrationshintergrund": "", "transferleistungen": "Geld vom Amt",
}  # fmt: skip
NEGATION = re.compile(
    r"\b(?:nicht|nie|niemals|kein\w*|ohne|weder|un(?:möglich|zufrieden|sicher|gern)\w*)\b", re.IGNORECASE
)
#: A comma and one of these opens a clause inside a sentence.
CLAUSE = re.compile(
    r",\s+(?:(?:in|mit|bei|für|von|auf|zu)\s+)?"
    r"(?:dass|weil|wenn|obwohl|damit|sodass|während|bevor|nachdem|ob|welche\w*|deren|dessen|denen|die|der|das|wo)\b",
    re.IGNORECASE,
)
MOST_CLAUSES = 1
#: Words that mean the same to whoever has to choose between them.
SAME_WORDS = {
    "häufig": "oft", "regelmäßig": "oft", "gelegentlich": "manchmal", "ab und zu": "manchmal",
    "hin und wieder": "manchmal", "mitunter": "manchmal", "kaum": "selten", "niemals": "nie", "stets": "immer",
    "ständig": "immer", "ziemlich": "eher", "einigermaßen": "eher", "befriedigend": "mittel", "mittelmäßig": "mittel",
}  # fmt: skip
#: Who has never met with something cannot judge it.
JUDGING = re.compile(r"^wie (?:zufrieden|gut|schlecht|bewerten|beurteilen|finden|findest)\b", re.IGNORECASE)
RANGE = re.compile(
    r"^\D*?(?:(?P<under>unter|bis)\s+(?:zu\s+)?(?P<most>\d+)|(?P<over>über|ab|mehr als)\s+(?P<least>\d+)|"
    r"(?P<low>\d+)\s*(?:bis(?: unter)?|–|-)\s*(?P<high>\d+))",
    re.IGNORECASE,
)
OPEN_END = 10**6


@dataclass(frozen=True)
class Advice:
    """One thing that could be better. `code` is stable."""

    code: str
    place: Place
    message: str


Found = Iterator[tuple[Place, str]]


def advise(questionnaire: Questionnaire) -> tuple[Advice, ...]:
    """Return advice on a well-formed questionnaire, in the order of its questions.

    Parameters
    ----------
    questionnaire : Questionnaire

    Returns
    -------
    tuple of Advice
        empty if there is none
    """
    found = [Advice(code, place, message) for code, rule in RULES.items() for place, message in rule(questionnaire)]
    return tuple(sorted(found, key=lambda one: tuple(map(str, one.place))))


def seconds_of(question: Asked) -> float:
    """Return about how long a question takes to read and answer [s]."""
    words = sum(len(text.split()) for text in _texts(question))
    answering: float = SECONDS.get(getattr(question, "kind", ""), 0)
    match question:
        case Battery():
            answering = SECONDS_PER_ITEM * len(question.items)
        case Counts():
            answering = SECONDS_PER_BAND * len(question.bands)
    return words / WORDS_PER_SECOND + answering


def reading_ease_of(question: Asked) -> float | None:
    """Return how easily a question reads with its help and reason, see :mod:`questionnaires.readability`.

    Parameters
    ----------
    question : Asked

    Returns
    -------
    float or None
        None where it is too short to tell
    """
    return reading_ease(filter(None, map(_german, (question.text, question.help, question.why))))


def ease_of_whole(questionnaire: Questionnaire) -> Ease | None:
    """Return how easily all texts of a questionnaire read, without options and legal basis; None: too short to tell."""
    texts = [questionnaire.headline, questionnaire.intro]
    for question in questionnaire.questions.values():
        texts += [question.text, question.help, question.why]
    score = reading_ease(filter(None, map(_german, texts)))
    return None if score is None else ease_of(score)


def longest_minutes(questionnaire: Questionnaire) -> float:
    """Return about how long everything takes whoever gets all questions, for one child [min]."""
    return sum(map(seconds_of, questionnaire.questions.values())) / 60


# ---------- rules


def _questions(questionnaire: Questionnaire) -> Iterator[tuple[Place, Asked]]:
    for p, page in enumerate(questionnaire.pages):
        for q, question in enumerate(page.questions):
            yield ("pages", p, "questions", q), question


def _german(texts: dict[str, str]) -> str:
    return text_in(texts, "de")[0]


def _texts(question: Asked) -> Iterator[str]:
    yield _german(question.text)
    yield _german(question.help)
    for part in (*choices(question), *getattr(question, "items", ()), *getattr(question, "bands", ())):
        yield _german(part.text)


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?:])\s+|\n", text) if part.strip()]


def _long_sentences(questionnaire: Questionnaire) -> Found:
    for place, question in _questions(questionnaire):
        for text in (_german(question.text), _german(question.help)):
            longest = max((len(sentence.split()) for sentence in _sentences(text)), default=0)
            if longest > LONGEST_SENTENCE:
                yield place, f"Ein Satz hat {longest} Wörter. Bis {LONGEST_SENTENCE} liest man leicht. Bitte teilen."


def _nested_sentences(questionnaire: Questionnaire) -> Found:
    for place, question in _questions(questionnaire):
        for sentence in _sentences(_german(question.text)) + _sentences(_german(question.help)):
            if len(CLAUSE.findall(sentence)) > MOST_CLAUSES:
                yield place, "Ein Satz steckt in einem anderen. Bitte zwei Sätze daraus machen."


def _hard_texts(questionnaire: Questionnaire) -> Found:
    for place, question in _questions(questionnaire):
        score = reading_ease_of(question)
        if score is not None and ease_of(score) == "schwer":
            yield place, "Der Text liest sich schwer. Kürzere Wörter und kürzere Sätze helfen."


def _office_words(questionnaire: Questionnaire) -> Found:
    for place, question in _questions(questionnaire):
        whole = " ".join(_texts(question)).casefold()
        for word, better in OFFICE_WORDS.items():
            if re.search(rf"\b{re.escape(word)}", whole):
                yield place, f"„{word}“ ist Amtsdeutsch.{f' Vorschlag: „{better}“.' if better else ''}"


def _two_thoughts(questionnaire: Questionnaire) -> Found:
    for place, question in _questions(questionnaire):
        text = "" if isinstance(question, Info | Consent) else _german(question.text)
        if text.count("?") > 1 or " sowie " in text or "und/oder" in text:
            yield place, "Hier stehen zwei Fragen in einer. Auf welche antworten die Leute? Bitte teilen."


def _double_negations(questionnaire: Questionnaire) -> Found:
    for place, question in _questions(questionnaire):
        for sentence in _sentences(_german(question.text)):
            if not isinstance(question, Info) and len(NEGATION.findall(sentence)) > 1:
                yield place, "Zwei Verneinungen in einem Satz: Was heißt dann „nein“? Bitte ohne Verneinung fragen."


def _no_way_out(questionnaire: Questionnaire) -> Found:
    for place, question in _questions(questionnaire):
        refusals = [option for option in choices(question) if option.missing == "prefer_not_to_say"]
        if isinstance(question, Single | Multiple | Scale) and question.sensitive and not refusals:
            yield place, "Die Frage ist besonders geschützt. Bitte „Möchte ich nicht sagen“ anbieten."


def _no_dont_know(questionnaire: Questionnaire) -> Found:
    for place, question in _questions(questionnaire):
        asks = isinstance(question, Scale | Battery) and JUDGING.search(_german(question.text))
        if asks and not any(step.missing == "dont_know" for step in choices(question)):
            yield place, "Wer das nicht kennt, kann hier nur raten. Bitte „Weiß ich nicht“ anbieten."


def _ranges(questionnaire: Questionnaire) -> Found:
    for place, question in _questions(questionnaire):
        if not isinstance(question, Single):
            continue
        found = [limits for option in question.options if (limits := _limits(_german(option.text)))]
        for (_, high), (low, _) in pairwise(found):
            if low <= high:
                yield place, f"Zwei Antworten überschneiden sich bei {low}. Wer genau {low} hat, passt zu beiden."
            elif low > high + 1:
                yield place, f"Zwischen {high} und {low} fehlt eine Antwort."


def _limits(text: str) -> tuple[int, int] | None:
    match = RANGE.search(text)
    if match is None:
        return None
    found = match.groupdict()
    if found["most"]:
        return 0, int(found["most"]) - (found["under"].casefold() == "unter")
    if found["least"]:
        return int(found["least"]) + (found["over"].casefold() != "ab"), OPEN_END
    return int(found["low"]), int(found["high"]) - ("unter" in match.group(0))


def _same_options(questionnaire: Questionnaire) -> Found:
    for place, question in _questions(questionnaire):
        parts = [*choices(question), *getattr(question, "items", ())]
        plain = [(re.sub(r"\W+", " ", _german(part.text)).strip().casefold(), _german(part.text)) for part in parts]
        for (one, text), (other, again) in combinations(plain, 2):
            if one and one == other:
                yield place, f"„{text}“ steht zweimal da."
            elif one and _meaning(one) == _meaning(other):
                yield place, f"„{text}“ und „{again}“ kann kaum jemand unterscheiden. Eines davon genügt."


def _meaning(text: str) -> str:
    for word, same in SAME_WORDS.items():
        text = re.sub(rf"\b{word}\b", same, text)
    return text


def _long_batteries(questionnaire: Questionnaire) -> Found:
    for place, question in _questions(questionnaire):
        if isinstance(question, Battery) and len(question.items) > MOST_ITEMS:
            yield place, f"{len(question.items)} Zeilen sind auf dem Handy viel. Ab {MOST_ITEMS + 1} wird geklickt."
        steps = [step for step in choices(question) if step.missing is None]
        if isinstance(question, Battery | Scale) and len(steps) > MOST_STEPS:
            yield place, f"{len(steps)} Stufen kann niemand unterscheiden. Fünf reichen."


def _early_sensitive(questionnaire: Questionnaire) -> Found:
    for place, question in _questions(questionnaire):
        if question.sensitive and int(place[1]) < PAGES_BEFORE_SENSITIVE:
            yield place, "Eine geschützte Frage so früh kostet Vertrauen. Bitte weiter nach hinten."


def _too_long(questionnaire: Questionnaire) -> Found:
    minutes = longest_minutes(questionnaire)
    if minutes > TOLERANCE * questionnaire.minutes:
        yield (
            ("minutes",),
            (
                f"Wer alle Fragen bekommt, braucht etwa {minutes:.0f} Minuten. "
                f"Auf der Startseite stehen {questionnaire.minutes}."
            ),
        )


def _no_next_to_nothing(questionnaire: Questionnaire) -> Found:
    for place, question in _questions(questionnaire):
        if isinstance(question, Multiple) and not any(one.exclusive or one.missing for one in question.options):
            yield place, "Kein Kreuz: Trifft nichts zu, oder wurde übersprungen? Eine Antwort „Nichts davon“ klärt das."


#: code → rule
RULES: dict[str, Callable[[Questionnaire], Found]] = {
    "long-sentence": _long_sentences,
    "nested-sentence": _nested_sentences,
    "hard-text": _hard_texts,
    "office-word": _office_words,
    "two-thoughts": _two_thoughts,
    "double-negation": _double_negations,
    "no-way-out": _no_way_out,
    "no-dont-know": _no_dont_know,
    "ranges": _ranges,
    "same-options": _same_options,
    "long-battery": _long_batteries,
    "early-sensitive": _early_sensitive,
    "too-long": _too_long,
    "no-none": _no_next_to_nothing,
}
