"""Protection: the only gate through which figures leave the analysis.

Figures, sentences and files are made of :class:`Published` values, and only this module can make one. The
rules are those of the publication plan: small groups show nothing, small counts are hidden (zero looks like
1 … k-1), bases and shares are rounded, and then an attacker (:mod:`analysis.attack`) tries to work hidden
counts out; the smallest figure that helps is hidden as well, until nothing is found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from analysis import display
from analysis.areas import DISTRICT, Layout
from analysis.derived import median_rows
from analysis.estimates import Sums, design_effect, kish_n_eff, mean, mean_variance
from analysis.exact_repair import Beside, secure
from analysis.extract_texts import TextRow
from analysis.german import median_note
from analysis.hiding import decide
from analysis.inside_zones import show_inside_zones
from analysis.known import implied
from analysis.topics import Cube, Topic
from analysis.work import Work
from questionnaires.handover import Cell, Group, Quote, ReleaseTable, Row
from questionnaires.plan import PublicationPlan

T_co = TypeVar("T_co", covariant=True)

COARSE, MEAN = "-grob", "-mittel"
"""endings of table ids; no question id has a hyphen"""


class _Seal:
    """Known to this module only."""


_SEAL = _Seal()


@dataclass(frozen=True, init=False)
class Published(Generic[T_co]):
    """A value that went through protection. Nothing else may be drawn, exported or put into words."""

    value: T_co

    def __init__(self, value: T_co, seal: _Seal) -> None:
        if seal is not _SEAL:
            raise TypeError("only analysis.disclosure publishes values")
        object.__setattr__(self, "value", value)


def protect(
    topic: Topic, cube: Cube, layout: Layout, plan: PublicationPlan, beside: Beside | None = None,
    inside: tuple[Cube, Layout] | None = None,
) -> tuple[Published[ReleaseTable], ...]:  # fmt: skip
    """Return what may be shown of a topic.

    Parameters
    ----------
    topic : Topic
    cube : Cube
        its sums for the groups of `layout`; the unweighted counts are protected, the weighted shares shown
    layout : Layout
    plan : PublicationPlan
        thresholds
    beside : Beside or None
        what earlier releases told; takes the numbers of the audit
    inside : (Cube, Layout) or None
        the same with groups of filters inside Großräume; None: they are not given

    Returns
    -------
    tuple of Published[ReleaseTable]
        the table by single answers; where these are too small at some level, also one by coarse steps

    Raises
    ------
    ProtectionFailed
        if the attacker still learns something when everything that helps is hidden
    """
    beside = beside or Beside()
    work = decide(topic, cube, layout, plan)
    secure(work, beside)
    if inside is not None:
        wide = show_inside_zones(work, *inside, beside)
        work, cube = (work, cube) if wide is work else (wide, inside[0])
    fine = [(i, row) for i, row in enumerate(topic.rows)]
    coarse = [(len(topic.rows) + i, c.row) for i, c in enumerate(topic.coarse)]
    cells = _all_cells(work, cube)
    tables = [_table(work, cells, fine, "")]
    if work.shown[[i for i, _ in coarse]].any():
        tables.append(_table(work, cells, coarse, COARSE))
    if topic.limits:
        tables[0] = _with_median(tables[0], cube)
    return tuple(Published(table, _SEAL) for table in tables)


# ---------- means


def scale_means(
    question: str, title: str, tables: Sequence[tuple[Topic, Published[ReleaseTable]]], effect: float
) -> Published[ReleaseTable] | None:
    """Return the means of scales, computed from their published shares only, so that they add nothing.

    Parameters
    ----------
    question, title : str
    tables : sequence of (Topic, Published[ReleaseTable])
        the tables by single steps: one of a scale, or one per item of a battery
    effect : float
        the wave's design effect; widens the intervals

    Returns
    -------
    Published[ReleaseTable] or None
        hidden where one of the shares is not shown as a number or the published base is below 100; None if
        nothing can be shown
    """
    groups = [group for _, table in tables for group in table.value.groups if group.base is not None]
    groups = list({group.id: group.model_copy(update={"base": None}) for group in groups}.values())
    cells = tuple(
        tuple(_scale_mean(topic, table.value, group.id, effect) for group in groups) for topic, table in tables
    )
    keep = [i for i, _ in enumerate(groups) if any(row[i] != display.HIDDEN for row in cells)]
    if not keep:
        return None
    first = tables[0][1].value
    rows = tuple(Row(id=topic.item or question, label=topic.title.split(" – ")[-1]) for topic, _ in tables)
    return Published(
        ReleaseTable(
            id=question + MEAN, question=question, title=f"{title} (Mittelwerte)", base_note=first.base_note,
            measure="mean", sensitive=any(topic.sensitive for topic, _ in tables), k=max(t.value.k for _, t
            in tables), rows=rows, groups=tuple(_common_base(groups[i], tables) for i in keep),
            cells=tuple(tuple(row[i] for i in keep) for row in cells), notes=(MEAN_NOTE,),
        ),
        _SEAL,
    )  # fmt: skip


MEAN_NOTE = "Mittelwerte sind aus den gerundeten Anteilen berechnet, nur wo mindestens 100 Befragte dahinter stehen."


def _common_base(group: Group, tables: Sequence[tuple[Topic, Published[ReleaseTable]]]) -> Group:
    """Give the smallest published base of the rows: no mean rests on fewer."""
    bases = [g.base for _, t in tables for g in t.value.groups if g.id == group.id and g.base is not None]
    return group.model_copy(update={"base": min(bases, default=None)})


def _scale_mean(topic: Topic, table: ReleaseTable, group_id: str, effect: float) -> Cell:
    position = next((i for i, group in enumerate(table.groups) if group.id == group_id), None)
    if position is None or (table.groups[position].base or 0) < display.MEANS_FROM_BASE:
        return display.HIDDEN
    shares = [row[position].value for row in table.cells]
    if any(share is None for share in shares):
        return display.HIDDEN
    weights, values = np.array(shares, dtype=np.float64), np.array(topic.codes, dtype=np.float64)
    mean = float((weights * values).sum() / weights.sum())
    variance = float((weights * (values - mean) ** 2).sum() / weights.sum())
    return display.mean_cell(mean, (variance * effect / (table.groups[position].base or 1)) ** 0.5)


def count_means(
    table: Published[ReleaseTable], cells: Sequence[Sums], layout: Layout, k: int
) -> Published[ReleaseTable]:
    """Return mean counts (children per family and band) for large groups.

    Parameters
    ----------
    table : Published[ReleaseTable]
        shares with at least one; a mean is shown only where the share is shown as a number
    cells : sequence of Sums
        for each row the distribution (groups, values 0, 1, 2 …)
    layout : Layout
    k : int
        threshold; a tenth of the base must hide at least 2k, so the published base is at least 20k

    Returns
    -------
    Published[ReleaseTable]
        means rounded to one decimal
    """
    source = table.value
    positions = [layout.position(group.id) for group in source.groups]
    n_design = int(cells[0].n[0].sum())
    rows = tuple(
        tuple(
            _count_mean(sums, position, n_design) if _carries_mean(group, cell, k) else display.HIDDEN
            for group, cell, position in zip(source.groups, row, positions, strict=True)
        )
        for row, sums in zip(source.cells, cells, strict=True)
    )
    changes = {
        "id": source.id + MEAN,
        "title": f"{source.title} (Mittelwerte)",
        "measure": "mean",
        "cells": rows,
    }
    least = max(display.MEANS_FROM_BASE, 20 * k)
    note = f"Auf eine Stelle gerundet, nur wo mindestens {least} Befragte dahinter stehen."
    return Published(source.model_copy(update={**changes, "notes": (note,)}), _SEAL)


def _carries_mean(group: Group, cell: Cell, k: int) -> bool:
    return (group.base or 0) >= max(display.MEANS_FROM_BASE, 20 * k) and cell.value is not None


def _count_mean(sums: Sums, group: int, n_design: int) -> Cell:
    values = np.arange(sums.n.shape[1], dtype=np.float64)
    one = Sums(sums.n[group], sums.w[group], sums.w2[group])
    return display.mean_cell(float(mean(values, one)), float(mean_variance(values, one, n_design)) ** 0.5)


# ---------- own words


SMALLEST_GROUP = 10
"""texts of a question in one language; fewer could tell who wrote them"""
# Signs that turn the direction of writing could make a quote read as something nobody released.
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])


def publish_quotes(texts: Sequence[TextRow], titles: Mapping[str, str]) -> Published[tuple[Quote, ...]]:
    """Return the quotes that people released, without place or person.

    Parameters
    ----------
    texts : sequence of TextRow
        all of a wave; those without a quote only count
    titles : mapping
        question id → the question as asked

    Returns
    -------
    Published[tuple of Quote]
        by question, in the random order of the extract. In a language in which fewer than ten answered the question
        only the translation is shown, and that only where ten or more answered in such languages
    """
    sizes = Counter((text.question, text.language) for text in texts)
    told = {group for group, n in sizes.items() if group[1] and n >= SMALLEST_GROUP}
    others = Counter(text.question for text in texts if (text.question, text.language) not in told)
    found = []
    for text in texts:
        known = (text.question, text.language) in told
        if text.quote and (known or (text.translation and others[text.question] >= SMALLEST_GROUP)):
            found.append(_quote(text, titles[text.asked], known=known))
    order = {name: i for i, name in enumerate(titles)}
    return Published(tuple(sorted(found, key=lambda quote: order[quote.question])), _SEAL)


def _quote(text: TextRow, title: str, *, known: bool) -> Quote:
    words, translation = (value.translate(_TURNS).strip() for value in (text.quote, text.translation))
    if not known:
        return Quote(question=text.asked, title=title, translation=translation)
    return Quote(
        question=text.asked, title=title, text=words, language=text.language, translation=translation or None
    )


# ---------- what is shown


Cells = Sequence[Sequence[Cell]]
"""of every row and every group of the layout"""


def _table(work: Work, cells: Cells, rows: list[tuple[int, Row]], ending: str) -> ReleaseTable:
    topic = work.topic
    columns = enumerate(work.layout.columns)
    groups = [i for i, c in columns if c.shown and c.group.filter != topic.question and c.group.level not in work.thin]
    positions = [i for i, _ in rows]
    groups = [i for i in groups if not work.layout.columns[i].crossing or work.shown[positions, i].any()]
    if ending == "" and topic.coarse and work.shown[len(topic.rows) :].any():
        groups = [i for i in groups if i == 0 or work.shown[positions, i].any()]
    return ReleaseTable(
        id=topic.id + ending,
        question=topic.question,
        item=topic.item,
        title=topic.title + (" (zusammengefasst)" if ending else ""),
        base_note=topic.base_note,
        measure="share" if topic.one_of else "share_of_cases",
        sensitive=topic.sensitive,
        k=int(work.k[0]),
        per_response=topic.per_response,
        rows=tuple(row for _, row in rows),
        groups=tuple(_group(work, i) for i in groups),
        cells=tuple(tuple(cells[i][group] for group in groups) for i in positions),
        notes=tuple(_notes(work)),
    )


def _with_median(table: ReleaseTable, cube: Cube) -> ReleaseTable:
    """Say between which numbers the district's median lies, from the published shares."""
    effect = float(cube.base.n[0] / kish_n_eff(cube.base)[0]) if cube.base.n[0] else 1.0
    found = median_rows(table, display.rounded_design_effect(effect))
    if found is None:
        return table
    note = median_note(*(table.rows[row].label for row in found))
    return table.model_copy(update={"notes": (*table.notes, note)})


