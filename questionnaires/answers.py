"""Reading what people send: the one place that decides what a valid answer is.

The web form, paper entry, import and phones that were offline all come through :func:`parse_answers`. Wire names:
`<id>` (single, scale, number, text, place, consent; repeated for multiple), `<id>.<item>` (battery), `<id>.<band>`
(counts), `<id>.1` … `<id>.<top>` (ranking), `<id>.other` („Andere, nämlich“). In the section of a child `<id>` is
`<question>-<band>-<number>`; `<page>-only` chooses the youngest child alone (:mod:`questionnaires.children`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from questionnaires.children import sections_of
from questionnaires.flow import on_path
from questionnaires.model import (
    Asked,
    Battery,
    Consent,
    Counts,
    Info,
    Multiple,
    Number,
    Option,
    PlaceQuestion,
    Questionnaire,
    Ranking,
    Scale,
    Single,
    Text,
    choices,
)  # fmt: skip
from questionnaires.region import ELSEWHERE, UNKNOWN_PLACE, District
from questionnaires.versions import once_per_version

#: Longest text of „Andere, nämlich“ [characters].
OTHER_LENGTH = 120

#: Digits of Arabic and Persian keyboards → ours.
EASTERN_DIGITS = {zero + n: str(n) for zero in (0x0660, 0x06F0) for n in range(10)}

Form = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class AnswerProblem:
    """Something an answer cannot be used for. `facts` never hold what was typed."""

    code: str
    question: str
    name: str
    """wire name of the field, for the link to it"""
    facts: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class CheckedAnswers:
    """A response: what is on the path, checked; or what is wrong with it."""

    answers: dict[str, Any]
    area: str
    shown: tuple[str, ...]
    problems: tuple[AnswerProblem, ...]


class _Codes:
    """The codes of one list of options, looked up by what a form sends."""

    def __init__(self, options: Sequence[Option]) -> None:
        self.of = {str(option.code): option.code for option in options}
        self.alone = {option.code for option in options if option.exclusive or option.missing}
        self.other = {option.code for option in options if option.other}


class _Instrument:
    """What reading a form needs of a questionnaire, worked out once per version."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        asked = sections_of(questionnaire).questions.values()
        self.names = frozenset(name for question in asked for name in wire_names(question))
        self.codes = {question.id: _Codes(choices(question)) for question in asked}
        self.readers = [(question, READERS[question.kind], frozenset(wire_names(question))) for question in asked]
        self.required = [question for question in asked if isinstance(question, Consent) and question.required]


@once_per_version
def _instrument(questionnaire: Questionnaire) -> _Instrument:
    return _Instrument(questionnaire)


