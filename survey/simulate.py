"""Made-up answers for demonstrations and measurements: no family ever gave one of them.

Any questionnaire works: what is drawn follows from the kinds of its questions; tables make the shipped one
plausible. The same seed gives the same answers. They come as the fields of a form, so that they pass the same
checks as real ones.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import exp
from typing import Any

from questionnaires.children import Child, base_name, sections_of
from questionnaires.flow import holds
from questionnaires.model import (
    Asked,
    Band,
    Battery,
    Consent,
    Counts,
    Info,
    Item,
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
)
from questionnaires.region import ELSEWHERE, UNKNOWN_PLACE, Area, District
from survey.simulate_tables import SimulatedDoor, Tables

Traits = set[str]

#: Chance that a question is skipped; sensitive ones twice as often, the last ones as often again.
SKIPPED = 0.025
#: Chance that somebody writes own words where they are asked for, and at „Andere, nämlich“.
WROTE, WROTE_OTHER = 0.3, 0.6
#: The same for those who found their own language on the form.
WROTE_IN_OWN_LANGUAGE = 0.85
#: Weight of „weiß nicht“ and „möchte ich nicht sagen“ against all other options together.
MISSING_WEIGHT = 0.05
#: Chance that a family with several children answers for the youngest only.
YOUNGEST_ONLY = 0.15
#: How many children a family has; how many options people tick or rank.
FAMILY_SIZES, PICKS = (0.42, 0.40, 0.13, 0.05), (0.2, 0.3, 0.5)
#: Answers to the place question without a Sozialraum, and their chance.
OUTSIDE = {ELSEWHERE: 0.015, UNKNOWN_PLACE: 0.008}


@dataclass(frozen=True)
class SimulatedResponse:
    """The fields of a filled form and what the envelope would say."""

    form: dict[str, list[str]]
    door: str
    language: str


@dataclass
class _Person:
    """Somebody who answers: what is true of them, and what they said so far."""

    rng: random.Random
    tables: Tables
    area: str
    language: str
    mood: float
    traits: Traits
    answers: dict[str, Any] = field(default_factory=dict)

    def draw(self, name: str, options: Sequence[Option], leaning: bool = False) -> Option:
        """Return one option; with `leaning`, a good mood pulls to the last steps."""
        weights = self.weights(name, options)
        if leaning:
            pulls = self.pulls(options)
            weights = [w * pulls.get(o.code, 1) for o, w in zip(options, weights, strict=True)]
        return self.rng.choices(options, weights)[0]

    def pulls(self, steps: Sequence[Option]) -> dict[int, float]:
        """Return how this person's mood multiplies the weights of steps, from the first (bad) to the last."""
        valid = [step.code for step in steps if step.missing is None]
        last = max(1, len(valid) - 1)
        return {code: exp(self.mood * (2 * i / last - 1)) for i, code in enumerate(valid)}

    def weights(self, name: str, options: Sequence[Option]) -> list[float]:
        """Return the weight of every option for this person."""
        known = self.tables.weights.get(name, self.tables.weights.get(name.partition(".")[0], {}))
        base = {o.code: known.get(o.code) or _liked(name, o.code) for o in options if o.missing is None}
        rare = MISSING_WEIGHT * sum(base.values())
        factors = self.factors(name)
        return [
            (base.get(o.code) or known.get(o.code, rare))
            * _local(self.area, name, o.code)
            * factors.get(o.code, 1)
            for o in options
        ]

    def factors(self, name: str) -> dict[int | None, float]:
        """Return the product of the effects by code; under None those on a number itself."""
        found: dict[int | None, float] = {}
        for part in dict.fromkeys((name, name.partition(".")[0])):
            for effect in self.tables.effects_of.get(part, ()):
                if self.has(effect.where):
                    for code in effect.codes or (None,):
                        found[code] = found.get(code, 1.0) * effect.factor
        return found

    def has(self, traits: Sequence[str]) -> bool:
        return all((t[1:] not in self.traits) if t.startswith("!") else (t in self.traits) for t in traits)

    def words(self, texts: Sequence[tuple[str, str, str]]) -> str | None:
        """Return own words in the language of the form, if there are any."""
        spoken = "de" if self.language == "de-simple" else self.language
        fitting = [
            text for trait, lang, text in texts if lang == spoken and self.has((trait,) if trait else ())
        ]
        return self.rng.choice(fitting) if fitting else None


@cache
def _liked(name: str, code: int) -> float:
    """Return how popular an answer is where no table says so: always the same for the same answer."""
    return random.Random(f"liked:{name}:{code}").lognormvariate(0, 0.5)  # noqa: S311  made-up data, no secret


@cache
def _local(area: str, name: str, code: int) -> float:
    """Return how an answer's popularity differs in one Sozialraum."""
    return random.Random(f"local:{area}:{name}:{code}").lognormvariate(0, 0.2)  # noqa: S311


# --- one question -------------------------------------------------------------------------------------------


