"""The questionnaire as frozen values.

An instance is well-formed in itself (types, id patterns, at least one option …); rules that look across
questions are in :mod:`questionnaires.check`, what is shown for given answers in :mod:`questionnaires.flow`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

ID_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"
Id = Annotated[str, Field(pattern=ID_PATTERN)]

#: Languages a text may have. ``de-simple`` is „Einfach erklärt“ (Leichte Sprache once a reading group checked it).
LANGUAGES = ("de", "de-simple", "en", "uk", "ru", "ar", "fa", "tr")
SOURCE_LANGUAGE = "de"
RIGHT_TO_LEFT = frozenset({"ar", "fa"})

#: How a missing value is written in an extract. Never part of any base.
MISSING_CODES = {"no_answer": -1, "not_asked": -2, "prefer_not_to_say": -3, "dont_know": -4}

Missing = Literal["dont_know", "prefer_not_to_say"]
Sensitive = Literal["money", "benefits", "burden", "health", "origin", "family", "violence"]
Dimension = Literal["material", "social", "health", "cultural"]


def _known_languages(texts: dict[str, str]) -> dict[str, str]:
    unknown = sorted(set(texts) - set(LANGUAGES))
    if unknown:
        raise ValueError(f"unknown language: {', '.join(unknown)}")
    return texts


#: language code → text. German (``de``) is the source; :mod:`questionnaires.check` reports missing languages.
Texts = Annotated[dict[str, str], AfterValidator(_known_languages)]


class Value(BaseModel):
    """Base of all frozen values: unknown keys are errors, instances are immutable."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def text_in(texts: dict[str, str], language: str) -> tuple[str, str]:
    """Return the text in `language`, or the nearest there is, and the language it is really in.

    Parameters
    ----------
    texts : dict
        language code → text
    language : str
        wanted language code

    Returns
    -------
    (str, str)
        the text (empty if there is none at all) and its language code
    """
    for candidate in (language, SOURCE_LANGUAGE, *texts):
        if texts.get(candidate):
            return texts[candidate], candidate
    return "", language


# --- conditions: data, no expression language ------------------------------------------------------------------


class AllOf(Value):
    """True when every part is true."""

    all: Annotated[tuple[Condition, ...], Field(min_length=1)]


class AnyOf(Value):
    """True when at least one part is true."""

    any: Annotated[tuple[Condition, ...], Field(min_length=1)]


class Not(Value):
    """True when the part is not; an answer nobody gave makes the part false and this true."""

    not_: Annotated[Condition, Field(alias="not")]


class Given(Value):
    """A test on the answer to one earlier question.

    Exactly one of `is` (option or step codes, any of them), `at_least`, `at_most` (numbers, counts) and `answered`.
    `item` names a battery item or a counts band; without it a battery is true if any item fits, counts are summed.
    """

    question: Id
    item: Id | None = None
    is_: Annotated[tuple[int, ...] | None, Field(alias="is", min_length=1)] = None
    at_least: int | None = None
    at_most: int | None = None
    answered: bool | None = None


class InArea(Value):
    """True when the respondent lives in one of the Sozialräume with these ids."""

    area: Annotated[tuple[str, ...], Field(min_length=1)]


class OfBand(Value):
    """True in the section of a child of one of these age bands; only for questions of a page with `repeat`."""

    band: Annotated[tuple[Id, ...], Field(min_length=1)]


_CONDITION_KEYS = {"all": "all", "any": "any", "not": "not", "not_": "not", "area": "area", "band": "band"}


def _condition_tag(value: Any) -> str:
    keys = value if isinstance(value, dict) else getattr(type(value), "model_fields", {})
    return next((tag for key, tag in _CONDITION_KEYS.items() if key in keys), "given")


Condition = Annotated[
    Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[InArea, Tag("area")]
    | Annotated[OfBand, Tag("band")]
    | Annotated[Given, Tag("given")],
    Discriminator(_condition_tag),
]


# --- questions -------------------------------------------------------------------------------------------------


