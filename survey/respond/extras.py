"""The script of extras: place search with typing errors, reading aloud, the shared tablet, leaving quickly.

It is made once per wave and language with its own data and its own style rules. The document asks for it when it is
at rest and never waits for it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import brotli
import minify
from flask import url_for

from questionnaires.region import District
from survey.respond.files import source
from survey.respond.pictures import pictures
from survey.respond.simple import SIMPLE

if TYPE_CHECKING:  # the document names the script's address, so it is made from the same instrument
    from survey.respond.document import Instrument

#: Sentences the extras need.
WORDS = (
    "search_anywhere", "places_of_postcode", "similar_places", "german_letters", "no_place_found", "read_aloud",
    "still_there", "forget_soon", "i_am_here", "finished_here", "calendar", "resume_no", "try_now", "back",
)  # fmt: skip


@dataclass(frozen=True)
class Script:
    """The extras of one wave in one language; the address changes with the content."""

    address: str
    text: str
    version: str


def script_of(instrument: Instrument) -> Script:
    """Return the extras for a wave and language."""
    data = json.dumps(_data(instrument), ensure_ascii=False, separators=(",", ":"))
    text = f"({_minified()})({data})"
    version = hashlib.sha256(text.encode()).hexdigest()[:8]
    return Script(instrument.address("extras.js", lang=instrument.language, v=version), text, version)


def _data(instrument: Instrument) -> dict[str, Any]:
    sentences = instrument.words
    return {
        "words": {name: sentences[name] for name in WORDS},
        "css": [line for line in (source("extras.css") + source("later.css")).splitlines() if line],
        "postcodes": postcodes(instrument.district),
        "languages": instrument.questionnaire.languages,
        "language": instrument.language,
        "slow": instrument.language == SIMPLE,
        "pictures": pictures(instrument.questionnaire) if instrument.language == SIMPLE else None,
        "calendar": url_for("beside.calendar"),
    }


def postcodes(district: District) -> list[str]:
    """Return the postcodes of each place the document lists, in its order, separated by spaces."""
    towns = {town.ags: town for town in district.municipalities}
    known = {(town.name, town.name): set(town.postcodes) for town in district.municipalities}
    for part in district.localities:
        town = towns[part.ags]
        known.setdefault((town.name, part.name), set()).update(part.postcodes or town.postcodes)
    return [" ".join(sorted(known[place.municipality, place.name])) for place in district.places]


@cache
def _minified() -> str:
    return str(minify.string("application/javascript", source("extras.js"))).rstrip().removesuffix(";")


@lru_cache(maxsize=64)
def squeezed(text: str) -> bytes:
    """Return a text compressed as well as can be; the same few scripts are asked for again and again."""
    return bytes(brotli.compress(text.encode(), quality=11))
