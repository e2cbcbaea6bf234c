"""What changed between two versions is said in words, with what it means for comparisons."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from questionnaires.differences import differences
from questionnaires.model import Questionnaire
from questionnaires.write import data_of
from tests.bench_stage import shipped_questionnaires

Change = Callable[[dict[str, Any]], object]


def question(data: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(q for page in data["pages"] for q in page["questions"] if q["kind"] == kind)


def changed(change: Change) -> list[tuple[str, bool]]:
    before = shipped_questionnaires()["familien"]
    data = data_of(before)
    change(data)
    after = Questionnaire.model_validate_json(json.dumps(data))
    return [(one.sentence, bool(one.breaks)) for one in differences(before, after)]


CHANGES: dict[str, tuple[Change, bool]] = {
    "Der Titel lautet anders": (lambda d: d["title"].update(de="Neu"), False),
    "lautete „": (lambda d: question(d, "ranking")["text"].update(de="Was fehlt?"), False),
    "fällt weg": (lambda d: question(d, "ranking")["options"].pop(0), True),
    "kommt dazu": (lambda d: question(d, "ranking")["options"].append({"code": 77, "text": {"de": "Ruhe"}}), True),
    "lautet jetzt „Ruhe“": (lambda d: question(d, "ranking")["options"][0]["text"].update(de="Ruhe"), True),
    "hat eine andere Bedingung": (lambda d: question(d, "text").update(show_if={"area": ["x"]}), True),
    "größte Zahl ist jetzt 8": (lambda d: question(d, "counts").update(maximum=8), True),
    "hat eine andere Art (text → number)": (lambda d: question(d, "text").update(kind="number", maximum=9), True),
    "Die Frage „": (lambda d: d["pages"].pop(-1), False),
    "in anderer Reihenfolge": (lambda d: d["pages"].reverse(), False),
}  # fmt: skip


@pytest.mark.parametrize("said", CHANGES)
def test_a_change_is_said_with_what_it_means(said: str) -> None:
    change, breaks = CHANGES[said]
    found = changed(change)
    assert (True, breaks) in [(said in sentence, broken) for sentence, broken in found]


def test_the_same_questionnaire_has_no_differences() -> None:
    assert changed(lambda _: None) == []
