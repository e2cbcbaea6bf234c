"""What the product itself says to families and young people, in every language.

The German sentence is the message id of the gettext catalogues in ``survey/translations/<language>.po``. Where „Sie“
and „du“ differ, the second sentence is for young people and a message of its own.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from questionnaires.model import LANGUAGES, RIGHT_TO_LEFT, SOURCE_LANGUAGE

CATALOGUES = Path(__file__).parent.parent / "translations"

#: Every language by its own name.
LANGUAGE_NAMES: Final = {
    "de": "Deutsch", "de-simple": "Einfach erklärt", "en": "English", "uk": "Українська", "ru": "Русский",
    "ar": "العربية", "fa": "دری / فارسی", "tr": "Türkçe",
}  # fmt: skip

#: name → sentence, or (for „Sie“, for „du“).
SENTENCES: Final[dict[str, str | tuple[str, str]]] = {
    "choose_language": "Sprache",
    "start": "Los geht’s",
    "promise_nameless": "Kein Name, keine Adresse.",
    "promise_voluntary": (
        "Freiwillig. Jede Frage können Sie auslassen.",
        "Freiwillig. Du kannst jede Frage auslassen.",
    ),
    "promise_offline": (
        "Kein Netz? Ihre Antworten warten auf diesem Gerät. Wir senden sie, sobald Sie wieder Netz haben.",
        "Kein Netz? Deine Antworten warten auf diesem Gerät. Wir senden sie, sobald du wieder Netz hast.",
    ),
    "what_is_kept": "Was wir speichern",
    "kept": (
        (
            "Wir speichern Ihre Antworten, Ihr größeres Gebiet (Sozialraum), die Sprache und woher Sie den Link haben, "
            "zum Beispiel „Kita“. "
            "Wir speichern nicht: Ihren Namen, Ihren Ort, die Uhrzeit oder die Adresse Ihres Geräts."
        ),
        "Wir speichern deine Antworten, dein größeres Gebiet (Sozialraum), die Sprache und woher du den Link hast, "
        "zum Beispiel „Schule“. "
        "Wir speichern nicht: deinen Namen, deinen Ort, die Uhrzeit oder die Adresse deines Geräts.",
    ),
    "on_this_device": (
        "Bis zum Absenden stehen Ihre Antworten nur auf diesem Gerät.",
        "Bis zum Absenden stehen deine Antworten nur auf diesem Gerät.",
    ),
    "unchecked": "Diese Übersetzung hat noch kein Mensch geprüft.",
    "language_unknown": "Diese Sprache gibt es hier noch nicht. Hier ist der deutsche Text.",
    "next": "Weiter",
    "back": "Zurück",
    "clear": "Auswahl löschen",
    "why": "Warum fragen wir das?",
    "up_to": "Höchstens {count} ankreuzen.",
    "top_n": (
        "Tippen Sie die {count} wichtigsten der Reihe nach an.",
        "Tippe die {count} wichtigsten der Reihe nach an.",
    ),
    "place_number": "Platz {number}",
    "other_text": "Was genau?",
    "search_place": "Ortsnamen eingeben",
    "no_place_found": (
        "Diesen Ort finden wir nicht. Sie können auch „Ich wohne woanders“ wählen.",
        "Diesen Ort finden wir nicht. Du kannst auch „Ich wohne woanders“ wählen.",
    ),
    "elsewhere": "Ich wohne woanders",
    "unknown_place": "Weiß ich nicht",
    "please_choose": "Bitte wählen",
    "same_place": "Derselbe Ort wie eben",
    "place_kept": "Wir speichern nur den Sozialraum, nicht den Ort.",
    "only_if": "Nur, wenn es auf Sie zutrifft.|Nur, wenn es auf dich zutrifft.",
    "child_1": "Ihr Kind, {ages}|Dein Kind, {ages}",
    "child_2": "Ihr zweites Kind, {ages}|Dein zweites Kind, {ages}",
    "child_3": "Ihr drittes Kind, {ages}|Dein drittes Kind, {ages}",
    "for_each_child": "Die nächsten Fragen kommen für jedes Kind einzeln, für höchstens {count} Kinder.",
    "only_youngest": "Nur für mein jüngstes Kind",
    "fewer": "Eins weniger",
    "more": "Eins mehr",
    "no_names": (
        "Bitte schreiben Sie keine Namen. Auf diesen Text kann niemand antworten.",
        "Bitte schreib keine Namen. Auf diesen Text kann niemand antworten.",
    ),
    "last_page": "Absenden",
    "last_text": (
        "Das waren alle Fragen. Danke! Mit „Absenden“ schicken Sie Ihre Antworten an den Landkreis.",
        "Das waren alle Fragen. Danke! Mit „Absenden“ schickst du deine Antworten an den Landkreis.",
    ),
    "withdraw_until": (
        "Danach bekommen Sie einen Widerrufscode. Damit können Sie Ihre Antworten löschen, bis zum {date}.",
        "Danach bekommst du einen Widerrufscode. Damit kannst du deine Antworten löschen, bis zum {date}.",
    ),
    "access_code": "Zugangscode",
    "access_code_help": "Der Code steht auf Ihrem Brief oder Zettel.|Der Code steht auf deinem Zettel.",
    "send": "Absenden",
    "resume": (
        "Auf diesem Gerät sind Antworten gespeichert. Möchten Sie weitermachen?",
        "Auf diesem Gerät sind Antworten gespeichert. Möchtest du weitermachen?",
    ),
    "resume_yes": "Weitermachen",
    "resume_no": "Neu anfangen",
    "delete_here": "Antworten auf diesem Gerät löschen",
    "deleted_here": "Die Antworten auf diesem Gerät sind gelöscht.",
    "not_saved": (
        "Dieses Gerät speichert nichts. Bitte lassen Sie die Seite offen, bis alles gesendet ist.",
        "Dieses Gerät speichert nichts. Bitte lass die Seite offen, bis alles gesendet ist.",
    ),
    "sending": "Wir senden …",
    "waiting": (
        "Kein Netz. Ihre Antworten warten auf diesem Gerät.",
        "Kein Netz. Deine Antworten warten auf diesem Gerät.",
    ),
    "waiting_days": (
        (
            "Wir versuchen es wieder, solange diese Seite offen ist und wenn Sie sie mit Netz wieder öffnen. "
            "Manche Handys vergessen gespeicherte Seiten nach einer Woche: Bitte innerhalb von 6 Tagen wieder öffnen."
        ),
        "Wir versuchen es wieder, solange diese Seite offen ist und wenn du sie mit Netz wieder öffnest. "
        "Manche Handys vergessen gespeicherte Seiten nach einer Woche: Bitte innerhalb von 6 Tagen wieder öffnen.",
    ),
    "waiting_closed": (
        "Ihr Gerät versucht es auch, wenn diese Seite zu ist.",
        "Dein Gerät versucht es auch, wenn diese Seite zu ist.",
    ),
    "waiting_reopen": "Diese Seite lässt sich auch ohne Netz wieder öffnen.",
    "offline_language": "Ohne Netz gibt es diese Seite nur in der Sprache, in der sie zuletzt offen war.",
    "try_now": "Jetzt noch einmal versuchen",
    "thanks": "Danke!",
    "arrived": "Ihre Antworten sind angekommen.|Deine Antworten sind angekommen.",
    "arrived_before": (
        "Ihre Antworten waren schon angekommen. Sie zählen einmal.",
        "Deine Antworten waren schon angekommen. Sie zählen einmal.",
    ),
    "code_title": "Ihr Widerrufscode|Dein Widerrufscode",
    "code_text": (
        (
            "Mit diesem Code können Sie Ihre Antworten löschen lassen, bis zum {date}. Nur Sie haben ihn. "
            "Wenn Sie ihn nicht brauchen, müssen Sie nichts tun."
        ),
        "Mit diesem Code kannst du deine Antworten löschen lassen, bis zum {date}. Nur du hast ihn. "
        "Wenn du ihn nicht brauchst, musst du nichts tun.",
    ),
    "copy": "Code kopieren",
    "copied": "Kopiert",
    "withdraw_link": "Gesendete Antworten löschen",
    "help_title": "Hier gibt es Hilfe",
    "results_title": "Wann gibt es Ergebnisse?",
    "problems_title": "Bitte schauen Sie noch einmal nach|Bitte schau noch einmal nach",
    "nothing_lost": "Nichts ist verloren. Bitte ändern Sie:|Nichts ist verloren. Bitte ändere:",
    "error_several-values": "Hier kam mehr als eine Antwort an. Bitte nur eine wählen.",
    "error_not-a-number": "Bitte eine Zahl von {low} bis {high} eingeben, nur Ziffern.",
    "error_out-of-range": "Die Zahl muss zwischen {low} und {high} liegen.",
    "error_unknown-code": "Diese Antwort gibt es hier nicht. Bitte noch einmal wählen.",
    "error_too-long": "Der Text ist zu lang: {length} Zeichen. Bitte auf {max_length} Zeichen kürzen.",
    "error_too-large": (
        "Das war zu viel Text auf einmal. Bitte kürzen Sie Ihre Texte und senden Sie noch einmal.",
        "Das war zu viel Text auf einmal. Bitte kürze deine Texte und sende noch einmal.",
    ),
    "error_exclusive": "Diese Antworten passen nicht zusammen. Bitte eine davon wegnehmen.",
    "error_too-many": "Bitte höchstens {at_most} ankreuzen. Jetzt sind es {chosen}.",
    "error_ranked-twice": "Dieselbe Antwort steht zweimal da. Bitte auf jeden Platz eine andere.",
    "error_unknown-place": "Diesen Ort kennen wir nicht. Bitte aus der Liste wählen.",
    "error_consent-missing": "Ohne diese Zustimmung dürfen wir nichts annehmen.",
    "error_unknown-field": (
        "Das Formular ist nicht vollständig angekommen. Bitte laden Sie die Seite neu und senden Sie noch einmal.",
        "Das Formular ist nicht vollständig angekommen. Bitte lade die Seite neu und sende noch einmal.",
    ),
    "error_code": (
        "Dieser Zugangscode gilt nicht oder nicht mehr. Bitte prüfen Sie ihn. Ihre Antworten bleiben hier.",
        "Dieser Zugangscode gilt nicht oder nicht mehr. Bitte prüfe ihn. Deine Antworten bleiben hier.",
    ),
    "error_conflict": (
        (
            "Zu diesem Bogen sind schon andere Antworten da. Wir haben nichts überschrieben. "
            "Bitte öffnen Sie die Befragung neu, wenn Sie noch einen Bogen ausfüllen möchten."
        ),
        "Zu diesem Bogen sind schon andere Antworten da. Wir haben nichts überschrieben. "
        "Bitte öffne die Befragung neu, wenn du noch einen Bogen ausfüllen möchtest.",
    ),
    "error_withdrawn": "Diese Antworten wurden gelöscht. Wir haben sie nicht noch einmal gespeichert.",
    "error_version": (
        "Dieses Formular kennen wir nicht. Bitte laden Sie die Seite neu. Ihre Antworten bleiben auf diesem Gerät.",
        "Dieses Formular kennen wir nicht. Bitte lade die Seite neu. Deine Antworten bleiben auf diesem Gerät.",
    ),
    "error_busy": (
        (
            "Gerade kommen sehr viele Bögen auf einmal an. Ihre Antworten sind nicht verloren. "
            "Bitte versuchen Sie es in einigen Minuten noch einmal."
        ),
        "Gerade kommen sehr viele Bögen auf einmal an. Deine Antworten sind nicht verloren. "
        "Bitte versuche es in einigen Minuten noch einmal.",
    ),
    "error_encoding": (
        "Der Text kam nicht lesbar an. Bitte laden Sie die Seite neu und senden Sie noch einmal.",
        "Der Text kam nicht lesbar an. Bitte lade die Seite neu und sende noch einmal.",
    ),
    "error_key": (
        "Das Formular ist nicht vollständig angekommen. Bitte laden Sie die Seite neu und senden Sie noch einmal.",
        "Das Formular ist nicht vollständig angekommen. Bitte lade die Seite neu und sende noch einmal.",
    ),
    "closed_title": "Diese Befragung ist beendet",
    "closed_text": "Sie lief bis zum {date}. Danke an alle, die mitgemacht haben.",
    "closed_late": (
        "Ihre Antworten können wir nicht mehr annehmen. Sie wurden nicht gespeichert.",
        "Deine Antworten können wir nicht mehr annehmen. Sie wurden nicht gespeichert.",
    ),
    "planned_title": "Diese Befragung beginnt bald",
    "planned_text": (
        "Sie beginnt am {date}. Bitte kommen Sie dann wieder.",
        "Sie beginnt am {date}. Bitte komm dann wieder.",
    ),
    "missing_title": "Diese Seite gibt es nicht",
    "missing_text": "Vielleicht ist der Link nicht vollständig. Am besten den QR-Code noch einmal scannen.",
    "failed_title": "Das hat gerade nicht geklappt",
    "failed_text": (
        "Der Fehler liegt bei uns. Was auf diesem Gerät gespeichert ist, bleibt dort. "
        "In einigen Minuten geht es vielleicht wieder."
    ),
    "all_surveys": "Zu allen Befragungen",
    "withdraw_title": "Antworten löschen",
    "withdraw_text": (
        "Geben Sie Ihren Widerrufscode ein. Dann löschen wir Ihre Antworten.",
        "Gib deinen Widerrufscode ein. Dann löschen wir deine Antworten.",
    ),
    "withdraw_code": "Widerrufscode",
    "withdraw_button": "Löschen",
    "withdraw_done": "Erledigt. Zu diesem Code ist nichts mehr gespeichert.",
    "withdraw_malformed": (
        "Das ist kein Widerrufscode. Er hat 22 Zeichen. Bitte prüfen Sie die Eingabe.",
        "Das ist kein Widerrufscode. Er hat 22 Zeichen. Bitte prüfe die Eingabe.",
    ),
    "withdraw_too_late": (
        "Die Antworten sind jetzt anonym. Niemand kann mehr sagen, welche Ihre waren. Löschen geht nicht mehr.",
        "Die Antworten sind jetzt anonym. Niemand kann mehr sagen, welche deine waren. Löschen geht nicht mehr.",
    ),
    "withdraw_by": "Bis zum {date} ist das möglich.",
    "fresh_code_title": "Neuer Zugangscode",
    "fresh_code_text": (
        "Mit diesem Code können Sie noch einmal mitmachen. Er gilt einmal und steht nur jetzt hier.",
        "Mit diesem Code kannst du noch einmal mitmachen. Er gilt einmal und steht nur jetzt hier.",
    ),
    "print": "Drucken",
    "follow_up": "Das haben Sie gesagt. Das tun wir.|Das habt ihr gesagt. Das tun wir.",
    "from_age": "Ab {age} Jahren.",
    "parental_consent": (
        (
            "Die Eltern müssen zustimmen. Den Code gibt es dann in der Schule. "
            "Der Zettel mit der Unterschrift bleibt dort."
        ),
        "Deine Eltern müssen zustimmen. Den Code bekommst du dann in der Schule. "
        "Der Zettel mit der Unterschrift bleibt dort.",
    ),
    "contact_raffle": "Verlosung",
    "contact_results": "Ergebnis zuschicken lassen",
    "contact_text": (
        "Wer möchte, hinterlässt hier eine Adresse. Sie steht nie bei den Antworten: Wir speichern sie getrennt, "
        "ohne Uhrzeit und ohne Reihenfolge. Nach dem {date} löschen wir sie."
    ),
    "contact_address": "E-Mail-Adresse oder Telefonnummer",
    "contact_mail": "E-Mail-Adresse",
    "contact_done": "Danke! Die Adresse ist angekommen.",
    "contact_malformed": "Diese Adresse ist nicht vollständig. Es fehlt etwas, oder etwas ist zu viel.",
    "contact_busy": "Gerade kommt sehr viel auf einmal an. In einigen Minuten geht es wieder.",
    "assisted_give": "Das Gerät geht jetzt an die befragte Person.",
    "assisted_alone_title": "Diese Fragen sind nur für Sie|Diese Fragen sind nur für dich",
    "assisted_alone": "Niemand sieht zu. Danach sind die Antworten verdeckt.",
    "assisted_back_title": "Danke. Das Gerät geht jetzt zurück.",
    "assisted_back": "Die Antworten sind verdeckt. Niemand kann sie hier noch einmal ansehen.",
    "privacy": "Datenschutz",
    "imprint": "Impressum",
    "accessibility": "Barrierefreiheit",
    "simulated": "Probe: simulierte Daten",
    "step_of": "Seite {page} von {pages}",
    "chosen_rank": "Platz {number}: {label}",
    "search_anywhere": "Ort oder Postleitzahl",
    "places_of_postcode": "Zu {postcode} gehören mehrere Orte. Welcher ist es?",
    "similar_places": "Genau so heißt hier kein Ort. Passt einer von diesen?",
    "german_letters": "Orte finden wir am besten mit deutschen Buchstaben oder mit der Postleitzahl.",
    "read_aloud": "Vorlesen",
    "still_there": ("Sind Sie noch da?", "Bist du noch da?"),
    "forget_soon": "In {seconds} Sekunden löschen wir alles auf diesem Gerät.",
    "i_am_here": "Ich bin noch da",
    "finished_here": "Fertig: alles auf diesem Gerät löschen",
    "leave_fast": "Schnell weg",
    "leave_help": (
        "„Schnell weg“ öffnet sofort eine andere Seite und löscht die Antworten auf diesem Gerät. "
        "Auf der Tastatur: zweimal Esc."
    ),
    "calendar": "Kalender",
    "checked_on": "Am {date} geprüft von:",
    "paper_how": (
        "Bitte ankreuzen, was passt. Jede Frage darf frei bleiben. Verschrieben? Dann das falsche "
        "Kästchen ganz ausmalen und das richtige ankreuzen."
    ),
    "paper_codes": "Die kleinen Zahlen an den Kästchen sind nur für das Eintippen im Amt.",
    "paper_one": "Ein Kreuz",
    "paper_each": "Ein Kreuz in jeder Zeile",
    "paper_many": "Mehrere Kreuze möglich",
    "paper_rank": "Bitte 1 bis {count} in die Kästchen schreiben. 1 ist am wichtigsten.",
    "paper_numbers": "Bitte Zahlen in die Kästchen schreiben.",
    "paper_place": "Ort oder Ortsteil:",
    "paper_only_if": "Nur bei dieser Antwort auf Frage {number}: {answers}",
    "paper_not_if": "Nicht bei dieser Antwort auf Frage {number}: {answers}",
    "paper_only_any": "Nur bei einer dieser Antworten: {answers}",
    "paper_of": "Frage {number}: {answers}",
    "paper_only_ages": "Nur für Kinder in diesem Alter: {ages}",
    "paper_child": "Kind {number}",
    "paper_age": "Wie alt ist dieses Kind?",
    "paper_return": "Den Bogen bitte bis zum {date} dort abgeben, wo er verteilt wurde, oder schicken an:",
    "paper_no_code": (
        "Auf Papier gibt es keinen Widerrufscode. Ist der Bogen abgegeben, wissen wir nicht, von "
        "wem er ist. Löschen auf Wunsch geht dann nicht mehr."
    ),
    "paper_online": "Lieber am Handy? Hier geht es auch:",
    "paper_print": "Zum Drucken im Browser „Drucken“ wählen oder Strg und P drücken. Papier: A4.",
    "paper_door": "Verteilt von: {door}",
    "paper_at_least": "mindestens {number}",
    "paper_at_most": "höchstens {number}",
}  # fmt: skip


def message_ids() -> list[str]:
    """Return every sentence a catalogue must have, „du“ included."""
    return list(dict.fromkeys(text for entry in SENTENCES.values() for text in _variants(entry)))


def _variants(entry: str | tuple[str, str]) -> tuple[str, ...]:
    return entry if isinstance(entry, tuple) else tuple(entry.split("|"))


@cache
def words(language: str, young: bool) -> dict[str, str]:
    """Return all sentences in a language; `young` chooses „du“."""
    catalogue = _catalogue(language)
    return {
        name: catalogue.gettext(_variants(entry)[-1 if young else 0]) for name, entry in SENTENCES.items()
    }


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """Read a catalogue as it is written; nothing has to be compiled before the product runs."""
    path = CATALOGUES / f"{language}.po"
    if language == SOURCE_LANGUAGE or not path.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language.split("-", maxsplit=1)[0]))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def locale_of(language: str) -> Locale:
    """Return how dates and numbers are written in a language."""
    return Locale.parse(language.split("-", maxsplit=1)[0])


def direction(language: str) -> str:
    """Return ``rtl`` or ``ltr``."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def html_language(language: str) -> str:
    """Return the BCP 47 tag for the ``lang`` attribute."""
    return "de-x-simple" if language == "de-simple" else language


def best_language(wanted: str | None, accepted: Iterable[str], offered: tuple[str, ...]) -> tuple[str, bool]:
    """Choose a language.

    Returns
    -------
    (str, bool)
        the language, and whether another one was asked for by name and does not exist
    """
    if wanted in offered and wanted in LANGUAGES:
        return str(wanted), False
    for tag in accepted:
        found = tag.lower() if tag.lower() in offered else tag.lower().split("-")[0]
        if found in offered:
            return found, bool(wanted)
    return SOURCE_LANGUAGE, bool(wanted)
