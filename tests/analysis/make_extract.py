"""Makes extracts for the tests, from a miniature district and questionnaire with one question of every kind."""

import csv
import json
import random
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from analysis.extract import Extract
from questionnaires.codebook import Theme
from questionnaires.handover import (
    FRAME_COLUMNS,
    TEXT_COLUMNS,
    Codebook,
    Column,
    DoorReturns,
    ExtractDistrict,
    Fieldwork,
    child_columns_of,
    columns_of,
)  # fmt: skip
from questionnaires.model import MISSING_CODES, Questionnaire, canonical_json
from questionnaires.plan import CoarseStep, Filter, FilterGroup, PublicationPlan
from questionnaires.region import Area, Zone

Answers = dict[str, int]
Draw = Callable[[random.Random, int], Answers]

AREAS = ("nord", "mitte", "ost", "west", "tal")
DISTRICT = ExtractDistrict(
    id="musterkreis",
    name="Landkreis Muster",
    division="Zum Prüfen ausgedacht.",
    zones=(Zone(id="oben", name="Oben"), Zone(id="unten", name="Unten")),
    areas=(
        Area(id="nord", name="Nord", zone="oben", joins="mitte"),
        Area(id="mitte", name="Mitte", zone="oben", joins="nord"),
        Area(id="ost", name="Ost", zone="unten", joins="west"),
        Area(id="west", name="West", zone="unten", joins="ost"),
        Area(id="tal", name="Tal", zone="unten", joins="west", provisional=True),
    ),
)


def _options(*names: str, missing: bool = False) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"code": i, "text": {"de": name}} for i, name in enumerate(names, start=1)]
    return found + ([{"code": 98, "text": {"de": "Weiß ich nicht"}, "missing": "dont_know"}] if missing else [])


STEPS = _options("gar nicht zufrieden", "wenig", "teils", "ziemlich", "sehr zufrieden", missing=True)
NEEDS = _options("Betreuung", "Kinderarzt", "Bus", "Treffpunkt", "Sport", "Geld", missing=True)
QUESTIONS: list[dict[str, Any]] = [
    {"id": "ort", "kind": "place", "text": {"de": "Wo wohnen Sie?"}},
    {"id": "kinder", "kind": "counts", "text": {"de": "Wie viele Kinder?"}, "maximum": 4,
     "bands": [{"id": "klein", "text": {"de": "0 bis 5"}}, {"id": "gross", "text": {"de": "6 bis 17"}}]},
    {"id": "bedarf", "kind": "ranking", "text": {"de": "Was fehlt am meisten?"}, "options": NEEDS, "field": "Bedarf"},
    {"id": "form", "kind": "single", "text": {"de": "Wie leben Sie?"}, "options": _options("zu zweit", "allein")},
    {"id": "mobil", "kind": "single", "text": {"de": "Wie sind Sie unterwegs?"}, "sensitive": "money",
     "options": _options("Auto", "Bus", "Rad", missing=True), "field": "Verkehr"},
    {"id": "huerden", "kind": "multiple", "text": {"de": "Was hindert Sie?"},
     "options": _options("Weg", "Kosten", "Zeit", "=SUMME(A1)")},
    {"id": "froh", "kind": "scale", "text": {"de": "Wie zufrieden sind Sie?"}, "steps": STEPS},
    {"id": "orte", "kind": "battery", "text": {"de": "Wie zufrieden sind Sie mit …"}, "steps": STEPS,
     "items": [{"id": "kita", "text": {"de": "der Kita"}}, {"id": "bus", "text": {"de": "dem Bus"}}]},
    {"id": "weg", "kind": "number", "text": {"de": "Wie weit zum Arzt?"}, "maximum": 240, "unit": {"de": "Minuten"}},
    {"id": "ja", "kind": "consent", "text": {"de": "Einverstanden"}},
    {"id": "wunsch", "kind": "text", "text": {"de": "Ihr Wunsch"}},
    {"id": "hinweis", "kind": "info", "text": {"de": "Danke"}},
]  # fmt: skip


def miniature(questions: list[dict[str, Any]] | None = None) -> Questionnaire:
    """A questionnaire of one page; by default with every kind of question."""
    return Questionnaire.model_validate({
        "id": "mini", "title": {"de": "Kleine Befragung"}, "headline": {"de": "Was fehlt?"}, "intro": {"de": "Kurz."},
        "audience": "families", "minutes": 1, "headline_question": "bedarf" if questions is None else None,
        "filters": ["form"] if questions is None else [],
        "pages": [{"id": "alles", "title": {"de": "Alles"}, "questions": questions or QUESTIONS}],
    })  # fmt: skip


SMALL = ("ort", "form", "mobil", "huerden")
COARSE = (
    CoarseStep(title="wenig oder gar nicht", codes=(1, 2)),
    CoarseStep(title="teils", codes=(3,)),
    CoarseStep(title="ziemlich oder sehr", codes=(4, 5)),
)
PLAN = PublicationPlan(
    joins={area.id: area.joins for area in DISTRICT.areas if area.joins},
    filters=(
        Filter(
            id="form", question="form", title="Wie leben Sie?",
            groups=(FilterGroup(id="form-1", title="zu zweit", codes=(1,)),
                    FilterGroup(id="form-2", title="allein", codes=(2,))),
        ),
    ),
    coarse={"froh": COARSE, "orte": COARSE},
)  # fmt: skip


