"""Who answered, who is missing, and what those who are missing may do to the headlines.

Returns are rounded to 5 (the rule that holds during fieldwork as well), everything else follows from published tables
and known totals. Bounds follow C. F. Manski, „Nonparametric Bounds on Treatment Effects“, AER 80 (1990) 319-323: if all
who are missing said no, or all said yes. They are a calculation, not a guess; what lies between is labelled plausible.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis import display
from analysis.areas import DISTRICT, Layout
from analysis.combine import Table, Tables, position
from analysis.disclosure import MEAN
from analysis.extract import Extract
from analysis.german import listed, percent, thousands
from analysis.needs import rank_rows
from questionnaires.answers_of_release import Bounds, Coverage, CoverageRow
from questionnaires.handover import CellRef, Group, Weighting
from questionnaires.model import Counts, Questionnaire
from questionnaires.plan import PublicationPlan

MAX_BOUNDS = 5
LESS, MORE = 0.8, 1.25
"""a group is called reached less or more if surely below or above these multiples of the whole"""
CHILDREN_STEP = 10
NOTES = (
    "Zahlen der Bögen sind auf 5 gerundet. Erreichung heißt: Bögen geteilt durch bekannte Familien. Eine Familie kann "
    "mehrere Bögen geschickt haben; eine Rücklaufquote ist das nicht.",
    "Grenzen sind eine Rechnung: So klein wäre der Anteil, wenn alle Fehlenden Nein gesagt hätten, so groß, wenn alle "
    "Ja gesagt hätten. Der plausible Bereich nimmt an, dass die Fehlenden antworten wie die veröffentlichte Gruppe mit "
    "dem kleinsten oder dem größten Anteil. Beides sagt nichts darüber, wie sie wirklich antworten würden.",
)


@dataclass(frozen=True)
class Fielded:
    """What coverage is computed from."""

    extract: Extract
    layout: Layout
    plan: PublicationPlan
    tables: Tables
    weighting: Weighting | None

    @property
    def questionnaire(self) -> Questionnaire:
        """What was asked."""
        return self.extract.codebook.questionnaire

    @property
    def least(self) -> int:
        """Returns a place must have before they are told."""
        return display.minimum_base(self.plan.k)

    @property
    def who(self) -> str:
        """Whom the survey addresses."""
        return "Familien" if self.questionnaire.audience == "families" else "junge Menschen"


def coverage_of(fielded: Fielded) -> Coverage:
    """Return returns against what is known, and what is missing.

    Parameters
    ----------
    fielded : Fielded

    Returns
    -------
    Coverage
        rows for the district, its Sozialräume, groups of margins, children by age and doors; bounds for the answers
        that head the results; and the figures the district must bring
    """
    rows = (*_spatial(fielded), *_groups(fielded.weighting), *_children(fielded), *_doors(fielded))
    bounds, to_bring = tuple(_bounds(fielded)), tuple(_to_bring(fielded))
    return Coverage(rows=rows, bounds=bounds, to_bring=to_bring, notes=_notes(fielded))


def _notes(fielded: Fielded) -> tuple[str, ...]:
    """Return how coverage is to be read, and whose the known numbers are."""
    source = fielded.extract.codebook.district.families_source
    known = any(column.group.known is not None for column in fielded.layout.columns)
    return (*NOTES, f"Bekannte Familien je Sozialraum: {source.rstrip('.')}.") if source and known else NOTES


# ---------- rows


def _spatial(fielded: Fielded) -> Iterator[CoverageRow]:
    """Yield the district and the Sozialräume as they are joined in the results."""
    whole = fielded.layout.columns[0].group
    n = fielded.extract.fieldwork.n_responses
    reached = _reached(n, whole.known)
    yield CoverageRow(
        kind="district", label=whole.label, returns=n, known=whole.known, reached=reached,
        said=_reach_said(reached, fielded.who) or f"{thousands(n)} Bögen; wie viele {fielded.who} es gibt, fehlt.",
    )  # fmt: skip
    index = {area.id: i for i, area in enumerate(fielded.extract.codebook.district.areas)}
    for column in fielded.layout.columns:
        if column.shown and column.group.level == "area":
            inside = np.isin(fielded.extract.area, [index[area] for area in column.group.areas])
            # Sizes of places that do not stand alone are not published anywhere else.
            yield _area(column.group, int(inside.sum()) if column.carries else 0, whole, fielded)


def _area(group: Group, n: int, whole: Group, fielded: Fielded) -> CoverageRow:
    returns = display.rounded_base(n) if n >= fielded.least else None
    reached = _reached(returns, group.known)
    said = _reach_said(reached, fielded.who)
    if returns is None:
        said = "Diese Zahl zeigen wir nicht."
    elif reached is not None and whole.known:
        said += _compared(returns, group.known or 0, fielded.extract.fieldwork.n_responses / whole.known)
    total = fielded.extract.fieldwork.n_responses
    part = round(returns / total, 2) if returns is not None and total else None
    if not said and part is not None:
        said = f"{percent(part)} aller Bögen. Wie viele {fielded.who} hier leben, fehlt."
    return CoverageRow(
        kind="area", label=group.label, returns=returns, known=group.known, reached=reached, part_of_returns=part,
        said=said,
    )  # fmt: skip


def _reached(returns: int | None, known: int | None) -> float | None:
    return round(min(returns / known, 1.0), 2) if returns is not None and known else None


def _reach_said(reached: float | None, who: str) -> str:
    if not reached:
        return ""
    one_in = round(1 / reached)
    return f"Erreicht sind etwa {percent(reached)}" + (f", jede {one_in}. Familie." if who == "Familien" else ".")


def _compared(returns: int, known: int, whole: float) -> str:
    """Say whether a place was reached clearly less or more than the district, beyond chance (Poisson) and rounding."""
    slack = 2 * math.sqrt(returns) + display.BASE_STEP / 2
    if (returns + slack) / known < whole:
        return " Das ist weniger als im Kreis: Von hier fehlen besonders viele."
    return " Das ist mehr als im Kreis." if (returns - slack) / known > whole else ""


def _groups(weighting: Weighting | None) -> Iterator[CoverageRow]:
    for margin in weighting.margins if weighting else ():
        for group in margin.groups:
            said = "Diese Zahl zeigen wir nicht."
            if group.answered is not None:
                said = f"{percent(group.known)} aller Familien, {percent(group.answered)} der Bögen."
                said += _lifted(group.answered / group.known if group.known else 1.0)
            yield CoverageRow(
                kind="group", label=f"{margin.title}: {group.label}", part_of_known=group.known,
                part_of_returns=group.answered, said=said,
            )  # fmt: skip


def _lifted(ratio: float) -> str:
    if ratio < LESS:
        return " Sie haben seltener geantwortet; die Gewichtung gleicht das aus."
    return " Sie haben häufiger geantwortet; die Gewichtung gleicht das aus." if ratio > MORE else ""


def _children(fielded: Fielded) -> Iterator[CoverageRow]:
    """Yield children by age from published mean counts; not where weights make means of another population."""
    known = {(c.from_age, c.to_age): c.number for c in fielded.extract.codebook.district.children}
    if fielded.extract.weight is not None or fielded.questionnaire.audience != "families":
        return
    for question in fielded.questionnaire.questions.values():
        table = fielded.tables.get(question.id + MEAN)
        if isinstance(question, Counts) and table is not None:
            found = [(band, known.get((band.from_age, band.to_age))) for band in question.bands
                     if band.from_age is not None and band.to_age is not None]  # fmt: skip
            yield from _bands([(band.id, number) for band, number in found if number], table)


def _bands(bands: Sequence[tuple[str, int]], table: Table) -> Iterator[CoverageRow]:
    base = table.value.groups[0].base or 0
    rows = {row.id: (row.label, cells[0]) for row, cells in zip(table.value.rows, table.value.cells, strict=True)}
    parts = {}
    for band, number in bands:
        label, cell = rows.get(band, ("", None))
        if cell is not None and cell.value is not None:
            parts[band] = (label, number, base * max(cell.value - 0.05, 0), base * (cell.value + 0.05))
    least, most = sum(part[2] for part in parts.values()), sum(part[3] for part in parts.values())
    everybody = sum(part[1] for part in parts.values())
    for label, number, low, high in parts.values():
        said = (
            f"Rund {thousands(_tens(low))} bis {thousands(_tens(high))} Kinder in den Familien, die geantwortet haben."
        )
        if everybody and high / number < least / everybody:
            said += " Seltener erreicht als andere Altersgruppen."
        elif everybody and low / number > most / everybody:
            said += " Häufiger erreicht als andere Altersgruppen."
        yield CoverageRow(
            kind="children", label=label, known=number, reached=round((low + high) / 2 / number, 2), said=said
        )


def _tens(number: float) -> int:
    return round(number / CHILDREN_STEP) * CHILDREN_STEP


def _doors(fielded: Fielded) -> Iterator[CoverageRow]:
    doors = sorted(fielded.extract.fieldwork.doors, key=lambda door: (-door.returns, door.name))
    total = fielded.extract.fieldwork.n_responses
    shown = _shown_doors([door.returns for door in doors], total, fielded)
    for i, door in enumerate(doors):
        returns = display.rounded_base(door.returns) if i < shown else None
        part = round(returns / total, 2) if returns is not None and total else None
        said = f"{percent(part)} der Bögen." if part is not None else "Diese Zahl zeigen wir nicht."
        yield CoverageRow(kind="door", label=door.name or door.kind, returns=returns, part_of_returns=part, said=said)


def _shown_doors(returns: Sequence[int], total: int, fielded: Fielded) -> int:
    """Return how many doors, the largest first, are told: as long as the total does not give away what is hidden."""
    shown = sum(n >= fielded.least for n in returns)
    while 0 < shown < len(returns):
        left = total - sum(display.rounded_base(n) for n in returns[:shown])
        slack = display.BASE_STEP // 2 * shown
        low, high = max(left - slack, 0), left + slack
        if (low == 0 and high >= fielded.plan.k - 1) or low >= fielded.plan.k:
            break
        shown -= 1
    return shown


# ---------- bounds


def _bounds(fielded: Fielded) -> Iterator[Bounds]:
    table = fielded.tables.get(fielded.questionnaire.headline_question or "")
    if table is None:
        return
    ranked = [row for row in rank_rows(table, DISTRICT) if row.cell.value is not None]
    for row in ranked[:MAX_BOUNDS]:
        yield _bounds_of(table, row.row, row.label, fielded)


def _bounds_of(table: Table, row_id: str, label: str, fielded: Fielded) -> Bounds:
    source = table.value
    line = next(cells for row, cells in zip(source.rows, source.cells, strict=True) if row.id == row_id)
    column = position(source, DISTRICT) or 0
    cell, known = line[column], fielded.layout.columns[0].group.known
    share, base = cell.value or 0.0, source.groups[column].base or 0
    part = min(base / known, 1.0) if known else None
    doors = {rule.id for rule in fielded.plan.filters if rule.kind_of_doors}  # no school is held up to the others
    groups = [(g, c.value) for g, c in zip(source.groups, line, strict=True)
              if c.state == "number" and c.value is not None and g.level in {"area", "filter"}
              and g.filter not in doors]  # fmt: skip
    low = min(groups, key=lambda one: one[1], default=None)
    high = max(groups, key=lambda one: one[1], default=None)
    mixed = [_mixed(share, one[1], part) if one else None for one in (low, high)]
    least = None if part is None else math.floor(share * part * 100) / 100
    most = None if part is None else math.ceil((share * part + 1 - part) * 100) / 100
    titles = {rule.id: rule.title for rule in fielded.plan.filters}
    names = tuple(_name(one[0], titles) for one in (low, high) if one)
    refs = tuple(
        CellRef(table=source.id, row=row_id, group=g) for g in (DISTRICT, *(o[0].id for o in (low, high) if o))
    )
    return Bounds(
        table=source.id, row=row_id, label=label, cell=cell, least=least, most=most, plausible_least=mixed[0],
        plausible_most=mixed[1], plausible_groups=names, rests_on=tuple(dict.fromkeys(refs)),
        said=_bounds_said(share, least, most, mixed, names),
    )  # fmt: skip


def _name(group: Group, titles: Mapping[str, str]) -> str:
    title = titles.get(group.filter or "")
    return f"{title} – {group.label}" if title else group.label


def _mixed(share: float, other: float, part: float | None) -> float:
    """Return the share of everybody if the missing answered like another group; `part` None: nearly all are missing."""
    answered = part or 0.0
    return round(share * answered + other * (1 - answered), 2)


def _bounds_said(
    share: float, least: float | None, most: float | None, mixed: Sequence[float | None], names: Sequence[str]
) -> str:
    said = f"Gemessen sind {percent(share)}."
    if least is not None and most is not None:
        limits = f"{round(least * 100)} bis {percent(most)}"
        said += f" Je nachdem, was die Fehlenden sagen würden, sind es unter allen {limits}."
    else:
        said += " Ohne die Zahl aller Familien gibt es keine feste Grenze."
    if mixed[0] is not None and mixed[1] is not None:
        said += (
            f" Plausibel sind {round(mixed[0] * 100)} bis {percent(mixed[1])}: Antworten die Fehlenden wie die Gruppe "
            f"„{names[0]}“, ist es der kleinere Wert, wie „{names[-1]}“, der größere."
        )
    return said


# ---------- what the district must bring


def _to_bring(fielded: Fielded) -> Iterator[str]:
    if fielded.questionnaire.audience != "families":
        yield (
            "Wie viele junge Menschen es je Schule und Sozialraum gibt, steht nicht in der Befragung. Bringen Sie die "
            "Schülerzahlen der beteiligten Schulen mit."
        )
        return
    areas = fielded.extract.codebook.district.areas
    missing = [area.name for area in areas if area.known_families is None]
    if missing:
        where = "für keinen Sozialraum" if len(missing) == len(areas) else f"nicht für {listed(missing)}"
        yield (
            f"Zahl der Familien mit Kindern unter 18 Jahren je Sozialraum: bekannt ist sie {where}. Sie steht im "
            "Melderegister. Die Verwaltung trägt sie bei „Angaben“ unter „Familien je Sozialraum“ ein, oder sie stehen "
            "in der Datei des Landkreises unter „known_families“."
        )
    if not fielded.plan.margins:
        yield (
            "Zahl der Familien nach Gruppen (Alleinerziehende, drei und mehr Kinder, Leistungen vom Jobcenter): Ohne "
            "sie lässt sich nicht sagen, welche Gruppen fehlen, und nicht gewichten. Quellen: Melderegister, "
            "Jobcenter, Zensus. Eintragen: auf der Seite der Welle unter „Veröffentlichungsplan“, „Gewichte“."
        )


def headline_reach(coverage: Coverage) -> Mapping[str, CoverageRow]:
    """Return the district's row and the Sozialraum that was surely reached least, if the words say so."""
    found = {"district": coverage.rows[0]}
    less = [row for row in coverage.rows if row.kind == "area" and row.reached is not None and "weniger" in row.said]
    if less:
        found["least"] = min(less, key=lambda row: row.reached or 0.0)
    return found
