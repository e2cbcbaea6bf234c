"""Pictures of published tables: a plain SVG as the first picture, and the same for Plotly.

The SVG carries no script, no style sheet and no reference: colours are ``currentColor`` plus classes that the page
may colour (``fs-figure``, ``fs-label``, ``fs-value``, ``fs-grid``, ``fs-axis``, ``fs-interval``, ``fs-mark``,
``fs-uncertain``, ``fs-words``, ``fs-hidden``), so that dark mode and print work.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

import plotly.graph_objects as go

from analysis.areas import DISTRICT
from analysis.disclosure import Published
from analysis.german import percent, percent_with_interval
from analysis.needs import Ranked, rank_rows
from questionnaires.handover import HIDDEN_MARK, ReleaseTable

WIDTH, LABELS, VALUES, ROW, AXIS, TOP = 720, 270, 120, 40, 28, 8
LABEL_CHARACTERS = 30
RANKED_KINDS = ("share_of_cases",)


def _rows(table: Published[ReleaseTable]) -> tuple[Ranked, ...]:
    """Return the district's rows: steps of a scale in their order, everything else by falling share."""
    ranked = rank_rows(table, DISTRICT)
    if table.value.measure in RANKED_KINDS:
        return ranked
    order = {row.id: i for i, row in enumerate(table.value.rows)}
    return tuple(sorted(ranked, key=lambda r: order[r.row]))


