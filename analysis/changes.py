"""What changed since an earlier wave: from its release alone, because its raw answers are deleted.

The two waves are independent samples. Only what was asked with the same id, kind, words and base is compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.combine import Precision, Table, sibling_effect
from analysis.disclosure import COARSE
from analysis.display import share_step
from analysis.german import listed
from questionnaires.answers_of_release import Change, Changes
from questionnaires.handover import Cell, Group, Manifest, ReleaseTable, Row, TableEntry

SIGNIFICANCE = 0.05
MAX_NAMED = 6
NOTES = (
    "Verglichen werden nur Fragen mit gleicher Kennung, Art, Formulierung und gleichen Antworten, und nur "
    "Anteile, die in beiden Wellen als Zahl veröffentlicht sind.",
    "„Gesichert“ heißt: Der Unterschied bleibt nach der Korrektur von Holm über alle Antworten und Teilfragen einer "
    "Frage bestehen (95 %), und zwar auch dann, wenn Runden ihn so klein wie möglich macht. „Hinweis“ heißt: nur ohne "
    "diese Korrektur. Sozialräume werden als eigene Gruppe von Vergleichen geprüft.",
    "Beide Wellen gelten als unabhängig. Antworten dieselben Familien wieder, ist die Prüfung eher zu streng.",
)
OPEN_NOTE = (
    "Mitmachen konnte, wer wollte: Ein Unterschied kann auch daher kommen, dass diesmal andere mitgemacht haben. Ein "
    "Blick auf die Erreichung beider Wellen gehört dazu."
)


@dataclass(frozen=True)
class EarlierRelease:
    """An earlier wave's release as it was read."""

    manifest: Manifest
    tables: Mapping[str, ReleaseTable]
    manifest_sha256: str


@dataclass(frozen=True)
class _Pair:
    row: Row
    group: Group
    before: Cell
    now: Cell
    table: ReleaseTable
    p: float


def changes_since(
    earlier: EarlierRelease, entries: Sequence[TableEntry], tables: Mapping[str, Table], precision: Precision,
    access: str,
) -> Changes:  # fmt: skip
    """Compare a wave's published tables with an earlier release.

    Parameters
    ----------
    earlier : EarlierRelease
        of the same district
    entries : sequence of TableEntry
        kinds of the new tables
    tables : mapping
        id → published table
    precision : Precision
        of the new wave
    access : str
        of the new wave's plan; for open access the caveat is added

    Returns
    -------
    Changes
        differences that hold after Holm within a question („gesichert“) or only before („Hinweis“), the surest first
    """
    before = {entry.id: entry for entry in earlier.manifest.tables}
    pairs: dict[tuple[str, str], list[_Pair]] = {}
    refused: dict[str, list[str]] = {}
    effects = earlier.manifest.design_effect or 1.0, precision.effect
    for entry in entries:
        table = tables[entry.id].value
        reason = _reason(entry, before.get(entry.id), table, earlier.tables.get(entry.id))
        if reason:
            refused.setdefault(reason, []).append(table.title)
        elif table.measure != "mean" and not _said_finer(entry.id, tables, earlier):
            for pair in _pairs(table, earlier.tables[entry.id], effects):
                level = "district" if pair.group.level == "district" else "area"
                pairs.setdefault((table.question, level), []).append(pair)
    found = [change for family in pairs.values() for change in _judged(family)]
    notes = [*NOTES, _chance_note(pairs), *_weighting_note(earlier.manifest, precision)]
    if "open" in {access, earlier.manifest.plan.access}:
        notes.append(OPEN_NOTE)
    return Changes(
        wave=earlier.manifest.wave, wave_title=earlier.manifest.wave_title, closes_on=earlier.manifest.closes_on,
        n_compared=sum(pair.group.level == "district" for family in pairs.values() for pair in family),
        changes=tuple(sorted((c for c in found if c.verdict != "none"), key=_order)),
        not_comparable=tuple(_refusals(refused)),
        notes=tuple(notes),
    )  # fmt: skip


def _said_finer(table: str, tables: Mapping[str, Table], earlier: EarlierRelease) -> bool:
    """Say whether the single answers are compared anyway, so that their sums would be counted twice."""
    fine = table.removesuffix(COARSE)
    return fine != table and fine in tables and fine in earlier.tables


def _order(change: Change) -> tuple[bool, float, str, str, str]:
    return change.verdict != "secured", change.p, change.table, change.row, change.group.id


