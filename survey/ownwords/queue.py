"""The waves with own words, the list of texts, and who looked at them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.codebook import ThemeBook
from survey.own_words import SMALLEST_GROUP, OwnText, language_name, themes_of
from survey.ownwords import blueprint
from survey.ownwords.access import get_readable, note, question_titles
from survey.ownwords.words import ACCESS, DECISIONS
from survey.respond.words import direction
from survey.security import needs
from survey.services import services
from survey.store import districts, texts, waves
from survey.waves import allowed, state

PAGE = 20
#: A list shows the beginning of a text [characters].
EXCERPT = 160
NO_THEME = "ohne"


@dataclass(frozen=True)
class Line:
    """A text in the list."""

    text: OwnText
    excerpt: str
    themes: tuple[str, ...]
    decision: str
    language: str
    direction: str


@dataclass(frozen=True)
class Counted:
    """How far the reading of one question is."""

    question: str
    title: str
    n: int
    left: int
    quotes: int
    too_few: bool


@dataclass(frozen=True)
class Chosen:
    """What the list is narrowed down to."""

    question: str
    decision: str
    theme: str
    page: int

    def link(self, **changes: str | int) -> dict[str, str | int]:
        """Return the parameters of an address with these changes."""
        values: dict[str, str | int] = {
            "frage": self.question, "stand": self.decision, "thema": self.theme, "seite": self.page,
        }  # fmt: skip
        values |= changes
        return {name: value for name, value in values.items() if value not in ("", 1)}


@dataclass(frozen=True)
class Progress:
    """How many texts a wave has, and how many nobody has decided about."""

    n: int
    left: int


def progress(wave_id: str) -> Progress:
    """Return how far the reading of a wave is, for those who coordinate it."""
    decided = texts.count_decisions(services().store, wave_id)
    return Progress(sum(decided.values()), sum(n for (_, decision), n in decided.items() if decision == ""))


@blueprint.get("/eigene-worte")
@needs("reviewer")
def show_waves() -> ResponseReturnValue:
    """List the waves: those that can be read with how far it is, the others with the reason."""
    own = services()
    lines = []
    for wave in waves.list_waves(own.store):
        current = state(wave, own.clock())
        lines.append((wave, current, allowed(current, "extract"), progress(wave.id)))
    return render_template("ownwords/waves.html", lines=lines)


@blueprint.get("/eigene-worte/<wave_id>")
@needs("reviewer")
def show_texts(wave_id: str) -> ResponseReturnValue:
    """List the texts: undecided ones first, of these those with marked passages."""
    store, wave = services().store, get_readable(wave_id)
    note(wave, "list")
    book, titles, every = texts.get_themes(store, wave_id), question_titles(wave), texts.list_texts(store, wave_id)
    chosen = _chosen()
    themes = {text.id: themes_of(text, book) for text in every}
    found = [text for text in every if _fits(text, themes[text.id], chosen)]
    pages = max(1, -(-len(found) // PAGE))
    here = min(chosen.page, pages)
    some = found[(here - 1) * PAGE : here * PAGE]
    zones = {zone.id: zone.name for zone in districts.get_district(store, wave.district_id).zones}
    return render_template(
        "ownwords/texts.html", wave=wave, legal_wave=wave, questions=_questions(every, titles), titles=titles,
        lines=[_line(text, themes[text.id], book) for text in some], chosen=chosen,
        n_found=len(found), n_all=len(every), page=here, pages=pages, decisions=DECISIONS, zones=zones,
        theme_counts=_theme_counts(themes, book), fixed=texts.fixed_at(store, wave_id), smallest=SMALLEST_GROUP,
    )  # fmt: skip


def _chosen() -> Chosen:
    number = request.args.get("seite", "1")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    question, decision, theme = (request.args.get(name, "")[:100] for name in ("frage", "stand", "thema"))
    return Chosen(question, decision, theme, max(page, 1))


def _fits(text: OwnText, themes: tuple[str, ...], chosen: Chosen) -> bool:
    if chosen.question and text.question != chosen.question:
        return False
    if chosen.decision and text.decision != chosen.decision.replace("offen", ""):
        return False
    return not chosen.theme or chosen.theme in (themes or (NO_THEME,))


def _questions(every: tuple[OwnText, ...], titles: dict[str, str]) -> list[Counted]:
    found = []
    for question in sorted({text.question for text in every}, key=list(titles).index):
        some = [text for text in every if text.question == question]
        left = sum(text.decision == "" for text in some)
        quotes = sum(text.decision == "quote" for text in some)
        few = len(some) < SMALLEST_GROUP
        found.append(Counted(question, titles[question], len(some), left, quotes, few))
    return found


def _theme_counts(themes: dict[str, tuple[str, ...]], book: ThemeBook) -> list[tuple[str, str, int]]:
    counted = [(name, title, sum(name in found for found in themes.values())) for name, title in book.names.items()]
    return [*counted, (NO_THEME, "noch ohne Thema", sum(not found for found in themes.values()))]


def _line(text: OwnText, themes: tuple[str, ...], book: ThemeBook) -> Line:
    words = " ".join(text.text.split())
    return Line(
        text, words if len(words) <= EXCERPT else words[: EXCERPT - 1] + "…",
        tuple(book.names[theme] for theme in themes), DECISIONS[text.decision],
        language_name(text.language), direction(text.language) if text.language else "auto",
    )  # fmt: skip


@blueprint.get("/eigene-worte/<wave_id>/weiter")
@needs("reviewer")
def next_text(wave_id: str) -> ResponseReturnValue:
    """Lead to the first text nobody has decided about, behind the one just left undecided."""
    wave = get_readable(wave_id)
    waiting = [text.id for text in texts.list_texts(services().store, wave.id) if text.decision == ""]
    last = request.args.get("nach", "")
    after = waiting[waiting.index(last) + 1 :] if last in waiting else waiting
    if not after:
        flash("Alle Texte sind gelesen." if not waiting else "Das war der letzte. Übersprungene Texte stehen vorn.")
        return redirect(url_for("ownwords.show_texts", wave_id=wave_id), 303)
    before = request.args.get("zuletzt")  # left out of the address where there is none
    return redirect(url_for("ownwords.show_text", wave_id=wave_id, text_id=after[0], zuletzt=before), 303)


@blueprint.get("/eigene-worte/<wave_id>/zugriffe")
@needs("reviewer", "administrator", "coordinator")
def show_access(wave_id: str) -> ResponseReturnValue:
    """Show who looked at texts of a wave and when; a wave that is archived keeps it."""
    store = services().store
    wave = waves.get_wave(store, wave_id)
    found = texts.list_access(store, wave_id)
    return render_template("ownwords/access.html", wave=wave, legal_wave=wave, lines=found, names=ACCESS)
