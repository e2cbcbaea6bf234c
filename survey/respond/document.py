"""The family's document: everything in one answer, small, made once per wave and language and kept for a while.

Only its tail differs between families (the server's key and the door), so the compressed state before the tail is
kept and finished per request.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import brotli
import minify
from babel.dates import format_date
from flask import render_template, url_for
from markupsafe import Markup, escape

from questionnaires.answers import AnswerProblem, Form
from questionnaires.children import Child, base_name, sections_of
from questionnaires.model import SOURCE_LANGUAGE, Asked, Page, Questionnaire, text_in
from questionnaires.region import District, HelpContact, Place
from survey.records import Notices, Wave
from survey.respond import assisted, conditions, styles
from survey.respond.extras import script_of
from survey.respond.files import source, trusted
from survey.respond.mixed import marked, words_marked
from survey.respond.simple import SIMPLE, checked_by, in_lines, language_names, one_at_a_time, sentences, words_in_lines
from survey.respond.words import direction, html_language, locale_of, words
from survey.waves import BERLIN, withdraw_until

#: How long a document is kept before changes of wave, texts or district are looked for [s].
KEPT_SECONDS = 30
ENCODINGS = ("br", "gzip")
#: A sentence of the product as the script names it.
WORD_IN_SCRIPT = re.compile(r"\bwords(?:\.(\w+)|\['([\w-]+)'\])")


T = TypeVar("T")


@dataclass(frozen=True)
class Instrument:
    """What a page for families is made from."""

    wave: Wave
    district: District
    notices: Notices
    questionnaire: Questionnaire
    language: str
    language_missing: bool = False
    assisted: bool = False
    """staff ask aloud and type in"""
    home: str = ""
    """the document's address where it is not its wave's: a test run"""
    notice: str = ""
    """what is said in German below the heading of a test run"""

    def address(self, beside: str = "", **asked: str) -> str:
        """Return where the document is, or what stands beside it."""
        home = self.home or url_for("respond.document", wave_id=self.wave.id)
        return home + (f"/{beside}" if beside else "") + (f"?{urlencode(asked)}" if asked else "")

    @property
    def young(self) -> bool:
        """Whether people are addressed as „du“."""
        return self.questionnaire.audience == "young_people"

    @property
    def words(self) -> dict[str, str]:
        """The product's own sentences."""
        return words(self.language, self.young)

    def day(self, value: date | datetime) -> str:
        """Return a date as written in the language."""
        local = value.astimezone(BERLIN).date() if isinstance(value, datetime) else value
        return str(format_date(local, "long", locale=locale_of(self.language)))


class Document:
    """A document up to its tail, in the encodings browsers take; the best first in :data:`ENCODINGS`."""

    def __init__(self, head: str) -> None:
        self.head = head.encode()
        self.policy = content_policy(head)
        self._zipper = zlib.compressobj(9, wbits=31)
        self._zipped = self._zipper.compress(self.head)
        squeezer = brotli.Compressor(quality=11, lgwin=16)  # 64 kB: what is further back is not worth its distance
        self._squeezed: bytes = squeezer.process(self.head) + squeezer.flush()

    def encoded(self, encoding: str, tail: str) -> bytes:
        """Return the whole document in an encoding of :data:`ENCODINGS`, or as it is."""
        rest = tail.encode()
        if encoding == "br":
            return self._squeezed + _stored_brotli(rest)
        if encoding == "gzip":
            zipper = self._zipper.copy()
            return self._zipped + zipper.compress(rest) + zipper.flush()
        return self.head + rest


def _stored_brotli(data: bytes) -> bytes:
    """Return the end of a brotli stream that holds `data` uncompressed (RFC 7932, section 9.2).

    One meta-block header (ISLAST 0, MNIBBLES 0, MLEN-1 in 16 bits, ISUNCOMPRESSED 1), the bytes, an empty last block.
    """
    header = (len(data) - 1) << 3 | 1 << 19
    return header.to_bytes(3, "little") + data + b"\x03"


