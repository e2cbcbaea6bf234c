"""What is worked out once for each version of a questionnaire: a version is its hash and never changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from questionnaires.model import Questionnaire

T = TypeVar("T")

#: So many versions are kept ready.
MANY_VERSIONS = 100


def once_per_version(make: Callable[[Questionnaire], T]) -> Callable[[Questionnaire], T]:
    """Let a function of a questionnaire be computed once per version.

    Parameters
    ----------
    make : callable
        its result must not be changed by anybody

    Returns
    -------
    callable
        the same function; it forgets everything when there are too many versions, as when drafts are checked by the
        hundred
    """
    known: dict[str, T] = {}

    @wraps(make)
    def found(questionnaire: Questionnaire) -> T:
        """Return what was made for this version, made at its first use."""
        value = known.get(questionnaire.hash)
        if value is None:
            if len(known) >= MANY_VERSIONS:
                known.clear()
            value = known[questionnaire.hash] = make(questionnaire)
        return value

    return found
