"""Rules that look across the questions of a questionnaire: one small function each.

A rule yields the place and a German sentence for everything it finds. Questions whose own mistakes were
reported when reading (:class:`questionnaires.salvage.AnyKind`) are left alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from questionnaires.conditions import Conditions
from questionnaires.handover import CHILD_COLUMNS, FRAME_COLUMNS, Column, child_columns_of, columns_of
from questionnaires.messages import dig, perhaps
from questionnaires.model import (
    Asked,
    Band,
    Battery,
    Consent,
    Counts,
    Info,
    Multiple,
    Number,
    PlaceQuestion,
    Questionnaire,
    Ranking,
    Scale,
    Single,
    choices,
)  # fmt: skip
from questionnaires.problems import Place
from questionnaires.region import District
from questionnaires.salvage import AnyKind
from questionnaires.source import Data

Found: TypeAlias = Iterator[tuple[Place, str]]

#: Questions with an answer that fit on one screen of a phone.
MAX_PER_PAGE = 4


@dataclass(frozen=True)
class Scene:
    """What the rules look at."""

    questionnaire: Questionnaire
    data: Data
    """the same as plain data, as it was written"""
    district: District | None = None

    @cached_property
    def asked(self) -> list[tuple[Place, Asked]]:
        """All questions with their places, also those that share an id."""
        pages = enumerate(self.questionnaire.pages)
        return [(("pages", i, "questions", j), q) for i, page in pages for j, q in enumerate(page.questions)]

    @cached_property
    def by_id(self) -> dict[str, Asked]:
        """The first question of each id."""
        return {question.id: question for _, question in reversed(self.asked)}

    @cached_property
    def of_each_child(self) -> frozenset[str]:
        """Ids of the questions that are asked for each child."""
        pages = self.questionnaire.pages
        return frozenset(q.id for page in pages if page.repeat is not None for q in page.questions)

    @cached_property
    def conditions(self) -> Conditions:
        """All conditions."""
        return Conditions(self.questionnaire, self.district)


Rule: TypeAlias = Callable[[Scene], Found]


def repeated(values: Iterable[tuple[Place, Any]]) -> Iterator[tuple[Place, Any]]:
    """Yield every value that came before, with its place; empty ones are something else's mistake."""
    seen = set()
    for place, value in values:
        if value in seen and value != "":
            yield place, value
        seen.add(value)


def duplicate_ids(scene: Scene) -> Found:
    """Ids of pages, questions, items, bands, funnels, steps of funnels, filters; codes of options."""
    q = scene.questionnaire
    kinds: list[tuple[str, list[tuple[Place, Any]]]] = [
        ("Die Kennung", [(("pages", i, "id"), page.id) for i, page in enumerate(q.pages)]),
        ("Die Kennung", [((*place, "id"), question.id) for place, question in scene.asked]),
        ("Die Kennung", [(("funnels", i, "id"), funnel.id) for i, funnel in enumerate(q.funnels)]),
        ("Der Filter", [(("filters", i), name) for i, name in enumerate(q.filters)]),
    ]
    for i, funnel in enumerate(q.funnels):
        kinds.append(("Die Stufe", [(("funnels", i, "steps", j, "id"), s.id) for j, s in enumerate(funnel.steps)]))
    for place, question in scene.asked:
        for key, mark, name in (
            ("options", "code", "Der Code"), ("steps", "code", "Der Code"),
            ("items", "id", "Die Teilfrage"), ("bands", "id", "Die Altersgruppe"),
        ):  # fmt: skip
            parts = enumerate(getattr(question, key, ()))
            kinds.append((name, [((*place, key, i, mark), getattr(part, mark)) for i, part in parts]))
    for name, values in kinds:
        for place, value in repeated(values):
            yield (
                place,
                f"{name} „{value}“ kommt schon vorher vor. Bitte einen anderen Namen oder Wert nehmen.",
            )


def name_collisions(scene: Scene) -> Found:
    """Columns of the extract that two answers would share, or that are already taken."""
    places = {question.id: place for place, question in reversed(scene.asked)}
    tables = (
        ((*FRAME_COLUMNS, "weight"), columns_of(scene.questionnaire)),
        (CHILD_COLUMNS, child_columns_of(scene.questionnaire)),
    )
    for reserved, columns in tables:
        yield from _collisions(reserved, columns, places)