class _Reader:
    """The fields of one form; takes out what a question asks for, collects answers and problems."""

    def __init__(self, form: Form, codes: Mapping[str, _Codes]) -> None:
        self.form = form
        self.codes = codes
        self.found: dict[str, Any] = {}
        self.problems: list[AnswerProblem] = []

    def keep(self, name: str, answer: Any) -> None:
        """Keep an answer; None is none."""
        if answer is not None:
            self.found[name] = answer

    def problem(self, code: str, question: Asked, name: str, **facts: Any) -> None:
        """Note what is wrong with a field."""
        self.problems.append(AnswerProblem(code, question.id, name, tuple(facts.items())))

    def one(self, question: Asked, name: str) -> str | None:
        """Return the one value of a field, None if it is empty; several values are a problem."""
        sent = self.form.get(name)
        if sent is None:
            return None
        values = [value for value in map(str.strip, sent) if value]
        if len(values) > 1:
            self.problem("several-values", question, name)
            return None
        return values[0] if values else None

    def whole(self, question: Asked, name: str, low: int, high: int) -> int | None:
        """Return a whole number between `low` and `high`."""
        value = self.one(question, name)
        if value is None:
            return None
        value = value if value.isascii() else value.translate(EASTERN_DIGITS)
        digits = value.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(value) < 10):
            self.problem("not-a-number", question, name, low=low, high=high)
            return None
        number = int(value)
        if not low <= number <= high:
            self.problem("out-of-range", question, name, low=low, high=high)
            return None
        return number

    def code(self, question: Asked, name: str) -> int | None:
        """Return the code of one of the question's options."""
        sent = self.form.get(name)
        if sent is None:
            return None
        if len(sent) == 1 and (found := self.codes[question.id].of.get(sent[0])) is not None:
            return found  # nearly always; what follows finds out what is wrong
        value = self.one(question, name)
        return None if value is None else self.known(question, name, value)

    def known(self, question: Asked, name: str, value: str) -> int | None:
        """Return the code that was sent; one the question does not have is a problem."""
        found = self.codes[question.id].of.get(value)
        if found is None:
            self.problem("unknown-code", question, name)
        return found

    def text(self, question: Asked, name: str, max_length: int) -> str | None:
        """Return cleaned text; control characters go, line breaks stay."""
        value = self.one(question, name)
        if value is None:
            return None
        cleaned = clean_text(value)
        if len(cleaned) > max_length:
            self.problem("too-long", question, name, max_length=max_length, length=len(cleaned))
            return None
        return cleaned or None


def clean_text(value: str) -> str:
    """Return text in NFC without control characters (line breaks stay), lone surrogates and outer white space.

    What the Unicode of this Python does not know yet is kept: a phone's newest emoji and letters are people's words.
    """
    value = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in value if c == "\n" or _is_text(c)).strip()


def _is_text(character: str) -> bool:
    number = ord(character)
    never_assigned = 0xFDD0 <= number <= 0xFDEF or number & 0xFFFE == 0xFFFE
    return not never_assigned and unicodedata.category(character) not in {"Cc", "Cs", "Co"}


def _single(question: Single, read: _Reader, _: District) -> None:
    code = read.code(question, question.id)
    if code is not None:
        read.found[question.id] = code
    if read.codes[question.id].other:
        _other(question, read, () if code is None else (code,))


def _other(question: Single | Multiple, read: _Reader, codes: Sequence[int]) -> None:
    """Read the words of „Andere, nämlich“; dropped where that option was not chosen."""
    name = f"{question.id}.other"
    text = read.text(question, name, OTHER_LENGTH)
    if text and read.codes[question.id].other.intersection(codes):
        read.found[name] = text


def _multiple(question: Multiple, read: _Reader, _: District) -> None:
    values = [v.strip() for v in read.form.get(question.id, ()) if v.strip()]
    found = {read.known(question, question.id, value) for value in values[:200]}
    codes = sorted(code for code in found if code is not None)
    if len(codes) > 1 and read.codes[question.id].alone.intersection(codes):
        read.problem("exclusive", question, question.id)
    elif question.at_most is not None and len(codes) > question.at_most:
        read.problem("too-many", question, question.id, at_most=question.at_most, chosen=len(codes))
    else:
        read.keep(question.id, codes or None)
        _other(question, read, codes)


def _scale(question: Scale, read: _Reader, _: District) -> None:
    read.keep(question.id, read.code(question, question.id))


def _battery(question: Battery, read: _Reader, _: District) -> None:
    found = {}
    for item in question.items:
        code = read.code(question, f"{question.id}.{item.id}")
        if code is not None:
            found[item.id] = code
    read.keep(question.id, found or None)


def _number(question: Number, read: _Reader, _: District) -> None:
    read.keep(question.id, read.whole(question, question.id, question.minimum, question.maximum))


def _counts(question: Counts, read: _Reader, _: District) -> None:
    """An empty band beside a filled one is zero: people write down only the children they have."""
    found = {b.id: read.whole(question, f"{question.id}.{b.id}", 0, question.maximum) for b in question.bands}
    if any(number is not None for number in found.values()):
        read.found[question.id] = {band: number or 0 for band, number in found.items()}


