"""The questionnaire on paper: A4, with the codes for typing it in, for families without a phone.

Whoever has the link may print it while the wave is open; staff print it before as well, to be ready, and after.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import segno
from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from questionnaires.model import (
    AllOf,
    AnyOf,
    Asked,
    Battery,
    Condition,
    Consent,
    Counts,
    Given,
    Not,
    OfBand,
    Page,
    Questionnaire,
    Text,
    choices,
    text_in,
)
from questionnaires.region import ELSEWHERE, UNKNOWN_PLACE
from survey.records import Wave
from survey.respond import door_of, guard, instrument_of, language_of, not_open
from survey.respond.document import Instrument, common_values, content_policy
from survey.respond.files import source, trusted
from survey.security import current_staff
from survey.services import Services, services
from survey.store import waves
from survey.waves import state

GERMAN_QUOTES = ("„", "“")
#: Quotation marks where they are others than in German.
QUOTES = {"en": ("“", "”"), "tr": ("“", "”"), "uk": ("«", "»"), "ru": ("«", "»"), "ar": ("«", "»"), "fa": ("«", "»")}
#: Characters of handwriting that fit on a ruled line.
ON_A_LINE = 60
MOST_LINES = 6
#: Above so many steps a battery no longer fits a table.
WIDEST = 7


def add_views(blueprint: Blueprint) -> None:
    """Register the page with the other pages beside the document."""
    blueprint.add_url_rule("/b/<wave_id>/druck", "printed", printed)


def printed(wave_id: str) -> ResponseReturnValue:
    """Show the questionnaire for printing."""
    own = services()
    wave = waves.get_wave(own.store, wave_id)
    now = own.clock()
    if state(wave, now) != "open" and current_staff() is None:
        return not_open(own, wave, now)
    instrument = instrument_of(own, wave, language_of(own, wave)[0])
    html = render_printed(instrument, _address(own, wave), _door_name(own, wave))
    return guard(make_response(html), content_policy(html))


def render_printed(instrument: Instrument, address: str, door: str = "") -> str:
    """Return the page; `address` is where the same questions can be answered on a phone."""
    sheet = Sheet(instrument)
    return render_template(
        "respond/print.html", **common_values(instrument), sheet=sheet, door=door, address=address,
        code=trusted(segno.make(address, error="m", micro=False).svg_inline(
            scale=3, border=2, svgclass=None, lineclass=None, omitsize=False,
        )),
        css=_style(instrument), controller=instrument.notices.controller,
        privacy_address=address.split("/b/", maxsplit=1)[0] + url_for("public.privacy", welle=instrument.wave.id),
    )  # fmt: skip


def _style(instrument: Instrument) -> Markup:
    """Return the style sheet with the name of wave and language in the foot of each sheet: sheets get mixed up."""
    foot = json.dumps(f"{instrument.wave.id} · {instrument.language}", ensure_ascii=False)
    return trusted(source("print.css").replace("FOOT", foot.replace("<", "")))


def _address(own: Services, wave: Wave) -> str:
    base = own.settings.public_url or request.url_root.rstrip("/")
    door = door_of(own, wave, request.args.get("z", ""))
    return f"{base}/b/{wave.id}" + (f"?z={door}" if door else "")


def _door_name(own: Services, wave: Wave) -> str:
    wanted = request.args.get("z", "")
    return next((door.name for door in waves.list_doors(own.store, wave.id) if door.id == wanted), "")


@dataclass(frozen=True)
class Leaf:
    """A page of the questionnaire as it is printed; `child` counts the sections of a page asked for each child."""

    page: Page
    child: int = 0


class Sheet:
    """Numbers and conditions of the questions on paper."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.asked: Questionnaire = instrument.questionnaire
        numbered = (q for q in self.asked.questions.values() if getattr(q, "kind", "") != "info")
        self.numbers = {question.id: number for number, question in enumerate(numbered, start=1)}
        self.places = [(UNKNOWN_PLACE, "unknown_place"), (ELSEWHERE, "elsewhere")]
        self.widest = WIDEST

    @property
    def leaves(self) -> Iterator[Leaf]:
        """Pages in order; of a page asked for each child, as many sections as children are asked about."""
        for page in self.asked.pages:
            if page.repeat is None:
                yield Leaf(page)
            else:
                yield from (Leaf(page, child) for child in range(1, page.repeat.at_most + 1))

    def ages(self, page: Page) -> tuple[Any, ...]:
        """Return the age bands among which a child of the page is."""
        over = self.asked.questions[page.repeat.over] if page.repeat else None
        return over.bands if isinstance(over, Counts) else ()

    def lines(self, question: Text) -> int:
        """Return how many ruled lines an answer in own words gets."""
        return min(MOST_LINES, max(2, -(-question.max_length // ON_A_LINE)))

    def conditions(self, page: Page, question: Asked) -> list[str]:
        """Return in words who should answer a question, one sentence for each part that all must be true."""
        wanted = [part for part in (page.show_if, question.show_if) if part is not None]
        return list(dict.fromkeys(sentence for part in wanted for sentence in self._in_words(part, page)))

    def _in_words(self, condition: Condition, page: Page) -> Iterator[str]:
        words = self.instrument.words
        match condition:
            case AllOf():
                for part in condition.all:
                    yield from self._in_words(part, page)
            case OfBand():
                bands = [band for band in self.ages(page) if band.id in condition.band]
                yield words["paper_only_ages"].format(ages=self._listed([band.text for band in bands]))
            case Not(not_=Given() | AnyOf() as part) if len(found := self._answers_named(part)) == 1:
                yield words["paper_not_if"].format(number=found[0][0], answers=found[0][1])
            case Given() | AnyOf() if len(found := self._answers_named(condition)) == 1:
                yield words["paper_only_if"].format(number=found[0][0], answers=found[0][1])
            case AnyOf() if found := self._answers_named(condition):
                named = (words["paper_of"].format(number=number, answers=answers) for number, answers in found)
                yield words["paper_only_any"].format(answers="; ".join(named))
            case _:
                yield words["only_if"]

    def _answers_named(self, condition: Given | AnyOf) -> list[tuple[int, str]]:
        """Return number and answers of each question a condition asks about, nothing where it names no answers."""
        parts = condition.any if isinstance(condition, AnyOf) else (condition,)
        given = [part for part in parts if isinstance(part, Given) and self._tells(part)]
        if len(given) < len(parts):
            return []
        asked: dict[str, list[Given]] = {}
        for part in given:
            asked.setdefault(part.question, []).append(part)
        return [(self.numbers[name], self._said(tests)) for name, tests in asked.items()]

    def _said(self, given: list[Given]) -> str:
        """Return the answers to one question that count."""
        answers: dict[str, list[str]] = {}
        for part in given:
            answers.setdefault(self._answer(part), []).append(self._part_name(part))
        lines = (": ".join(filter(None, (" / ".join(filter(None, names)), said))) for said, names in answers.items())
        return "; ".join(lines)

    def _tells(self, test: Given) -> bool:
        """Say whether a test names answers; „answered at all“ does so only where there is one box to tick."""
        return test.answered is None or (test.answered and isinstance(self.asked.questions[test.question], Consent))

    def _answer(self, test: Given) -> str:
        question, words = self.asked.questions[test.question], self.instrument.words
        if isinstance(question, Consent):
            return "☒"
        if test.is_ is not None:
            return self._listed([option.text for option in choices(question) if option.code in test.is_])
        if test.at_least is not None:
            return words["paper_at_least"].format(number=test.at_least)
        return words["paper_at_most"].format(number=test.at_most)

    def _part_name(self, test: Given) -> str:
        """Return the row of a battery or of counts a test looks at."""
        question = self.asked.questions[test.question]
        parts: tuple[Any, ...] = ()
        if isinstance(question, Battery):
            parts = question.items
        elif isinstance(question, Counts):
            parts = question.bands
        return next((self._plain(part.text) for part in parts if part.id == test.item), "")

    def _listed(self, texts: list[Any]) -> str:
        left, right = QUOTES.get(self.instrument.language, GERMAN_QUOTES)
        return " / ".join(f"{left}{self._plain(text)}{right}" for text in texts)

    def _plain(self, texts: Mapping[str, str]) -> str:
        return text_in(dict(texts), self.instrument.language)[0]
