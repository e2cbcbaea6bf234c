"""What in a text looks as if it could tell who wrote it or about whom.

It helps a person who reads; it never decides. Patterns find addresses and numbers well; names they find only partly,
and no list changes that (a test counts what is missed). Nothing is released because nothing was marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from survey.personal_names import AMBIGUOUS, GIVEN_NAMES, SURNAMES

Kind = Literal["email", "url", "iban", "phone", "date", "street", "postcode", "handle", "name"]


@dataclass(frozen=True, order=True)
class Passage:
    """A part of a text, from `start` to before `end` [characters]."""

    start: int
    end: int
    kind: Kind


#: What stands in for a passage in the version that may be shown, and what it is called.
PLACEHOLDERS: dict[Kind, str] = {
    "email": "[E-Mail]", "url": "[Internetadresse]", "iban": "[Kontonummer]", "phone": "[Telefon]", "date": "[Datum]",
    "street": "[Adresse]", "postcode": "[Postleitzahl]", "handle": "[Profil]", "name": "[Name]",
}  # fmt: skip

_UPPER = "A-ZÄÖÜÀ-ÖØ-ÞŞİĞŁŚŻЀ-Я"
_NAME = rf"[{_UPPER}][\w’'-]{{1,30}}"
_NAMES = rf"{_NAME}(?:\s{_NAME}){{0,2}}"
_MONTHS = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_MINE = "mein|meine|meinen|meinem|meiner|unser|unsere|unseren|unserem|unserer|sein|seine|ihr|ihre|ihren|dein|deine"
_KIN = (
    "Sohn|Sohnes|Tochter|Kind|Kinder|Söhne|Töchter|Mann|Frau|Partner|Partnerin|Bruder|Schwester|Freund|Freundin|Vater|"
    "Mutter|Oma|Opa|Tante|Onkel|Enkel|Enkelin|Baby|Nachbar|Nachbarin|Lehrer|Lehrerin|Erzieher|Erzieherin|Trainer|"
    "Trainerin|Chef|Chefin|Ex|Kleine|Kleiner|Große|Großer|Jüngste|Jüngster|Älteste|Ältester|Zwillinge"
)

#: Where a pattern has a group, only the group is marked.
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("email", re.compile(r"[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?(?:[\w-]{1,60}\.){1,5}[A-Za-z]{2,24}\b")),
    ("url", re.compile(r"https?://\S{1,300}|\bwww\.\S{1,300}|\b[\w-]{2,60}\.(?:de|com|net|org|eu|info)\b")),
    ("iban", re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b")),
    ("date", re.compile(
        rf"(?<!\d)\d{{1,2}}\.\s?(?:\d{{1,2}}\.(?:\s?\d{{4}}|\s?\d{{2}})?|(?:{_MONTHS})(?:\s\d{{4}})?)(?!\d)"
        r"|(?<!\d)(?:19|20)\d{2}-\d{2}-\d{2}(?!\d)"
    )),
    ("phone", re.compile(r"(?<![\d.])(?:\+|00|0)\s?[1-9](?:[\s/().-]{0,3}\d){5,14}(?!\d)")),
    ("street", re.compile(
        rf"\b(?:[{_UPPER}][\w-]{{0,40}}(?:straße|strasse|str\.|gasse|allee)|[{_UPPER}]\w{{1,20}}-Straße)(?:\s?\d{{1,4}}(?:\s?[a-z]\b)?)?"
        rf"|\b[{_UPPER}][\w-]{{0,40}}(?:weg|platz|ring|ufer|damm|markt|hof|steig|berg|tal)\s\d{{1,4}}(?:\s?[a-z]\b)?"
        rf"|\b(?:Am|An der|An den|Auf der|Auf dem|Im|In der|In den|Zum|Zur|Hinter der|Hinter dem)"
        rf"\s{_NAME}\s\d{{1,4}}(?:\s?[a-z]\b)?"
    )),
    ("postcode", re.compile(rf"(?<![\d.,/-])\d{{5}}(?![\d/])(?:\s{_NAME})?")),
    ("handle", re.compile(
        r"(?<![\w@])@\w[\w.]{2,40}|(?i:\b(?:insta|instagram|snap|snapchat|tiktok|discord)\b)\s*[:=]\s*([\w.#]{3,40})"
    )),
    ("name", re.compile(
        rf"\b(?:Frau|Herrn?|Dr\.|Prof\.|Familie|Fam\.|Oma|Opa|Tante|Onkel|Mr\.?|Mrs\.?)\s(?:(?:Dr|Prof)\.\s)*({_NAMES})"
    )),
    ("name", re.compile(rf"(?i:\b(?:{_MINE}))\s(?:\w{{1,20}}\s)?(?:{_KIN})\s({_NAME}(?:\sund\s{_NAME})?)")),
    ("name", re.compile(rf"(?i:\b(?:heißt|heißen|heiße|heisst|heisse|namens|genannt|my name is|called))\s({_NAMES})")),
    ("name", re.compile(rf"(?i:\b(?:viele|liebe|beste)\s(?:Grüße|Grüsse|Gruß)|\bLG|\bgez\.)[\s,]{{1,3}}({_NAMES})")),
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
#: Nouns and beginnings of sentences that stand where a name could.
_NO_NAME_WORDS = """
    Hilfe Zeit Angst Geld Platz Ruhe Probleme Schule Kita Kinder Eltern Leute Ich Wir Sie Er Es Die Der Das Und Hat
    Ist Muss Kann Eine Ein Einen Vater Mutter Stunden Tage Jahre Minuten Uhr Wohnung Arbeit Hause Spaß Sport Urlaub
    Ferien Nachhilfe Freizeit Betreuung Unterstützung Frau Herr Familie Freunde Schwester Bruder Autismus ADHS
