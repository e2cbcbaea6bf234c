"""Questions of the bank come into a draft with ids, codes and translations; what cannot come along is said."""

from copy import deepcopy
from typing import Any

import pytest

from questionnaires.bank import Inserted, insert_question, insert_topic, topics_of
from questionnaires.check import check_data
from questionnaires.model import Questionnaire
from questionnaires.write import data_of
from tests.bench_stage import shipped_questionnaires

FAMILIES = shipped_questionnaires()["familien"]
YOUNG = shipped_questionnaires()["jugend"]


def blank(**more: Any) -> dict[str, Any]:
    place = {"id": "ort", "kind": "place", "text": {"de": "Wo wohnen Sie?"}}
    page = {"id": "seite", "title": {"de": "Seite"}, "questions": [place]}
    return {
        "format": "familienstimme-fragebogen/1", "id": "neu", "title": {"de": "Neu"}, "headline": {"de": "Was?"},
        "intro": {"de": "Kurz."}, "audience": "families", "minutes": 5, "languages": ["de"], "pages": [page], **more,
    }  # fmt: skip


def page_with(found: Inserted) -> dict[str, Any]:
    page: dict[str, Any] = found.data["pages"][found.page]
    return page


def test_every_question_that_ships_says_what_it_measures_for_whom_and_where_it_belongs() -> None:
    items = [item for topic in topics_of(shipped_questionnaires().values()) for item in topic.items]
    asked = [item for item in items if item.kind not in {"info", "consent"}]
    assert len(asked) > 40
    assert [item.id for item in asked if not (item.concept and item.life_phase and item.field)] == []


def test_a_page_that_two_versions_share_stands_there_once() -> None:
    later = FAMILIES.with_pages(FAMILIES.pages[:-1])
    assert len(topics_of([FAMILIES, later])) == len(FAMILIES.pages)


def test_a_question_keeps_id_codes_and_the_languages_the_draft_offers() -> None:
    draft = blank(languages=["de", "uk"])
    found = insert_question(draft, FAMILIES, "bedarf", 0, 1)
    taken, original = page_with(found)["questions"][1], FAMILIES.questions["bedarf"]
    assert taken["id"] == "bedarf"
    assert [o["code"] for o in taken["options"]] == [o.code for o in getattr(original, "options", ())]
    assert set(taken["text"]) == {"de", "uk"}
    assert draft == blank(languages=["de", "uk"])


def test_a_question_that_is_there_already_is_not_asked_twice() -> None:
    once = insert_question(blank(), FAMILIES, "bedarf", 0, 1)
    twice = insert_question(once.data, FAMILIES, "bedarf", 0, 1)
    assert twice.data == once.data
    assert twice.said == ("Die Frage „bedarf“ steht schon im Entwurf.",)


def conditional(asked: Questionnaire) -> tuple[str, str]:
    """A question with a simple condition, and the one it asks about."""
    for question in asked.questions.values():
        wanted = getattr(question.show_if, "question", None)
        if wanted and asked.questions[wanted].show_if is None:
            return question.id, str(wanted)
    raise AssertionError("none has one")


def test_a_condition_comes_along_where_its_source_stands_before() -> None:
    name, source = conditional(FAMILIES)
    with_source = insert_question(blank(), FAMILIES, source, 0, 1)
    kept = insert_question(with_source.data, FAMILIES, name, 0, 2)
    assert "show_if" in page_with(kept)["questions"][2]
    assert kept.said == ()
    too_early = insert_question(with_source.data, FAMILIES, name, 0, 0)
    assert "show_if" not in page_with(too_early)["questions"][0]
    assert f"davor die Frage „{source}“" in too_early.said[0]


def test_a_condition_on_an_answer_that_was_taken_out_is_dropped_and_told() -> None:
    name, source = conditional(FAMILIES)
    data = deepcopy(insert_question(blank(), FAMILIES, source, 0, 1).data)
    for part in ("options", "steps", "items", "bands"):
        data["pages"][0]["questions"][1].pop(part, None)
    assert insert_question(data, FAMILIES, name, 0, 2).said


@pytest.mark.parametrize("name", shipped_questionnaires())
def test_a_questionnaire_built_of_all_topics_is_the_one_they_came_from(name: str) -> None:
    asked = shipped_questionnaires()[name]
    data = {**data_of(asked), "pages": []}
    for topic in topics_of([asked]):
        found = insert_topic(data, asked, topic.page, len(data["pages"]))
        assert found.said == ()
        data = found.data
    assert data == data_of(asked)
    assert check_data(data, "x")[1] == ()


def test_a_topic_leaves_out_what_is_there_and_takes_a_free_page_id() -> None:
    page = next(page for page in FAMILIES.pages[1:] if len(page.questions) > 2)
    first = insert_question(blank(), FAMILIES, page.questions[0].id, 0, 1)
    found = insert_topic(first.data, FAMILIES, page.id, 1)
    assert [q["id"] for q in page_with(found)["questions"]] == [q.id for q in page.questions[1:]]
    assert f"„{page.questions[0].id}“ steht schon im Entwurf" in found.said[0]
    again = insert_topic(found.data, FAMILIES, page.id, 1)
    assert again.said == ("Alle Fragen dieses Themas stehen schon im Entwurf.",)
    other = insert_topic(blank(pages=[{"id": page.id, "title": {"de": "x"}}]), FAMILIES, page.id, 1)
    assert page_with(other)["id"] == f"{page.id}_2"


def test_a_checked_translation_is_no_longer_checked_when_unchecked_texts_come_in() -> None:
    checked = {"status": "checked", "checked_by": "Olena", "checked_on": "2026-05-31"}
    draft = blank(languages=["de", "uk"], translations={"de": {"status": "source"}, "uk": checked})
    found = insert_question(draft, FAMILIES, "bedarf", 0, 1)
    assert found.data["translations"]["uk"] == {"status": "machine"}
    assert "gilt wieder als ungeprüft" in found.said[0]
    draft["title"] = {"de": "Titel", "uk": "назва"}
    kept = insert_question(draft, FAMILIES, "bedarf", 0, 1).data["translations"]["uk"]
    assert kept == {"status": "machine", "reviews": {"title": {"checked_by": "Olena", "checked_on": "2026-05-31"}}}


@pytest.mark.parametrize("pages", [None, "nichts", [], [None], [{"questions": "x"}], [{"questions": [1]}]])
def test_a_broken_draft_breaks_nothing(pages: Any) -> None:
    draft = blank(pages=pages)
    assert insert_topic(draft, YOUNG, YOUNG.pages[0].id, 5).data["pages"]
    assert insert_question(draft, YOUNG, "alter", 7, 0).said == ("Diese Seite gibt es im Entwurf nicht mehr.",)
