"""Drawings for „Einfach erklärt“: beside each question one for its Handlungsfeld, sent with the extras.

Own line drawings in a square of 48; the text says everything without them, so a screen reader passes them over. A
Handlungsfeld that is not drawn here simply has none.
"""

from __future__ import annotations

from typing import Any, Final

from questionnaires.model import Questionnaire

#: Handlungsfeld → SVG path.
DRAWINGS: Final[dict[str, str]] = {
    "Alle Handlungsfelder": "M6 12l4 4 6-8M24 12h18M6 25l4 4 6-8M24 25h18M6 38l4 4 6-8M24 38h18",
    "Armutsprävention": "M42 24a18 18 0 1 1-36 0 18 18 0 0 1 36 0zM31 17a9 9 0 1 0 0 14M13 22h12M13 27h12",
    "Beratung und Information": "M6 7h30v20H19l-7 7v-7H6zM42 18v18h-5v6l-6-6H21M21 17v5M21 12v.1",
    "Bildung": (
        "M24 13c-5-4-11-5-18-4v27c7-1 13 0 18 4 5-4 11-5 18-4V9c-7-1-13 0-18 4zM24 13v27M12 17l6 1M12 24l6 1"
        "M36 17l-6 1M36 24l-6 1"
    ),
    "Frühe Hilfen": (
        "M10 22h30a15 13 0 0 1-30 0zM25 22V8a15 14 0 0 1 15 14M10 22L7 11H3"
        "M21 40a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM38 40a4 4 0 1 1-8 0 4 4 0 0 1 8 0z"
    ),
    "Gesundheit": "M24 41C11 32 5 25 5 17a10 10 0 0 1 19-4 10 10 0 0 1 19 4c0 8-6 15-19 24zM24 18v12M18 24h12",
    "Haushalt und Familie": (
        "M17 11a5 5 0 1 1-10 0 5 5 0 0 1 10 0zM4 42V28a8 8 0 0 1 16 0M41 11a5 5 0 1 1-10 0 5 5 0 0 1 10 0z"
        "M44 42V28a8 8 0 0 0-16 0M28 26a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM17 42v-3a7 7 0 0 1 14 0v3"
    ),
    "Jugendarbeit": (
        "M18 12a5 5 0 1 1-10 0 5 5 0 0 1 10 0zM5 42V29a8 8 0 0 1 16 0v13M40 12a5 5 0 1 1-10 0 5 5 0 0 1 10 0z"
        "M27 42V29a8 8 0 0 1 16 0v13M21 30h6"
    ),
    "Mitbestimmung": "M6 22h36v20H6zM17 22h14M18 22V6h18v16M23 13l3 3 5-6",
    "Mobilität": (
        "M5 9h38v26H5zM5 23h38M18 9v14M31 9v14M17 38a4 4 0 1 1-8 0 4 4 0 0 1 8 0z"
        "M39 38a4 4 0 1 1-8 0 4 4 0 0 1 8 0z"
    ),
    "Person": "M32 14a8 8 0 1 1-16 0 8 8 0 0 1 16 0zM8 42v-2a14 14 0 0 1 32 0v2",
    "Teilhabe": (
        "M42 24a18 18 0 1 1-36 0 18 18 0 0 1 36 0zM24 16l8 6-3 9H19l-3-9zM24 16V6M32 22l9-3M29 31l5 8"
        "M19 31l-5 8M16 22l-9-3"
    ),
    "Vereinbarkeit": (
        "M21 10a5 5 0 1 1-10 0 5 5 0 0 1 10 0zM7 42V28a9 9 0 0 1 18 0l5 6M39 25a4 4 0 1 1-8 0 4 4 0 0 1 8 0z"
        "M28 42v-2a7 7 0 0 1 14 0v2"
    ),
    "Wohnumfeld": "M3 23L18 9l15 14M7 20v21h22V20M15 41V30h6v11M40 41V31M40 31a6 7 0 1 1 0-14 6 7 0 0 1 0 14z",
    "Übergang Schule und Beruf": "M5 42h10V33h10v-9h10v-9h8M10 24L26 9M26 9v8M26 9h-8",
}


def pictures(questionnaire: Questionnaire) -> dict[str, Any]:
    """Return the drawings a questionnaire needs, and for each question id which of them is its own."""
    field_of = {
        question.id: question.field
        for page in questionnaire.pages
        for question in page.questions
        if question.field in DRAWINGS
    }
    drawn = sorted({field for field in field_of.values() if field})
    return {
        "drawings": [DRAWINGS[field] for field in drawn],
        "of": {name: drawn.index(field) for name, field in field_of.items() if field},
    }
