"""Drawings for „Einfach erklärt“."""

import re

from questionnaires.model import Questionnaire
from survey.respond.pictures import DRAWINGS, pictures
from tests.bench_stage import shipped_questionnaires


def test_every_question_that_ships_has_a_drawing_or_no_field() -> None:
    for asked in shipped_questionnaires().values():
        fields = {q.id: q.field for page in asked.pages for q in page.questions if q.field}
        assert set(pictures(asked)["of"]) == set(fields)
        assert {q: pictures(asked)["drawings"][n] for q, n in pictures(asked)["of"].items()} == {
            q: DRAWINGS[field] for q, field in fields.items()
        }


def test_a_field_of_a_districts_own_has_none() -> None:
    asked = shipped_questionnaires()["familien"]
    values = asked.model_dump(by_alias=True, exclude_none=True)
    for page in values["pages"]:
        for question in page["questions"]:
            question["field"] = "Ganz etwas Eigenes"
    assert pictures(Questionnaire.model_validate(values)) == {"drawings": [], "of": {}}


def test_a_drawing_is_nothing_but_a_path() -> None:
    assert [d for d in DRAWINGS.values() if not re.fullmatch(r"M[MLHVCAZmlhvcaz0-9 .,-]+", d)] == []
