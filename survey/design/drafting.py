"""A draft as the desk sees it: what is wrong with it, how long it takes, how it would be published."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from questionnaires.advice import advise, longest_minutes
from questionnaires.check import check_data
from questionnaires.model import Questionnaire
from questionnaires.problems import Problem
from survey.records import Draft
from survey.security import current_staff
from survey.services import services
from survey.store import drafts, questionnaires

#: Missing texts of a language under work are shown where one translates, not as mistakes of the questionnaire.
OF_TRANSLATIONS = frozenset({"missing-text", "unchecked-translation"})


@dataclass(frozen=True)
class Checked:
    """A draft and all that is to be done before it can be published."""

    questionnaire: Questionnaire | None
    """None while it is not well-formed"""
    problems: tuple[Problem, ...]

    @property
    def advice(self) -> list[dict[str, Any]]:
        """What could be better, for the editor; nothing of it stops anybody."""
        found = advise(self.questionnaire) if self.questionnaire else ()
        return [{"place": ".".join(map(str, one.place)), "message": one.message, "code": one.code} for one in found]

    @property
    def to_do(self) -> tuple[Problem, ...]:
        """What is wrong with the German form; what is missing in other languages is told where one translates."""
        return tuple(problem for problem in self.problems if problem.code not in OF_TRANSLATIONS)

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


def as_json(problems: tuple[Problem, ...]) -> list[dict[str, Any]]:
    """Return problems for the editor, which finds their places itself."""
    return [
        {"place": p.place, "message": p.message, "code": p.code, "line": p.line, "gap": p.code in OF_TRANSLATIONS}
        for p in problems
    ]


def published_before(questionnaire_id: str) -> list[Questionnaire]:
    """Return the published versions of a questionnaire."""
    return [one for one in questionnaires.list_questionnaires(services().store) if one.id == questionnaire_id]


def new_id() -> str:
    """Return a name for a draft that nobody guesses."""
    return secrets.token_hex(6)


def who() -> str:
    """Return who is logged in; these pages are for staff alone."""
    user = current_staff()
    return user.name if user else ""