def _top_of_axis(rows: tuple[Ranked, ...]) -> int:
    """Return the end of the axis in points: the next ten above every interval."""
    highest = max((r.cell.high for r in rows if r.cell.high is not None), default=1.0)
    return min(100, -(-round(highest * 100) // 10) * 10)


def svg_of(table: Published[ReleaseTable]) -> str:
    """Draw the district's shares with their intervals.

    Parameters
    ----------
    table : Published[ReleaseTable]
        a table of shares

    Returns
    -------
    str
        a complete SVG document without XML declaration; a hidden share is the neutral mark, at the same place
        whatever it hides
    """
    rows, source = _rows(table), table.value
    end = _top_of_axis(rows)
    height = TOP + ROW * len(rows) + AXIS
    key = f"fs-{source.id.replace('.', '-')}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="fs-figure" role="img" viewBox="0 0 {WIDTH} {height}" '
        f'aria-labelledby="{key}-title {key}-desc" font-family="system-ui, sans-serif" font-size="14" '
        'fill="currentColor">',
        f'<title id="{key}-title">{escape(source.title)}</title>',
        f'<desc id="{key}-desc">{escape(_description(rows))}</desc>',
        *_grid(end, height),
    ]
    for i, row in enumerate(rows):
        lines += _row_marks(row, TOP + ROW * i + ROW // 2, end)
    return "\n".join([*lines, "</svg>", ""])


def _description(rows: tuple[Ranked, ...]) -> str:
    return ". ".join(f"{row.label}: {_value_text(row)}" for row in rows) + "."


def _value_text(row: Ranked) -> str:
    if row.cell.value is not None:
        return percent_with_interval(row.cell) + (", unsicher" if row.cell.state == "uncertain" else "")
    return row.cell.words or HIDDEN_MARK


def _x(points: float, end: int) -> str:
    return f"{LABELS + (WIDTH - LABELS - VALUES) * points / end:.1f}"


def _grid(end: int, height: int) -> Iterator[str]:
    bottom = height - AXIS
    for points in range(0, end + 1, 10 if end <= 60 else 20):
        x = _x(points, end)
        yield (
            f'<line class="fs-grid" x1="{x}" x2="{x}" y1="{TOP}" y2="{bottom}" stroke="currentColor" '
            'stroke-opacity="0.18"/>'
        )
        yield (
            f'<text class="fs-axis" x="{x}" y="{height - 9}" text-anchor="middle" font-size="12">'
            f"{percent(points / 100)}</text>"
        )


def _row_marks(row: Ranked, y: int, end: int) -> Iterator[str]:
    yield from _label(row.label, y)
    cell = row.cell
    if cell.value is None or cell.low is None or cell.high is None:
        if cell.words:
            yield f'<text class="fs-words" x="{LABELS + 8}" y="{y + 5}">{escape(cell.words)}</text>'
        else:
            yield f'<text class="fs-hidden" x="{LABELS + 8}" y="{y + 7}" font-size="24">{HIDDEN_MARK}</text>'
        return
    uncertain = cell.state == "uncertain"
    dash = ' stroke-dasharray="5 4"' if uncertain else ""
    yield (
        f'<line class="fs-interval" x1="{_x(cell.low * 100, end)}" x2="{_x(cell.high * 100, end)}" y1="{y}" y2="{y}" '
        f'stroke="currentColor" stroke-width="2.5"{dash}/>'
    )
    fill = ' fill-opacity="0" stroke="currentColor" stroke-width="2"' if uncertain else ""
    mark = "fs-mark fs-uncertain" if uncertain else "fs-mark"
    yield f'<circle class="{mark}" cx="{_x(cell.value * 100, end)}" cy="{y}" r="6"{fill}/>'
    yield (
        f'<text class="fs-value" x="{WIDTH}" y="{y + 5}" text-anchor="end">{percent(cell.value)}'
        f"{' unsicher' if uncertain else ''}</text>"
    )


def _broken(label: str) -> list[str]:
    return textwrap.wrap(label, LABEL_CHARACTERS, max_lines=2, placeholder=" …") or [""]


def _label(label: str, y: int) -> Iterator[str]:
    lines = _broken(label)
    for i, line in enumerate(lines):
        shift = y + 5 + round((i - (len(lines) - 1) / 2) * 16)
        yield f'<text class="fs-label" x="{LABELS - 14}" y="{shift}" text-anchor="end">{escape(line)}</text>'


def plotly_of(table: Published[ReleaseTable]) -> dict[str, Any]:
    """Return the same picture for Plotly: `data` and `layout`, nothing that was not published.

    Parameters
    ----------
    table : Published[ReleaseTable]
        a table of shares

    Returns
    -------
    dict
        shares and intervals in percentage points; rows in words and hidden rows are on the axis without a mark
    """
    rows = _rows(table)
    shown = [row for row in rows if row.cell.value is not None]
    points = [round((row.cell.value or 0) * 100) for row in shown]
    trace = go.Scatter(
        x=points, y=[row.label for row in shown], mode="markers",
        error_x={
            "type": "data", "symmetric": False,
            "array": [round((r.cell.high or 0) * 100) - p for r, p in zip(shown, points, strict=True)],
            "arrayminus": [p - round((r.cell.low or 0) * 100) for r, p in zip(shown, points, strict=True)],
        },
        marker={"size": 12, "symbol": ["circle-open" if r.cell.state == "uncertain" else "circle" for r in shown]},
        text=[_value_text(row) for row in shown], hovertemplate="%{y}: %{text}<extra></extra>",
    )  # fmt: skip
    categories = [row.label for row in rows]
    layout = {
        "xaxis": {"range": [0, _top_of_axis(rows)], "ticksuffix": " %", "fixedrange": True},
        "yaxis": {"type": "category", "categoryorder": "array", "categoryarray": categories[::-1],
                  "range": [-0.5, len(categories) - 0.5], "fixedrange": True,
                  # Broken like in the SVG: Plotly would draw everything again to find room for them.
                  "tickvals": categories, "ticktext": ["<br>".join(map(escape, _broken(c))) for c in categories]},
        "annotations": [
            {"x": 0, "y": row.label, "text": row.cell.words or HIDDEN_MARK, "showarrow": False, "xanchor": "left"}
            for row in rows if row.cell.value is None
        ],
        "showlegend": False,
    }  # fmt: skip
    figure = go.Figure(data=[trace], layout={**layout, "template": None}).to_plotly_json()
    return {"data": [dict(found) for found in figure["data"]], "layout": layout}
