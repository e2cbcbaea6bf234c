"""The extract has a row per child who was asked about, and never more children than are counted."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from questionnaires.handover import Codebook, child_columns_of
from questionnaires.model import Questionnaire
from survey.extract import write_extract
from survey.store import Store, questionnaires, responses, texts, waves
from survey.store.anonymise import anonymise
from tests.survey.cast import AFTER, DURING, WAVE, plan, questionnaire, submission

NO_ANSWER, NOT_ASKED, DONT_KNOW = -1, -2, -4


def _asked() -> Questionnaire:
    """The cast's questionnaire with two questions about each child."""
    values = questionnaire().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for band, age in zip(values["pages"][1]["questions"][1]["bands"], (0, 3), strict=True):
        band["from_age"] = age
    steps = [{"code": 1, "text": {"de": "gut"}}, {"code": 2, "text": {"de": "schlecht"}},
             {"code": 98, "text": {"de": "weiß nicht"}, "missing": "dont_know"}]  # fmt: skip
    other = [*steps[:2], {"code": 3, "text": {"de": "anderes"}, "other": True}]
    values["pages"].append({
        "id": "kind", "title": {"de": "Kinder"}, "repeat": {"over": "kinder"}, "questions": [
            {"id": "kita", "kind": "single", "text": {"de": "Kita?"}, "options": steps},
            {"id": "freizeit", "kind": "multiple", "text": {"de": "Was?"}, "options": other,
             "show_if": {"band": ["u6"]}},
        ],
    })  # fmt: skip
    return Questionnaire.model_validate(values)


def _extract(store: Store, folder: Path, *answers: dict[str, Any], top: int = 4) -> dict[str, list[dict[str, str]]]:
    """Store these answers, anonymise, write; return the children of each response, named by its Sozialraum."""
    asked = _asked()
    questionnaires.save_questionnaire(store, asked)
    waves.publish_version(store, WAVE, asked.hash)
    for number, value in enumerate(answers):
        sent = submission(number, answers=value, area=f"nord-{number}", questionnaire_hash=asked.hash)
        responses.submit(store, sent, DURING)
    anonymise(store, WAVE, plan(top_code_counts=top), AFTER)
    write_extract(store, waves.get_wave(store, WAVE), folder)
    named = {row["row"]: row["area"] for row in _csv(folder / "responses.csv")}
    found: dict[str, list[dict[str, str]]] = {area: [] for area in sorted(named.values())}
    for child in _csv(folder / "children.csv"):
        found[named[child["row"]]].append(child)
    return found


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _values(child: dict[str, str]) -> list[int]:
    return [int(value) for name, value in child.items() if name not in ("row", "band")]


TWO = {"kinder": {"u3": 1, "u6": 1}, "kita-u3-1": 1, "kita-u6-1": 98, "freizeit-u6-1": [2, 3]}


def test_each_child_is_a_row_that_names_its_response(sqlite_store: Store, tmp_path: Path) -> None:
    children = _extract(sqlite_store, tmp_path, TWO, {"zufrieden": 1})
    assert list(children["nord-0"][0]) == ["row", "child", "band", "kita", "freizeit_1", "freizeit_2", "freizeit_3"]
    assert [_values(child) for child in children["nord-0"]] == [
        [1, 1, NOT_ASKED, NOT_ASKED, NOT_ASKED],
        [2, DONT_KNOW, 0, 1, 1],
    ]
    assert [child["band"] for child in children["nord-0"]] == ["u3", "u6"]
    assert children["nord-1"] == []


def test_a_child_without_an_answer_still_is_a_row(sqlite_store: Store, tmp_path: Path) -> None:
    [child] = _extract(sqlite_store, tmp_path, {"kinder": {"u3": 0, "u6": 1}})["nord-0"]
    assert _values(child) == [1, NO_ANSWER, NO_ANSWER, NO_ANSWER, NO_ANSWER]


def test_of_a_family_that_chose_so_only_the_youngest_is_a_row(sqlite_store: Store, tmp_path: Path) -> None:
    children = _extract(sqlite_store, tmp_path, TWO | {"kind-only": True})
    assert [child["band"] for child in children["nord-0"]] == ["u3"]


def test_the_columns_of_responses_hold_nothing_of_children(sqlite_store: Store, tmp_path: Path) -> None:
    _extract(sqlite_store, tmp_path, TWO)
    codebook = Codebook.model_validate_json((tmp_path / "codebook.json").read_text())
    assert codebook.child_columns == child_columns_of(_asked())
    assert not {"kita", "freizeit_1"} & {column.name for column in codebook.columns}
    assert [name for name in _csv(tmp_path / "responses.csv")[0] if "-" in name or "kita" in name] == []
    assert oct((tmp_path / "children.csv").stat().st_mode)[-3:] == "600"


def test_own_words_about_children_are_one_text_and_do_not_say_which(sqlite_store: Store, tmp_path: Path) -> None:
    two = {"kinder": {"u3": 0, "u6": 2}, "freizeit-u6-1.other": "Schach", "freizeit-u6-2.other": "Turnen"}
    _extract(sqlite_store, tmp_path, two)
    [text] = texts.list_texts(sqlite_store, WAVE)
    assert (text.question, sorted(text.text.split("\n…\n"))) == ("freizeit.other", ["Schach", "Turnen"])
    assert [row["question"] for row in _csv(tmp_path / "texts.csv")] == ["freizeit.other"]


@pytest.mark.parametrize(("top", "left"), [(4, ["u3-1", "u3-2", "u6-1"]), (1, ["u3-1", "u6-1"])])
def test_no_more_children_are_left_than_top_coding_counts(
    sqlite_store: Store, tmp_path: Path, top: int, left: list[str]
) -> None:
    large = {"kinder": {"u3": 3, "u6": 1}, "kita-u3-1": 1, "kita-u3-2": 2, "kita-u6-1": 1}
    rows = _extract(sqlite_store, tmp_path, large, top=top)["nord-0"]
    assert len(rows) == len(left)
    [kept] = [response.answers for response in responses.read_responses(sqlite_store, WAVE)]
    assert kept["kinder"] == {"u3": min(3, top), "u6": 1}
    assert [name.removeprefix("kita-") for name in kept if name.startswith("kita-")] == left


def test_without_a_page_for_each_child_there_is_no_such_file(sqlite_store: Store, tmp_path: Path) -> None:
    (tmp_path / "children.csv").write_text("from an earlier version")
    responses.submit(sqlite_store, submission(1), DURING)
    anonymise(sqlite_store, WAVE, plan(), AFTER)
    write_extract(sqlite_store, waves.get_wave(sqlite_store, WAVE), tmp_path)
    assert not (tmp_path / "children.csv").exists()
    assert json.loads((tmp_path / "codebook.json").read_text())["child_columns"] == []
