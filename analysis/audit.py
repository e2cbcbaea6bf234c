"""The audit of a release: what can be worked out from its published tables and from those of earlier releases.

Only what is published is read: manifests and tables. So it works for folders made elsewhere or changed by hand, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis import display
from analysis.audit_frame import (
    About,
    Known,
    Shown,
    Told,
    counted_by_bases,
    facts_of,
    known_sizes,
    sized_by_answers,
)
from analysis.exact import Tally, search, settle, without_weights
from analysis.exact_crossings import settle_crossings
from analysis.exact_inside import settle_inside
from analysis.exact_model import Contradiction, Facts
from analysis.exact_repair import Beside
from analysis.extract import Extract
from analysis.groups import DOORS, EVERYBODY, SPACE, Frame, Key, Members, halves, key_of, make_frame, question_of
from analysis.published import Source, check_same_responses, read_source
from analysis.seeds import Seeds, seeded
from questionnaires.answers_of_release import CoverageRow
from questionnaires.handover import Audit, Cell, ReleaseTable

COARSE, THEMES = "-grob", "-themen"
"""endings of table ids"""


@dataclass(frozen=True)
class Inferred:
    """What can be worked out although it was not published; groups by their labels, never a number."""

    table: str
    question: str
    answer: str
    groups: tuple[str, ...]

    def __str__(self) -> str:
        where = " und zugleich ".join(f"„{group}“" for group in self.groups)
        return (
            f"{self.table}: Aus den veröffentlichten Zahlen lässt sich eingrenzen, wie wenige Personen in {where} "
            f"„{self.answer}“ gesagt haben (Frage: {self.question})."
        )


@dataclass(frozen=True)
class Report:
    """The outcome of an audit."""

    inferred: tuple[Inferred, ...]
    contradictions: tuple[str, ...]
    """tables whose figures cannot all be true"""
    tally: Tally
    told: Told | None = None
    """what all tables together tell of the sizes of groups"""


def read_beside(folders: Sequence[Path], extract: Extract) -> Beside:
    """Read what releases of the extract's wave have told already.

    Parameters
    ----------
    folders : sequence of Path
        releases; those of other waves are passed over
    extract : Extract

    Returns
    -------
    Beside
        their tables by topic; releases of the very same extract and plan tell nothing new and are not counted, so that
        making a release again gives the same bytes

    Raises
    ------
    OtherResponses
        if one rests on different responses
    ReleaseDamaged
        if one cannot be read
    """
    beside = Beside()
    for folder in folders:
        source = read_source(folder)
        manifest = source.manifest
        if manifest.wave != extract.fieldwork.wave:
            continue
        check_same_responses(manifest, extract.fieldwork.n_responses, extract.fieldwork.plan)
        beside.names = (*beside.names, folder.name)
        beside.n_earlier += int(manifest.extract_sha256 != extract.sha256)
        for topic, tables in _by_topic([source]).items():
            beside.earlier.setdefault(topic, []).extend(shown_of(source, table, own=True) for _, table in tables)
    return beside


def audit_of(beside: Beside, tables: Sequence[ReleaseTable]) -> Audit:
    """Return what a manifest says of the audit, once everything is protected."""
    hidden = {t.id: sum(cell.state == "hidden" for row in t.cells for cell in row) for t in tables}
    costliest = max(hidden, key=lambda name: hidden[name], default="")
    tally = beside.tally
    return Audit(
        rounds=beside.rounds, cells=tally.cells, by_bounds=tally.bounds, by_witness=tally.witness, by_lp=tally.lp,
        by_ilp=tally.ilp, earlier=beside.n_earlier, costliest=costliest, costliest_hidden=hidden.get(costliest, 0),
    )  # fmt: skip


# ---------- the attack


def audit(newest: Source, earlier: Sequence[Source] = (), seeds: Mapping[str, Seeds] | None = None) -> Report:
    """Let the exact attacker work on all tables of a wave that anybody could have seen.

    Parameters
    ----------
    newest : Source
    earlier : sequence of Source
        releases of the same wave, see :func:`same_wave`
    seeds : mapping or None
        topic → possible counts found before: they only save time, each is checked against everything published

    Returns
    -------
    Report
    """
    sources = (newest, *earlier)
    labels, k = _groups(sources)
    least = min(source.manifest.plan.k for source in sources)
    everybody = newest.manifest.n_responses
    some_left_out = any(margin.missing == "exclude" for margin in newest.manifest.plan.margins)
    exact = (0 if some_left_out or newest.manifest.plan.exclude else everybody, everybody)
    counting = [(s, t) for s, t in _of_responses(sources) if exact[0] or not t.id.endswith(THEMES)]
    shown = [shown_of(source, table) for source, table in counting]
    whole = make_frame(labels, k, least)
    sizes = known_sizes(shown, whole, exact)
    for source, table in _of_responses(sources):
        sized_by_answers(whole, table.question, shown_of(source, table), sizes)
    _size_by_coverage(whole, [row for source in sources for row in source.coverage], sizes)
    tally, inferred, contradictions = Tally(), list[Inferred](), list[str]()
    for topic, tables in _by_topic(sources).items():
        try:
            inferred += _infer(topic, tables, Everything(whole, sizes, k, least), tally, (seeds or {}).get(topic))
        except Contradiction:
            contradictions.append(topic)
    return Report(tuple(inferred), tuple(contradictions), tally, Told(whole, sizes))


@dataclass(frozen=True)
class Everything:
    """All groups of a wave and what is known of their sizes."""

    frame: Frame
    sizes: Known
    k: Mapping[Key, int]
    least: int

    def of(self, question: str, told: set[Key]) -> tuple[Frame, Known]:
        """Return the groups a question can be crossed with: not those it makes itself, and inside Großräume only those
        of which its tables tell."""
        labels = self.frame.labels.items()
        kept = {k: said for k, said in labels if question_of(k[0]) != question and (k in told or not halves(k))}
        frame = make_frame(kept, self.k, self.least)
        places = [self.frame.keys.index(key) for key in frame.keys]
        return frame, Known(self.sizes.low[places], self.sizes.high[places])


def _infer(
    topic: str, tables: Sequence[tuple[Source, ReleaseTable]], everything: Everything, tally: Tally,
    seeds: Seeds | None = None,
) -> Iterator[Inferred]:  # fmt: skip
    about = about_of(topic, [table for _, table in tables])
    shown = [shown_of(source, table) for source, table in tables]
    frame, sizes = everything.of(tables[0][1].question, {key for table in shown for key in table.groups})
    counted = list(counted_by_bases(everything.frame, tables[0][1].question, everything.sizes, about.answers))
    if about.per_response > 1:
        sizes, counted = Known(np.zeros_like(sizes.low), sizes.high * about.per_response), []
    if topic.endswith(THEMES):  # a text need not tell its place, and those of responses left out count as well
        sizes = Known(np.where(np.arange(len(sizes.low)), 0, sizes.high[0]), sizes.high)
    facts = facts_of(about, shown, frame, sizes, counted)
    s = search(facts, seeded(seeds, about, frame, facts))
    found: list[tuple[int, tuple[int, ...]]] = [(row, (group,)) for row, group in settle(s)]
    s = without_weights(s)
    crossings = [*settle_crossings(s, [family for family, _ in frame.keys]), *settle_inside(s, frame.inside)]
    found += [(row, (a, b)) for row, a, b in crossings]
    tally.add(s.tally)
    said = _rows(about, facts, _answers(tables))
    for row, groups in found:
        names = tuple(_name(frame.keys[group], frame.labels) for group in groups)
        yield Inferred(topic, tables[0][1].title, said.get(row, "keine gültige Antwort"), names)


def _size_by_coverage(frame: Frame, rows: Sequence[CoverageRow], sizes: Known) -> None:
    """Narrow the sizes of Sozialräume and of groups of doors, in place, to the returns that are told of them."""
    told = {row.label: row.returns for row in rows if row.kind in {"area", "door"} and row.returns is not None}
    for group, key in enumerate(frame.keys):
        returns = told.get(frame.labels.get(key, "")) if key[0] in {SPACE, DOORS} else None
        if returns is not None:
            sizes.low[group] = max(sizes.low[group], returns - display.BASE_STEP // 2)
            sizes.high[group] = min(sizes.high[group], returns + display.BASE_STEP // 2)


def _rows(about: About, facts: Facts, labels: Mapping[str, str]) -> dict[int, str]:
    """Return what each row of the attacker means."""
    m, base = len(about.answers), facts.system.base_row
    found = {i: labels[answer] for i, answer in enumerate(about.answers)}
    for relation in facts.system.row_relations:
        if m <= relation.total < base:
            found[relation.total] = " oder ".join(labels[about.answers[part]] for part in relation.parts)
        elif relation.total == base and not about.one_of:
            found[relation.parts[1]] = f"nicht {labels[about.answers[relation.parts[0]]]}"
    return found


def _answers(tables: Sequence[tuple[Source, ReleaseTable]]) -> dict[str, str]:
    return {row.id: row.label for _, table in tables for row in table.rows}


def _name(key: Key, labels: Mapping[Key, str]) -> str:
    if key == EVERYBODY:
        return labels.get(key, "Kreis")
    crossing = halves(key)
    if crossing and key not in labels:
        return " in ".join(_name(half, labels) for half in reversed(crossing))
    whole = [label for (family, _), label in labels.items() if family == key[0]]
    return labels.get(key) or f"keine oder mehrere von: {', '.join(whole[:4])}"


def about_of(topic: str, tables: Sequence[ReleaseTable]) -> About:
    """Return what tables that are audited together are about."""
    fine = [table for table in tables if not table.id.endswith(COARSE)] or tables
    answers = tuple(dict.fromkeys(row.id for table in fine for row in table.rows))
    one_of = all(table.measure == "share" for table in tables)
    return About(topic, answers, one_of, max(table.per_response for table in tables))


def _by_topic(sources: Sequence[Source]) -> dict[str, list[tuple[Source, ReleaseTable]]]:
    found: dict[str, list[tuple[Source, ReleaseTable]]] = {}
    for source in sources:
        for table in source.tables.values():
            if table.measure != "mean":
                found.setdefault(table.id.removesuffix(COARSE), []).append((source, table))
    return found


def _of_responses(sources: Sequence[Source]) -> Iterator[tuple[Source, ReleaseTable]]:
    for source in sources:
        yield from ((source, t) for t in source.tables.values() if t.measure != "mean" and t.per_response == 1)


def _groups(sources: Sequence[Source]) -> tuple[dict[Key, str], dict[Key, int]]:
    """Return all groups with their labels and thresholds."""
    labels: dict[Key, str] = {}
    k: dict[Key, int] = {}
    for source in sources:
        sensitive = set(source.manifest.plan.sensitive) | {t.question for t in source.tables.values() if t.sensitive}
        for table in source.tables.values():
            for group in table.groups:
                key = key_of(group, source.filters, source.overlapping)
                labels.setdefault(key, group.label)
                raised = question_of(key[0]) in sensitive
                k[key] = max(k.get(key, 0), source.manifest.plan.k_sensitive if raised else source.manifest.plan.k)
    return labels, k


# ---------- what one table says


def shown_of(source: Source, table: ReleaseTable, *, own: bool = False) -> Shown:
    """Return what a published table tells.

    Parameters
    ----------
    source : Source
    table : ReleaseTable
    own : bool
        made here, so that words for hidden shares follow from the table and need not be read

    Returns
    -------
    Shown
        a share is known as far as its digits go; „fast niemand“ and „fast alle“ are shares that round to 0 and 1, other
        words say only that there are enough on both sides
    """
    groups = [key_of(group, source.filters, source.overlapping) for group in table.groups]
    shape = (len(table.rows), len(groups))
    low, high, shown = np.zeros(shape), np.ones(shape), np.zeros(shape, np.bool_)
    for i, cells in enumerate(table.cells):
        for j, cell in enumerate(cells):
            implied = cell.words in display.AT_MOST.values()
            shown[i, j] = (cell.state != "hidden" and not implied) or cell.value is not None
            if not (own and implied):
                low[i, j], high[i, j] = _limits(cell, table.groups[j].base)
    plan, sensitive = source.manifest.plan, {t.question for t in source.tables.values() if t.sensitive}
    sensitive |= set(plan.sensitive)
    k = [max(table.k, plan.k_sensitive if question_of(key[0]) in sensitive else 0) for key in groups]
    return Shown(
        rows=tuple(_members(source, table)), groups=tuple(groups), base=tuple(group.base for group in table.groups),
        shown=shown, low=low, high=high, k=tuple(k), scale=None if table.id.endswith(THEMES) else source.scale,
    )  # fmt: skip


def _limits(cell: Cell, base: int | None) -> tuple[float, float]:
    step = float(display.share_step(base or 0))
    if cell.words == display.ALMOST_NOBODY:
        return 0.0, step / 200
    if cell.words == display.ALMOST_ALL:
        return 1 - step / 200, 1.0
    if cell.value is None:
        return 0.0, next((limit for limit, words in display.AT_MOST.items() if words == cell.words), 1.0)
    points = cell.value * 100
    while abs(points / step - round(points / step)) > 1e-6 and step > 1e-4:
        step = 1.0 if step > 1 else step / 10
    return max(points - step / 2, 0) / 100, min(points + step / 2, 100) / 100


def _members(source: Source, table: ReleaseTable) -> Iterator[Members]:
    """Yield which single answers each row takes together."""
    coarse = source.manifest.plan.coarse
    steps = coarse.get(f"{table.question}.{table.item}") or coarse.get(table.question, ())
    for i, row in enumerate(table.rows):
        if table.id.endswith(COARSE) and i < len(steps):
            yield frozenset(str(code) for code in steps[i].codes)
        else:
            yield frozenset({row.id})