"""
_NO_NAMES = frozenset(_NO_NAME_WORDS.split())


def find_personal(text: str) -> tuple[Passage, ...]:
    """Return what looks personal, in order and without overlaps.

    Parameters
    ----------
    text : str
        an answer as it was written

    Returns
    -------
    tuple of Passage
        where two overlap, the one that begins first, and of two that begin together the longer one
    """
    found: list[Passage] = []
    end = 0
    for passage in sorted({*_by_pattern(text), *_by_name(text)}, key=lambda p: (p.start, -p.end, p.kind)):
        if passage.start >= end:
            found.append(passage)
            end = passage.end
    return tuple(found)


def _by_pattern(text: str) -> Iterator[Passage]:
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            group = 1 if pattern.groups and match[1] else 0
            if kind != "name" or match[group].partition(" ")[0] not in _NO_NAMES:
                yield Passage(match.start(group), match.end(group), kind)


def _by_name(text: str) -> Iterator[Passage]:
    """Yield words of the lists; a capital word after a given name is taken for the surname."""
    words = list(_WORD.finditer(text))
    for i, word in enumerate(words):
        end = word.end()
        if not _is_name(word[0], first=i == 0 or text[words[i - 1].end() : word.start()].strip() in {".", "!", "?"}):
            continue
        after = words[i + 1] if i + 1 < len(words) else None
        if after and text[end : after.start()] == " " and after[0].casefold() in SURNAMES and after[0][0].isupper():
            end = after.end()
        yield Passage(word.start(), end, "name")


def _is_name(word: str, *, first: bool) -> bool:
    plain = word.casefold().removesuffix("’s").removesuffix("'s")
    known = bool({plain, plain.partition("-")[0]} & GIVEN_NAMES)
    known |= plain.endswith("s") and plain[:-1] in GIVEN_NAMES and word[0].isupper()
    if plain in AMBIGUOUS:
        return word[0].isupper() and not first
    return known or (plain in SURNAMES and word[0].isupper())


def replace_passage(text: str, passage: Passage) -> str:
    """Return the text with a placeholder instead of the passage."""
    return text[: passage.start] + PLACEHOLDERS[passage.kind] + text[passage.end :]
