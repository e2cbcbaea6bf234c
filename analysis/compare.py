"""Two releases side by side: what changed, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.display import HIDDEN
from analysis.german import listed, percent
from questionnaires.handover import HIDDEN_MARK, Cell, Group, Manifest, ReleaseTable, Row

MAX_CELLS, MAX_TABLES = 3, 40
PLAN_WORDS = {
    "access": "Zugang zur Befragung", "k": "Schutzgrenze", "k_sensitive": "Schutzgrenze für geschützte Fragen",
    "sensitive": "geschützte Fragen", "min_area_base": "Antworten, die ein Sozialraum braucht",
    "min_cross_base": "Antworten, die eine Gruppe im Großraum braucht", "joins": "Nachbarn kleiner Sozialräume",
    "filters": "Filter", "coarse": "zusammengefasste Stufen", "margins": "Randverteilungen (Gewichtung)",
    "weight_cap": "Obergrenze der Gewichte", "exclude": "Regel, welche Bögen ausgelassen werden",
    "contradictions": "Widersprüche", "hardships": "Antworten, die Belastung nennen (Lebenslagen)",
    "compare_with": "Welle, mit der verglichen wird", "top_code_counts": "Obergrenze für Kinderzahlen",
    "min_door_returns": "Bögen, die ein Zugang braucht", "crossed": "Fragen mit Gruppen in Großräumen",
}  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """What two releases have not in common."""

    same_files: bool
    """True: byte for byte the same"""
    same_figures: bool
    """True: every published figure is the same"""
    lines: tuple[str, ...]
    """German, to be read from top to bottom"""


def compare_releases(first: Path, first_manifest: Manifest, second: Path, second_manifest: Manifest) -> Compared:
    """Compare two releases that were read and found whole.

    Parameters
    ----------
    first, second : Path
        their folders
    first_manifest, second_manifest : Manifest

    Returns
    -------
    Compared
        reasons first (wave, answers, plan, version, earlier wave), then tables, then figures
    """
    tables, others = _tables(first, first_manifest), _tables(second, second_manifest)
    figures = list(_figures(tables, others))
    missing = list(_missing(tables, others))
    same_files = first_manifest == second_manifest
    lines = [
        f"A: {_title(first_manifest)}",
        f"B: {_title(second_manifest)}",
        "",
        "Warum sie sich unterscheiden können:",
    ]
    lines += [f"  – {reason}" for reason in _reasons(first_manifest, second_manifest)] or [
        "  – Gleiche Antworten, gleicher Plan, gleiche Fassung."
    ]
    lines += ["", "Was sich unterscheidet:"]
    lines += [f"  – {line}" for line in (*missing, *figures, *_findings(first, second))] or ["  – Nichts."]
    return Compared(same_files, not missing and not figures, tuple(lines))


def _title(manifest: Manifest) -> str:
    ends = f"{manifest.closes_on:%d.%m.%Y}"
    return f"{manifest.wave_title} · {manifest.district} · bis {ends} · Auswertung {manifest.analysis_version}"


def _tables(folder: Path, manifest: Manifest) -> dict[str, ReleaseTable]:
    return {
        entry.id: ReleaseTable.model_validate_json((folder / "tables" / f"{entry.id}.json").read_bytes())
        for entry in manifest.tables
    }


def _reasons(first: Manifest, second: Manifest) -> Iterator[str]:
    if first.wave != second.wave:
        yield f"Es sind verschiedene Wellen: „{first.wave_title}“ und „{second.wave_title}“."
    if first.extract_sha256 != second.extract_sha256:
        yield "Der Auszug ist ein anderer: andere Antworten, ein anderes Codebuch oder andere Angaben zur Feldarbeit."
    if first.questionnaire_hash != second.questionnaire_hash:
        yield "Der Fragebogen hat eine andere Fassung."
    if first.analysis_version != second.analysis_version:
        yield f"Die Auswertung hat eine andere Fassung: {first.analysis_version} und {second.analysis_version}."
    if first.weighted != second.weighted:
        yield f"{'A' if first.weighted else 'B'} ist gewichtet, {'B' if first.weighted else 'A'} nicht."
    if first.since != second.since:
        waves = [f"„{one.since.wave_title}“" if one.since else "keiner früheren Welle" for one in (first, second)]
        yield f"A vergleicht mit {waves[0]}, B mit {waves[1]}."
    yield from _plan(first, second)


def _plan(first: Manifest, second: Manifest) -> Iterator[str]:
    one, other = first.plan.model_dump(mode="json"), second.plan.model_dump(mode="json")
    for key in sorted(one):
        if one[key] != other.get(key):
            name = PLAN_WORDS.get(key, key)
            short = all(isinstance(value, int | float | str | None) for value in (one[key], other.get(key)))
            values = f": A {_value(one[key])}, B {_value(other.get(key))}" if short else ""
            yield f"Der Veröffentlichungsplan ist anders bei „{name}“ ({key}){values}."


def _value(value: object) -> str:
    return "keine Angabe" if value in (None, "") else str(value)


def _missing(tables: Mapping[str, ReleaseTable], others: Mapping[str, ReleaseTable]) -> Iterator[str]:
    for name, here, there in (("A", tables, others), ("B", others, tables)):
        only = [f"„{table.title}“" for key, table in here.items() if key not in there]
        if only:
            more = f" und {len(only) - MAX_CELLS} weitere" if len(only) > MAX_CELLS else ""
            yield f"Nur in {name}: {listed(only[:MAX_CELLS]) if not more else ', '.join(only[:MAX_CELLS]) + more}."


def _figures(tables: Mapping[str, ReleaseTable], others: Mapping[str, ReleaseTable]) -> Iterator[str]:
    """Yield a line per table whose figures differ, with the largest differences."""
    differing = [(table, others[key]) for key, table in tables.items() if key in others and others[key] != table]
    for table, other in differing[:MAX_TABLES]:
        yield f"„{table.title}“: {_differences(table, other)}."
    if len(differing) > MAX_TABLES:
        yield f"Und {len(differing) - MAX_TABLES} weitere Tabellen."


def _differences(table: ReleaseTable, other: ReleaseTable) -> str:
    """Count what differs and name the largest differences."""
    old = {(row.id, group.id): (group, cell) for row, group, cell in _each(other)}
    gaps: list[tuple[float, str]] = []
    counts = dict.fromkeys(("Zahlen anders", "nur in A lesbar", "nur in B lesbar", "mit anderer Basis"), 0)
    for row, group, cell in _each(table):
        base, there = old.pop((row.id, group.id), (group, HIDDEN))
        if cell.value is not None and there.value is not None and cell != there:
            place = f"{row.label}, {group.label}"
            text = f"{place}: A {_shown(cell, table)}, B {_shown(there, table)}"
            gaps.append((abs(cell.value - there.value), text))
            counts["Zahlen anders"] += 1
        elif cell != there:
            counts["nur in A lesbar" if there.state == "hidden" else "nur in B lesbar"] += 1
        elif group.base != base.base:
            counts["mit anderer Basis"] += 1
    counts["nur in B lesbar"] += sum(cell.state != "hidden" for _, cell in old.values())
    said = ", ".join(f"{n} {name}" for name, n in counts.items() if n) or "Wortlaut, Gruppen oder Hinweise anders"
    largest = [text for _, text in sorted(gaps, key=lambda one: -one[0])[:MAX_CELLS]]
    return f"{said} (am meisten: {'; '.join(largest)})" if largest else said


def _each(table: ReleaseTable) -> Iterator[tuple[Row, Group, Cell]]:
    for row, cells in zip(table.rows, table.cells, strict=True):
        yield from ((row, group, cell) for group, cell in zip(table.groups, cells, strict=True))


def _shown(cell: Cell, table: ReleaseTable) -> str:
    if cell.value is None:
        return f"„{cell.words}“" if cell.words else f"„{HIDDEN_MARK}“"
    text = f"{cell.value:.1f}".replace(".", ",") if table.measure == "mean" else percent(cell.value)
    return f"({text})" if cell.state == "uncertain" else text


def _findings(first: Path, second: Path) -> Iterator[str]:
    one, other = (
        {f["headline"] for f in json.loads((x / "findings.json").read_text("utf-8"))} for x in (first, second)
    )
    for name, only in (("A", sorted(one - other)), ("B", sorted(other - one))):
        if only:
            yield f"Befunde nur in {name}: {'; '.join(only[:MAX_CELLS])}{' …' if len(only) > MAX_CELLS else ''}."
