"""A draft as the desk sees it: what is wrong with it, how long it takes, how it would be published."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any

from questionnaires.advice import advise, ease_of_whole, longest_minutes, reading_ease_of
from questionnaires.check import check_data
from questionnaires.differences import Difference, differences
from questionnaires.model import Questionnaire
from questionnaires.problems import Problem
from questionnaires.readability import ease_of
from questionnaires.recognisable import recognisable, recognition_in_words
from questionnaires.reviews import worth
from questionnaires.rules_texts import NAMES
from questionnaires.write import data_of
from survey.records import Draft
from survey.security import current_staff
from survey.services import services
from survey.store import districts, drafts, questionnaires, waves

#: What a draft from nothing begins with.
BLANK: dict[str, Any] = {
    "format": "familienstimme-fragebogen/1", "id": "neuer-fragebogen", "title": {"de": "Neuer Fragebogen"},
    "headline": {"de": "Was ist die Frage?"}, "intro": {"de": "Wer fragt, und was wird daraus?"},
    "audience": "families", "minutes": 5, "languages": ["de"], "translations": {"de": {"status": "source"}},
    "pages": [{"id": "wohnen", "title": {"de": "Wo Sie leben"}, "questions": [
        {"id": "ort", "kind": "place", "text": {"de": "Wo wohnen Sie?"}},
    ]}],
}  # fmt: skip
#: Missing texts of a language under work are shown where one translates, not as mistakes of the questionnaire.
OF_TRANSLATIONS = frozenset({"missing-text", "missing-language", "unchecked-translation"})
UNWRITTEN = ("missing-language", "missing-text")


@dataclass(frozen=True)
class Checked:
    """A draft and all that is to be done before it can be published."""

    questionnaire: Questionnaire | None
    """None while it is not well-formed"""
    problems: tuple[Problem, ...]

    @property
    def advice(self) -> list[dict[str, Any]]:
        """What could be better, for the editor; nothing of it stops anybody."""
        if self.questionnaire is None:
            return []
        found = [(".".join(map(str, one.place)), one.message, one.code) for one in advise(self.questionnaire)]
        found += [*_not_yet_written(self.questionnaire), *_comparison_advice(self.questionnaire)]
        found += _outdated_translations(self.questionnaire)
        if self.recognition["warns"]:
            found.append(("pages", self.recognition["text"], "recognisable"))
        return [{"place": place, "message": message, "code": code} for place, message, code in found]

    @cached_property
    def recognition(self) -> dict[str, Any]:
        """Whether the traits asked for could lead to one family, in words."""
        known = districts.list_districts(services().store)
        if self.questionnaire is None or not known:
            return {"text": "", "warns": False}
        found = [recognisable(self.questionnaire, district) for district in known]
        worst = min(found, key=lambda one: (not one.too_few, one.families_each is None, one.families_each or 0))
        return {"text": recognition_in_words(worst), "warns": worst.too_few}

    @property
    def ease(self) -> dict[str, Any]:
        """How easily the whole and each question read, as words; what is too short to tell is not in it."""
        if self.questionnaire is None:
            return {"whole": None, "questions": {}}
        scores = {name: reading_ease_of(question) for name, question in self.questionnaire.questions.items()}
        of_questions = {name: ease_of(score) for name, score in scores.items() if score is not None}
        return {"whole": ease_of_whole(self.questionnaire), "questions": of_questions}

    @property
    def to_do(self) -> tuple[Problem, ...]:
        """What is wrong with the German form; what is missing in other languages is told where one translates."""
        return tuple(problem for problem in self.problems if problem.code not in OF_TRANSLATIONS)

    def where(self, place: str) -> str:
        """Return „Frage 5: “ for a place in a question, nothing for any other."""
        parts = place.split(".")
        if self.questionnaire is None or len(parts) < 4 or parts[2] != "questions":
            return ""
        before = sum(len(page.questions) for page in self.questionnaire.pages[: int(parts[1])])
        return f"Frage {before + int(parts[3]) + 1}: "

    @property
    def open_points(self) -> list[str]:
        """What must be done before it can be published; texts that are missing are counted, not listed."""
        last = {code: [one.place.rpartition(".")[2] for one in self.problems if one.code == code] for code in UNWRITTEN}
        listed = [self.where(one.place) + one.message for one in self.problems if one.code not in UNWRITTEN]
        languages = self.questionnaire.languages if self.questionnaire else ()
        none = [f"Noch kein Text steht {NAMES[languages[int(i)]]} da." for i in last["missing-language"]]
        some = [
            f"{f'{n} Texte fehlen' if n > 1 else 'Ein Text fehlt'} noch {NAMES[language]}."
            for language, n in Counter(last["missing-text"]).items()
        ]
        advice = "Bitte unter „Übersetzen“ eintragen oder die Sprache dort wieder herausnehmen."
        return listed + [f"{said} {advice}" for said in (*none, *some)]

    @property
    def minutes(self) -> int | None:
        """How long the longest way takes."""
        return round(longest_minutes(self.questionnaire)) if self.questionnaire else None

    @property
    def ready(self) -> bool:
        """Whether it can be published."""
        return self.questionnaire is not None and not self.problems


def get_draft(draft_id: str) -> Draft:
    """Return a draft as it is kept."""
    own = services()
    return drafts.get_draft(own.store, draft_id, own.clock())


def check_draft(data: Mapping[str, Any]) -> Checked:
    """Check a draft with the rules its file would be checked with."""
    return Checked(*check_data(data, "Entwurf"))


def _not_yet_written(asked: Questionnaire) -> list[tuple[str, str, str]]:
    return [
        (name, f"Hier steht noch „{BLANK[name]['de']}“. Bitte mit eigenen Worten schreiben.", "not-yet-written")
        for name in ("title", "headline", "intro")
        if getattr(asked, name).get("de") == BLANK[name]["de"]
    ]


def _outdated_translations(asked: Questionnaire) -> list[tuple[str, str, str]]:
    counted = {
        language: sum(state == "outdated" for state, _ in worth(data_of(asked), language).values())
        for language, translation in asked.translations.items() if translation.reviews
    }  # fmt: skip
    texts = ", ".join(f"{n} {'Text' if n == 1 else 'Texte'} {NAMES[name]}" for name, n in counted.items() if n)
    message = f"Das Deutsche ist geändert; vielleicht passen nicht mehr: {texts}. Bitte unter „Übersetzen“ ansehen."
    return [("translations", message, "outdated-translation")] if texts else []


def _comparison_advice(asked: Questionnaire) -> list[tuple[str, str, str]]:
    places = {
        question.id: f"pages.{p}.questions.{q}"
        for p, page in enumerate(asked.pages)
        for q, question in enumerate(page.questions)
    }
    _, changes = changes_since_last(asked)
    return [
        (places.get(one.question, "pages"), f"Gegenüber der letzten Fassung: {one.sentence} {one.breaks}", "comparison")
        for one in changes
        if one.breaks
    ]


def changes_since_last(after: Questionnaire | None) -> tuple[Questionnaire | None, tuple[Difference, ...]]:
    """Compare with the version asked last; without a wave, with any published one."""
    known = {one.hash: one for one in published_before(after.id)} if after else {}
    asked = [one for one in waves.list_waves(services().store) if one.questionnaire_hash in known]
    newest = max(asked, key=lambda wave: wave.opens_on, default=None)
    before = known[newest.questionnaire_hash] if newest else next(iter(known.values()), None)
    return before, differences(before, after) if before and after else ()


def as_json(problems: tuple[Problem, ...]) -> list[dict[str, Any]]:
    """Return problems for the editor, which finds their places itself."""
    return [
        {"place": p.place, "message": p.message, "code": p.code, "line": p.line, "gap": p.code in OF_TRANSLATIONS}
        for p in problems
    ]


def published_before(questionnaire_id: str) -> list[Questionnaire]:
    """Return the published versions of a questionnaire."""
    return [one for one in questionnaires.list_questionnaires(services().store) if one.id == questionnaire_id]


def asked_last_first() -> list[Questionnaire]:
    """Return all published versions, those asked in the latest waves first."""
    store = services().store
    waited = {wave.questionnaire_hash: wave.opens_on for wave in reversed(waves.list_waves(store))}
    every = questionnaires.list_questionnaires(store)
    return sorted(every, key=lambda one: waited[one.hash].toordinal() if one.hash in waited else 0, reverse=True)


def blank() -> dict[str, Any]:
    """Return a draft from nothing; what has no name of its own yet is no new version of anything."""
    own, name = services(), BLANK["id"]
    taken = {one.id for one in questionnaires.list_questionnaires(own.store)}
    taken |= {str(draft.data.get("id")) for draft in drafts.list_drafts(own.store, own.clock())}
    free = next(one for number in count(1) if (one := name if number == 1 else f"{name}-{number}") not in taken)
    return {**BLANK, "id": free}


def new_id() -> str:
    """Return a name for a draft that nobody guesses."""
    return secrets.token_hex(6)


def who() -> str:
    """Return who is logged in; these pages are for staff alone."""
    user = current_staff()
    return user.name if user else ""