class Option(Value):
    """One choice. `code` is stable for ever: it is what is stored and compared between waves."""

    code: Annotated[int, Field(ge=0, le=9999)]
    text: Texts
    exclusive: bool = False
    """excludes all other options („nichts davon“); multiple choice and ranking"""
    other: bool = False
    """opens a short text field („Andere, nämlich“)"""
    missing: Missing | None = None
    """this choice is a missing value („weiß nicht“, „möchte ich nicht sagen“) and in no base"""


class Item(Value):
    """A row of a battery."""

    id: Id
    text: Texts
    life_phase: tuple[str, ...] = ()
    field: str | None = None
    dimension: Dimension | None = None
    sensitive: Sensitive | None = None
    offer: str | None = None
    """id of the offer this item is about (funnels)"""


class Band(Value):
    """A row of counts, such as children aged 3 to 5."""

    id: Id
    text: Texts
    from_age: int | None = None
    to_age: int | None = None


class Asked(Value):
    """What all questions have in common."""

    id: Id
    text: Texts
    help: Texts = {}
    why: Texts = {}
    """why this is asked; shown at sensitive questions"""
    show_if: Condition | None = None
    concept: str | None = None
    """what the question measures; for planners and the item bank"""
    life_phase: tuple[str, ...] = ()
    field: str | None = None
    """Handlungsfeld; a vocabulary of the district"""
    dimension: Dimension | None = None
    sensitive: Sensitive | None = None
    note: str | None = None
    """remark of the authors; never shown to families"""


class Choosing(Asked):
    """Questions with options."""

    options: Annotated[tuple[Option, ...], Field(min_length=2)]


class Single(Choosing):
    """One of several options."""

    kind: Literal["single"]


class Multiple(Choosing):
    """Any of several options, or at most `at_most` („höchstens N“)."""

    kind: Literal["multiple"]
    at_most: Annotated[int | None, Field(ge=1)] = None


class Scale(Asked):
    """One of ordered, labelled steps; `step` codes are numbers a mean can be taken of."""

    kind: Literal["scale"]
    steps: Annotated[tuple[Option, ...], Field(min_length=2)]


class Battery(Asked):
    """Several items answered on the same steps. On a phone one card per item, never a grid."""

    kind: Literal["battery"]
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    steps: Annotated[tuple[Option, ...], Field(min_length=2)]


class Number(Asked):
    """A whole number within limits."""

    kind: Literal["number"]
    minimum: int = 0
    maximum: int
    unit: Texts = {}


class Counts(Asked):
    """How many in each band (children by age)."""

    kind: Literal["counts"]
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    maximum: Annotated[int, Field(ge=1, le=99)] = 9
    """largest number per band"""


class Ranking(Choosing):
    """The `top` most important options, in order."""

    kind: Literal["ranking"]
    top: Annotated[int, Field(ge=2, le=5)] = 3


class Text(Asked):
    """Own words."""

    kind: Literal["text"]
    max_length: Annotated[int, Field(ge=10, le=2000)] = 300


class PlaceQuestion(Asked):
    """Where people live: Ort or Ortsteil; only the Sozialraum is kept."""

    kind: Literal["place"]


class Consent(Asked):
    """A box to tick before the questions that follow; `required` to send at all."""

    kind: Literal["consent"]
    required: bool = False


class Info(Asked):
    """A text without an answer."""

    kind: Literal["info"]


Question = Annotated[
    Single | Multiple | Scale | Battery | Number | Counts | Ranking | Text | PlaceQuestion | Consent | Info,
    Field(discriminator="kind"),
]

#: kind → class; every table that must know all kinds is compared with this one in the tests.
KINDS: dict[str, type[Asked]] = {
    "single": Single, "multiple": Multiple, "scale": Scale, "battery": Battery, "number": Number,
    "counts": Counts, "ranking": Ranking, "text": Text, "place": PlaceQuestion, "consent": Consent, "info": Info,
}  # fmt: skip


class Repeat(Value):
    """Asks a page once for each child, the youngest first (:mod:`questionnaires.children`)."""

    over: Id
    """the earlier question of kind counts that says how many children there are in each age band"""
    at_most: Annotated[int, Field(ge=2, le=9)] = 4
    """children of one family who are asked about"""
    per_band: Annotated[int, Field(ge=2, le=3)] = 2
    """children of one age band who are asked about"""