def _reason(entry: TableEntry, old: TableEntry | None, table: ReleaseTable, was: ReleaseTable | None) -> str:
    """Return why a table cannot be compared, empty if it can."""
    if old is None or was is None:
        return "in der früheren Welle nicht gefragt oder nicht veröffentlicht"
    if (entry.kind, table.measure) != (old.kind, was.measure):
        return "damals eine andere Art von Frage"
    if table.title != was.title:
        return "anderer Wortlaut"
    if [(row.id, row.label) for row in table.rows] != [(row.id, row.label) for row in was.rows]:
        return "andere Antwortmöglichkeiten"
    return "" if table.base_note == was.base_note else "damals anderen gestellt oder anders gezählt"


def _refusals(refused: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for reason, titles in refused.items():
        unique = list(dict.fromkeys(titles))
        more = len(unique) - MAX_NAMED
        names = [f"„{title}“" for title in unique[:MAX_NAMED]] + ([f"{more} weitere"] if more > 0 else [])
        yield f"Nicht vergleichbar ({reason}): {listed(names)}."


def _chance_note(pairs: Mapping[tuple[str, str], Sequence[_Pair]]) -> str:
    """Say how many hints chance alone may bring."""
    n = sum(len(family) for family in pairs.values())
    return (
        f"Geprüft sind {n} Anteile, mit denen der Sozialräume. Auch wenn sich nichts geändert hätte, wären darunter "
        f"bis zu {max(round(n * SIGNIFICANCE), 1)} Hinweise durch Zufall zu erwarten."
    )


def _weighting_note(manifest: Manifest, precision: Precision) -> Iterator[str]:
    if manifest.weighted != (precision.effect > 1):
        yield "Nur eine der beiden Wellen ist gewichtet; auch daher können Unterschiede kommen."


def _pairs(table: ReleaseTable, was: ReleaseTable, effects: tuple[float, float]) -> Iterator[_Pair]:
    places = {(group.id, group.areas): j for j, group in enumerate(was.groups)}
    for i, row in enumerate(table.rows):
        for j, group in enumerate(table.groups):
            old = places.get((group.id, group.areas))
            if group.level not in {"district", "area"} or old is None:
                continue
            before, now = _side(was, i, old, effects[0]), _side(table, i, j, effects[1])
            if before is not None and now is not None:
                p = two_sided(before.share, before.n, now.share, now.n, before.rounding + now.rounding)
                yield _Pair(row, group, was.cells[i][old], table.cells[i][j], table, p)


@dataclass(frozen=True)
class _Side:
    share: float
    n: float
    """effective number of cases"""
    rounding: float


def _side(table: ReleaseTable, row: int, column: int, effect: float) -> _Side | None:
    cell, base = table.cells[row][column], table.groups[column].base
    if cell.value is None or not base:
        return None
    own = sibling_effect(table, [cells[column] for cells in table.cells], base)
    return _Side(cell.value, base / max(effect, own), share_step(base) / 200)


def two_sided(first: float, n_first: float, second: float, n_second: float, rounding: float) -> float:
    """Return p of the difference of two independent shares.

    Parameters
    ----------
    first, second : float
        shares [0…1]
    n_first, n_second : float
        effective numbers of cases
    rounding : float
        what rounding may have added to the difference [0…1]; it is taken off first

    Returns
    -------
    float
        two-sided, normal approximation with the pooled share (as in the test of two proportions)
    """
    pooled = (first * n_first + second * n_second) / (n_first + n_second)
    error = math.sqrt(pooled * (1 - pooled) * (1 / n_first + 1 / n_second))
    gap = max(abs(first - second) - rounding, 0.0)
    return math.erfc(gap / error / math.sqrt(2)) if error > 0 else 1.0


def _judged(family: Sequence[_Pair]) -> Iterator[Change]:
    """Correct within a question (S. Holm, Scandinavian Journal of Statistics 6 (1979) 65-70)."""
    ordered = sorted(family, key=lambda pair: (pair.p, pair.table.id, pair.row.id, pair.group.id))
    largest = 0.0
    for i, pair in enumerate(ordered):
        largest = max(largest, min(1.0, (len(ordered) - i) * pair.p))
        raw = pair.p
        verdict = "secured" if largest < SIGNIFICANCE else "hint" if raw < SIGNIFICANCE else "none"
        yield Change.model_validate({
            "table": pair.table.id, "title": pair.table.title, "row": pair.row.id, "row_label": pair.row.label,
            "group": pair.group, "before": pair.before, "now": pair.now, "verdict": verdict,
            "p": float(f"{largest:.2g}"),
        })  # fmt: skip