def _collisions(reserved: tuple[str, ...], columns: tuple[Column, ...], places: dict[str, Place]) -> Found:
    taken = dict.fromkeys(reserved, "dem Programm")
    for column in columns:
        owner = taken.setdefault(column.name, f"der Frage „{column.question}“")
        if owner != f"der Frage „{column.question}“":
            place = places[column.question]
            yield (*place, "id"), f"Die Spalte „{column.name}“ gehört schon {owner}. Bitte anders nennen."


def no_place_question(scene: Scene) -> Found:
    """Without it no answer belongs to a Sozialraum."""
    asks = (isinstance(q, PlaceQuestion) or getattr(q, "kind", "") == "place" for _, q in scene.asked)
    if scene.asked and not any(asks):
        yield ("pages",), "Die Frage nach dem Wohnort fehlt. Bitte eine Frage mit „kind: place“ aufnehmen."


def several_place_questions(scene: Scene) -> Found:
    """One person lives in one Sozialraum."""
    places = [place for place, question in scene.asked if isinstance(question, PlaceQuestion)]
    for place in places[1:]:
        yield (*place, "kind"), "Nach dem Wohnort wird schon vorher gefragt. Bitte nur eine solche Frage."


def crowded_pages(scene: Scene) -> Found:
    """More than four questions do not fit on a phone; texts without an answer do not count."""
    for i, page in enumerate(scene.questionnaire.pages):
        n_questions = sum(not isinstance(question, Info) for question in page.questions)
        if n_questions > MAX_PER_PAGE:
            message = f"Die Seite „{page.id}“ hat {n_questions} Fragen, höchstens {MAX_PER_PAGE} sind gut lesbar."
            yield ("pages", i), f"{message} Bitte auf zwei Seiten verteilen."


def misplaced_exclusive(scene: Scene) -> Found:
    """Only where several options can be chosen does one exclude the others."""
    for place, question in scene.asked:
        if isinstance(question, Single | Scale | Battery):
            for option_place, option in _options(place, question):
                if option.exclusive:
                    message = f"„exclusive“ gibt es nur bei Mehrfachauswahl, nicht in der Frage „{question.id}“."
                    yield (*option_place, "exclusive"), f"{message} Bitte streichen."


def misplaced_other(scene: Scene) -> Found:
    """„Andere, nämlich“ has one text field, in single and multiple choice."""
    for place, question in scene.asked:
        others = [where for where, option in _options(place, question) if option.other]
        if isinstance(question, Scale | Battery | Ranking):
            message = f"„other“ gibt es nur bei Einfach- und Mehrfachauswahl, nicht in der Frage „{question.id}“."
            yield from (((*where, "other"), f"{message} Bitte streichen.") for where in others)
        elif isinstance(question, Single | Multiple):
            message = f"Die Frage „{question.id}“ hat mehr als ein Textfeld („other“). Bitte nur eines."
            yield from (((*where, "other"), message) for where in others[1:])


def _options(place: Place, question: Asked) -> Iterator[tuple[Place, Any]]:
    key = "steps" if isinstance(question, Scale | Battery) else "options"
    if not isinstance(question, AnyKind):
        yield from (((*place, key, i), option) for i, option in enumerate(choices(question)))


def at_most_too_high(scene: Scene) -> Found:
    """A limit that limits nothing."""
    for place, question in scene.asked:
        if isinstance(question, Multiple) and question.at_most is not None:
            n_options = sum(not (o.exclusive or o.missing) for o in question.options)
            if question.at_most >= n_options:
                message = f"„at_most: {question.at_most}“ begrenzt nichts: „{question.id}“ hat nur {n_options}"
                yield (
                    (*place, "at_most"),
                    f"{message} wählbare Antworten. Bitte kleiner wählen oder streichen.",
                )


def top_too_high(scene: Scene) -> Found:
    """More places than there are options to put on them."""
    for place, question in scene.asked:
        if isinstance(question, Ranking):
            n_options = sum(not (o.exclusive or o.missing) for o in question.options)
            if question.top > n_options:
                message = f"„top: {question.top}“ ist zu viel: „{question.id}“ hat nur {n_options} Antworten."
                yield ((*place, "top") if "top" in question.model_fields_set else place), message


def too_few_choices(scene: Scene) -> Found:
    """Beside „weiß nicht“ there must be something to choose from."""
    for place, question in scene.asked:
        options = [option for _, option in _options(place, question)]
        if options and sum(option.missing is None for option in options) < 2:
            key = "steps" if isinstance(question, Scale | Battery) else "options"
            message = f"Die Frage „{question.id}“ braucht neben „weiß nicht“ mindestens zwei Antworten."
            yield (*place, key), message


