"""The traits a questionnaire asks for, held against the families of the smallest Sozialraum."""

from typing import Any

import pytest

from questionnaires.model import Questionnaire
from questionnaires.recognisable import recognisable, recognition_in_words
from questionnaires.region import District
from tests.bench_stage import shipped_questionnaires
from tests.survey import cast

Q = dict[str, Any]


def district(*families: int | None) -> District:
    found = cast.district()
    known = zip(found.areas, families, strict=True)
    areas = tuple(area.model_copy(update={"known_families": n}) for area, n in known)
    return District(**{name: getattr(found, name) for name in District.model_fields} | {"areas": areas})


def choice(text: str, n: int, **more: Any) -> Q:
    options = [{"code": code, "text": {"de": f"Antwort {code}"}} for code in range(n)]
    options.append({"code": 99, "text": {"de": "Möchte ich nicht sagen"}, "missing": "prefer_not_to_say"})
    return {"kind": "single", "text": {"de": text}, "options": options, **more}


def number(text: str, most: int) -> Q:
    return {"kind": "number", "text": {"de": text}, "maximum": most}


def asking(*questions: Q) -> Questionnaire:
    named = [{"id": f"q{i}", **question} for i, question in enumerate(questions)]
    return Questionnaire.model_validate({
        "id": "merkmale", "title": {"de": "T"}, "headline": {"de": "H"}, "intro": {"de": "I"}, "audience": "families",
        "minutes": 5, "pages": [{"id": "eins", "title": {"de": "Eins"}, "questions": named}],
    })  # fmt: skip


WUERZBURG = asking(
    choice("Welches Geschlecht haben Sie?", 3), number("In welchem Jahr sind Sie geboren?", 80),
    choice("Welche Staatsangehörigkeit haben Sie?", 12), choice("Was fehlt Ihnen?", 9),
)  # fmt: skip


def test_traits_are_multiplied_and_what_people_need_is_none() -> None:
    found = recognisable(WUERZBURG, district(212, 900))
    assert [trait.question for trait in found.traits] == ["q1", "q2", "q0"]
    assert found.combinations == 3 * 81 * 12
    assert found.families_each == pytest.approx(212 / (3 * 81 * 12))


def test_the_smallest_sozialraum_and_the_question_to_coarsen_are_named() -> None:
    said = recognition_in_words(recognisable(WUERZBURG, district(900, 212)))
    assert said.startswith("Vorsicht:")
    assert "Süd 1, 212 Familien" in said
    assert "„In welchem Jahr sind Sie geboren?“ gröber zu fragen, in höchstens 5 Gruppen" in said


def test_few_traits_in_a_large_sozialraum_are_no_cause() -> None:
    asked = asking(choice("Welches Geschlecht haben Sie?", 3), choice("Welche Sprache sprechen Sie?", 3))
    found = recognisable(asked, district(212, 900))
    assert not found.too_few
    assert "23,6 Familien auf jede" in recognition_in_words(found)
    few = recognisable(asked, district(40, 900))
    assert few.too_few
    assert "wegzulassen" in recognition_in_words(few)


def test_one_trait_alone_is_not_spoken_of() -> None:
    found = recognisable(asking(number("Wie alt sind Sie?", 99)), district(20, 20))
    assert not found.too_few
    assert recognition_in_words(found) == ""


def test_where_families_are_not_known_everywhere_nobody_claims_anything() -> None:
    found = recognisable(WUERZBURG, district(212, None))
    assert not found.too_few
    assert "nicht rechnen" in recognition_in_words(found)
    assert "mindestens 14.580" in recognition_in_words(found)


@pytest.mark.parametrize("marked", [{"field": "Haushalt und Familie"}, {"sensitive": "origin"}])
def test_authors_can_mark_a_trait_that_its_words_do_not_show(marked: Q) -> None:
    assert [t.question for t in recognisable(asking(choice("Und Sie?", 4, **marked)), district(1, 1)).traits] == ["q0"]


@pytest.mark.parametrize("name", shipped_questionnaires())
def test_what_ships_asks_few_traits(name: str) -> None:
    found = recognisable(shipped_questionnaires()[name], district(1440, 1440))
    assert not found.too_few
