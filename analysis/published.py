"""What a release publishes, read back from its folder; whether it was changed since does not matter here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from analysis.audit_frame import Scale
from analysis.errors import OtherResponses, ReleaseDamaged
from questionnaires.answers_of_release import CoverageRow
from questionnaires.handover import Manifest, ReleaseTable
from questionnaires.plan import Filter, PublicationPlan


@dataclass(frozen=True)
class Source:
    """The published tables of one release."""

    manifest: Manifest
    tables: Mapping[str, ReleaseTable]
    coverage: tuple[CoverageRow, ...] = ()
    """returns by Sozialraum and door: sizes of groups, rounded"""

    @property
    def filters(self) -> Mapping[str, Filter]:
        """The plan's filters by id."""
        return {rule.id: rule for rule in self.manifest.plan.filters}

    @cached_property
    def scale(self) -> Scale | None:
        """What the release says of weights: between which limits all lie. What it says of single groups (their part
        among known families and, roughly, among responses) is not used. None where shares are not weighted."""
        weighting = self.manifest.weighting
        if not self.manifest.weighted:
            return None
        return Scale((weighting.least, weighting.most)) if weighting else Scale()

    @property
    def overlapping(self) -> set[str]:
        """Filters whose groups need not exclude each other: those of questions with several answers."""
        kinds = {entry.question: entry.kind for entry in self.manifest.tables}
        return {rule.id for rule in self.manifest.plan.filters if kinds.get(rule.question) in {"multiple", "ranking"}}


def read_source(folder: Path) -> Source:
    """Read what a release publishes as tables.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Source
        whether files were changed since does not matter here

    Raises
    ------
    ReleaseDamaged
        if the manifest or a table is missing or not in the agreed form
    """
    try:
        manifest = Manifest.model_validate_json((folder / "manifest.json").read_bytes())
    except (OSError, ValueError):
        text = f"In „{folder.name}“ ist kein lesbares manifest.json: Das ist kein Ergebnisstand."
        raise ReleaseDamaged([text]) from None
    tables, problems = {}, []
    for path in sorted((folder / "tables").glob("*.json")):
        try:
            tables[path.stem] = ReleaseTable.model_validate_json(path.read_bytes())
        except ValueError:
            problems.append(f"Die Datei tables/{path.name} ist keine Tabelle eines Ergebnisstands.")
    try:
        coverage = _coverage(folder / "coverage.json")
    except (ValueError, KeyError, TypeError):
        problems.append("Die Datei coverage.json ist nicht lesbar.")
    named = {entry.id for entry in manifest.tables}
    problems += [f"Die Datei tables/{name}.json fehlt." for name in sorted(named - set(tables))]
    if problems:
        raise ReleaseDamaged(problems)
    return Source(manifest, tables, coverage)


def _coverage(path: Path) -> tuple[CoverageRow, ...]:
    rows = json.loads(path.read_text("utf-8"))["rows"] if path.is_file() else ()
    return tuple(CoverageRow.model_validate(row) for row in rows)


def same_wave(source: Source, others: Iterable[Source]) -> tuple[Source, ...]:
    """Return the releases of the same wave; other waves are other people.

    Raises
    ------
    OtherResponses
        if one counts other responses: what two such releases differ by would be a few people
    """
    found = tuple(other for other in others if other.manifest.wave == source.manifest.wave)
    for other in found:
        check_same_responses(other.manifest, source.manifest.n_responses, source.manifest.plan)
    return found


def check_same_responses(manifest: Manifest, n_responses: int, plan: PublicationPlan) -> None:
    """Refuse releases of a wave that rest on different responses (analysis rules, no. 1 and 9)."""
    one, other = ({m.id for m in p.margins if m.missing == "exclude"} for p in (manifest.plan, plan))
    if manifest.n_responses != n_responses or manifest.plan.exclude != plan.exclude or one != other:
        raise OtherResponses(manifest.wave)