def empty_ranges(scene: Scene) -> Found:
    """A number that cannot be given."""
    for place, question in scene.asked:
        if isinstance(question, Number) and question.minimum > question.maximum:
            message = f"Die kleinste Zahl ({question.minimum}) ist größer als die größte ({question.maximum})."
            yield (*place, "maximum"), f"{message} Bitte tauschen."


def band_ages(scene: Scene) -> Found:
    """Age bands that end before they begin, or overlap."""
    for place, question in scene.asked:
        if isinstance(question, Counts):
            for i, band in enumerate(question.bands):
                if message := _age_problem(band, question.bands[:i]):
                    yield (*place, "bands", i), message


def _age_problem(band: Band, before: tuple[Band, ...]) -> str:
    ages = _ages(band)
    if not ages:
        return f"Die Altersgruppe „{band.id}“ endet, bevor sie beginnt. Bitte from_age und to_age prüfen."
    for other in before:
        both = range(max(ages[0], _ages(other).start), min(ages[-1] + 1, _ages(other).stop))
        if None not in (band.from_age, other.from_age) and both:
            return f"Die Altersgruppen „{other.id}“ und „{band.id}“ überschneiden sich (Alter {both[0]})."
    return ""


def _ages(band: Band) -> range:
    start = band.from_age or 0
    return range(start, (band.to_age if band.to_age is not None else max(start, 120)) + 1)


def unprotected_sensitive(scene: Scene) -> Found:
    """Sensitive questions need the legal basis, or a consent before them."""
    basis = dig(scene.data, ("legal_basis",))
    if any(str(text).strip() for text in (basis.values() if isinstance(basis, dict) else (basis or "",))):
        return
    for place, question in scene.asked:
        if isinstance(question, Consent) or getattr(question, "kind", "") == "consent":
            return
        items = enumerate(getattr(question, "items", ()))
        marked = [(place, question), *(((*place, "items", i), item) for i, item in items)]
        for where, part in marked:
            if part.sensitive:
                message = f"„{part.id}“ ist sensibel ({part.sensitive}). Bitte „legal_basis:“ ausfüllen"
                yield (
                    (*where, "sensitive"),
                    f"{message} oder vorher um Einwilligung bitten („kind: consent“).",
                )


def wrong_filters(scene: Scene) -> Found:
    """Filters are single or multiple choices."""
    for i, name in enumerate(scene.questionnaire.filters):
        yield from _named(scene, ("filters", i), name, (Single, Multiple), "Der Filter")


def wrong_headline_question(scene: Scene) -> Found:
    """The needs that open the results are ranked, chosen or rated."""
    name = scene.questionnaire.headline_question
    if name is not None:
        yield from _named(scene, ("headline_question",), name, (Ranking, Multiple, Battery), "„headline_question“")


def wrong_reasons(scene: Scene) -> Found:
    """Why a funnel stopped is asked as a multiple choice."""
    for i, funnel in enumerate(scene.questionnaire.funnels):
        if funnel.reasons is not None:
            yield from _named(scene, ("funnels", i, "reasons"), funnel.reasons, (Multiple,), "„reasons“")


def _named(scene: Scene, place: Place, name: str, kinds: tuple[type[Asked], ...], who: str) -> Found:
    question = scene.by_id.get(name)
    if question is None:
        yield place, f"{who} nennt die Frage „{name}“, die es nicht gibt.{perhaps(name, scene.by_id)}"
    elif name in scene.of_each_child:
        yield place, f"{who} nennt die Frage „{name}“. Sie kommt für jedes Kind einzeln; hier geht nur eine für alle."
    elif not isinstance(question, (*kinds, AnyKind)):
        possible = " oder ".join(kind.__name__.lower() for kind in kinds)
        yield place, f"{who} nennt die Frage „{name}“; sie muss „kind: {possible}“ haben."


def funnel_order(scene: Scene) -> Found:
    """Steps of a funnel come in the order known, needed, applied, granted, used."""
    order = ("known", "needed", "applied", "granted", "used")
    for i, funnel in enumerate(scene.questionnaire.funnels):
        positions = [order.index(step.id) for step in funnel.steps]
        for j, (before, after) in enumerate(itertools.pairwise(positions), start=1):
            if after < before:
                message = f"Die Stufe „{order[after]}“ kommt vor „{order[before]}“."
                yield ("funnels", i, "steps", j, "id"), f"{message} Reihenfolge: {', '.join(order)}."
