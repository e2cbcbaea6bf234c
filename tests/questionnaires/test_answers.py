"""What people, phones and broken clients send, and what becomes of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.answers import READERS, clean_text, parse_answers, wire_names
from questionnaires.model import KINDS, Questionnaire
from tests.survey.cast import district, questionnaire

Q, D = questionnaire(), district()


def parse(**form: Any) -> Any:
    fields = {
        name.replace("__", "."): values if isinstance(values, list) else [values]
        for name, values in form.items()
    }
    return parse_answers(Q, D, fields)


def codes(checked: Any) -> list[str]:
    return [problem.code for problem in checked.problems]


def test_every_kind_has_a_reader() -> None:
    assert READERS.keys() == KINDS.keys()


def test_a_whole_form_becomes_checked_answers() -> None:
    checked = parse(
        ort="nord-1", zufrieden="1", fehlt=["2", "3"], fehlt__other=" Ein  Schwimmbad ", angebote__bus="2",
        kinder__u3="2", wichtig__1="3", wichtig__2="1", alter="34", allein="99", mitreden="1", _key="x",
    )  # fmt: skip
    assert checked.problems == ()
    assert checked.area == "nord-1"
    assert checked.answers == {
        "zufrieden": 1, "fehlt": [2, 3], "fehlt.other": "Ein  Schwimmbad", "angebote": {"bus": 2},
        "kinder": {"u3": 2, "u6": 0}, "wichtig": [3, 1], "alter": 34, "allein": 99, "mitreden": True,
    }  # fmt: skip


def test_nothing_answered_is_a_valid_response() -> None:
    checked = parse()
    assert (checked.answers, checked.area, checked.problems) == ({}, "", ())


def test_the_place_is_not_among_the_answers() -> None:
    assert parse(ort="sued-1").answers == {}
    assert parse(ort="elsewhere").area == parse(ort="unknown").area == ""


def test_what_the_path_does_not_show_is_dropped_with_its_problems() -> None:
    checked = parse(zufrieden="3", alter="4000", warum="Der Bus fehlt")
    assert checked.answers == {"zufrieden": 3, "warum": "Der Bus fehlt"}
    assert checked.problems == ()


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"zufrieden": "7"}, "unknown-code"),
        ({"zufrieden": "1e0"}, "unknown-code"),
        ({"zufrieden": ["1", "2"]}, "several-values"),
        ({"fehlt": ["1", "99"]}, "exclusive"),
        ({"fehlt": ["1", "77"]}, "unknown-code"),
        ({"angebote__bus": "4"}, "unknown-code"),
        ({"kinder__u3": "zwei"}, "not-a-number"),
        ({"kinder__u3": "³"}, "not-a-number"),
        ({"kinder__u3": "١٢"}, "out-of-range"),
        ({"kinder__u3": "10"}, "out-of-range"),
        ({"kinder__u3": "-1"}, "out-of-range"),
        ({"zufrieden": "1", "alter": "100"}, "out-of-range"),
        ({"zufrieden": "1", "alter": "9" * 400}, "not-a-number"),
        ({"wichtig__1": "1", "wichtig__2": "1"}, "ranked-twice"),
        ({"wichtig__1": "1", "wichtig__2": "98"}, "exclusive"),
        ({"zufrieden": "3", "warum": "a" * 10_000}, "too-long"),
        ({"fehlt": "3", "fehlt__other": "a" * 121}, "too-long"),
        ({"ort": "atlantis"}, "unknown-place"),
        ({"mitreden": "ja"}, "unknown-code"),
        ({"__proto__": "1"}, "unknown-field"),
        ({"unbekannt": "1", "nochwas": "2"}, "unknown-field"),
    ],
)
def test_what_cannot_be_used_is_named_once(form: dict[str, Any], code: str) -> None:
    assert codes(parse(**form)) == [code]


def test_problems_never_hold_what_was_typed() -> None:
    checked = parse(zufrieden="3", warum="geheim" * 100, kinder__u3="geheim")
    assert len(checked.problems) == 2
    assert "geheim" not in repr(checked.problems)


def test_a_required_consent_must_be_given() -> None:
    values = questionnaire().model_dump(by_alias=True, exclude_none=True)
    values["pages"][1]["questions"][-1]["required"] = True
    strict = Questionnaire.model_validate(values)
    assert codes(parse_answers(strict, D, {})) == ["consent-missing"]
    assert codes(parse_answers(strict, D, {"mitreden": ["1"]})) == []


def test_words_of_an_option_nobody_chose_are_dropped() -> None:
    assert "fehlt.other" not in parse(fehlt="1", fehlt__other="Vergessen").answers


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\u0308", "ä"),
        ("  x  ", "x"),
        ("\ud800y", "y"),
        ("שלום", "שלום"),
        ("Danke \U0001fa77\U0001fae9\U0001fadf", "Danke \U0001fa77\U0001fae9\U0001fadf"),  # of Unicode 15 and 16
        ("a\ufdd0b\uffffc\U0001fffed\ue000", "abcd"),
    ],
)
def test_text_is_cleaned_and_right_to_left_words_stay(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


@given(
    st.dictionaries(
        st.sampled_from([n for q in Q.questions.values() for n in wire_names(q)]),
        st.lists(st.text(max_size=9), max_size=3),
    )
)
def test_no_form_however_broken_raises_and_what_is_kept_reads_back_the_same(
    form: dict[str, list[str]],
) -> None:
    checked = parse_answers(Q, D, form)
    for question_id in checked.answers:
        assert question_id.split(".")[0] in checked.shown
    for problem in checked.problems:
        assert problem.question in checked.shown