@dataclass
class Shelf(Generic[T]):
    """What one process has made for families."""

    kept: dict[object, tuple[float, T]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, name: object, make: Callable[[], T]) -> T:
        """Return the document of this name, made anew when it is too old."""
        found = self.kept.get(name)
        if found is not None and time.monotonic() - found[0] <= KEPT_SECONDS:
            return found[1]
        made = make()
        with self.lock:
            if len(self.kept) > 200:
                self.kept.clear()
            self.kept[name] = (time.monotonic(), made)
        return made


def content_policy(html: str) -> str:
    """Return the policy that allows this document's own script and style, what that script asks for, and nothing else.

    'strict-dynamic' trusts what the script itself adds, so the extras; no script that is written into the page.
    """
    # Scripts stand after the footer, the style sheet after the title; what people typed lies between.
    script = _digests(html.rpartition("</footer>")[2], "script")
    style = _digests(html.partition("</title>")[2].partition("</style>")[0] + "</style>", "style")
    if script != "'none'":
        script += " 'strict-dynamic'"
    return (
        f"default-src 'none';script-src {script};style-src {style};img-src data:;connect-src 'self';"
        "worker-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'"
    )


def _digests(html: str, tag: str) -> str:
    """Return the CSP sources of the inline elements of this kind."""
    found = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() for content in found)
    return " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"


def tail(key: str, door: str, code: str = "", plain_at: str = "") -> str:
    """Return what differs from family to family. The key here serves only without JavaScript.

    `code` is the pass of staff who ask aloud; `plain_at` the address of the document that needs no script.
    """
    fields = {"_key": key, "_door": door, "_code": code}
    hidden = (f'<input type=hidden form=f name="{n}" value="{escape(v)}">' for n, v in fields.items() if v)
    to_plain = f'<noscript><meta http-equiv=refresh content="0;url={escape(plain_at)}"></noscript>' if plain_at else ""
    return "".join(hidden) + to_plain


def render_document(
    instrument: Instrument,
    form: Form | None = None,
    problems: Sequence[Mapping[str, str]] = (),
    plain: bool = False,
) -> str:
    """Return the document up to its tail; `form` is what was typed, `problems` what must be changed.

    The `plain` one needs no script and has none: all places and the sections of all children there may be are written
    out, and style rules hide what is not asked. A form that comes back is plain as well.
    """
    plain = plain or form is not None
    typed = {name: list(values) for name, values in (form or {}).items()}
    return _tight(
        render_template(
            "respond/document.html",
            **common_values(instrument),
            problems=problems,
            kept=bool(typed),  # bytes nobody can read, or too many of them, give no form back
            problems_of=lambda q: [p["message"] for p in problems if p["question"] == q.id],
            v=lambda name: typed.get(name) or [""],
            scriptless=plain,
            sections=list(_sections(instrument, plain)),
            places=_places(instrument.district),
            shown_if=lambda q: "" if plain else _shown_if(instrument.questionnaire, q),
            css_decides=lambda q: styles.css_decides(instrument.questionnaire, q.id),
            municipalities=_municipalities(instrument.district),
            areas=instrument.district.area_by_id,
            hash=instrument.questionnaire.hash,
            css=_style(instrument, plain),
            js="" if plain else Markup(_with_sentences(instrument, source("document.js") + _assisted(instrument))),
            old=trusted(source("old.js")),
            help_at=lambda questions: _help_at(instrument, questions),
            extras=script_of(instrument).address,
        )
    )


def render_thanks(instrument: Instrument, repeated: bool) -> str:
    """Return what the script shows once answers have arrived; `repeated` if they already had."""
    return _tight(render_template("respond/thanks.html", **common_values(instrument), repeated=repeated))


def render_page(instrument: Instrument, title: str, **values: Any) -> str:
    """Return a small page around the document: thanks, closed, deleted."""
    common = common_values(instrument)
    css = trusted(source("document.css") + source("later.css"))
    return _tight(render_template("respond/page.html", **common, title=title, css=css, **values))