def _group(work: Work, group: int) -> Group:
    base = int(work.base[group]) if work.base_shown[group] else None
    found = work.layout.columns[group].group
    known = found.known if work.topic.of_everybody and base is not None else None
    return found.model_copy(update={"base": base, "known": known})


def _all_cells(work: Work, cube: Cube) -> Cells:
    """Return figures, and for hidden ones the words that follow from the figures beside them."""
    n_rows, groups = len(work.topic.rows) + len(work.topic.coarse), range(len(work.layout.columns))
    cells = [list(_cells(work, cube, row)) for row in range(n_rows)]
    rounded_off = {display.ALMOST_NOBODY, display.ALMOST_ALL}
    told = np.array([[c.value is not None or c.words in rounded_off for c in row] for row in cells])
    most = implied(work, told)
    for row in range(n_rows):
        for group in (g for g in groups if work.base_shown[g] and not work.shown[row, g]):
            cells[row][group] = display.at_most_cell(float(most[row, group]))
    return cells


def _cells(work: Work, cube: Cube, row: int) -> Iterator[Cell]:
    reference: Cell | None = None
    for group, column in enumerate(work.layout.columns):
        cell = _cell(work, cube, row, group, reference) if work.shown[row, group] else display.HIDDEN
        if column.group.id == DISTRICT:
            reference = cell
        yield cell