def _single(question: Single, person: _Person) -> Any:
    return person.draw(question.id, question.options).code


def _scale(question: Scale, person: _Person) -> Any:
    return person.draw(question.id, question.steps).code


def _battery(question: Battery, person: _Person) -> Any:
    given: dict[str, int] = {}
    for item in question.items:
        if person.rng.random() >= _skip_chance(item) / 2:
            given[item.id] = person.draw(f"{question.id}.{item.id}", question.steps, leaning=True).code
    return given or None


def _picked(question: Multiple | Ranking, person: _Person, at_most: int) -> list[int]:
    """Return codes in the order of choice; an answer that excludes others stays alone."""
    first = person.draw(question.id, question.options)
    picked = [first.code]
    left = [o for o in question.options if not (o.exclusive or o.missing)]
    if first in left:
        wanted = person.rng.choices(range(1, len(PICKS) + 1), PICKS)[0]
        while len(picked) < min(at_most, wanted, len(left)):
            rest = [o for o in left if o.code not in picked]
            picked.append(person.draw(question.id, rest).code)
    return picked


def _multiple(question: Multiple, person: _Person) -> Any:
    return sorted(_picked(question, person, question.at_most or len(question.options)))


def _ranking(question: Ranking, person: _Person) -> Any:
    return _picked(question, person, question.top)


def _counts(question: Counts, person: _Person) -> Any:
    """Put a family's children into bands, as likely as the band is wide; who is `childless` has none."""
    found = {band.id: 0 for band in question.bands}
    if "childless" in person.traits:
        return found
    widths = [_width(band) for band in question.bands]
    size = person.rng.choices(range(1, len(FAMILY_SIZES) + 1), FAMILY_SIZES)[0]
    for band in person.rng.choices(question.bands, widths, k=size):
        found[band.id] = min(found[band.id] + 1, question.maximum)
    return found


def _width(band: Band) -> int:
    return 1 if band.from_age is None or band.to_age is None else band.to_age - band.from_age + 1


def _number(question: Number, person: _Person) -> Any:
    """Most are near the low end; people round to fives."""
    typical = (question.maximum - question.minimum) * 0.07 * person.factors(question.id).get(None, 1)
    value = question.minimum + typical * person.rng.lognormvariate(0, 0.5)
    rounded = round(value / 5) * 5 if value > 10 else round(value)
    return max(question.minimum, min(question.maximum, rounded))


def _text(question: Text, person: _Person) -> Any:
    foreign = not person.language.startswith("de")
    if person.rng.random() > (WROTE_IN_OWN_LANGUAGE if foreign else WROTE):
        return None
    words = person.words(person.tables.texts)
    return words[: question.max_length] if words else None


def _consent(question: Consent, person: _Person) -> Any:
    return True if question.required or person.rng.random() < 0.93 else None


def _place(_: PlaceQuestion, person: _Person) -> Any:
    return person.area or person.rng.choices(list(OUTSIDE), list(OUTSIDE.values()))[0]


def _nothing(_question: Info, _person: _Person) -> Any:
    return None


#: kind → how an answer is drawn.
DRAWERS: dict[str, Callable[[Any, _Person], Any]] = {
    "single": _single, "multiple": _multiple, "scale": _scale, "battery": _battery, "number": _number,
    "counts": _counts, "ranking": _ranking, "text": _text, "place": _place, "consent": _consent,
    "info": _nothing,
}  # fmt: skip


def _skip_chance(asked: Asked | Item) -> float:
    return SKIPPED * (2 if asked.sensitive else 1)


# --- one person ---------------------------------------------------------------------------------------------


def _traits_of(question: Asked, answer: Any) -> Iterator[str]:
    """Yield what an answer says about a person."""
    name = question.id
    if isinstance(question, Counts):
        present = [band for band, number in answer.items() if number]
        yield from (f"{name}.{band}" for band in present)
        yield f"{name}.first.{present[0]}" if present else f"{name}.none"
    elif isinstance(answer, dict):
        yield from (f"{name}.{item}={code}" for item, code in answer.items())
    elif isinstance(answer, list):
        yield from (f"{name}={code}" for code in answer)
    elif choices(question):
        yield f"{name}={answer}"


def _fill(questionnaire: Questionnaire, person: _Person) -> None:
    """Answer what is on the path, section by section."""
    sections = sections_of(questionnaire)
    names = list(questionnaire.questions)
    for section in sections.all:
        condition = section.page.show_if
        if condition is not None and not holds(condition, person.answers, person.area):
            continue
        if section.choice and person.rng.random() < YOUNGEST_ONLY:
            person.answers[sections.choice] = True
        elif section.child in (None, *sections.roster(person.answers)) and not section.choice:
            household = person.traits
            person.traits = household | _traits_of_child(section.child)
            for question in section.page.questions:
                base = questionnaire.questions[base_name(question.id)]
                tired = 1 + names.index(base.id) / len(names)
                _answer(question, base, person, tired)
            if section.child is not None:  # what is true of one child is not of the next
                person.traits = household