class Page(Value):
    """One topic on one screen, at most four questions."""

    id: Id
    title: Texts
    show_if: Condition | None = None
    repeat: Repeat | None = None
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]


class Review(Value):
    """What is known of one translated text."""

    checked_by: str | None = None
    checked_on: str | None = None
    german: str | None = None
    """the German text it belongs to, where that is no longer the one of today"""


class Translation(Value):
    """State of the texts of one language."""

    status: Literal["source", "machine", "checked"] = "machine"
    checked_by: str | None = None
    checked_on: str | None = None
    reviews: dict[str, Review] = {}
    """by path, as side files name it; a language that is checked as a whole has none"""


class Funnel(Value):
    """Marks which answers are the steps of a funnel (known → needed → applied → granted → used)."""

    id: Id
    title: Texts
    base: Condition | None = None
    """who is concerned; nobody else is in any base of the funnel"""
    steps: Annotated[tuple[FunnelStep, ...], Field(min_length=2)]
    reasons: Id | None = None
    """the multiple-choice question that asks why it stopped"""


class FunnelStep(Value):
    """One step of a funnel: reached when the condition holds."""

    id: Literal["known", "needed", "applied", "granted", "used"]
    reached_if: Condition


class Questionnaire(Value):
    """One version of the instrument."""

    format: Literal["familienstimme-fragebogen/1"] = "familienstimme-fragebogen/1"
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    title: Texts
    headline: Texts
    """the question the start page asks („Was brauchen die Familien wirklich?“)"""
    intro: Texts
    audience: Literal["families", "young_people"]
    minutes: Annotated[int, Field(ge=1, le=60)]
    legal_basis: Texts = {}
    """what allows the district to ask (sensitive items need it or a consent question)"""
    minimum_age: int | None = None
    languages: Annotated[tuple[str, ...], Field(min_length=1)] = ("de",)
    translations: dict[str, Translation] = {}
    headline_question: Id | None = None
    """the question whose ranking of needs opens the results"""
    filters: tuple[Id, ...] = ()
    """questions (single or multiple) by whose answers results may be filtered, one at a time"""
    funnels: tuple[Funnel, ...] = ()
    pages: Annotated[tuple[Page, ...], Field(min_length=1)]

    @cached_property
    def questions(self) -> dict[str, Question]:
        """All questions by id, in order."""
        return {question.id: question for page in self.pages for question in page.questions}

    @cached_property
    def repeating(self) -> Page | None:
        """The page that is asked for each child (a checked questionnaire has at most one)."""
        return next((page for page in self.pages if page.repeat is not None), None)

    def places(self) -> Iterator[PlaceQuestion]:
        """Yield the place questions (a checked questionnaire has exactly one)."""
        return (q for q in self.questions.values() if isinstance(q, PlaceQuestion))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of :meth:`to_json`, in hex: the identity of this version.

        What nobody wrote down is left out, so that a field the product gets later changes no version.
        """
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def with_pages(self, pages: tuple[Page, ...]) -> Questionnaire:
        """Return the questionnaire with other pages; a plain copy would keep what was worked out for these."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return Questionnaire(**{**fields, "pages": pages})

    def to_json(self) -> str:
        """Return the form that is stored with a wave; :meth:`from_json` gives the same value back."""
        return canonical_json(self.model_dump(mode="json", by_alias=True, exclude_defaults=True))

    @classmethod
    def from_json(cls, text: str) -> Questionnaire:
        """Read what :meth:`to_json` wrote."""
        return cls.model_validate_json(text)


def canonical_json(value: object) -> str:
    """Return JSON with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def choices(question: Asked) -> tuple[Option, ...]:
    """Return the options or steps of a question, or nothing if its kind has none."""
    return getattr(question, "options", None) or getattr(question, "steps", None) or ()


for _class in (AllOf, AnyOf, Not, Funnel, Questionnaire):
    _class.model_rebuild()