def _ranking(question: Ranking, read: _Reader, _: District) -> None:
    places = [read.code(question, f"{question.id}.{i}") for i in range(1, question.top + 1)]
    codes = [code for code in places if code is not None]
    if len(set(codes)) < len(codes):
        read.problem("ranked-twice", question, f"{question.id}.1")
    elif len(codes) > 1 and read.codes[question.id].alone.intersection(codes):
        read.problem("exclusive", question, f"{question.id}.1")
    else:
        read.keep(question.id, codes or None)


def _text(question: Text, read: _Reader, _: District) -> None:
    read.keep(question.id, read.text(question, question.id, question.max_length))


def _consent(question: Consent, read: _Reader, _: District) -> None:
    value = read.one(question, question.id)
    if value not in (None, "1"):
        read.problem("unknown-code", question, question.id)
    read.keep(question.id, True if value == "1" else None)


def _place(question: PlaceQuestion, read: _Reader, district: District) -> None:
    """Read the Sozialraum; the list of places carries it, so the Ort stays on the phone."""
    area = read.one(question, question.id)
    if area is None or area in {ELSEWHERE, UNKNOWN_PLACE}:
        return
    if area not in district.area_by_id:
        read.problem("unknown-place", question, question.id)
        return
    read.found[question.id] = area


def _info(_question: Info, _read: _Reader, _: District) -> None:
    """Nothing is answered."""


#: kind → how its answer is read.
READERS: dict[str, Callable[[Any, _Reader, District], None]] = {
    "single": _single, "multiple": _multiple, "scale": _scale, "battery": _battery, "number": _number,
    "counts": _counts, "ranking": _ranking, "text": _text, "place": _place, "consent": _consent, "info": _info,
}  # fmt: skip


def wire_names(question: Asked) -> tuple[str, ...]:
    """Return the names under which a question's answer may be sent."""
    name = question.id
    match question:
        case Battery():
            return tuple(f"{name}.{item.id}" for item in question.items)
        case Counts():
            return tuple(f"{name}.{band.id}" for band in question.bands)
        case Ranking():
            return tuple(f"{name}.{place}" for place in range(1, question.top + 1))
        case Info():
            return ()
        case Single() | Multiple() if any(option.other for option in choices(question)):
            return name, f"{name}.other"
        case _:
            return (name,)


def parse_answers(questionnaire: Questionnaire, district: District, form: Form) -> CheckedAnswers:
    """Read a form's fields into checked answers, dropping what the path does not show.

    Parameters
    ----------
    questionnaire : Questionnaire
        the version the form was made from
    district : District
        whose places map to Sozialräume
    form : mapping
        wire name → values as sent; names of the envelope (leading ``_``) are not looked at

    Returns
    -------
    CheckedAnswers
        problems are only about questions on the path; where there are any, `answers` is not for storing
    """
    instrument = _instrument(questionnaire)
    read = _Reader(form, instrument.codes)
    found, sent = read.found, form.keys()
    for question, reader, names in instrument.readers:
        if not sent.isdisjoint(names):
            reader(question, read, district)
    area = next((str(found.pop(place.id)) for place in questionnaire.places() if place.id in found), "")
    shown, kept = on_path(questionnaire, found, area)
    for consent in instrument.required:
        if consent.id in shown and consent.id not in kept:
            read.problem("consent-missing", consent, consent.id)
    problems = [p for p in read.problems if p.question in shown] if read.problems else []
    return CheckedAnswers(kept, area, tuple(shown), (*problems, *_unknown_fields(instrument.names, form)))


def _unknown_fields(known: frozenset[str], form: Form) -> Iterator[AnswerProblem]:
    """Yield one problem however many unknown fields there are: they come from a broken client, not a person."""
    if any(not name.startswith("_") for name in form.keys() - known):
        yield AnswerProblem("unknown-field", "", "")
