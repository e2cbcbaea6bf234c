"""The product's own sentences in every language, and the language a family gets.

A catalogue's header says whether a human has read it: ``# status: machine`` or ``# status: checked by … on …``.
Sentences that are the same for „Sie“ and „du“ in German must not address anybody in any language.
"""

import re
from datetime import date
from functools import cache
from string import Formatter

import pytest
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from questionnaires.model import LANGUAGES, RIGHT_TO_LEFT, SOURCE_LANGUAGE, Ranking, Repeat
from survey.respond.words import (
    CATALOGUES,
    LANGUAGE_NAMES,
    SENTENCES,
    best_language,
    direction,
    html_language,
    locale_of,
    message_ids,
    words,
)

TRANSLATED = [language for language in LANGUAGES if language != SOURCE_LANGUAGE]
STATUS_LINE = re.compile(r"^status: (machine|checked by .+ on \d{4}-\d{2}-\d{2})$", re.MULTILINE)

#: What only adults are addressed with: pronouns, and verb and possessive endings of the polite form.
POLITE = {
    "de": r"\b(Ihnen|Ihr\w*|Sie (bitte|noch|die|es|Ihre))\b",
    "de-simple": r"\b(Ihnen|Ihr\w*)\b",
    "uk": r"\bВ(и|ас|ам|аш\w*)\b|\w(йте|іть|ете)\b",
    "ru": r"\bВ(ы|ас|ам|аш\w*)\b|\w(йте|ите|ете|ьте)\b",
    "ar": r"\w(كم|وا)\b",
    "fa": r"شما|(?<![آا])(?<!رس)ید\b",  # not „آید“ (comes), „باید“ (must) and „رسید“ (arrived)
    "tr": r"\bsi(z|zin|zde)\b|[ıiuü]n[ıiuü]z",
}
#: What only young people are addressed with.
FAMILIAR = {
    "de": r"\b(du|dich|dir|dein\w*)\b",
    "de-simple": r"\b(du|dich|dir|dein\w*)\b",
    "uk": r"\b(ти|тебе|тобі|тво\w+)\b",
    "ru": r"\b(ты|тебя|тебе|тво\w+)\b",
    "fa": r"\bتو\b|می‌(توان|خواه)ی\b",
    "tr": r"\b(sen|senin|sende)\b|\w(lar|ler)[ıi]n\b|\w(s[ıiuü]n)\b",
}


@cache
def catalogue(language: str) -> Catalog:
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


def placeholders(text: str) -> list[str]:
    return sorted(field for _, field, _, _ in Formatter().parse(text) if field is not None)


def texts_for(language: str, young: bool) -> set[str]:
    return set(words(language, young).values())


def matches(pattern: str, texts: set[str]) -> list[str]:
    return [text for text in texts if re.search(pattern, text, re.IGNORECASE if "du|" in pattern else 0)]


# --- catalogues --------------------------------------------------------------------------------------------


def test_every_language_but_the_source_has_a_catalogue_and_no_other_exists() -> None:
    assert sorted(path.stem for path in CATALOGUES.glob("*.po")) == sorted(TRANSLATED)


