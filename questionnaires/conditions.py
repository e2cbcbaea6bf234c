"""Conditions of a questionnaire: where they stand, and what is wrong with their tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from questionnaires.children import over_of, seen_from
from questionnaires.messages import perhaps
from questionnaires.model import (
    AllOf,
    AnyOf,
    Asked,
    Condition,
    Given,
    InArea,
    OfBand,
    PlaceQuestion,
    Questionnaire,
    choices,
)  # fmt: skip
from questionnaires.problems import Place
from questionnaires.reach import Paths, Test, leaves
from questionnaires.region import District
from questionnaires.salvage import AnyKind

_CODES, _NUMBERS = ("is", "answered"), ("at_least", "at_most", "answered")

#: kind → tests that make sense
TESTS: dict[str, tuple[str, ...]] = {
    "single": _CODES, "multiple": _CODES, "scale": _CODES, "battery": _CODES, "ranking": _CODES,
    "number": _NUMBERS, "counts": _NUMBERS, "text": ("answered",), "consent": ("answered",),
    "place": (), "info": (),
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What is wrong with a test of a condition."""

    code: str
    place: Place
    message: str


@dataclass(frozen=True)
class Placed:
    """A condition, where it stands, and how many questions come before it."""

    condition: Condition
    place: Place
    n_before: int
    of_a_child: bool = False
    """whether it is a question's on the page that is asked for each child"""


class Conditions:
    """All conditions of a questionnaire. With a district, only its Sozialräume count as known."""

    def __init__(self, questionnaire: Questionnaire, district: District | None = None) -> None:
        self.questionnaire = questionnaire
        self.areas = None if district is None else tuple(district.area_by_id)
        self.asked: list[Asked] = [q for page in questionnaire.pages for q in page.questions]
        self.position = {question.id: i for i, question in reversed(list(enumerate(self.asked)))}
        repeated = [page.repeat is not None for page in questionnaire.pages for _ in page.questions]
        self.of_each_child = frozenset(i for i, is_repeated in enumerate(repeated) if is_repeated)
        over = over_of(questionnaire)
        self.bands = () if over is None else tuple(band.id for band in over.bands)

    # --- where they stand ---------------------------------------------------------------------------------

    @cached_property
    def of_pages(self) -> dict[int, Placed]:
        """Position of a page → its condition; only pages that have one."""
        found, n_before = {}, 0
        for i, page in enumerate(self.questionnaire.pages):
            if page.show_if is not None:
                found[i] = Placed(page.show_if, ("pages", i, "show_if"), n_before)
            n_before += len(page.questions)
        return found

    @cached_property
    def of_questions(self) -> dict[int, Placed]:
        """Position of a question → its own condition; only questions that have one."""
        found, n_before = {}, 0
        for i, page in enumerate(self.questionnaire.pages):
            for j, question in enumerate(page.questions):
                if question.show_if is not None:
                    place = ("pages", i, "questions", j, "show_if")
                    found[n_before] = Placed(question.show_if, place, n_before, page.repeat is not None)
                n_before += 1
        return found

    @cached_property
    def of_funnels(self) -> tuple[Placed, ...]:
        """Conditions of the funnels; they may look at every question."""
        found = []
        for i, funnel in enumerate(self.questionnaire.funnels):
            if funnel.base is not None:
                found.append(Placed(funnel.base, ("funnels", i, "base"), len(self.asked)))
            for j, step in enumerate(funnel.steps):
                place = ("funnels", i, "steps", j, "reached_if")
                found.append(Placed(step.reached_if, place, len(self.asked)))
        return tuple(found)

    # --- what is wrong with their tests ------------------------------------------------------------------

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """Everything wrong with single tests."""
        placed = (*self.of_pages.values(), *self.of_questions.values(), *self.of_funnels)
        return tuple(
            fault
            for one in placed
            for test, place in leaves(one.condition, one.place)
            for fault in self._faults(test, place, one)
        )

    def _faults(self, test: Test, place: Place, placed: Placed) -> Iterator[Fault]:
        match test:
            case InArea():
                yield from self._unknown_areas(test, place)
                yield from self._area_too_early(place, placed.n_before)
            case OfBand():
                yield from self._wrong_bands(test, place, placed)
            case Given():
                yield from self._wrong_questions(test, place, placed)

    def _wrong_questions(self, test: Given, place: Place, placed: Placed) -> Iterator[Fault]:
        where, name, n_before = self.position.get(test.question), test.question, placed.n_before
        if where is None:
            message = f"Die Bedingung nennt die Frage „{name}“, die es nicht gibt.{perhaps(name, self.position)}"
            yield Fault("condition-unknown-question", (*place, "question"), message)
        elif where >= n_before:
            message = f"Die Bedingung nennt die Frage „{name}“. Sie kommt erst später; Bedingungen schauen zurück."
            yield Fault("condition-later-question", (*place, "question"), message)
        elif where in self.of_each_child and not placed.of_a_child:
            message = f"Die Bedingung nennt die Frage „{name}“. Sie kommt für jedes Kind einzeln; darauf können nur"
            yield Fault("condition-on-child", (*place, "question"), f"{message} Fragen derselben Seite schauen.")
        elif not isinstance(self.asked[where], AnyKind):
            yield from _wrong_tests(test, self.asked[where], place)

    def _wrong_bands(self, test: OfBand, place: Place, placed: Placed) -> Iterator[Fault]:
        if not placed.of_a_child:
            message = "„band“ fragt nach dem Alter eines Kindes. Das geht nur bei Fragen auf einer Seite mit „repeat“."
            yield Fault("condition-band-outside", (*place, "band"), message)
            return
        for band in test.band:
            if self.bands and band not in self.bands:
                message = f"Die Altersgruppe „{band}“ gibt es nicht.{perhaps(band, self.bands)}"
                yield Fault("condition-unknown-item", (*place, "band"), message)

    def _unknown_areas(self, test: InArea, place: Place) -> Iterator[Fault]:
        known = test.area if self.areas is None else self.areas
        for area in test.area:
            if area not in known:
                message = f"Den Sozialraum „{area}“ gibt es im Landkreis nicht.{perhaps(area, known)}"
                yield Fault("unknown-area", (*place, "area"), message)

    def _area_too_early(self, place: Place, n_before: int) -> Iterator[Fault]:
        """Before people say where they live, nobody would see the question, and then it would jump in."""
        asked_at = [i for i, question in enumerate(self.asked) if isinstance(question, PlaceQuestion)]
        if asked_at and asked_at[0] >= n_before:
            message = "Die Bedingung nennt einen Sozialraum, aber nach dem Wohnort wird erst später gefragt."
            yield Fault("condition-later-question", (*place, "area"), message)

    def faulty(self, test: Test) -> bool:
        """Say whether nothing can be said of a test: it is wrong itself, or about a question that is."""
        if isinstance(test, InArea):
            return any(self._unknown_areas(test, ()))
        if isinstance(test, OfBand):
            return True  # what is right about it is decided in :meth:`_shown_if`
        where = self.position.get(test.question)
        return where is None or isinstance(self.asked[where], AnyKind) or any(_wrong_tests(test, self.asked[where], ()))

    # --- whether anybody can meet them -------------------------------------------------------------------

    @cached_property
    def paths(self) -> Paths:
        """What decides which questions are shown."""
        return self._paths("")

    def _paths(self, band: str) -> Paths:
        return Paths(self.asked, self._shown_if(band), self.areas, self.faulty)

    def _shown_if(self, band: str) -> dict[int, Condition]:
        """Join each question's own condition with its page's; those of a child as for a child of this age band."""
        found: dict[int, Condition] = {}
        position = 0
        for i, page in enumerate(self.questionnaire.pages):
            for _ in page.questions:
                both = (self.of_pages.get(i), self.of_questions.get(position))
                parts = tuple(placed.condition for placed in both if placed)
                if band and position in self.of_each_child:
                    parts = tuple(self._of_child(parts, band))
                if parts:
                    found[position] = parts[0] if len(parts) == 1 else AllOf.model_construct(all=parts)
                position += 1
        return found

    def _of_child(self, conditions: tuple[Condition, ...], band: str) -> Iterator[Condition]:
        over = over_of(self.questionnaire)
        if over is not None:
            yield Given(question=over.id, item=band, at_least=1)
        for condition in conditions:
            seen = seen_from(condition, band)
            if seen is False:
                yield AnyOf.model_construct(any=())  # nothing meets it
            elif seen is not True:
                yield seen

    def can_be_met(self, placed: Placed) -> bool:
        """Say whether somebody can give answers that make a condition true."""
        return self.paths.can_be_met(placed.condition, placed.n_before)

    def can_be_shown(self, position: int) -> bool:
        """Say whether somebody can give answers that lead to the question at a position."""
        bands = self.bands if position in self.of_each_child else ()
        return any(_can_be_shown(self._paths(band), position) for band in bands or ("",))


