"""A figure of a release as a picture to take along: with its title, its base and where it comes from."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from xml.sax.saxutils import escape

from questionnaires.handover import Manifest, ReleaseTable
from survey.results.sheets import SIMULATED
from survey.templating import day
from survey.templating import number as written

#: Light colours, because it goes onto paper and slides; the classes are those of the release's drawing.
STYLE = (
    ".fs-label,.fs-value{fill:#15323a}.fs-value{font-weight:650}.fs-axis,.fs-hidden,.fs-words{fill:#4d656b}"
    ".fs-grid{stroke:#c9d3d2}.fs-interval{stroke:#0b6b63}.fs-mark{fill:#0b6b63}.fs-uncertain{fill:none;stroke:#0b6b63}"
)
WIDTH, MARGIN, TITLE_LINE, NOTE_LINE = 760, 20, 24, 17
TITLE_CHARACTERS, NOTE_CHARACTERS = 66, 108
_BOX = re.compile(r'viewBox="0 0 (\d+) (\d+)"')


def picture_to_take(svg: str, table: ReleaseTable, manifest: Manifest, number: int) -> str:
    """Return a complete SVG around the release's drawing; nothing in the drawing is changed."""
    box = _BOX.search(svg)
    width, height = (int(box[1]), int(box[2])) if box else (720, 400)
    titles = textwrap.wrap(table.title, TITLE_CHARACTERS)
    notes = list(_notes(table, manifest, number))
    top = MARGIN + TITLE_LINE * len(titles) + 8
    bottom = top + height + 12
    whole = bottom + NOTE_LINE * len(notes) + MARGIN - 6
    inner = svg.replace("<svg ", f'<svg x="{MARGIN}" y="{top}" width="{width}" height="{height}" ', 1)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{whole}" viewBox="0 0 {WIDTH} {whole}" '
        'font-family="system-ui, sans-serif" color="#15323a" fill="#15323a">',
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{whole}" fill="#ffffff"/>',
        *_lines(titles, MARGIN + 14, TITLE_LINE, 'font-size="18" font-weight="700"'),
        inner.strip(),
        *_lines(notes, bottom + 8, NOTE_LINE, 'font-size="12" fill="#4d656b"'),
        "</svg>", "",
    ])  # fmt: skip


def _notes(table: ReleaseTable, manifest: Manifest, number: int) -> Iterator[str]:
    whole = next((group for group in table.groups if group.level == "district"), None)
    base = f" Befragte: rund {written(whole.base)}." if whole is not None and whole.base is not None else ""
    yield from textwrap.wrap(f"{table.base_note}{base} Striche: Vertrauensbereich (95 %).", NOTE_CHARACTERS)
    source = (
        f"{manifest.wave_title}, {manifest.district}, {day(manifest.opens_on)} bis {day(manifest.closes_on)}, "
        f"Ergebnisstand {number}."
    )
    yield from textwrap.wrap(source, NOTE_CHARACTERS)
    if manifest.simulated:
        yield f"{SIMULATED}."


def _lines(texts: list[str], top: int, step: int, look: str) -> Iterator[str]:
    for i, text in enumerate(texts):
        yield f'<text x="{MARGIN}" y="{top + i * step}" {look}>{escape(text)}</text>'
