"""Could the traits a questionnaire asks for, taken together, lead to one family?

The warning case: a district's survey asked pupils for place, sex, year of birth, nationality and way to school, and the
data-protection commissioner found that they could be identified. Every answer alone is harmless; their product is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from questionnaires.model import (
    Asked,
    Battery,
    Consent,
    Counts,
    Info,
    Multiple,
    Number,
    Questionnaire,
    Single,
    choices,
    text_in,
)  # fmt: skip
from questionnaires.region import Area, District

#: Fewer families to a combination than a published figure needs (k of the usual plan) are too few here as well.
FEWEST = 5
#: A question of these Handlungsfelder, or with these marks, describes who answers and not what they need.
FIELDS = frozenset({"haushalt und familie", "person"})
MARKS = frozenset({"origin", "family"})
#: The same, where nobody filled in a field.
WORDS = re.compile(
    r"\bwie alt\b|\balter\b|\bgeboren\b|geburts(?:jahr|datum|land)|geschlecht|staatsangehörig|nationalität|"
    r"\bsprache\w*|allein ?erzieh|wie viele kinder|familienstand|verheiratet|\bberuf\b|religion|"
    r"in welche klasse|welche schule|schulabschluss",
    re.IGNORECASE,
)
#: How many children: none, one, two, more. Ages of single children are asked in bands and kept top-coded.
CATEGORIES_OF_COUNTS = 4
#: What a number should be asked as.
GROUPS = 5


@dataclass(frozen=True)
class Trait:
    """A question that describes the person or the household."""

    question: str
    title: str
    n: int
    """answers that tell people apart"""


@dataclass(frozen=True)
class Recognisable:
    """What the traits of a questionnaire come to."""

    traits: tuple[Trait, ...]
    """beside the place, the one with the most answers first"""
    smallest: Area | None
    """the Sozialraum with the fewest families; None where the district does not know them of every one"""

    @property
    def combinations(self) -> int:
        """How many combinations of answers there can be in one Sozialraum."""
        return prod(trait.n for trait in self.traits)

    @property
    def families_each(self) -> float | None:
        """Families to a combination in the smallest Sozialraum, on average; None where they are not known."""
        if self.smallest is None or self.smallest.known_families is None:
            return None
        return self.smallest.known_families / self.combinations

    @property
    def too_few(self) -> bool:
        """Whether somebody could be recognised; False also where nobody can know."""
        each = self.families_each
        return len(self.traits) > 1 and each is not None and each < FEWEST

    @property
    def needed(self) -> int:
        """Families the smallest Sozialraum should have."""
        return FEWEST * self.combinations


def recognisable(questionnaire: Questionnaire, district: District) -> Recognisable:
    """Return the traits a questionnaire asks for and the Sozialraum in which they say most.

    Parameters
    ----------
    questionnaire : Questionnaire
    district : District
        whose file may know how many families live in each Sozialraum

    Returns
    -------
    Recognisable
    """
    found = [trait for question in questionnaire.questions.values() if (trait := _trait(question))]
    known = [area for area in district.areas if area.known_families is not None]
    smallest = min(known, key=lambda area: (area.known_families or 0, area.id)) if known else None
    return Recognisable(
        tuple(sorted(found, key=lambda trait: -trait.n)), smallest if len(known) == len(district.areas) else None
    )


def recognition_in_words(found: Recognisable) -> str:
    """Return what to know about recognising families, in German; empty where fewer than two traits are asked."""
    if len(found.traits) < 2:
        return ""
    names = _listed([f"„{trait.title}“" for trait in found.traits])
    combinations = f"{found.combinations:,}".replace(",", ".")
    if found.smallest is None or found.families_each is None:
        needed = f"{found.needed:,}".replace(",", ".")
        return (
            f"{names} ergeben zusammen {combinations} Kombinationen. Ob das eine Familie erkennbar macht, lässt sich "
            "nicht rechnen: Die Datei des Landkreises sagt nicht, wie viele Familien in jedem Sozialraum leben. "
            f"Der kleinste sollte mindestens {needed} haben."
        )
    each = f"{found.families_each:.1f}".replace(".", ",")
    there = f"Im kleinsten Sozialraum ({found.smallest.name}, {found.smallest.known_families} Familien)"
    if not found.too_few:
        together = f"{names} ergeben zusammen {combinations} Kombinationen."
        return f"{together} {there} kommen im Mittel {each} Familien auf jede."
    return (
        f"Vorsicht: {names} zusammen können eine Familie erkennbar machen. {there} kommen im Mittel nur {each} "
        f"Familien auf jede der {combinations} Kombinationen. {_advice(found.traits[0])}"
    )


def _advice(trait: Trait) -> str:
    if trait.n > GROUPS:
        return (
            f"Am meisten hilft es, „{trait.title}“ gröber zu fragen, in höchstens {GROUPS} Gruppen, oder wegzulassen."
        )
    return f"Am meisten hilft es, „{trait.title}“ wegzulassen."


def _trait(question: Asked) -> Trait | None:
    text = text_in(question.text, "de")[0]
    describes = (question.field or "").casefold() in FIELDS or question.sensitive in MARKS or bool(WORDS.search(text))
    if isinstance(question, Info | Consent | Battery) or not (describes or isinstance(question, Counts)):
        return None
    n = _categories(question)
    return Trait(question.id, text if len(text) <= 50 else f"{text[:47].rstrip()}…", n) if n > 1 else None


def _categories(question: Asked) -> int:
    match question:
        case Counts():
            return CATEGORIES_OF_COUNTS
        case Number():
            return question.maximum - question.minimum + 1
        case Single() | Multiple():
            return sum(option.missing is None for option in choices(question))
    return 1


def _listed(names: Sequence[str]) -> str:
    return " und ".join(filter(None, (", ".join(names[:-1]), names[-1])))
