"""The cast: one small district, one small questionnaire, one wave, and families by number."""

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from questionnaires.model import Questionnaire
from questionnaires.plan import PublicationPlan, default_plan
from questionnaires.region import District
from survey.records import Door, Notices, Submission, Wave

WAVE = "fam-26"
BEFORE = datetime(2026, 2, 20, 12, tzinfo=UTC)
DURING = datetime(2026, 3, 10, 12, tzinfo=UTC)
AFTER = datetime(2026, 4, 20, 12, tzinfo=UTC)
"""when entry has ended as well"""


@cache
def district() -> District:
    place = {"kind": "Stadt", "population": 900, "source": "test"}
    return District.model_validate({
        "id": "musterkreis", "ags": "16999", "name": "Musterkreis", "division": "Erfunden für Tests.",
        "zones": [{"id": "nord", "name": "Nord"}, {"id": "sued", "name": "Süd"}],
        "areas": [
            {"id": "nord-1", "name": "Nord 1", "zone": "nord", "joins": "sued-1"},
            {"id": "sued-1", "name": "Süd 1", "zone": "sued", "joins": "nord-1"},
        ],
        "municipalities": [
            {"ags": "16999001", "name": "Nordstadt", "area": "nord-1", **place},
            {"ags": "16999002", "name": "Südstadt", "area": "sued-1", **place},
        ],
    })  # fmt: skip


def notices(**changes: str) -> Notices:
    texts = {name: "steht da" for name in Notices.__dataclass_fields__}
    return Notices(**(texts | changes))


def _option(code: int, text: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "text": {"de": text}, **more}


DONT_KNOW = _option(98, "Weiß ich nicht", missing="dont_know")
SECRET = _option(99, "Möchte ich nicht sagen", missing="prefer_not_to_say")
SATISFIED = {"question": "zufrieden", "is": [1, 2]}


def _pages() -> list[dict[str, Any]]:
    def question(name: str, kind: str, **more: Any) -> dict[str, Any]:
        return {"id": name, "kind": kind, "text": {"de": f"Frage {name}?"}, **more}

    items = [{"id": "bus", "text": {"de": "Bus"}}, {"id": "hort", "text": {"de": "Hort"}}]
    bands = [{"id": "u3", "text": {"de": "0 bis 2"}}, {"id": "u6", "text": {"de": "3 bis 5"}}]
    steps = [_option(1, "gut"), _option(2, "mittel"), _option(3, "schlecht"), DONT_KNOW]
    needs = [_option(1, "Bus"), _option(2, "Hort"), _option(3, "Andere", other=True), SECRET]
    wanted = [_option(1, "Zeit"), _option(2, "Geld"), _option(3, "Ruhe"), DONT_KNOW]
    return [
        {"id": "eins", "title": {"de": "Eins"}, "questions": [
            question("ort", "place"),
            question("zufrieden", "scale", steps=steps),
            question("warum", "text", show_if={"question": "zufrieden", "is": [3]}),
            question("fehlt", "multiple", options=needs),
        ]},
        {"id": "zwei", "title": {"de": "Zwei"}, "questions": [
            question("angebote", "battery", items=items, steps=steps),
            question("kinder", "counts", bands=bands),
            question("wichtig", "ranking", top=2, options=wanted),
            question("alter", "number", maximum=99, show_if=SATISFIED),
            question("allein", "single", options=[_option(1, "ja"), _option(2, "nein"), SECRET]),
            question("mitreden", "consent"),
        ]},
    ]  # fmt: skip


@cache
def questionnaire(**changes: Any) -> Questionnaire:
    values = {
        "id": "familien", "title": {"de": "Familien"}, "headline": {"de": "Was fehlt?"},
        "intro": {"de": "Hallo"}, "audience": "families", "minutes": 5, "pages": _pages(),
    }  # fmt: skip
    return Questionnaire.model_validate(values | changes)


def plan(**changes: Any) -> PublicationPlan:
    return default_plan(questionnaire(), district()).model_copy(update=changes)


def wave(**changes: Any) -> Wave:
    values: dict[str, Any] = {
        "id": WAVE, "title": "Familien 2026", "district_id": "musterkreis",
        "questionnaire_hash": questionnaire().hash,
        "opens_on": date(2026, 3, 1), "closes_on": date(2026, 3, 31), "entry_until": date(2026, 4, 14),
        "retention_until": date(2027, 3, 31), "plan_json": plan().model_dump_json(),
    }  # fmt: skip
    return Wave(**(values | changes))


def door(**changes: str) -> Door:
    values = {"wave_id": WAVE, "id": "kita-sonne", "name": "Kita Sonne", "kind": "Kita"}
    return Door(**(values | changes))


def key(number: int) -> str:
    return f"familie-{number:014d}"


def submission(number: int = 1, **changes: Any) -> Submission:
    """The answers of family `number`; the marker lets a test find them in the file."""
    values: dict[str, Any] = {
        "wave_id": WAVE, "key": key(number), "questionnaire_hash": questionnaire().hash, "area": "nord-1",
        "door": "kita-sonne", "language": "de", "mode": "web",
        "answers": {"zufrieden": 3, "warum": f"Familie-{number:05d}-sagt", "kinder": {"u3": 1}},
    }  # fmt: skip
    return Submission(**(values | changes))
