"""What a release answers beyond its tables, as sheets a German Excel opens by double click."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.sheets import LEVELS, figures_of, sheet_of
from questionnaires.answers_of_release import Changes, Coverage, FunnelResult, Gaps, Quality, Situations
from questionnaires.handover import HIDDEN_MARK, Group

FIGURES = ("Anteil in %", "von", "bis", "Darstellung")
KINDS = {
    "district": "Landkreis", "area": "Sozialraum", "group": "Gruppe", "children": "Kinder nach Alter", "door": "Zugang",
}  # fmt: skip
VERDICTS = {"secured": "gesichert", "hint": "Hinweis", "none": "kein Unterschied gesichert"}


def funnels_csv(funnels: Sequence[FunnelResult], wave_title: str, *, simulated: bool) -> bytes:
    """Return all funnels, a row per stage and group."""

    def rows() -> Iterator[list[str]]:
        """Yield a row per stage and group."""
        for funnel in funnels:
            for column in funnel.columns:
                for stage in column.stages:
                    place = [funnel.title, *_place(column.group), stage.label]
                    yield [*place, *figures_of(stage.cell), figures_of(stage.onward)[0], stage.drop]

    header = ["Angebot", "Ebene", "Gruppe", "Betroffene (gerundet)", "Stufe", *FIGURES, "von der Stufe davor in %",
              "Schritt in Worten"]  # fmt: skip
    notes = tuple(dict.fromkeys(note for f in funnels for note in (f.level_note, f.reasons_note) if note))
    return sheet_of("Kennen, brauchen, nutzen", notes, header, rows(), wave_title, simulated=simulated)


def _place(group: Group) -> list[str]:
    base = HIDDEN_MARK if group.base is None else str(group.base)
    return [LEVELS[group.level], group.label + (" (vorläufig)" if group.provisional else ""), base]


def gaps_csv(gaps: Gaps, wave_title: str, *, simulated: bool) -> bytes:
    """Return need against offers, a row per offer or item."""
    header = ["Handlungsfeld", "Lebensphasen", "Angebot oder Teilfrage", "Betroffene (gerundet)", "kennen in %",
              "brauchen in %", "nutzen in %", "ungedeckt in %", "unzufrieden in %", "In Worten"]  # fmt: skip
    rows = [
        [
            gap.field, ", ".join(gap.life_phases), gap.title, HIDDEN_MARK if gap.base is None else str(gap.base),
            *(figures_of(c)[0] for c in (gap.known, gap.needed, gap.used, gap.unmet, gap.dissatisfied)), gap.said,
        ]
        for gap in gaps.gaps
    ]  # fmt: skip
    notes = [*gaps.notes, *(f"Leuchtturm: {light.said}" for light in gaps.lighthouses)]
    return sheet_of("Bedarf und Angebote", notes, header, rows, wave_title, simulated=simulated)


def coverage_csv(coverage: Coverage, wave_title: str, *, simulated: bool) -> bytes:
    """Return returns against what is known, a row per place, group or door, and the bounds of the headlines."""
    header = ["Art", "Wer", "Bögen (gerundet)", "bekannt", "erreicht in %", "unter allen in %", "unter den Bögen in %",
              "In Worten"]  # fmt: skip
    rows = [
        [
            KINDS[row.kind], row.label, *(_number(n) for n in (row.returns, row.known)),
            *(_points(share) for share in (row.reached, row.part_of_known, row.part_of_returns)), row.said,
        ]
        for row in coverage.rows
    ]  # fmt: skip
    rows += [["Grenzen", bound.label, "", "", *[""] * 3, bound.said] for bound in coverage.bounds]
    rows += [["Es fehlt", "", "", "", *[""] * 3, text] for text in coverage.to_bring]
    return sheet_of("Wen wir erreicht haben", coverage.notes, header, rows, wave_title, simulated=simulated)


def _number(number: int | None) -> str:
    return "" if number is None else str(number)


def _points(share: float | None) -> str:
    return "" if share is None else str(round(share * 100))


def situations_csv(situations: Situations, wave_title: str, *, simulated: bool) -> bytes:
    """Return the indices of Lebenslagen, a row per dimension and group."""
    header = ["Lebenslage", "Ebene", "Gruppe", "Befragte (gerundet)", "Index in %", *FIGURES[1:], "Teilfragen"]
    rows = [
        [index.title, *_place(group), *figures_of(cell), "; ".join(item.title for item in index.items)]
        for index in situations.indices
        for group, cell in zip(index.groups, index.cells, strict=True)
    ]
    return sheet_of("Lebenslagen", situations.notes, header, rows, wave_title, simulated=simulated)


def changes_csv(changes: Changes, wave_title: str, *, simulated: bool) -> bytes:
    """Return what changed, a row per difference that is secured or hinted at."""
    header = ["Frage", "Antwort", "Ebene", "Gruppe", "Befragte (gerundet)", "damals in %", "damals von", "damals bis",
              "Darstellung", "jetzt in %", "jetzt von", "jetzt bis", "Darstellung", "Urteil"]  # fmt: skip
    rows = [
        [
            one.title, one.row_label, *_place(one.group), *figures_of(one.before), *figures_of(one.now),
            VERDICTS[one.verdict],
        ]
        for one in changes.changes
    ]  # fmt: skip
    title = f"Was hat sich geändert seit: {changes.wave_title}"
    notes = (*changes.notes, *changes.not_comparable)
    return sheet_of(title, notes, header, rows, wave_title, simulated=simulated)


def quality_csv(quality: Quality, wave_title: str, *, simulated: bool) -> bytes:
    """Return what was looked at before counting."""
    header = ["Zeichen", "Bögen (gerundet)", "ausgelassen", "In Worten"]
    rows = [
        [one.title, HIDDEN_MARK if one.count is None else str(one.count), "ja" if one.excluded else "nein", one.said]
        for one in quality.checks
    ]
    return sheet_of("Güte der Antworten", quality.notes, header, rows, wave_title, simulated=simulated)
