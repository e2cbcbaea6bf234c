"""The miniature with a funnel over two batteries, and published tables made by hand for what follows from tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from analysis import disclosure, display
from analysis.disclosure import Published
from questionnaires.handover import Cell, Group, ReleaseTable, Row
from questionnaires.model import Questionnaire
from tests.analysis.make_extract import QUESTIONS, miniature

KNOWN, WAY = "bekannt.essen", "weg.essen"
YES_NO = [{"code": 1, "text": {"de": "ja"}}, {"code": 0, "text": {"de": "nein"}}]
LADDER = [
    {"code": code, "text": {"de": name}}
    for code, name in enumerate(("brauchen wir nicht", "brauchen wir", "beantragt", "bewilligt", "genutzt"), start=1)
]
ITEM = [{"id": "essen", "text": {"de": "Mittagessen"}, "field": "Armut", "life_phase": ["Kita"], "offer": "essen"}]
FUNNEL = {
    "id": "essen", "title": {"de": "Mittagessen"}, "base": {"question": "form", "is": [2]}, "reasons": "huerden",
    "steps": [
        {"id": "known", "reached_if": {"question": "bekannt", "item": "essen", "is": [1]}},
        *(
            {"id": step, "reached_if": {"all": [
                {"question": "bekannt", "item": "essen", "is": [1]},
                {"question": "weg", "item": "essen", "is": codes},
            ]}}
            for step, codes in (("needed", [2, 3, 4, 5]), ("applied", [3, 4, 5]), ("granted", [4, 5]), ("used", [5]))
        ),
    ],
}  # fmt: skip


def with_funnel(**changes: Any) -> Questionnaire:
    """The miniature with two batteries and a funnel for those who live alone; „weg“ the number is left out."""
    more = [
        {"id": "bekannt", "kind": "battery", "text": {"de": "Kannten Sie das?"}, "steps": YES_NO, "items": ITEM},
        {"id": "weg", "kind": "battery", "text": {"de": "Wie weit sind Sie?"}, "steps": LADDER, "items": ITEM},
    ]
    questions = [*(one for one in QUESTIONS if one["id"] != "weg"), *more]
    data = miniature(questions).model_dump(by_alias=True)
    return Questionnaire.model_validate({**data, "headline_question": "bedarf", "funnels": [FUNNEL], **changes})


DISTRICT = Group(id="kreis", label="Landkreis Muster", level="district", base=400)


def cell_of(points: int | None, base: int | None) -> Cell:
    return display.HIDDEN if points is None else display.share_cell(points, base or 0)


def published(
    table_id: str, rows: Mapping[str, Sequence[int | None]], groups: Sequence[Group] = (DISTRICT,), **changes: Any
) -> Published[ReleaseTable]:
    """A table from shares in points, one per group; None is hidden. Tests may use the gate's own key."""
    values: dict[str, Any] = {
        "id": table_id, "question": table_id.partition(".")[0], "title": f"Frage {table_id}", "base_note": "Alle.",
        "measure": "share", "k": 5, "rows": tuple(Row(id=key, label=f"Antwort {key}") for key in rows),
        "groups": tuple(groups),
        "cells": tuple(
            tuple(cell_of(points, group.base) for points, group in zip(shares, groups, strict=True))
            for shares in rows.values()
        ),
    }  # fmt: skip
    return Published(ReleaseTable(**(values | changes)), disclosure._SEAL)