SMALL_PLAN = PLAN.model_copy(update={"coarse": {}})


def small(*more: str) -> Questionnaire:
    """Four questions of the miniature and some more of them: a release takes a tenth of the time."""
    return miniature([question for question in QUESTIONS if question["id"] in {*SMALL, *more}])


def codebook_of(questionnaire: Questionnaire) -> Codebook:
    return Codebook(
        questionnaire=questionnaire, questionnaire_hash=questionnaire.hash, district=DISTRICT,
        columns=columns_of(questionnaire), child_columns=child_columns_of(questionnaire), missing_codes=MISSING_CODES,
    )  # fmt: skip


def fieldwork_of(n: int, plan: PublicationPlan = PLAN, **changes: Any) -> Fieldwork:
    facts: dict[str, Any] = {
        "wave": "mini-2026", "title": "Probe", "opens_on": date(2026, 5, 4), "closes_on": date(2026, 6, 12),
        "simulated": True, "anonymised": True, "n_responses": n, "plan": plan,
        "doors": (DoorReturns(kind="kita", name="", returns=n),),
    }  # fmt: skip
    return Fieldwork(**(facts | changes))


def _column_answer(random_: random.Random, column: Column, tilt: float) -> int:
    if random_.random() < 0.04:
        return -1
    if column.maximum is not None:
        return min(int(random_.expovariate(1 / 20)), column.maximum)
    weights = [tilt ** (-i) for i in range(len(column.codes))]
    return random_.choices(column.codes, weights)[0]


def draw_answers(columns: tuple[Column, ...], random_: random.Random) -> Answers:
    """One response: skewed answers, 4 % missing; a question with several columns is answered wholly or not at all."""
    found: Answers = {}
    for column in columns:
        found[column.name] = _column_answer(random_, column, 1.5)
    for question in {c.question for c in columns if c.role in {"member", "rank", "count"}}:
        names = [c.name for c in columns if c.question == question]
        if any(found[name] < 0 for name in names):
            found.update(dict.fromkeys(names, -1))
        elif question == "bedarf":
            chosen = random_.sample(names, 3)
            found.update({name: chosen.index(name) + 1 if name in chosen else 0 for name in names})
    return found


def draw_rows(questionnaire: Questionnaire, n: int, seed: int = 1) -> list[dict[str, Any]]:
    """Rows of responses.csv: areas of very different size, a few responses without one."""
    random_, columns = random.Random(seed), columns_of(questionnaire)
    rows = []
    for i in range(n):
        area = random_.choices((*AREAS, ""), (8, 6, 4, 2, 1, 0.3))[0]
        frame = {"row": f"r{random_.getrandbits(40):010x}{i}", "area": area, "door": "kita", "language": "de"}
        rows.append(frame | {"mode": "simulated", "late": 0, "doubtful": 0} | draw_answers(columns, random_))
    return rows


def write_extract(
    folder: Path, questionnaire: Questionnaire, rows: list[dict[str, Any]], plan: PublicationPlan = PLAN,
    texts: Iterable[tuple[Any, ...]] = (), themes: tuple[Theme, ...] = (), **fieldwork: Any,
) -> Path:  # fmt: skip
    """Write an extract as the web writes it; `texts` are the rows of texts.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    codebook = codebook_of(questionnaire).model_copy(update={"themes": themes}).model_dump(mode="json", by_alias=True)
    (folder / "codebook.json").write_text(canonical_json(codebook), encoding="utf-8")
    facts = fieldwork_of(len(rows), plan, **fieldwork).model_dump(mode="json", by_alias=True)
    (folder / "fieldwork.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    weighted = ["weight"] if rows and "weight" in rows[0] else []
    names = [*FRAME_COLUMNS, *weighted, *(column.name for column in columns_of(questionnaire))]
    with (folder / "responses.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    with (folder / "texts.csv").open("w", encoding="utf-8", newline="") as file:
        writer_ = csv.writer(file, lineterminator="\n")
        writer_.writerow(TEXT_COLUMNS)
        writer_.writerows(texts)
    return folder


def extract_of(questionnaire: Questionnaire, rows: list[dict[str, Any]], plan: PublicationPlan = PLAN) -> Extract:
    """The same extract without files."""
    position = {area: i for i, area in enumerate(AREAS)} | {"": -1}
    columns = {c.name: np.array([row[c.name] for row in rows], np.int16) for c in columns_of(questionnaire)}
    area = np.array([position[row["area"]] for row in rows], np.int16)
    return Extract(codebook_of(questionnaire), fieldwork_of(len(rows), plan), columns, area, None, {}, "0" * 64)


def make_extract(folder: Path, n: int = 400, seed: int = 1, **fieldwork: Any) -> Path:
    """Write an extract of the whole miniature."""
    questionnaire = miniature()
    return write_extract(folder, questionnaire, draw_rows(questionnaire, n, seed), **fieldwork)


def make_small(folder: Path, n: int = 150, seed: int = 1, **fieldwork: Any) -> Path:
    """Write an extract of :func:`small`, for claims that need neither scales nor rankings."""
    return write_extract(folder, small(), draw_rows(small(), n, seed), **({"plan": SMALL_PLAN} | fieldwork))