def _cell(work: Work, cube: Cube, row: int, group: int, reference: Cell | None) -> Cell:
    m = len(work.topic.rows)
    parts = [row] if row < m else list(work.topic.coarse[row - m].parts)
    picked = np.s_[group : group + 1, parts]
    yes = type(cube.yes)(*(getattr(cube.yes, name)[picked].sum(1) for name in ("n", "w", "w2")))
    base = type(cube.base)(*(getattr(cube.base, name)[group : group + 1] for name in ("n", "w", "w2")))
    exact = design_effect(yes, base, int(work.truth[-1, 0]))[0] if cube.effect is None else cube.effect[group, row]
    effect = display.rounded_design_effect(float(exact))
    shown_base = int(work.base[group])
    points = display.rounded_points(float(yes.w[0] / base.w[0]), display.share_step(shown_base))
    return display.share_cell(points, shown_base, effect, reference)


def _notes(work: Work) -> Iterator[str]:
    k = int(work.k[0])
    if work.topic.per_response > 1:
        yield (
            f"Gezeigt wird nur, was für Kinder aus mindestens {k} Haushalten gilt und für Kinder aus ebenso vielen "
            "nicht. Geschwister sind im Vertrauensbereich berücksichtigt."
        )
    elif work.topic.sensitive and k > work.plan.k:
        yield f"Die Frage ist besonders geschützt: Zahlen unter {k} Befragten werden nicht gezeigt."
    if not work.base_shown.any():
        yield "Zu dieser Frage gibt es zu wenige Antworten, um etwas zu zeigen."
    elif work.thin:
        yield "Für einzelne Sozialräume sind es zu wenige Antworten: Gezeigt werden der Kreis und die Großräume."
    if any(c.group.provisional for c in work.layout.columns):
        yield "Die Einteilung in Sozialräume ist vorläufig."
    if any(len(c.group.areas) > 1 and c.group.level == "area" for c in work.layout.columns):
        yield "Sozialräume mit zu wenigen Antworten sind mit einem Nachbarn zusammengefasst."
