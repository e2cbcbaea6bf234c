"""What a release answers beyond its tables; every part may be missing, as in releases of older versions."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar
from weakref import WeakKeyDictionary

from questionnaires.answers_of_release import (
    AreaDifference,
    Changes,
    Coverage,
    Differences,
    FunnelResult,
    Gaps,
    Quality,
    Situations,
)
from questionnaires.handover import Level
from survey.results.access import ReleaseRefused, Shown
from survey.results.reader import Content, ReleaseDamaged

T = TypeVar("T")
Funnels = tuple[FunnelResult, ...]


@dataclass(frozen=True)
class Derived:
    """Each part is None where the release does not hold it."""

    funnels: Funnels | None
    gaps: Gaps | None
    coverage: Coverage | None
    situations: Situations | None
    changes: Changes | None
    quality: Quality | None
    differences: Differences | None

    @cached_property
    def verdicts(self) -> Mapping[tuple[str, str, str, str], AreaDifference]:
        """Table, row and the two groups, both ways round, → what the release says of them."""
        found: dict[tuple[str, str, str, str], AreaDifference] = {}
        for one in self.differences.differences if self.differences else ():
            found[one.table, one.row, one.here, one.there] = one
            found[one.table, one.row, one.there, one.here] = one.model_copy(
                update={"here": one.there, "there": one.here, "more": not one.more}
            )
        return found

    @cached_property
    def compared(self) -> Mapping[Level, frozenset[str]]:
        """Ids of the tables whose Sozialräume, or Großräume, the release compares."""
        found = self.differences
        if found is None:
            return {}
        return {"area": frozenset(found.tables), "zone": frozenset(found.zone_tables)}


_known: WeakKeyDictionary[Content, Derived] = WeakKeyDictionary()


def derived_of(shown: Shown) -> Derived:
    """Return what a release answers beyond its tables; refuses the release where a part cannot be read."""
    try:
        return read_derived(shown.content)
    except ReleaseDamaged as damage:
        raise ReleaseRefused(shown.wave, shown.release, damage, shown.user) from damage


def read_derived(content: Content) -> Derived:
    """Return the same from memory or from its files; raises ReleaseDamaged."""
    if content not in _known:
        _known[content] = _read(content)
    return _known[content]


def _read(content: Content) -> Derived:
    def part(name: str, read: Callable[[bytes], T]) -> T | None:
        file = f"{name}.json"
        if not content.has(file):
            return None
        try:
            return read(content.read(file))
        except (ValueError, TypeError) as error:  # no JSON, or not the JSON this version knows
            raise ReleaseDamaged(file, "unreadable") from error

    return Derived(
        funnels=part("funnels", _funnels),
        gaps=part("gaps", Gaps.model_validate_json),
        coverage=part("coverage", Coverage.model_validate_json),
        situations=part("situations", Situations.model_validate_json),
        changes=part("changes", Changes.model_validate_json),
        quality=part("quality", Quality.model_validate_json),
        differences=part("differences", Differences.model_validate_json),
    )


def _funnels(text: bytes) -> Funnels:
    return tuple(FunnelResult.model_validate(value) for value in json.loads(text))