def common_values(instrument: Instrument) -> dict[str, Any]:
    """Return what every template for families may use."""
    wave, language, questionnaire = instrument.wave, instrument.language, instrument.questionnaire
    names = language_names(questionnaire)
    translation = questionnaire.translations.get(language)
    return {
        "wave": wave, "district": instrument.district, "questionnaire": questionnaire, "language": language,
        "lang": html_language(language), "dir": direction(language),
        "w": _words(instrument),
        "t": lambda texts: _text(texts, language), "plain": lambda texts: text_in(texts, language)[0],
        "language_missing": instrument.language_missing,
        "unchecked": translation is not None and translation.status == "machine",
        "offered": [(code, name) for code, name in names.items() if code in questionnaire.languages],
        "language_names": names, "checked": checked_by(questionnaire) if language == SIMPLE else None,
        "day": instrument.day, "away": instrument.address("weg") if instrument.young else "",
        "html_language": html_language,
        "here": instrument.address(), "link": _links(instrument), "notice": instrument.notice,
        "withdraw_until": instrument.day(withdraw_until(wave)),
        "contacts": _contacts(instrument), "young": instrument.young, "assisted": instrument.assisted,
        "results_announced": instrument.notices.results_announced,
    }  # fmt: skip


def _words(instrument: Instrument) -> Mapping[str, str]:
    """Return the product's own sentences as they go into HTML."""
    if instrument.language == SIMPLE:
        return words_in_lines(instrument.words)
    return words_marked(instrument.words, words(SOURCE_LANGUAGE, instrument.young))


def _links(instrument: Instrument) -> dict[str, str]:
    wave = None if instrument.home else instrument.wave.id
    found = {name: url_for(f"public.{name}", welle=wave) for name in ("privacy", "imprint", "accessibility")}
    beside = {"withdraw": "widerruf", "contact": "kontakt"}
    return found | {name: instrument.address(at, lang=instrument.language) for name, at in beside.items()}


def _contacts(instrument: Instrument) -> list[HelpContact]:
    own = "young_people" if instrument.young else "parents"
    return [c for c in instrument.district.help_contacts if c.audience in {"everyone", own}]


def _help_at(instrument: Instrument, questions: Iterable[Asked]) -> HelpContact | None:
    """Return who helps at sensitive questions of young people: whoever is there for them before those for everybody."""
    if not instrument.young or not any(map(assisted.is_sensitive, questions)):
        return None
    return min(_contacts(instrument), key=lambda c: c.audience == "everyone", default=None)


def _text(texts: dict[str, str], language: str) -> Markup:
    """Return a text, marked with its language where the page's own is missing."""
    text, found = text_in(texts, language)
    if found.split("-")[0] == language.split("-", maxsplit=1)[0]:
        return in_lines(text) if found == SIMPLE else marked(text, texts.get(SOURCE_LANGUAGE, ""))
    return Markup('<span lang="{}" dir="{}">{}</span>').format(html_language(found), direction(found), text)


def _sections(instrument: Instrument, plain: bool) -> Iterator[dict[str, Any]]:
    """Yield title, questions and condition of every section: for the script, with one mould for all children."""
    asked = instrument.questionnaire
    sections = sections_of(asked)
    for section in sections.all if plain else sections.for_script:
        page = section.page if not section.choice else _with_words(section.page, instrument)
        title = _text(page.title, instrument.language)
        yield {
            "page": page,
            "parts": list(one_at_a_time(page.questions)) if instrument.language == SIMPLE else [page.questions],
            "title": title if section.child is None else _child_title(section.child, instrument),
            "of_child": section.child is not None or section.mould,
            "mould": _mould(instrument) if section.mould else None,
            "shown_if": "" if plain else _data_if(conditions.section_as_data(asked, section)),
        }


def _mould(instrument: Instrument) -> dict[str, str]:
    """Return what the script fills the mould with: the question that counts and its age bands, a title per number."""
    sections = sections_of(instrument.questionnaire)
    over, repeat = sections.over, sections.repeat
    titles = [instrument.words[f"child_{number}"] for number in range(1, (repeat.per_band if repeat else 0) + 1)]
    return {"bands": " ".join((over.id if over else "", *sections.bands)), "titles": _compact(titles)}


