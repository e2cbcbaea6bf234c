"""The questionnaires that ship: what is claimed of their words, their length and their order holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product, takewhile
from pathlib import Path
from typing import Any

import pytest

from questionnaires.check import check_file
from questionnaires.children import sections_of
from questionnaires.flow import holds, on_path
from questionnaires.model import (
    KINDS,
    LANGUAGES,
    RIGHT_TO_LEFT,
    Asked,
    Battery,
    Consent,
    Counts,
    Funnel,
    Info,
    Multiple,
    PlaceQuestion,
    Questionnaire,
    Ranking,
    Scale,
    Single,
    Text,
    choices,
)  # fmt: skip
from questionnaires.read import read_questionnaire, text_places
from questionnaires.source import read_source

FOLDER = Path(__file__).parents[2] / "questionnaires"
YOUNG = ("jugend", "jugend-10-13")
NAMES = ("familien", *YOUNG)
SHIPPED = {name: read_questionnaire(FOLDER / f"{name}.yaml") for name in NAMES}
PLACES = {name: tuple(text_places(read_source(FOLDER / f"{name}.yaml").data)) for name in NAMES}

#: Codes that mean the same everywhere.
NONE_OF_THESE, OTHER, DONT_KNOW, RATHER_NOT = 90, 95, 98, 99
OFFICE_GERMAN = ("inwiefern", "inwieweit", "bezüglich", "hinsichtlich", "in anspruch", "inanspruchnahme")
BIDI_CONTROLS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
KITA_AND_SCHOOL = {"u3": 0, "a3": 1, "a6": 1, "a10": 0, "a15": 0}
ONE_CHILD = {"u3": 0, "a3": 0, "a6": 1, "a10": 0, "a15": 0}
KITA_ONLY = {"u3": 1, "a3": 1, "a6": 0, "a10": 0, "a15": 0}


@pytest.fixture(params=NAMES)
def shipped(request: pytest.FixtureRequest) -> Questionnaire:
    return get(request.param)


@pytest.fixture
def families() -> Questionnaire:
    return get("familien")


def get(name: str) -> Questionnaire:
    read = SHIPPED[name]
    assert isinstance(read, Questionnaire), read
    return read


def texts(questionnaire: Questionnaire, language: str) -> dict[str, str]:
    """Every text of the questionnaire by path; empty where there is none."""
    found: dict[str, str] = {}
    plain = questionnaire.model_dump(mode="python", by_alias=True)
    for path, place in PLACES[questionnaire.id]:
        at: Any = plain
        for key in place:
            at = at[key]
        found[path] = at.get(language, "")
    return found


def spoken(questionnaire: Questionnaire, language: str) -> dict[str, str]:
    """The texts a family meets on the phone: all but the legal basis, which the privacy page shows."""
    return {path: text for path, text in texts(questionnaire, language).items() if path != "legal_basis"}


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.?!])\s+", text) if part]


def asked(questionnaire: Questionnaire) -> Iterator[Asked]:
    """Questions that measure something."""
    return (q for q in questionnaire.questions.values() if not isinstance(q, Info | Consent | PlaceQuestion))


def parts(question: Asked) -> Iterator[tuple[Any, ...]]:
    for name in ("options", "steps", "items", "bands"):
        if getattr(question, name, ()):
            yield getattr(question, name)


# --- complete and in order ------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_file_has_no_problem(name: str) -> None:
    assert list(check_file(FOLDER / f"{name}.yaml")) == []


def test_families_are_asked_about_22_young_people_18_and_children_16_questions() -> None:
    assert 20 <= len(get("familien").questions) <= 24
    assert 17 <= len(get("jugend").questions) <= 19
    assert 15 <= len(get("jugend-10-13").questions) <= 17


def test_no_page_has_more_than_four_questions(shipped: Questionnaire) -> None:
    assert max(len(page.questions) for page in shipped.pages) <= 4


def test_every_kind_of_question_occurs_in_the_family_questionnaire(families: Questionnaire) -> None:
    assert {question.kind for question in families.questions.values()} == set(KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_exists_in_every_language(shipped: Questionnaire, language: str) -> None:
    assert language in shipped.languages
    assert [path for path, text in texts(shipped, language).items() if not text.strip()] == []


def test_only_german_is_called_the_source_and_nothing_is_called_checked(shipped: Questionnaire) -> None:
    status = {language: shipped.translations[language].status for language in shipped.languages}
    assert status.pop("de") == "source"
    assert set(status.values()) == {"machine"}


def test_what_measures_something_carries_its_tags(shipped: Questionnaire) -> None:
    for question in asked(shipped):
        assert all((question.concept, question.life_phase, question.field)), question.id
        for item in getattr(question, "items", ()):
            assert all((item.life_phase, item.field, item.dimension)), (question.id, item.id)


def test_codes_of_not_knowing_and_not_saying_mean_the_same_everywhere(shipped: Questionnaire) -> None:
    meaning = {DONT_KNOW: "dont_know", RATHER_NOT: "prefer_not_to_say"}
    for question in shipped.questions.values():
        for option in choices(question):
            assert option.missing == meaning.get(option.code), question.id
            assert option.other == (option.code == OTHER), question.id
            assert option.exclusive or option.code != NONE_OF_THESE, question.id


def test_nobody_is_forced_to_choose_what_is_not_true(shipped: Questionnaire) -> None:
    for question in shipped.questions.values():
        if isinstance(question, Single | Multiple | Scale | Ranking):
            assert any(option.missing for option in choices(question)), question.id


def test_age_bands_are_those_of_the_official_statistics(families: Questionnaire) -> None:
    children = families.questions["kinder"]
    assert isinstance(children, Counts)
    assert [(band.from_age, band.to_age) for band in children.bands] == [
        (0, 2),
        (3, 5),
        (6, 9),
        (10, 14),
        (15, 17),
    ]


def test_content_families_need_nothing_is_an_answer_and_not_a_missing_value(shipped: Questionnaire) -> None:
    question = shipped.questions[shipped.headline_question or ""]
    assert isinstance(question, Ranking)
    nothing = next(option for option in question.options if option.code == NONE_OF_THESE)
    assert nothing.exclusive
    assert nothing.missing is None
    assert sum(not option.exclusive and not option.missing for option in question.options) == 10


def test_filters_are_single_choices_of_few_groups(shipped: Questionnaire) -> None:
    assert 3 <= len(shipped.filters) <= 4
    for name in shipped.filters:
        question = shipped.questions[name]
        assert isinstance(question, Single)
        assert 2 <= sum(option.missing is None for option in question.options) <= 6


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["de", "de-simple"])
def test_no_question_is_longer_than_12_words(shipped: Questionnaire, language: str) -> None:
    long = {q.id: q.text[language] for q in shipped.questions.values() if len(q.text[language].split()) > 12}
    assert long == {}


@pytest.mark.parametrize("language", ["de", "de-simple"])
def test_no_sentence_on_the_phone_is_longer_than_12_words(shipped: Questionnaire, language: str) -> None:
    found = [s for text in spoken(shipped, language).values() for s in sentences(text) if len(s.split()) > 12]
    assert found == []


def test_plain_german_uses_long_words_only_for_names_in_brackets(shipped: Questionnaire) -> None:
    for path, text in spoken(shipped, "de-simple").items():
        everyday = re.sub(r"\([^)]*\)", "", text)
        long = [word for word in re.findall(r"[^\W\d_]+", everyday) if len(word) > 15]
        assert long == [], path


@pytest.mark.parametrize("language", ["de", "de-simple"])
def test_german_texts_have_no_office_words(shipped: Questionnaire, language: str) -> None:
    said = " ".join(spoken(shipped, language).values()).casefold()
    assert [word for word in OFFICE_GERMAN if word in said] == []


@pytest.mark.parametrize("language", ["de", "de-simple"])
def test_adults_are_addressed_with_sie_and_young_people_with_du(language: str) -> None:
    to_adults = " ".join(texts(get("familien"), language).values())
    to_the_young = " ".join(text for name in YOUNG for text in texts(get(name), language).values())
    assert not re.search(r"\b([Dd]u|[Dd]ich|[Dd]ir|[Dd]ein\w*)\b", to_adults)
    assert not re.search(r"\b(Sie|Ihnen|Ihr\w*)\b", to_the_young)


def test_nothing_is_called_leichte_sprache(shipped: Questionnaire) -> None:
    assert all("leichte sprache" not in text.casefold() for text in texts(shipped, "de-simple").values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_answers_of_a_question_read_the_same(shipped: Questionnaire, language: str) -> None:
    for question in shipped.questions.values():
        for part in parts(question):
            words = [one.text[language] for one in part]
            assert len(words) == len(set(words)), (question.id, words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_families_meet_on_forms_stay_german(families: Questionnaire, language: str) -> None:
    said = spoken(families, language)
    assert "Bildung und Teilhabe" in said["but_bekannt.help"]
    for benefit in ("Bürgergeld", "Grundsicherung", "Wohngeld", "Kinderzuschlag", "Sozialhilfe"):
        if language != "de":
            assert benefit in said["leistungen.help"]
    assert "Schülerbeförderung" in said["but_bekannt.items.fahrt"]
    assert "Lernförderung" in said["but_weg.items.lernfoerderung"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_legal_basis_names_task_consent_and_withdrawal(shipped: Questionnaire, language: str) -> None:
    basis = shipped.legal_basis[language]
    assert "SGB VIII" in basis
    assert len(re.findall("DSGVO|GDPR", basis)) >= 2
    assert ("Code" if language == "de-simple" else "Widerrufscode") in basis


@pytest.mark.parametrize("language", LANGUAGES)
def test_phone_numbers_are_not_torn_apart_or_turned_round(shipped: Questionnaire, language: str) -> None:
    number = "0800\u00a0111\u00a00550" if shipped.audience == "families" else "116\u00a0111"
    assert number in spoken(shipped, language)["wunsch.help"]
    assert not any(re.search(r"111 0550|116 111", text) for text in spoken(shipped, language).values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_hold_no_invisible_direction_marks(shipped: Questionnaire, language: str) -> None:
    assert not any(BIDI_CONTROLS.search(text) for text in texts(shipped, language).values())


@pytest.mark.parametrize("language", sorted(RIGHT_TO_LEFT))
def test_questions_from_right_to_left_start_with_a_letter_of_their_script(
    shipped: Questionnaire, language: str
) -> None:
    assert all(re.match("[\u0600-\u06ff]", q.text[language]) for q in shipped.questions.values())


# --- what is asked of whom ------------------------------------------------------------------------


def test_sensitive_questions_say_why_and_come_in_the_second_half(shipped: Questionnaire) -> None:
    order = list(shipped.questions)
    sensitive = [q for q in shipped.questions.values() if q.sensitive]
    assert len(sensitive) >= 3
    for question in sensitive:
        assert order.index(question.id) >= len(order) / 2, question.id
        assert all(question.why.get(language) for language in LANGUAGES), question.id


def test_items_of_a_sensitive_battery_are_marked_too(shipped: Questionnaire) -> None:
    for question in shipped.questions.values():
        if isinstance(question, Battery):
            assert {item.sensitive for item in question.items} == {question.sensitive}, question.id


def test_without_consent_nothing_sensitive_is_asked(shipped: Questionnaire) -> None:
    everything = {"kinder": KITA_AND_SCHOOL, "leistungen": 1, "taetig": 1, "but_bekannt": {"fahrt": 1}}
    shown, _ = on_path(shipped, everything, "")
    assert not any(sections_of(shipped).questions[name].sensitive for name in shown)
    agreed, _ = on_path(shipped, {**everything, "einverstanden": True}, "")
    assert {name for name, q in shipped.questions.items() if q.sensitive} - set(agreed) <= {"but_gruende"}


def test_bildung_und_teilhabe_is_asked_only_with_a_benefit_and_a_child(families: Questionnaire) -> None:
    def asked_of(**answers: Any) -> bool:
        return "but_bekannt" in on_path(families, {"einverstanden": True, **answers}, "")[0]

    assert asked_of(kinder=KITA_ONLY, leistungen=1)
    assert not asked_of(leistungen=1)
    for no_benefit in (2, DONT_KNOW, RATHER_NOT):
        assert not asked_of(kinder=KITA_ONLY, leistungen=no_benefit)


def test_reasons_are_asked_only_where_something_did_not_arrive(families: Questionnaire) -> None:
    concerned = {"einverstanden": True, "kinder": KITA_AND_SCHOOL, "leistungen": 1}
    all_used = {"but_bekannt": {"fahrt": 1, "verein": 1}, "but_weg": {"fahrt": 5, "verein": 1}}
    one_refused = {"but_bekannt": {"fahrt": 1, "verein": 1}, "but_weg": {"fahrt": 5, "verein": 3}}
    assert "but_gruende" not in on_path(families, {**concerned, **all_used}, "")[0]
    assert "but_gruende" in on_path(families, {**concerned, **one_refused}, "")[0]
    assert "but_gruende" in on_path(families, {**concerned, "but_bekannt": {"fahrt": 0}}, "")[0]


def test_parents_without_a_child_yet_are_not_asked_about_one(families: Questionnaire) -> None:
    shown, _ = on_path(families, {"juengstes": 1}, "")
    assert "arztweg" not in shown
    assert not any(name.startswith("kind") and name != "kinder" for name in shown)


@pytest.mark.parametrize(
    ("band", "asked_about"),
    [
        ("u3", {"betreuung"}),
        ("a3", {"betreuung", "freizeit", "start"}),
        ("a6", {"betreuung", "freizeit", "start"}),
        ("a10", {"freizeit", "start"}),
        ("a15", {"freizeit", "start"}),
    ],
)
def test_of_each_child_only_what_fits_its_age_is_asked(
    families: Questionnaire, band: str, asked_about: set[str]
) -> None:
    shown, _ = on_path(families, {"kinder": {**dict.fromkeys(KITA_ONLY, 0), band: 1}}, "")
    of_child = {name for name in shown if name.startswith("kind_")}
    assert of_child == {f"kind_{topic}-{band}-1" for topic in asked_about}


def minutes(questionnaire: Questionnaire, answers: dict[str, Any], pace: int = 180) -> float:
    """Reading at `pace` words a minute and 2.5 seconds an answer; an own text takes as long as six answers."""
    n_answers = {"info": 0, "ranking": 3, "counts": 2, "multiple": 2, "text": 6}
    words = taps = 0
    for name in on_path(questionnaire, answers, "")[0]:
        question = sections_of(questionnaire).questions[name]
        said = [question.text, question.help, question.why]
        said += [one.text for part in parts(question) for one in part]
        words += sum(len(text.get("de", "").split()) for text in said)
        taps += len(question.items) if isinstance(question, Battery) else n_answers.get(question.kind, 1)
    return words / pace + taps * 2.5 / 60


def test_the_promised_minutes_hold_but_for_one_more_on_the_longest_path(families: Questionnaire) -> None:
    most = {"kinder": ONE_CHILD, "einverstanden": True, "leistungen": 2}
    longest = {**most, "leistungen": 1, "but_bekannt": {"fahrt": 1, "verein": 0}}
    assert minutes(families, most) <= families.minutes
    assert minutes(families, longest) <= families.minutes + 1


def test_every_further_child_takes_less_than_a_minute(families: Questionnaire) -> None:
    spent = [minutes(families, {"kinder": {**ONE_CHILD, "a6": n}, "einverstanden": True}) for n in (1, 2)]
    assert 0 < spent[1] - spent[0] < 1
    youngest = {"kinder": {**ONE_CHILD, "a6": 2}, "einverstanden": True, "kind-only": True}
    assert minutes(families, youngest) < spent[1]


def test_the_promised_minutes_hold_for_young_people() -> None:
    young = get("jugend")
    assert minutes(young, {"taetig": 1, "einverstanden": True}) <= young.minutes


def test_nobody_can_react_to_own_words_and_the_page_says_who_helps(shipped: Questionnaire) -> None:
    last = shipped.pages[-1].questions[-1]
    assert isinstance(last, Text)
    assert last.max_length == 300
    assert "keine Namen" in last.help["de"]
    assert "nicht zurückschreiben" in last.help["de"]


# --- funnels --------------------------------------------------------------------------------------


def answers_to(questionnaire: Questionnaire, funnel: Funnel) -> Iterator[dict[str, Any]]:
    """Every combination of answers to a funnel's batteries, in a family with children of all ages."""
    item = funnel.id.removeprefix("but_")
    batteries = [
        question
        for question in questionnaire.questions.values()
        if isinstance(question, Battery) and f'"question":"{question.id}"' in funnel.model_dump_json()
    ]
    for codes in product(*([None, *(step.code for step in battery.steps)] for battery in batteries)):
        chosen = zip(batteries, codes, strict=True)
        found = {battery.id: {item: code} for battery, code in chosen if code is not None}
        yield {"kinder": dict.fromkeys(KITA_ONLY, 1), "juengstes": 1, "taetig": 1, **found}


