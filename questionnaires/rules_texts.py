"""Rules about languages and texts of a questionnaire."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from questionnaires.messages import dig, unknown_language
from questionnaires.model import LANGUAGES, SOURCE_LANGUAGE, Review, Translation
from questionnaires.problems import Place
from questionnaires.read import text_places
from questionnaires.rules import Found, Scene, repeated
from questionnaires.source import Data

#: How a language is called in messages.
NAMES = {
    "de": "auf Deutsch", "de-simple": "in „Einfach erklärt“", "en": "auf Englisch", "uk": "auf Ukrainisch",
    "ru": "auf Russisch", "ar": "auf Arabisch", "fa": "auf Persisch (Dari)", "tr": "auf Türkisch",
}  # fmt: skip
#: Last parts of the paths of texts that a question may do without.
_OPTIONAL = ("help", "why", "unit", "legal_basis")


def wrong_languages(scene: Scene) -> Found:
    """Languages that are not known, come twice, or a list without German."""
    languages = scene.questionnaire.languages
    for i, language in enumerate(languages):
        if language not in LANGUAGES:
            yield ("languages", i), unknown_language(language)[1]
    for place, language in repeated((("languages", i), language) for i, language in enumerate(languages)):
        yield place, f"Die Sprache „{language}“ steht hier zweimal. Bitte eine streichen."
    if languages and SOURCE_LANGUAGE not in languages:
        yield ("languages",), "Die Ausgangssprache fehlt. Bitte „de“ in „languages“ aufnehmen."


def missing_languages(scene: Scene) -> Found:
    """Languages that are promised but have no text at all."""
    used = _languages_used(scene.data)
    for i, language in enumerate(scene.questionnaire.languages):
        if language in LANGUAGES and language not in used:
            name = f"translations/{scene.questionnaire.id}.{language}.yaml"
            message = f"Kein einziger Text steht {NAMES[language]} da. Bitte die Datei {name} anlegen"
            yield ("languages", i), f"{message} oder die Sprache streichen."


def unlisted_languages(scene: Scene) -> Found:
    """Texts or states of translations in a language that nobody is offered."""
    listed = scene.questionnaire.languages
    used = {language: place for place, language in reversed(list(_all_texts(scene.data)))}
    used |= {language: ("translations", language) for language in scene.questionnaire.translations}
    for language, place in used.items():
        if listed and language in LANGUAGES and language not in listed:
            yield place, f"Die Sprache „{language}“ fehlt in „languages“; ihre Texte würde niemand sehen."


def missing_texts(scene: Scene) -> Found:
    """Texts that are missing in one of the languages."""
    used = _languages_used(scene.data) | {SOURCE_LANGUAGE}
    languages = [x for x in LANGUAGES if x in scene.questionnaire.languages and x in used]
    for path, place in text_places(scene.data):
        texts = dig(scene.data, place)
        if not isinstance(texts, dict) or (not texts and path.rpartition(".")[2] in _OPTIONAL):
            continue
        for language in languages:
            if language not in texts:
                yield (*place, language), f"Der Text „{path}“ fehlt {NAMES[language]}."


def empty_texts(scene: Scene) -> Found:
    """Texts of spaces only."""
    paths = {place: path for path, place in text_places(scene.data)}
    for place, language in _all_texts(scene.data):
        text = dig(scene.data, place)
        if isinstance(text, str) and not text.strip():
            yield place, f"Der Text „{paths[place[:-1]]}“ ist {NAMES.get(language, language)} leer."


def unchecked_translations(scene: Scene) -> Found:
    """A translation counts as checked (and as Leichte Sprache) only with a name and a date."""
    for language, translation in scene.questionnaire.translations.items():
        if translation.status == "source" and language != SOURCE_LANGUAGE:
            yield ("translations", language), f"Ausgangssprache („source“) ist nur „de“, nicht „{language}“."
        elif translation.status == "checked" and not _is_checked(translation):
            who = "die Prüfgruppe für Leichte Sprache" if language == "de-simple" else "die Person"
            message = f"Die Übersetzung „{language}“ gilt als geprüft, wenn {who} („checked_by“) und das Datum"
            yield ("translations", language), f"{message} („checked_on: '2026-05-31'“) dastehen."
        for path, review in translation.reviews.items():
            if (review.checked_by or review.checked_on) and not _is_checked(review):
                message = f"„{path}“ gilt als geprüft, wenn die Person („checked_by“) und das Datum („checked_on“)"
                yield ("translations", language, "reviews", path), f"{message} dastehen."


def _is_checked(translation: Translation | Review) -> bool:
    try:
        date.fromisoformat(translation.checked_on or "")
    except ValueError:
        return False
    return bool((translation.checked_by or "").strip())


def _all_texts(data: Data) -> Iterator[tuple[Place, str]]:
    for _, place in text_places(data):
        texts = dig(data, place)
        for language in texts if isinstance(texts, dict) else ():
            yield (*place, language), language


def _languages_used(data: Data) -> set[str]:
    return {language for _, language in _all_texts(data)}
