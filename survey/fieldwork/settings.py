"""What a wave may have beyond its dates: an age, parents who must agree, addresses left after the thanks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from questionnaires.model import Questionnaire
from survey.errors import NotNow
from survey.forms import Typed
from survey.records import ContactKind

#: Below this age parents agree first, unless somebody decides otherwise for a wave.
CONSENT_AGE = 14
#: Ages that can be set for a wave.
AGES = (6, 27)
#: Addresses are kept no longer than this after the last day, and usually this long [days].
LONGEST_CONTACT, USUAL_CONTACT = 366, 60

CONSENTS: dict[str, bool | None] = {"usual": None, "yes": True, "no": False}
CONTACTS: dict[str, ContactKind] = {"none": "", "raffle": "raffle", "results": "results"}


@dataclass(frozen=True)
class Extras:
    """Fields of :class:`survey.records.Wave` with the same names."""

    minimum_age: int | None
    parental_consent: bool
    contact: ContactKind
    contact_until: date | None


def usual_extras(closes_on: date) -> dict[str, str]:
    """Return what a new form shows."""
    until = closes_on + timedelta(days=USUAL_CONTACT)
    return {"consent": "usual", "contact": "none", "contact_until": until.isoformat()}


def parse_extras(form: Typed, asked: Questionnaire | None, closes_on: date | None) -> Extras | None:
    """Return the settings, or None; then the form knows every problem."""
    age = _age(form, asked)
    consent = form.one_of("consent", "Ob Eltern zustimmen müssen", set(CONSENTS))
    contact = form.one_of("contact", "Ob Familien eine Adresse hinterlassen können", set(CONTACTS))
    until = _until(form, closes_on) if CONTACTS.get(contact) else None
    if form.errors or asked is None or closes_on is None:
        return None
    return make_extras(asked, closes_on, age, CONSENTS[consent], CONTACTS[contact], until)


def make_extras(
    asked: Questionnaire, closes_on: date, minimum_age: int | None, consent: bool | None, contact: ContactKind,
    until: date | None,
) -> Extras:  # fmt: skip
    """Fill in what nobody decided; a questionnaire is never given to people younger than it was made for.

    Raises
    ------
    NotNow
        an age or a day does not fit
    """
    if minimum_age is not None and (problem := age_problem(asked, minimum_age)):
        raise NotNow(problem)
    if contact and until is not None and (problem := until_problem(closes_on, until)):
        raise NotNow(problem)
    needed = asked.minimum_age is not None and asked.minimum_age < CONSENT_AGE
    last = until or closes_on + timedelta(days=USUAL_CONTACT)
    return Extras(
        minimum_age=asked.minimum_age if minimum_age is None else minimum_age,
        parental_consent=needed if consent is None else consent,
        contact=contact, contact_until=last if contact else None,
    )  # fmt: skip


def age_problem(asked: Questionnaire, age: int) -> str:
    """Return why a questionnaire cannot be given to people of this age, or nothing."""
    if asked.minimum_age is not None and age < asked.minimum_age:
        return f"Alter: Dieser Fragebogen ist für Menschen ab {asked.minimum_age} Jahren gemacht."
    return ""


def until_problem(closes_on: date, until: date) -> str:
    """Return why addresses cannot be kept until this day, or nothing."""
    if until < closes_on:
        return "Adressen löschen nach: Dieser Tag liegt vor dem letzten Tag der Befragung."
    if until > closes_on + timedelta(days=LONGEST_CONTACT):
        return "Adressen löschen nach: höchstens ein Jahr nach dem letzten Tag der Befragung."
    return ""


def _age(form: Typed, asked: Questionnaire | None) -> int | None:
    text = form.value("minimum_age").strip()
    if not text:
        return None
    low, high = AGES
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and low <= int(text) <= high):
        form.refuse("minimum_age", f"Alter: Bitte eine Zahl von {low} bis {high} eingeben, oder leer lassen.")
    elif asked is not None and (problem := age_problem(asked, int(text))):
        form.refuse("minimum_age", problem)
    else:
        return int(text)
    return None


def _until(form: Typed, closes_on: date | None) -> date | None:
    until = form.day("contact_until", "Adressen löschen nach")
    if until is not None and closes_on is not None and (problem := until_problem(closes_on, until)):
        form.refuse("contact_until", problem)
    return until