def _with_words(page: Page, instrument: Instrument) -> Page:
    """Return the page with the choice „nur für mein jüngstes Kind“ with the product's own words in it."""
    repeat, w = sections_of(instrument.questionnaire).repeat, instrument.words
    help_text = w["for_each_child"].format(count=repeat.at_most if repeat else 0)
    texts = {"text": {instrument.language: w["only_youngest"]}, "help": {instrument.language: help_text}}
    return page.model_copy(update={"questions": tuple(q.model_copy(update=texts) for q in page.questions)})


def _child_title(child: Child, instrument: Instrument) -> Markup:
    over = sections_of(instrument.questionnaire).over
    ages = next(band.text for band in (over.bands if over else ()) if band.id == child.band)
    title = Markup(escape(instrument.words[f"child_{child.number}"]))
    return title.format(ages=_text(ages, instrument.language))


def _shown_if(questionnaire: Questionnaire, question: Asked) -> Markup:
    """Return the question's own condition; that of its page belongs to the section. In a mould, for whom it is too."""
    sections, bands = sections_of(questionnaire), Markup("")
    if "{" in question.id and sections.bands_of(base_name(question.id)) != sections.bands:
        bands = Markup(' data-b="{}"').format(" ".join(sections.bands_of(base_name(question.id))))
    return bands + _data_if(conditions.as_data(questionnaire, question.show_if) if question.show_if else None)


def _data_if(condition: list[Any] | None) -> Markup:
    return Markup("") if condition is None else Markup(' data-if="{}"').format(_compact(condition))


def _style(instrument: Instrument, plain: bool) -> Markup:
    css = source("document.css")
    if instrument.language == SIMPLE:
        css += source("simple.css")
    if instrument.young:
        css += source("leave.css")
    if instrument.assisted:
        css += source("assisted.css")
    # What the first question can do without comes with the extras where there is a script.
    return Markup(css + (source("later.css") + styles.css_rules(instrument.questionnaire) if plain else ""))


def _assisted(instrument: Instrument) -> str:
    return assisted.script(instrument.questionnaire) if instrument.assisted else ""


def code_script(instrument: Instrument) -> Markup:
    """Return the script beside a code that is shown once."""
    return Markup(_with_sentences(instrument, source("code.js")))


def _with_sentences(instrument: Instrument, script: str) -> str:
    """Return a script with its sentences written into it: names for them would have to be sent as well."""

    def literal(name: re.Match[str]) -> str:
        text = instrument.words[name[1] or name[2]]
        if instrument.language == SIMPLE:
            text = "\n".join(sentences(text))
        return json.dumps(text, ensure_ascii=False).replace("<", r"\u003c")

    return WORD_IN_SCRIPT.sub(literal, script)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _municipalities(district: District) -> list[tuple[str, list[Place]]]:
    return [
        (name, list(places))
        for name, places in groupby(district.places, key=lambda place: place.municipality)
    ]


def _places(district: District) -> str:
    """Return all places for the script: Sozialräume, then a part per municipality with one of them, its number, names.

    Parts are divided by ``;``, names by ``|``; a name that is the municipality's own is left empty.
    """
    areas = {area: i for i, area in enumerate(dict.fromkeys(place.area for place in district.places))}
    parts = ["|".join(areas)]
    for (label, area), places in groupby(district.places, key=lambda place: (place.municipality, place.area)):
        names = ("" if place.name == label else _undivided(place.name) for place in places)
        parts.append("|".join((_undivided(label), str(areas[area]), *names)))
    return ";".join(parts)


def _undivided(name: str) -> str:
    return name.replace("|", " ").replace(";", " ")


def _tight(html: str) -> str:
    """Return the page without comments and needless white space, script and style included."""
    return str(minify.string("text/html", html.replace("\0", "\N{REPLACEMENT CHARACTER}")))  # it would end there


def problem_message(problem: AnswerProblem, sentences: Mapping[str, str]) -> dict[str, str]:
    """Return a problem in the words of the page's language."""
    text = sentences[f"error_{problem.code}"].format(**dict(problem.facts))
    return {"question": problem.question, "name": problem.name, "message": text}
