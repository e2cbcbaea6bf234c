"""The four Lebenslagen of child-centred poverty research as indices per area, never per family.

The dimensions (material, cultural, social, health) are those of the AWO-ISS studies (B. Hock, G. Holz, W. Wüstendörfer,
„Folgen familiärer Armut im frühen Kindesalter“, ISS-Pontifex 2/2000). The index is a documented mean of published
shares: I = (1/m) Σ s_i over the m items of a dimension, where s_i is the share that gave an answer which speaks of a
hardship. Types of families (Wohlergehen, Benachteiligung, multiple Deprivation) are not formed: nobody is scored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from analysis import display
from analysis.areas import DISTRICT
from analysis.combine import Precision, Reading, Share, Table, Tables, limits_of, position, share_of_codes
from analysis.disclosure import COARSE
from analysis.german import listed, percent
from questionnaires.answers_of_release import SituationIndex, SituationItem, Situations
from questionnaires.handover import Cell, Group, Level
from questionnaires.model import Dimension, Questionnaire, choices, text_in

TITLES: dict[Dimension, str] = {
    "material": "Materielle Lage", "cultural": "Bildung und Kultur", "social": "Soziale Lage", "health": "Gesundheit",
}  # fmt: skip
MIN_ITEMS = 2
"""an index of a single item would be that item under another name"""
OPEN = 0.1
"""what hiding and rounding may leave open of a share that goes into an index"""
NOTES = (
    "Ein Index ist der Mittelwert der veröffentlichten Anteile seiner Teilfragen: alle Anteile zusammengezählt, "
    "geteilt durch ihre Zahl. Er reicht von 0 % (niemand nennt eine Belastung) bis 100 %.",
    "In den Index einer Ebene geht nur ein, was für den Landkreis und jede ihrer Gruppen als Zahl veröffentlicht ist. "
    "So wird überall dasselbe gemittelt. Indizes verschiedener Bereiche sind nicht miteinander vergleichbar.",
    "Die Spanne ist der Mittelwert der Spannen der Teilfragen, also eher zu weit.",
    "Der Index beschreibt Gebiete. Für einzelne Familien wird nichts berechnet.",
)


def situations_of(reading: Reading) -> Situations:
    """Return the indices of all dimensions for Großräume and Sozialräume.

    Parameters
    ----------
    reading : Reading
        the questionnaire says to which dimension an item belongs, the plan's `hardships` which answers count

    Returns
    -------
    Situations
        without an index where fewer than two items carry
    """
    found = [
        index
        for dimension in TITLES
        for level in ("zone", "area")
        if (index := _index(dimension, level, reading)) is not None
    ]
    return Situations(indices=tuple(found), notes=NOTES if found else ())


def _index(dimension: Dimension, level: Level, reading: Reading) -> SituationIndex | None:
    tables, plan = reading.tables, reading.plan
    names = [name for name in plan.hardships if dimension_of(reading.questionnaire, name) == dimension]
    groups = list(_groups(names, level, tables))
    if len(groups) < 2:
        return None
    shares = {
        name: [share_of_codes(tables, name, plan.hardships[name], group.id, plan) for group in groups] for name in names
    }
    carried = {name: [s for s in row if s is not None] for name, row in shares.items() if all(map(_carries, row))}
    if len(carried) < MIN_ITEMS:
        return None
    cells = tuple(_mean([row[j] for row in carried.values()], reading.precision) for j in range(len(groups)))
    bases = [min(row[j].base for row in carried.values()) for j in range(len(groups))]
    return SituationIndex.model_validate({
        "dimension": dimension, "title": TITLES[dimension], "level": level,
        "items": [_item(name, reading, carried[name][0]) for name in carried],
        "groups": [g.model_copy(update={"base": n, "known": None}) for g, n in zip(groups, bases, strict=True)],
        "cells": cells, "said": _said(groups, cells),
    })  # fmt: skip


def dimension_of(questionnaire: Questionnaire, name: str) -> Dimension | None:
    """Return the dimension of a question or question.item, None if it has none."""
    question_id, _, item_id = name.partition(".")
    question = questionnaire.questions.get(question_id)
    if question is None:
        return None
    item = next((item for item in getattr(question, "items", ()) if item.id == item_id), None)
    return (item.dimension if item else None) or question.dimension


def _groups(names: Sequence[str], level: Level, tables: Tables) -> Iterator[Group]:
    """Yield the district and the groups of a level that show anything of any item, as the fullest table has them."""
    of = [table for name in names for ending in ("", COARSE) if (table := tables.get(name + ending)) is not None]
    fullest = max(of, key=lambda table: len(table.value.groups), default=None)
    for group in fullest.value.groups if fullest else ():
        if group.level in {"district", level} and any(_shows(table, group.id) for table in of):
            yield group


def _shows(table: Table, group_id: str) -> bool:
    column = position(table.value, group_id)
    return column is not None and any(row[column].state != "hidden" for row in table.value.cells)


def _carries(share: Share | None) -> bool:
    return share is not None and share.high - share.low <= OPEN and share.base >= display.MIN_N_EFF


def _mean(shares: Sequence[Share], precision: Precision) -> Cell:
    """Return the mean of shares; their intervals are averaged as if all errors went the same way."""
    limits = [limits_of(share, precision) for share in shares]
    step = max(display.share_step(share.base) for share in shares)
    points = display.rounded_points(float(np.mean([share.middle for share in shares])), step)
    low = min(int(np.floor(np.mean([low for low, _ in limits]) * 100 + 1e-6)), points)
    high = max(int(np.ceil(np.mean([high for _, high in limits]) * 100 - 1e-6)), points)
    if high - low > display.WORDS_FROM:
        return display.HIDDEN
    state = "uncertain" if high - low >= display.UNCERTAIN_FROM else "number"
    return Cell.model_validate({"state": state, "value": points / 100, "low": low / 100, "high": high / 100})


def _item(name: str, reading: Reading, share: Share) -> SituationItem:
    question_id, _, item_id = name.partition(".")
    question = reading.questionnaire.questions[question_id]
    item = next((i for i in getattr(question, "items", ()) if i.id == item_id), None)
    title = text_in(item.text if item else question.text, "de")[0]
    labels = [text_in(o.text, "de")[0] for o in choices(question) if o.code in reading.plan.hardships[name]]
    answers = " oder ".join(f"„{label}“" for label in labels)
    return SituationItem(
        table=share.refs[0].table, title=title, answers=answers, rows=tuple(ref.row for ref in share.refs)
    )


def _said(groups: Sequence[Group], cells: Sequence[Cell]) -> str:
    """Say which groups lie surely above or below the district, or that none does."""
    whole = cells[0]
    pairs = [(g, c) for g, c in zip(groups[1:], cells[1:], strict=True) if g.id != DISTRICT and c.value is not None]
    if whole.value is None or not pairs:
        return ""
    district = f"dem Kreis ({percent(whole.value)})"
    more = [g.label for g, c in pairs if (c.low or 0) > (whole.high or 1)]
    less = [g.label for g, c in pairs if (c.high or 1) < (whole.low or 0)]
    parts = [f"über {district} liegt {listed(more)}"] if more else []
    parts += [f"unter {district} liegt {listed(less)}"] if less else []
    return f"Sicher {listed(parts)}." if parts else f"Kein Gebiet liegt sicher über oder unter {district}."