def test_every_language_has_its_own_name() -> None:
    assert set(LANGUAGE_NAMES) == set(LANGUAGES)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_every_message_with_a_text(language: str) -> None:
    found = {str(message.id): str(message.string).strip() for message in catalogue(language) if message.id}
    assert [text for text in message_ids() if not found.get(text)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_no_stale_obsolete_or_fuzzy_message(language: str) -> None:
    known = set(message_ids())
    assert [message.id for message in catalogue(language) if message.id and message.id not in known] == []
    assert [message.id for message in catalogue(language) if message.id and message.fuzzy] == []
    assert list(catalogue(language).obsolete) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_exactly_the_placeholders_of_the_german_sentence(language: str) -> None:
    different = [
        message.id
        for message in catalogue(language)
        if message.id and placeholders(str(message.string)) != placeholders(str(message.id))
    ]
    assert different == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_says_its_language_and_whether_a_human_checked_it(language: str) -> None:
    source = (CATALOGUES / f"{language}.po").read_text(encoding="utf-8")
    assert f'"Language: {language}\\n"' in source
    assert "charset=UTF-8" in source
    comments = "\n".join(line[2:] for line in source.splitlines() if line.startswith("# "))
    assert len(STATUS_LINE.findall(comments)) == 1


@pytest.mark.parametrize("language", TRANSLATED)
def test_words_come_from_the_catalogue(language: str) -> None:
    for young in (False, True):
        assert set(words(language, young)) == set(SENTENCES)
    assert words(language, False)["code_text"] == catalogue(language).get(words("de", False)["code_text"]).string  # type: ignore[union-attr]


# --- sentences ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_written_date_never_gives_two_full_stops(language: str) -> None:
    day = format_date(date(2026, 3, 15), "long", locale=locale_of(language))
    dated = [text for text in texts_for(language, False) | texts_for(language, True) if "{date}" in text]
    assert len(dated) >= 4
    assert [text for text in dated if ".." in text.format(date=day)] == []


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language not in {"fa", "tr"}])
def test_a_number_that_may_be_one_counts_nothing_by_name(language: str) -> None:
    """All other numbers are two or more and need one form; after a number Persian and Turkish have only one."""
    for young in (False, True):
        sentences = [words(language, young)[name] for name in ("up_to", "error_too-many")]
        assert set(re.findall(r"{(?:count|at_most)} (\w+)", " ".join(sentences))) <= {"ankreuzen", "على"}
    at_least = {str(one.metadata[0]) for one in (Repeat.model_fields["at_most"], Ranking.model_fields["top"])}
    assert at_least == {"Ge(ge=2)"}


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("young", [False, True])
def test_a_button_named_in_a_sentence_is_called_what_it_says(language: str, young: bool) -> None:
    sentences = words(language, young)
    assert sentences["send"] == sentences["last_page"]
    assert sentences["send"] in sentences["last_text"]
    assert sentences["elsewhere"] in sentences["no_place_found"]


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_young_people_are_addressed_otherwise_than_adults(language: str) -> None:
    adult, young = words(language, False), words(language, True)
    for name in ("promise_voluntary", "kept", "withdraw_until", "code_text", "code_title", "arrived", "error_busy"):
        assert adult[name] != young[name], name


def test_english_addresses_everybody_as_you() -> None:
    adult, young = words("en", False), words("en", True)
    assert {name for name in adult if adult[name] != young[name]} == {"kept", "access_code_help"}


@pytest.mark.parametrize("language", sorted(POLITE))
def test_no_sentence_for_young_people_uses_the_polite_form(language: str) -> None:
    assert matches(POLITE[language], texts_for(language, True)) == []
    assert len(matches(POLITE[language], texts_for(language, False))) > 10


@pytest.mark.parametrize("language", sorted(FAMILIAR))
def test_no_sentence_for_adults_uses_the_familiar_form(language: str) -> None:
    assert matches(FAMILIAR[language], texts_for(language, False)) == []
    assert len(matches(FAMILIAR[language], texts_for(language, True))) > 5


# --- choosing a language -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_exactly_arabic_and_dari_run_from_right_to_left(language: str) -> None:
    assert {"ar", "fa"} == RIGHT_TO_LEFT
    assert direction(language) == ("rtl" if language in ("ar", "fa") else "ltr")


@pytest.mark.parametrize("language", sorted(RIGHT_TO_LEFT))
def test_a_right_to_left_sentence_starts_in_its_own_script(language: str) -> None:
    """A line that starts with a Latin word would lean the wrong way where the direction is guessed."""
    texts = texts_for(language, False) | texts_for(language, True)
    assert [text for text in texts if not re.match(r"[«]?[\u0600-\u06ff{]", text)] == []


def test_simple_german_is_marked_as_german_in_html() -> None:
    assert html_language("de-simple") == "de-x-simple"
    assert html_language("uk") == "uk"


@pytest.mark.parametrize(
    ("wanted", "accepted", "expected"),
    [
        ("uk", ["de"], ("uk", False)),
        ("de-simple", ["uk"], ("de-simple", False)),
        (None, ["uk"], ("uk", False)),
        (None, ["de-AT"], ("de", False)),
        (None, ["UK-ua", "de"], ("uk", False)),
        (None, ["fr", "ar-SY"], ("ar", False)),
        (None, ["fr"], ("de", False)),
        (None, [], ("de", False)),
        ("fr", [], ("de", True)),
        ("fr", ["uk-UA"], ("uk", True)),
        ("", [], ("de", False)),
    ],
)
def test_the_wanted_language_wins_then_the_browser_then_german(
    wanted: str | None, accepted: list[str], expected: tuple[str, bool]
) -> None:
    assert best_language(wanted, accepted, ("de", "de-simple", "uk", "ar")) == expected


def test_a_language_the_questionnaire_does_not_offer_is_not_chosen() -> None:
    assert best_language("tr", ["tr", "tr-TR"], ("de", "uk")) == ("de", True)