def test_each_step_of_a_funnel_lies_within_the_step_before(shipped: Questionnaire) -> None:
    for funnel in shipped.funnels:
        seen = set()
        for answers in answers_to(shipped, funnel):
            reached = [holds(step.reached_if, answers, "") for step in funnel.steps]
            assert sum(takewhile(bool, reached)) == sum(reached), (funnel.id, answers)
            seen.add(sum(reached))
        assert seen == set(range(len(funnel.steps) + 1)), funnel.id


def test_who_did_not_answer_is_in_no_base_of_a_funnel(shipped: Questionnaire) -> None:
    for funnel in shipped.funnels:
        assert funnel.base is not None
        for answers in answers_to(shipped, funnel):
            n_given = len(answers) - 3
            ignorant = answers.get("but_bekannt") == {funnel.id.removeprefix("but_"): 0}
            complete = n_given == (2 if funnel.id.startswith("but_") else 1)
            assert holds(funnel.base, answers, "") == (complete or ignorant), (funnel.id, answers)


def test_help_for_school_counts_only_families_with_a_child_at_school(families: Questionnaire) -> None:
    bases = {funnel.id: funnel.base for funnel in families.funnels}
    for name, answered in (("but_fahrt", "fahrt"), ("but_mittagessen", "mittagessen")):
        at_kita = {"kinder": KITA_ONLY, "but_bekannt": {answered: 0}}
        at_school = {"kinder": KITA_AND_SCHOOL, "but_bekannt": {answered: 0}}
        base = bases[name]
        assert base is not None
        assert holds(base, at_school, "")
        assert holds(base, at_kita, "") == (name == "but_mittagessen")


def test_every_offer_and_every_part_of_bildung_und_teilhabe_has_its_funnel(shipped: Questionnaire) -> None:
    batteries = [q for q in shipped.questions.values() if isinstance(q, Battery)]
    offers = {item.offer for battery in batteries for item in battery.items}
    assert {funnel.id for funnel in shipped.funnels} == offers - {None}
    for funnel in shipped.funnels:
        assert funnel.reasons is None or isinstance(shipped.questions[funnel.reasons], Multiple)
