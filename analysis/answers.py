"""All that a release answers beyond its tables, in one place: computed once, written as JSON and CSV."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import answer_sheets
from analysis.changes import EarlierRelease, changes_since
from analysis.combine import Precision, Reading
from analysis.coverage import Fielded, coverage_of
from analysis.errors import ReleaseDamaged, ReleasesNotComparable
from analysis.funnels import funnels_of
from analysis.gaps import gaps_of
from analysis.situations import situations_of
from questionnaires.answers_of_release import Changes, Coverage, FunnelResult, Gaps, Quality, Situations
from questionnaires.handover import Earlier, Fieldwork, Manifest, ReleaseTable, TableEntry
from questionnaires.model import Value


@dataclass(frozen=True)
class Answers:
    """What follows from the published tables of a wave."""

    funnels: tuple[FunnelResult, ...]
    gaps: Gaps
    coverage: Coverage
    situations: Situations
    changes: Changes | None
    quality: Quality


def answers_of(
    fielded: Fielded, entries: Sequence[TableEntry], quality: Quality, earlier: EarlierRelease | None,
    precision: Precision,
) -> Answers:  # fmt: skip
    """Compute all answers from published tables and known totals.

    Parameters
    ----------
    fielded : Fielded
        the wave and its published tables
    entries : sequence of TableEntry
        of the tables
    quality : Quality
    earlier : EarlierRelease or None
        what changes are measured from
    precision : Precision
        of the wave

    Returns
    -------
    Answers
    """
    tables, plan = fielded.tables, fielded.plan
    reading = Reading(fielded.questionnaire, tables, plan, precision)
    return Answers(
        funnels=funnels_of(reading),
        gaps=gaps_of(reading),
        coverage=coverage_of(fielded),
        situations=situations_of(reading),
        changes=changes_since(earlier, entries, tables, precision, plan.access) if earlier else None,
        quality=quality,
    )


def answer_files(answers: Answers, fieldwork: Fieldwork) -> dict[str, bytes]:
    """Return the files of all answers.

    Parameters
    ----------
    answers : Answers
    fieldwork : Fieldwork
        for the title and the mark of simulated data

    Returns
    -------
    dict
        file name → content, JSON and CSV of each
    """
    named: dict[str, Any] = {
        "funnels": answers.funnels, "gaps": answers.gaps, "coverage": answers.coverage,
        "situations": answers.situations, "changes": answers.changes, "quality": answers.quality,
    }  # fmt: skip
    sheets: Mapping[str, Any] = {
        "funnels": answer_sheets.funnels_csv, "gaps": answer_sheets.gaps_csv, "coverage": answer_sheets.coverage_csv,
        "situations": answer_sheets.situations_csv, "changes": answer_sheets.changes_csv,
        "quality": answer_sheets.quality_csv,
    }  # fmt: skip
    files: dict[str, bytes] = {}
    for name, value in named.items():
        if value is not None:
            files[f"{name}.json"] = _json(value)
            files[f"{name}.csv"] = sheets[name](value, fieldwork.title, simulated=fieldwork.simulated)
    return files


def _json(value: Value | Sequence[Value]) -> bytes:
    plain = (
        value.model_dump(mode="json", exclude_none=True)
        if isinstance(value, Value)
        else [one.model_dump(mode="json", exclude_none=True) for one in value]
    )
    return (json.dumps(plain, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode("utf-8")


# ---------- the earlier wave


def read_earlier(folder: Path, manifest: Manifest, fieldwork: Fieldwork, district: str) -> EarlierRelease:
    """Read the tables of an earlier wave's release.

    Parameters
    ----------
    folder : Path
        of a release that was read and found whole
    manifest : Manifest
        its manifest
    fieldwork : Fieldwork
        of the new wave
    district : str
        name of the new wave's district

    Returns
    -------
    EarlierRelease

    Raises
    ------
    ReleasesNotComparable
        if it is of another district, of the same wave, or of a later one
    ReleaseDamaged
        if a table cannot be read
    """
    if manifest.district != district:
        raise ReleasesNotComparable(
            f"Der frühere Ergebnisstand gehört zu „{manifest.district}“, nicht zu „{district}“."
        )
    if manifest.wave == fieldwork.wave or manifest.closes_on >= fieldwork.opens_on:
        raise ReleasesNotComparable(
            f"Die Welle „{manifest.wave_title}“ endete am {manifest.closes_on:%d.%m.%Y}; verglichen wird nur mit einer "
            f"Welle, die vor dem {fieldwork.opens_on:%d.%m.%Y} zu Ende war."
        )
    try:
        tables = {
            entry.id: ReleaseTable.model_validate_json((folder / "tables" / f"{entry.id}.json").read_bytes())
            for entry in manifest.tables
        }
    except (OSError, ValueError):
        text = f"Eine Tabelle in „{folder.name}“ lässt sich mit dieser Fassung des Programms nicht lesen."
        raise ReleaseDamaged([text]) from None
    return EarlierRelease(manifest, tables, hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest())


def since_of(earlier: EarlierRelease | None) -> Earlier | None:
    """Return what a manifest says of the release it is compared with."""
    if earlier is None:
        return None
    old = earlier.manifest
    return Earlier(
        wave=old.wave, wave_title=old.wave_title, closes_on=old.closes_on, manifest_sha256=earlier.manifest_sha256
    )
