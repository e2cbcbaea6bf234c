"""A section per child: who is asked about, and what the page with `repeat` becomes for each of them.

The roster is a function of the answers and nothing else. A child is called by age band and number (``a3-1``, ``a3-2``),
so a child of another band who is added later changes nobody's name. In the section of child ``a3-1`` the question
``freizeit`` is called ``freizeit-a3-1``: no id has a hyphen, so no two names can be the same. Everything else treats
these as questions of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

from questionnaires.model import (
    AllOf,
    AnyOf,
    Asked,
    Band,
    Condition,
    Consent,
    Counts,
    Given,
    Not,
    OfBand,
    Page,
    Question,
    Questionnaire,
)
from questionnaires.versions import once_per_version


@dataclass(frozen=True)
class Child:
    """A child in the order of age bands; `number` counts within the band, from 1."""

    band: str
    number: int

    @property
    def key(self) -> str:
        """Name of the child, such as ``a3-1``."""
        return f"{self.band}-{self.number}"


@dataclass(frozen=True)
class Section:
    """A page as it is asked; of a repeating page, the questions a child of this age can get.

    `choice` marks the page in front of the children's sections, with the choice „nur für mein jüngstes Kind“; `mould`
    one for any child, with ``{band}`` and ``{number}`` in its names.
    """

    page: Page
    child: Child | None = None
    choice: bool = False
    mould: bool = False


class Sections:
    """All sections of a questionnaire, in order: those of every child there may be included."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.over = over_of(questionnaire)
        self.all = tuple(
            section for page in questionnaire.pages for section in _sections(page, self.over)
        )
        self.repeating = questionnaire.repeating
        self.repeat = self.repeating.repeat if self.repeating else None
        self.children = tuple(section.child for section in self.all if section.child is not None)

    @cached_property
    def questions(self) -> dict[str, Question]:
        """All questions by the name under which they are asked."""
        return {question.id: question for section in self.all for question in section.page.questions}

    @cached_property
    def for_script(self) -> tuple[Section, ...]:
        """All sections, but those of the children as one mould that a script can fill."""
        found = [section for section in self.all if section.child is None]
        for i, section in reversed(list(enumerate(found))):
            if section.choice and self.repeating is not None:
                found.insert(i + 1, Section(self._page_of_any(self.repeating), mould=True))
        return tuple(found)

    def _page_of_any(self, page: Page) -> Page:
        """Return the page for any child; what only its age band decides is left to whoever fills it."""
        own = {question.id: f"{question.id}-{{band}}-{{number}}" for question in page.questions}
        questions = []
        for question in page.questions:
            asked = [self.questions[f"{question.id}-{band}-1"] for band in self.bands_of(question.id)]
            has_more = any(one.show_if is not None for one in asked)
            shown_if = _renamed(question.show_if, own) if has_more else None
            questions.append(question.model_copy(update={"id": own[question.id], "show_if": shown_if}))
        name = f"{page.id}-{{band}}-{{number}}"
        return page.model_copy(update={"id": name, "questions": tuple(questions), "repeat": None})

    @cached_property
    def bands(self) -> tuple[str, ...]:
        """Age bands of the children who may be asked about, from the youngest."""
        return tuple(dict.fromkeys(child.band for child in self.children))

    def bands_of(self, question_id: str) -> tuple[str, ...]:
        """Return the age bands in which a question of the repeating page can come up."""
        return tuple(band for band in self.bands if f"{question_id}-{band}-1" in self.questions)

    @cached_property
    def by_name(self) -> dict[str, Question]:
        """All questions as in :attr:`questions`, and those of the mould."""
        moulds = (section.page for section in self.for_script if section.mould)
        return self.questions | {question.id: question for page in moulds for question in page.questions}

    @cached_property
    def section_of(self) -> dict[str, Section]:
        """Name of a question → its section."""
        return {question.id: section for section in self.all for question in section.page.questions}

    @cached_property
    def choice(self) -> str:
        """Name of the choice „nur für mein jüngstes Kind“, empty if nothing is asked for each child."""
        return next((section.page.id for section in self.all if section.choice), "")

    def roster(self, answers: Mapping[str, Any]) -> tuple[Child, ...]:
        """Return the children whose sections are shown, if their page is; see :func:`questionnaires.flow.roster`."""
        if self.repeat is None or self.over is None:
            return ()
        counts = answers.get(self.over.id) or {}
        there = tuple(child for child in self.children if child.number <= counts.get(child.band, 0))
        return there[: 1 if answers.get(self.choice) else self.repeat.at_most]


@once_per_version
def sections_of(questionnaire: Questionnaire) -> Sections:
    """Return the sections of a questionnaire."""
    return Sections(questionnaire)


