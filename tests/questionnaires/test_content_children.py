"""The questionnaire for children from 10 to 13 is gentler and shorter than the others, and its words show it."""

from __future__ import annotations

import re

import pytest

from questionnaires.flow import on_path
from questionnaires.model import LANGUAGES, Consent, Info, Questionnaire, Scale, choices
from tests.questionnaires.test_content import NONE_OF_THESE, get, minutes, sentences, spoken, texts

#: Words a minute of a slow reader of this age; assumed, as the 180 of adults are, until children were timed.
PACE = 130
#: What a child is never asked about; „kostet“ (nothing, little) is about offers and allowed.
OUT_OF_BOUNDS = re.compile(
    r"\b(geld\w*|einkommen|lohn|bürgergeld|arm|armut|arbeitslos|verdien\w*|geschlecht|religion|flucht)\b"
)
#: question asked of children and of the older ones → code → what both read
SHARED = {
    "bedarf": {
        1: "Bus und Bahn", 2: "Treffpunkt nur für uns", 3: "Sport", 4: "Jemanden, der mir zuhört",
        5: "Hilfe gegen Mobbing", 6: "Weniger", 9: "Mehr mitreden", 10: "Freizeit, die wenig kostet",
    },
    "schule_fehlt": {
        1: "Ein ruhiger Ort", 3: "Saubere Toiletten", 4: "Jemand zum Reden", 5: "Hilfe gegen Mobbing",
        7: "Hilfe beim Lernen",
    },
}  # fmt: skip


@pytest.fixture
def children() -> Questionnaire:
    return get("jugend-10-13")


def test_children_from_ten_are_asked(children: Questionnaire) -> None:
    assert (children.audience, children.minimum_age) == ("young_people", 10)


def test_a_page_asks_children_at_most_three_questions(children: Questionnaire) -> None:
    assert max(len(page.questions) for page in children.pages) == 3


@pytest.mark.parametrize("language", ["de", "de-simple"])
def test_no_sentence_for_children_is_longer_than_10_words(children: Questionnaire, language: str) -> None:
    found = [s for t in spoken(children, language).values() for s in sentences(t) if len(s.split()) > 10]
    assert found == []


@pytest.mark.parametrize("language", ["de", "de-simple"])
def test_children_are_not_asked_about_money_sex_or_origin(children: Questionnaire, language: str) -> None:
    said = {path: text.casefold() for path, text in texts(children, language).items()}
    assert {path: text for path, text in said.items() if OUT_OF_BOUNDS.search(text)} == {}
    asked_about = {question.sensitive for question in children.questions.values()}
    assert asked_about == {None, "burden", "violence", "family"}


def test_sensitive_questions_to_children_are_three_on_one_page_after_the_consent(
    children: Questionnaire,
) -> None:
    before, personal = next(
        (one, two)
        for one, two in zip(children.pages, children.pages[1:], strict=False)
        if isinstance(one.questions[-1], Consent)
    )
    sensitive = [question for question in children.questions.values() if question.sensitive]
    assert sensitive == list(personal.questions)
    assert len(sensitive) == 3
    assert [question.kind for question in before.questions] == ["consent"]


def test_a_child_that_does_not_agree_is_led_straight_to_the_last_question(children: Questionnaire) -> None:
    shown, _ = on_path(children, {}, "")
    assert shown[-2:] == ["einverstanden", "wunsch"]


def test_no_scale_asks_children_for_more_than_four_worded_steps(children: Questionnaire) -> None:
    scales = [question for question in children.questions.values() if isinstance(question, Scale)]
    assert len(scales) >= 2
    assert all(3 <= sum(step.missing is None for step in q.steps) <= 4 for q in scales)


@pytest.mark.parametrize(("agrees", "at_least", "at_most"), [(False, 3, 4.5), (True, 4, 5)])
def test_a_child_that_reads_slowly_needs_four_to_five_minutes(
    children: Questionnaire, agrees: bool, at_least: float, at_most: float
) -> None:
    answers = {"einverstanden": True} if agrees else {}
    assert at_least <= minutes(children, answers, PACE) <= at_most
    assert at_most <= children.minutes


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_stands_where_worries_are_and_at_the_end(children: Questionnaire, language: str) -> None:
    said = spoken(children, language)
    for path in ("sicher.help", "reden.help", "wunsch.help"):
        assert "Nummer gegen Kummer" in said[path]
        assert "116\u00a0111" in said[path]


@pytest.mark.parametrize(
    ("language", "parents", "slip"),
    [
        ("de", "Manchmal müssen vorher deine Eltern zustimmen", "Der Zettel bleibt in der Schule"),
        ("de-simple", "Manchmal müssen deine Eltern vorher Ja sagen", "Der Zettel bleibt in der Schule"),
        ("en", "your parents must agree first", "The slip stays at school"),
        ("uk", "мають погодитися твої батьки", "Папірець залишається у школі"),
        ("ru", "должны согласиться твои родители", "Листок остаётся в школе"),
        ("ar", "يجب أن يوافق والداك", "تبقى الورقة في المدرسة"),
        ("fa", "باید پدر و مادرت موافقت کنند", "برگه در مکتب/مدرسه می‌ماند"),
        ("tr", "anne babanın izin vermesi gerekir", "Kâğıt okulda kalır"),
    ],
)
def test_children_read_when_parents_must_agree_and_that_slips_stay_at_school(
    children: Questionnaire, language: str, parents: str, slip: str
) -> None:
    assert parents in children.legal_basis[language]
    assert slip in children.legal_basis[language]


def test_groups_to_filter_by_are_too_coarse_to_single_out_a_child(children: Questionnaire) -> None:
    n_groups = {
        name: sum(option.missing is None for option in choices(children.questions[name])) for name in children.filters
    }
    assert n_groups == {"alter": 2, "schulart": 3, "schulweg": 4}


@pytest.mark.parametrize("name", ["angebote", "sicher"])
def test_children_and_young_people_answer_the_same_steps_where_they_are_compared(
    children: Questionnaire, name: str
) -> None:
    older = choices(get("jugend").questions[name])
    younger = choices(children.questions[name])
    assert [(step.code, step.text["de"]) for step in younger] == [(s.code, s.text["de"]) for s in older]


@pytest.mark.parametrize("name", sorted(SHARED))
def test_codes_shared_with_the_older_ones_are_the_same_wish(children: Questionnaire, name: str) -> None:
    older = {option.code: option.text["de"] for option in choices(get("jugend").questions[name])}
    younger = {option.code: option.text["de"] for option in choices(children.questions[name])}
    common = {code for code in set(older) & set(younger) if code < NONE_OF_THESE}
    assert common == set(SHARED[name])
    for code, words in SHARED[name].items():
        assert words in older[code]
        assert words in younger[code]


def test_no_information_but_the_first_stands_between_the_questions(children: Questionnaire) -> None:
    order = list(children.questions.values())
    assert [i for i, question in enumerate(order) if isinstance(question, Info)] == [0]
