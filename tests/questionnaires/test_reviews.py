"""Each translated text is known to be missing, unchecked, checked or of an earlier German text, whatever is edited."""

from copy import deepcopy
from typing import Any

import pytest

from questionnaires.check import check_data
from questionnaires.reviews import reviewed, worth
from questionnaires.write import data_of
from tests.bench_stage import shipped_questionnaires

OLENA = {"checked_by": "Olena", "checked_on": "2026-05-31"}
IRYNA = {"checked_by": "Iryna", "checked_on": "2026-11-22"}
MACHINE: dict[str, Any] = {"status": "machine"}


def draft(**translations: Any) -> dict[str, Any]:
    """Three texts in German and Ukrainian."""
    return {
        "languages": ["de", "uk"], "title": {"de": "Titel", "uk": "назва"},
        "translations": {"de": {"status": "source"}, **translations},
        "pages": [{"id": "a", "title": {"de": "Seite", "uk": "сторінка"}, "questions": [
            {"id": "f", "kind": "single", "text": {"de": "Wie?", "uk": "як?"}},
        ]}],
    }  # fmt: skip


def with_title(data: dict[str, Any], **texts: str) -> dict[str, Any]:
    return {**data, "title": {**data["title"], **texts}}


def ukrainian(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = data["translations"]["uk"]
    return found


def states(data: dict[str, Any]) -> list[str]:
    return [state for state, _ in worth(data, "uk").values()]


def test_a_changed_german_text_keeps_beside_it_what_it_was_translated_from() -> None:
    before = draft(uk=MACHINE)
    once = reviewed(before, with_title(before, de="Neuer Titel"))
    twice = reviewed(once, with_title(once, de="Neuester Titel"))
    assert ukrainian(twice) == {**MACHINE, "reviews": {"title": {"german": "Titel"}}}
    assert worth(twice, "uk")["title"] == ("outdated", "Titel")
    assert states(twice) == ["outdated", "unchecked", "unchecked"]
    assert ukrainian(reviewed(twice, with_title(twice, de="Titel"))) == MACHINE
    assert ukrainian(reviewed(twice, with_title(twice, uk="нова назва"))) == MACHINE


def test_a_language_checked_as_a_whole_keeps_its_check_where_nothing_changed() -> None:
    before = draft(uk={"status": "checked", **OLENA})
    after = reviewed(before, with_title(before, de="Neuer Titel"))
    assert ukrainian(after)["status"] == "machine"
    assert states(after) == ["outdated", "checked", "checked"]
    assert ukrainian(after)["reviews"]["title"] == {**OLENA, "german": "Titel"}
    assert states(reviewed(before, with_title(before, uk="інша"))) == ["unchecked", "checked", "checked"]
    assert ukrainian(reviewed(before, deepcopy(before))) == {"status": "checked", **OLENA}


def test_texts_checked_one_by_one_make_the_language_checked() -> None:
    data = draft(uk=MACHINE)
    for path, who in (("title", OLENA), ("pages.a.title", OLENA), ("f.text", IRYNA)):
        assert ukrainian(data)["status"] == "machine"
        after = deepcopy(data)
        ukrainian(after).setdefault("reviews", {})[path] = who
        data = reviewed(data, after)
    assert ukrainian(data) == {"status": "checked", "checked_by": "Iryna, Olena", "checked_on": "2026-11-22"}


def test_what_is_said_of_the_whole_language_counts() -> None:
    before = draft(uk={**MACHINE, "reviews": {"title": {"german": "Titelchen"}, "f.text": OLENA}})
    assert ukrainian(reviewed(before, draft(uk={"status": "checked", **IRYNA}))) == {"status": "checked", **IRYNA}
    assert ukrainian(reviewed(draft(uk={"status": "checked", **OLENA}), draft(uk=MACHINE))) == MACHINE


def test_a_check_of_the_new_text_counts_and_one_of_the_old_does_not() -> None:
    before = draft(uk={**MACHINE, "reviews": {"title": OLENA}})
    assert states(reviewed(before, with_title(before, uk="інша")))[0] == "unchecked"
    checked = draft(uk={**MACHINE, "reviews": {"title": IRYNA}})
    assert states(reviewed(before, with_title(checked, uk="інша")))[0] == "checked"
    outdated = reviewed(before, with_title(before, de="Neu"))
    fits = with_title(checked, de="Neu")
    assert worth(reviewed(outdated, fits), "uk")["title"] == ("checked", "")


def test_a_question_that_gets_another_name_keeps_its_checks() -> None:
    before = draft(uk={**MACHINE, "reviews": {"f.text": OLENA}})
    after = deepcopy(before)
    after["pages"][0]["questions"][0]["id"] = "frage"
    assert worth(reviewed(before, after), "uk")["frage.text"] == ("checked", "")


def test_a_text_that_is_missing_is_neither_checked_nor_outdated() -> None:
    before = draft(uk={"status": "checked", **OLENA})
    after = deepcopy(before)
    after["pages"][0]["questions"].append({"id": "g", "kind": "single", "text": {"de": "Wann?"}})
    assert states(reviewed(before, after)) == ["checked", "checked", "checked", "missing"]
    assert ukrainian(reviewed(before, after))["status"] == "machine"


@pytest.mark.parametrize(
    "nonsense", [None, [], "x", {"uk": []}, {"uk": {"status": 3, "reviews": []}}, {"uk": {"reviews": {"title": 7}}}]
)
def test_half_written_states_break_nothing(nonsense: Any) -> None:
    before = {**draft(), "translations": nonsense}
    after = reviewed(before, with_title(before, de="Neu"))
    assert after["title"]["de"] == "Neu"
    assert [reviewed({}, {}), reviewed(before, {"languages": ["de"]})] == [{}, {"languages": ["de"]}]


def test_a_file_with_states_of_texts_is_read_and_half_a_check_is_told() -> None:
    data = data_of(shipped_questionnaires()["familien"])
    data["translations"]["uk"] = {"reviews": {"title": OLENA, "ort.text": {"german": "Wo?"}}}
    asked, problems = check_data(data, "x")
    assert problems == ()
    assert asked is not None
    assert data_of(asked) == data
    data["translations"]["uk"]["reviews"]["title"] = {"checked_by": "Olena"}
    [problem] = check_data(data, "x")[1]
    assert (problem.code, problem.place) == ("unchecked-translation", "translations.uk.reviews.title")