def over_of(questionnaire: Questionnaire) -> Counts | None:
    """Return the question that says how many children there are, None if nothing is asked for each child."""
    repeat = questionnaire.repeating.repeat if questionnaire.repeating else None
    found = questionnaire.questions.get(repeat.over) if repeat else None
    return found if isinstance(found, Counts) else None


def by_age(over: Counts) -> tuple[Band, ...]:
    """Return the bands of a question from the youngest; what comes first where ages are not said stays first."""
    return tuple(sorted(over.bands, key=lambda band: band.from_age or 0))


def seen_from(condition: Condition, band: str) -> Condition | bool:
    """Return a condition as it is in the section of a child of this age band.

    Parameters
    ----------
    condition : Condition
        may look at the child's age band
    band : str
        id of the child's age band

    Returns
    -------
    Condition or bool
        without tests of the age band; True or False where they alone decide
    """
    match condition:
        case OfBand():
            return band in condition.band
        case Not():
            inner = seen_from(condition.not_, band)
            return not inner if isinstance(inner, bool) else Not.model_construct(not_=inner)
        case AllOf():
            return _joined([seen_from(part, band) for part in condition.all], False)
        case AnyOf():
            return _joined([seen_from(part, band) for part in condition.any], True)
        case _:
            return condition


def _joined(parts: list[Condition | bool], decisive: bool) -> Condition | bool:
    """Join parts of an `any` (one true part decides) or of an `all` (one false part does)."""
    left = tuple(part for part in parts if not isinstance(part, bool))
    if any(part is decisive for part in parts) or not left:
        return decisive if any(part is decisive for part in parts) else not decisive
    if len(left) == 1:
        return left[0]
    return AnyOf.model_construct(any=left) if decisive else AllOf.model_construct(all=left)


# --- what the page becomes ----------------------------------------------------------------------------------


def _sections(page: Page, over: Counts | None) -> list[Section]:
    if page.repeat is None or over is None:
        return [Section(page)]
    children = [
        Child(band.id, number) for band in by_age(over) for number in range(1, page.repeat.per_band + 1)
    ]
    found = [Section(_page_of(page, child), child) for child in children]
    asked = [section for section in found if section.page.questions]
    bands = tuple(dict.fromkeys(section.child.band for section in asked if section.child is not None))
    return [Section(_choice(page, _several(over, bands)), choice=True), *asked]


def _several(over: Counts, bands: tuple[str, ...]) -> Condition:
    """Return when there is more than one child of these age bands."""
    if len(bands) == len(over.bands):
        return Given(question=over.id, at_least=2)
    one = {band: Given(question=over.id, item=band, at_least=1) for band in bands}
    two = (Given(question=over.id, item=band, at_least=2) for band in bands)
    return AnyOf.model_construct(any=(*two, *(AllOf(all=(one[a], one[b])) for a, b in combinations(bands, 2))))


def _page_of(page: Page, child: Child) -> Page:
    """Return the child's page: nothing on it is for other ages. Who would find it empty has no section."""
    own = {question.id: f"{question.id}-{child.key}" for question in page.questions}
    questions = []
    for question in page.questions:
        condition = True if question.show_if is None else seen_from(question.show_if, child.band)
        if condition is not False:
            shown_if = None if condition is True else _renamed(condition, own)
            questions.append(question.model_copy(update={"id": own[question.id], "show_if": shown_if}))
    return page.model_copy(update={"id": f"{page.id}-{child.key}", "questions": tuple(questions), "repeat": None})


def _renamed(condition: Any, names: Mapping[str, str]) -> Any:
    match condition:
        case Given():
            return condition.model_copy(update={"question": names.get(condition.question, condition.question)})
        case Not():
            return Not.model_construct(not_=_renamed(condition.not_, names))
        case AllOf():
            return AllOf.model_construct(all=tuple(_renamed(part, names) for part in condition.all))
        case AnyOf():
            return AnyOf.model_construct(any=tuple(_renamed(part, names) for part in condition.any))
        case _:
            return condition


def _choice(page: Page, several: Condition) -> Page:
    """Return the page with the choice „nur für mein jüngstes Kind“; its words are the product's own."""
    name = f"{page.id}-only"
    values: dict[str, Any] = {
        "id": name, "repeat": None,
        "show_if": several if page.show_if is None else AllOf(all=(page.show_if, several)),
        "questions": (Consent.model_construct(id=name, kind="consent", text={}),),
    }  # fmt: skip
    return page.model_copy(update=values)


def base_name(name: str) -> str:
    """Return the id in the questionnaire of a question as it is asked (``freizeit-a3-1`` → ``freizeit``)."""
    return name.partition("-")[0]


def is_repeatable(question: Asked) -> bool:
    """Say whether a question may be asked for each child."""
    kind = str(getattr(question, "kind", ""))  # in a broken file it may be anything
    return kind not in {"place", "consent", "ranking", "counts"}