def _can_be_shown(paths: Paths, position: int) -> bool:
    condition = paths.shown_if.get(position)
    return condition is None or paths.can_be_met(condition, position)


def _wrong_tests(test: Given, question: Asked, place: Place) -> Iterator[Fault]:
    values = {"is": test.is_, "at_least": test.at_least, "at_most": test.at_most, "answered": test.answered}
    used = [name for name, value in values.items() if value is not None]
    allowed = TESTS[question.kind]  # type: ignore[attr-defined] # every kind has one, the base class has none
    if message := _wrong_use(question, used, allowed):
        yield Fault("condition-wrong-test", place, message)
    rows = {row.id for row in getattr(question, "items", ()) or getattr(question, "bands", ())}
    if test.item is not None and not rows:
        message = f"„item“ passt nicht: Die Frage „{question.id}“ hat keine Teilfragen."
        yield Fault("condition-wrong-test", (*place, "item"), message)
    elif test.item is not None and test.item not in rows:
        message = f"Die Frage „{question.id}“ hat keine Teilfrage „{test.item}“.{perhaps(test.item, rows)}"
        yield Fault("condition-unknown-item", (*place, "item"), message)
    codes = [option.code for option in choices(question)]
    for code in (test.is_ or ()) if "is" in allowed else ():
        if code not in codes:
            known = ", ".join(map(str, codes))
            message = f"Die Frage „{question.id}“ hat keine Antwort mit dem Code {code}. Es gibt {known}."
            yield Fault("condition-unknown-option", (*place, "is"), message)


def _wrong_use(question: Asked, used: list[str], allowed: tuple[str, ...]) -> str:
    name = question.id
    if not allowed:
        hint = " Nach dem Wohnort fragt „area: […]“." if isinstance(question, PlaceQuestion) else ""
        return f"Auf die Frage „{name}“ kann keine Bedingung schauen.{hint}"
    possible = ", ".join(f"„{test}“" for test in allowed)
    if not used:
        return f"Was soll für die Frage „{name}“ gelten? Bitte eine Prüfung ergänzen. Möglich: {possible}."
    if len(used) > 1:
        return f"Hier stehen mehrere Prüfungen ({', '.join(used)}). Bitte mit „all: […]“ verbinden."
    if used[0] not in allowed:
        return f"„{used[0]}“ passt nicht zur Frage „{name}“. Möglich: {possible}."
    return ""