def _traits_of_child(child: Child | None) -> Traits:
    return set() if child is None else {f"child.{child.band}"}


def _answer(question: Asked, base: Asked, person: _Person, tired: float) -> None:
    """Answer a question as `base` is drawn: for the tables, each child's question is the same."""
    if question.show_if is not None and not holds(question.show_if, person.answers, person.area):
        return
    if person.rng.random() < _skip_chance(base) * tired and not _must(base):
        return
    answer = DRAWERS[base.kind](base, person)  # type: ignore[attr-defined] # every kind has one
    if answer is not None:
        _note(question.id, base, answer, person)


def _must(question: Asked) -> bool:
    return isinstance(question, PlaceQuestion) or (isinstance(question, Consent) and question.required)


def _note(name: str, question: Asked, answer: Any, person: _Person) -> None:
    """Keep an answer under its name, with own words where it opens a field for them."""
    person.answers[name] = answer
    person.traits.update(_traits_of(question, answer))
    given = answer if isinstance(answer, list) else [answer]
    if isinstance(question, Single | Multiple) and any(o.other and o.code in given for o in question.options):
        words = person.words(person.tables.others) if person.rng.random() < WROTE_OTHER else None
        if words:
            person.answers[f"{name}.other"] = words[:120]


def to_form(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return checked answers as the fields a form would send."""
    form: dict[str, list[str]] = {}
    for name, answer in answers.items():
        question = questionnaire.questions.get(name)
        if isinstance(answer, dict):
            form.update({f"{name}.{part}": [str(value)] for part, value in answer.items()})
        elif isinstance(question, Ranking):
            form.update({f"{name}.{rank}": [str(code)] for rank, code in enumerate(answer, start=1)})
        elif isinstance(answer, list):
            form[name] = [str(code) for code in answer]
        else:
            form[name] = ["1" if answer is True else str(answer)]
    return form


# --- many people --------------------------------------------------------------------------------------------


def _odds(chance: float, factor: float) -> float:
    """Return a chance whose odds are multiplied."""
    return chance * factor / (1 - chance + chance * factor)


def _draw_traits(rng: random.Random, tables: Tables, door: SimulatedDoor, area: str) -> Traits:
    found = set(tables.area_traits.get(area, ()))
    for trait, chance in tables.traits.items():
        factor = door.odds.get(trait, 1.0)
        for other in found:
            factor *= tables.trait_odds.get((trait, other), 1.0)
        if rng.random() < _odds(chance, factor):
            found.add(trait)
    return found


def _language(rng: random.Random, languages: Sequence[str], traits: Traits) -> str:
    """Return the language of the form: who speaks another at home takes it where it is offered."""
    foreign = [language for language in languages if not language.startswith("de")]
    if "other_language" in traits and foreign and rng.random() < 0.6:
        return rng.choice(foreign)
    return "de-simple" if "de-simple" in languages and rng.random() < 0.06 else languages[0]


def response_weights(district: District, tables: Tables, seed: int) -> dict[str, float]:
    """Return the share of the answers each Sozialraum gives: inhabitants × willingness, neither equal."""
    inhabitants: dict[str, int] = {area.id: 0 for area in district.areas}
    for municipality in district.municipalities:
        inhabitants[municipality.area] += municipality.population
    weights = {a.id: inhabitants[a.id] * _willingness(a, tables, seed) for a in district.areas}
    total = sum(weights.values())
    return {area: weight / total for area, weight in weights.items()}


def _willingness(area: Area, tables: Tables, seed: int) -> float:
    drawn = random.Random(f"{seed}:willing:{area.id}").uniform(0.6, 1.4)  # noqa: S311  made-up data, no secret
    return tables.response.get(area.id, drawn)


def simulate(
    questionnaire: Questionnaire, district: District, n: int, seed: int, tables: Tables | None = None
) -> Iterator[SimulatedResponse]:
    """Yield `n` filled forms; the same arguments give the same forms."""
    tables = tables or Tables()
    shares = response_weights(district, tables, seed)
    inside = 1 - sum(OUTSIDE.values())
    areas = {**{area: share * inside for area, share in shares.items()}, "": 1 - inside}
    for number in range(n):
        rng = random.Random(f"{seed}:{number}")  # noqa: S311  made-up data, no secret
        area = rng.choices(list(areas), list(areas.values()))[0]
        door = rng.choices(tables.doors, [door.weight for door in tables.doors])[0]
        traits = _draw_traits(rng, tables, door, area)
        language = _language(rng, questionnaire.languages, traits)
        mood = rng.gauss(0.1 - 0.3 * ("poor" in traits), 0.5)
        person = _Person(rng, tables, area, language, mood, traits)
        _fill(questionnaire, person)
        yield SimulatedResponse(to_form(questionnaire, person.answers), door.id, language)
