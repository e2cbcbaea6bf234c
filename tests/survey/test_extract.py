"""The extract keeps its contract: one row per response, missing values apart, nothing that runs in a spreadsheet."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from questionnaires.handover import Codebook, Fieldwork
from questionnaires.model import MISSING_CODES, Questionnaire
from survey.extract import AnswersDeleted, NotAnonymised, write_extract
from survey.store import Store, questionnaires, responses, texts, waves
from survey.store.anonymise import anonymise, archive
from tests.survey.cast import AFTER, DURING, WAVE, plan, questionnaire, submission

NO_ANSWER, NOT_ASKED, SECRET, DONT_KNOW = -1, -2, -3, -4


def _extract(store: Store, folder: Path, *answers: dict[str, Any]) -> list[dict[str, str]]:
    """Store these answers, anonymise, write; return the rows in the order of the answers, marked by `area`."""
    for number, value in enumerate(answers):
        responses.submit(store, submission(number, answers=value, area=f"nord-{number}"), DURING)
    anonymise(store, WAVE, plan(), AFTER)
    n = write_extract(store, waves.get_wave(store, WAVE), folder)
    rows = sorted(_csv(folder / "responses.csv"), key=lambda row: row["area"])
    assert n == len(rows) == len(answers)
    return rows


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _values(row: dict[str, str], question: str) -> list[int]:
    return [int(value) for name, value in row.items() if name == question or name.startswith(f"{question}_")]


# --- values -------------------------------------------------------------------------------------------------

FULL: dict[str, Any] = {
    "zufrieden": 2, "fehlt": [1, 3], "angebote": {"bus": 3, "hort": 98}, "kinder": {"u3": 2, "u6": 0},
    "wichtig": [3, 1], "alter": 41, "allein": 1, "mitreden": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("question", "answered", "left_out", "missing"),
    [
        ("zufrieden", [2], [NO_ANSWER], [DONT_KNOW]),
        ("fehlt", [1, 0, 1], [NO_ANSWER] * 3, [SECRET] * 3),
        ("angebote", [3, DONT_KNOW], [NO_ANSWER] * 2, [DONT_KNOW, NO_ANSWER]),
        ("kinder", [2, 0], [NO_ANSWER] * 2, [4, 0]),
        ("wichtig", [2, 0, 1], [NO_ANSWER] * 3, [DONT_KNOW] * 3),
        ("alter", [41], [NOT_ASKED], [NOT_ASKED]),  # asked of those who are satisfied
        ("allein", [1], [NO_ANSWER], [SECRET]),
        ("mitreden", [1], [0], [0]),
    ],
)
def test_every_kind_of_question_has_its_columns(
    sqlite_store: Store, tmp_path: Path, question: str, answered: list[int], left_out: list[int], missing: list[int]
) -> None:
    refused = {
        "zufrieden": 98, "fehlt": [99], "angebote": {"bus": 98}, "kinder": {"u3": 9, "u6": 0}, "wichtig": [98],
        "allein": 99,
    }  # fmt: skip
    rows = _extract(sqlite_store, tmp_path, FULL, {}, refused)
    assert [_values(row, question) for row in rows] == [answered, left_out, missing]


def test_an_answer_off_the_path_counts_as_not_asked(sqlite_store: Store, tmp_path: Path) -> None:
    rows = _extract(sqlite_store, tmp_path, {"zufrieden": 3, "alter": 41}, {"zufrieden": 1})
    assert [_values(row, "alter") for row in rows] == [[NOT_ASKED], [NO_ANSWER]]


def test_columns_and_codes_are_those_the_codebook_promises(store: Store, tmp_path: Path) -> None:
    rows = _extract(store, tmp_path, FULL, {})
    codebook = Codebook.model_validate_json((tmp_path / "codebook.json").read_text())
    frame = ["row", "area", "door", "language", "mode", "late", "doubtful"]
    assert list(rows[0]) == [*frame, *(column.name for column in codebook.columns)]
    assert (codebook.questionnaire.hash, codebook.missing_codes) == (codebook.questionnaire_hash, MISSING_CODES)
    for column in codebook.columns:
        values = {int(row[column.name]) for row in rows} - set(MISSING_CODES.values())
        assert values <= set(column.codes) if column.codes else all(v >= 0 for v in values)


def test_rows_are_named_at_random_and_come_in_that_order(sqlite_store: Store, tmp_path: Path) -> None:
    _extract(sqlite_store, tmp_path, *({"kinder": {"u3": 1, "u6": 0}} for _ in range(40)))
    names = [row["row"] for row in _csv(tmp_path / "responses.csv")]
    assert names == sorted(names)
    assert [row["area"] for row in _csv(tmp_path / "responses.csv")] != [f"nord-{number}" for number in range(40)]


# --- versions -----------------------------------------------------------------------------------------------


def _second_version() -> Questionnaire:
    """Drops „allein“, adds an option to „fehlt“ and a question, and takes a step away from „zufrieden“."""
    values = questionnaire().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    first, second = values["pages"]
    first["questions"][3]["options"].append({"code": 4, "text": {"de": "Treffpunkt"}})
    first["questions"][1]["steps"].pop(1)
    second["questions"] = [q for q in second["questions"] if q["id"] != "allein"]
    second["questions"].append({"id": "zimmer", "kind": "number", "text": {"de": "Zimmer?"}, "maximum": 20})
    return Questionnaire.model_validate(values)


def test_answers_to_an_earlier_version_fill_the_columns_of_the_last(sqlite_store: Store, tmp_path: Path) -> None:
    second = _second_version()
    questionnaires.save_questionnaire(sqlite_store, second)
    waves.publish_version(sqlite_store, WAVE, second.hash)
    newer = submission(
        9, area="nord-9", questionnaire_hash=second.hash, answers={"fehlt": [4], "zimmer": 3, "zufrieden": 1}
    )
    responses.submit(sqlite_store, newer, DURING)
    responses.submit(sqlite_store, submission(0, area="nord-0", answers=FULL), DURING)
    anonymise(sqlite_store, WAVE, plan(), AFTER)
    write_extract(sqlite_store, waves.get_wave(sqlite_store, WAVE), tmp_path)
    old, new = sorted(_csv(tmp_path / "responses.csv"), key=lambda row: row["area"])
    assert "allein" not in old
    assert [_values(row, "zimmer") for row in (old, new)] == [[NOT_ASKED], [3]]
    assert [_values(row, "fehlt") for row in (old, new)] == [[1, 0, 1, NOT_ASKED], [0, 0, 0, 1]]
    assert [_values(row, "zufrieden") for row in (old, new)] == [[NO_ANSWER], [1]]


# --- own words ----------------------------------------------------------------------------------------------


def _release_all(store: Store, folder: Path) -> list[dict[str, str]]:
    """Release every text as a quote; return the rows of texts.csv."""
    for text in texts.list_texts(store, WAVE):
        texts.change(store, WAVE, text.id, decision="quote")
    write_extract(store, waves.get_wave(store, WAVE), folder)
    return _csv(folder / "texts.csv")


def test_own_words_are_a_file_of_their_own_and_only_released_ones_are_in_it(
    sqlite_store: Store, tmp_path: Path
) -> None:
    answers = {"zufrieden": 3, "warum": "Der Bus kommt nie,\nsagt „er“.", "fehlt": [3], "fehlt.other": "Ruhe"}
    row = _extract(sqlite_store, tmp_path, answers)[0]
    unread = _csv(tmp_path / "texts.csv")
    assert {(text["question"], text["quote"]) for text in unread} == {("warum", ""), ("fehlt.other", "")}
    found = _release_all(sqlite_store, tmp_path)
    assert {t["question"]: t["quote"] for t in found} == {"warum": answers["warum"], "fehlt.other": "Ruhe"}
    assert row["row"] not in {text["text"] for text in found}
    assert "Bus" not in (tmp_path / "responses.csv").read_text()


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        *((text, f"'{text}") for text in ("=1+1", "+49", "-5", "@SUM", " =1", "＝1")),
        ("Bus;=1", "Bus;'=1"),  # a German spreadsheet begins a new cell here
        ("Bus\n=1", "Bus\n'=1"),
        ("2 - 3 Mal; abends, a@b = gut", "2 - 3 Mal; abends, a@b = gut"),
    ],
)
def test_no_cell_begins_a_formula(sqlite_store: Store, tmp_path: Path, typed: str, written: str) -> None:
    _extract(sqlite_store, tmp_path, {"zufrieden": 3, "warum": typed})
    assert [text["quote"] for text in _release_all(sqlite_store, tmp_path)] == [written]


# --- what goes with it --------------------------------------------------------------------------------------


def test_the_fieldwork_is_told_with_returns_by_door(sqlite_store: Store, tmp_path: Path) -> None:
    waves.close_now(sqlite_store, WAVE, DURING + timedelta(days=2))
    _extract(sqlite_store, tmp_path, *({"zufrieden": 1} for _ in range(11)))
    found = Fieldwork.model_validate_json((tmp_path / "fieldwork.json").read_text())
    assert [(door.kind, door.name, door.returns) for door in found.doors] == [("Kita", "Kita Sonne", 11)]
    assert (found.n_responses, found.anonymised, found.simulated) == (11, True, False)
    assert (found.opens_on, found.closes_on) == (date(2026, 3, 1), date(2026, 3, 12))
    assert found.plan == plan()


def test_a_door_with_few_returns_has_no_name_in_the_fieldwork(sqlite_store: Store, tmp_path: Path) -> None:
    _extract(sqlite_store, tmp_path, {"zufrieden": 1})
    assert "Sonne" not in (tmp_path / "fieldwork.json").read_text() + (tmp_path / "responses.csv").read_text()


def test_only_this_account_can_read_it(sqlite_store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "auszug"
    _extract(sqlite_store, folder, FULL)
    write_extract(sqlite_store, waves.get_wave(sqlite_store, WAVE), folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == dict.fromkeys(
        ("responses.csv", "texts.csv", "codebook.json", "fieldwork.json"), 0o600
    )


def test_before_anonymisation_and_after_archiving_there_is_none(sqlite_store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotAnonymised) as early:
        write_extract(sqlite_store, waves.get_wave(sqlite_store, WAVE), tmp_path / "x")
    anonymise(sqlite_store, WAVE, plan(), AFTER)
    archive(sqlite_store, WAVE, AFTER)
    with pytest.raises(AnswersDeleted) as late:
        write_extract(sqlite_store, replace(waves.get_wave(sqlite_store, WAVE)), tmp_path / "x")
    assert early.value.wave_id == late.value.wave_id == WAVE
    assert not (tmp_path / "x").exists()
