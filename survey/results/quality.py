"""How a release was made and what it can bear: how many, who, weights, protection, what must not be concluded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from flask import make_response, render_template
from flask.typing import ResponseReturnValue

from questionnaires.handover import Cell, Level, Manifest
from survey.errors import NotFound
from survey.results import blueprint, words
from survey.results.access import get_shown_below
from survey.results.derived import derived_of
from survey.results.frame import page_frame
from survey.results.places import READABLE
from survey.results.reader import Content

ACCESS: dict[str, str] = {
    "open": "Mitmachen konnte, wer wollte (offene Befragung).",
    "register": "Befragt wurde eine Stichprobe aus dem Melderegister.",
    "full": "Befragt wurden alle Familien.",
}
LEVELS: tuple[tuple[Level, str], ...] = (
    ("district", "Landkreis"), ("zone", "Großräume"), ("area", "Sozialräume"), ("filter", "Gruppen"),
    ("zone_filter", "Gruppen in Großräumen"),
)  # fmt: skip
WEIGHTS = "weights.csv"


@dataclass(frozen=True)
class LevelCount:
    """How many fields of all tables are readable at one level; about tables, not about anybody in them."""

    title: str
    numbers: int
    uncertain: int
    words: int
    hidden: int

    @property
    def all(self) -> int:
        """All fields."""
        return self.numbers + self.uncertain + self.words + self.hidden


_known: WeakKeyDictionary[Content, tuple[LevelCount, ...]] = WeakKeyDictionary()


@blueprint.get("/ergebnisse/<wave_id>/methode")
def quality_page(wave_id: str) -> ResponseReturnValue:
    """Show how the figures were made and what they can bear."""
    shown = get_shown_below(wave_id)
    content, manifest, derived = shown.content, shown.content.manifest, derived_of(shown)
    return render_template(
        "results/quality.html", **page_frame(shown), access=ACCESS[manifest.plan.access], interval=words.INTERVAL,
        coverage=derived.coverage, quality=derived.quality, levels=_levels(content), limits=list(limits(manifest)),
        weights=content.has(WEIGHTS), formulas=list(_formulas(content)), costs=list(words.weights(manifest)),
    )  # fmt: skip


@blueprint.get("/ergebnisse/<wave_id>/gewichtung.csv")
def weights_csv(wave_id: str) -> ResponseReturnValue:
    """Send what was weighted as a file for a spreadsheet."""
    shown = get_shown_below(wave_id)
    if not shown.content.has(WEIGHTS):
        raise NotFound("Dieser Ergebnisstand ist nicht gewichtet.")
    response = make_response(shown.read(WEIGHTS))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{wave_id}-gewichtung.csv"'
    return response


def _formulas(content: Content) -> Iterator[str]:
    measures = dict.fromkeys(table.measure for table in content.tables.values())
    yield from (words.FORMULAS[measure] for measure in measures)


def _levels(content: Content) -> tuple[LevelCount, ...]:
    if content not in _known:
        _known[content] = tuple(_count(content))
    return _known[content]


def _count(content: Content) -> Iterator[LevelCount]:
    for level, title in LEVELS:
        cells = list(_cells(content, level))
        states = [cell.state if cell.state in READABLE else "hidden" for cell in cells]
        if states:
            yield LevelCount(title, *(states.count(name) for name in ("number", "uncertain", "words", "hidden")))


def _cells(content: Content, level: Level) -> Iterator[Cell]:
    for table in content.tables.values():
        wanted = [j for j, group in enumerate(table.groups) if group.level == level]
        yield from (cells[j] for cells in table.cells for j in wanted)


def limits(manifest: Manifest) -> Iterator[str]:
    """Yield what must not be concluded from a release, from how it was made."""
    if manifest.simulated:
        yield "Über echte Familien: Diese Daten hat ein Programm erfunden."
    if manifest.plan.access == "open":
        yield (
            "Auf alle Familien im Kreis: Wer nicht mitgemacht hat, fehlt, und vielleicht fehlen gerade die, denen es "
            "anders geht. Der Vertrauensbereich sagt darüber nichts."
        )
    if not manifest.weighted:
        yield (
            "Dass alle Gruppen so oft vertreten sind, wie sie im Kreis leben: Es wurde nicht gewichtet. Ein Blick auf "
            "die Erreichung gehört zu jeder Zahl."
        )
    if manifest.provisional_areas:
        yield "Auf endgültige Sozialräume: Die Einteilung ist vorläufig, Grenzen können sich noch ändern."
    yield (
        "Dass es keinen Unterschied gibt, wo keiner gesichert ist: Bei wenigen Antworten sind nur große Unterschiede "
        "zu erkennen."
    )
    yield "Auf eine Reihenfolge, wo Ränge Spannen sind: Innerhalb einer Spanne steht sie nicht fest."
    yield "Auf Ursachen: Wer mehrere Antworten gibt, sagt nicht, was woraus folgt."
    yield "Auf einzelne Familien: Zahlen gelten für Gruppen, nie für einen Menschen darin."
    yield (
        "Aus einem Punkt („·“) auf wenige oder auf niemanden: Geschützte Felder sehen alle gleich aus, aus welchem "
        "Grund auch immer."
    )
