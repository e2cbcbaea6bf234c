"""Themes of open answers: a list that people edit, with stems that sort most texts by themselves.

A stem is the beginning of a word („Bus“ finds „Busse“ and „Buslinie“), with a star in front any part of one („*bus“
finds „Schulbus“ as well); several words must follow each other („nach Hause“). What a person assigns wins over stems;
what no stem finds stays visible as a text without a theme.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from questionnaires.model import Value
from questionnaires.problems import Place

MOST_THEMES, MOST_STEMS = 30, 200
LONGEST_NAME, LONGEST_STEM = 60, 40
#: Shorter beginnings of words find too much [letters].
SHORTEST_STEM = 3
#: A word in fewer texts is no suggestion [texts]: it could be the word of one family.
FEWEST_TEXTS = 3

_WORD = re.compile(r"[^\W\d_]+")

#: Code, place in the file, German sentence.
Fault = tuple[str, Place, str]


class Theme(Value):
    """What several families write about, in whatever words."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    """stays the same in every wave, so that waves can be compared"""
    name: str
    stems: tuple[str, ...] = ()


class ThemeBook(Value):
    """The themes of a wave's open answers."""

    format: Literal["familienstimme-themen/1"] = "familienstimme-themen/1"
    name: str
    questionnaires: tuple[str, ...] = ()
    """ids of the questionnaires these themes were made for"""
    themes: tuple[Theme, ...]

    @cached_property
    def finder(self) -> _Finder:
        """What finds the stems of all themes in a text; made once, because a wave has thousands of texts."""
        return _Finder(self.themes)

    @cached_property
    def names(self) -> dict[str, str]:
        """Id → name, in order."""
        return {theme.id: theme.name for theme in self.themes}


class _Finder:
    """Finds stems by looking words up; alternatives in one pattern would be tried at every letter."""

    def __init__(self, themes: Sequence[Theme]) -> None:
        self._beginnings: defaultdict[str, set[str]] = defaultdict(set)
        self._parts: list[tuple[str, str]] = []
        self._phrases: list[tuple[re.Pattern[str], str]] = []
        for theme in themes:
            for stem in theme.stems:
                self._add(stem, theme.id)
        self._lengths = sorted({len(beginning) for beginning in self._beginnings})

    def _add(self, stem: str, theme: str) -> None:
        words, inside = _WORD.findall(plain(stem)), stem.lstrip().startswith("*")
        if len(words) > 1:
            start = "" if inside else r"(?<![^\W\d_])"
            pattern = start + r"[^\W\d_]*[\W\d_]+".join(map(re.escape, words))
            self._phrases.append((re.compile(pattern), theme))
        elif words and inside:
            self._parts.append((words[0], theme))
        elif words:
            self._beginnings[words[0]].add(theme)

    def find(self, text: str) -> set[str]:
        """Return the ids of the themes whose stems a text has."""
        letters = plain(text)
        words = set(_WORD.findall(letters))
        found: set[str] = set()
        for word in words:
            for length in self._lengths:
                found |= self._beginnings.get(word[:length], _NOTHING)
        together = " ".join(words)
        found |= {theme for part, theme in self._parts if part in together}
        return found | {theme for pattern, theme in self._phrases if pattern.search(letters)}


_NOTHING: frozenset[str] = frozenset()


def plain(text: str) -> str:
    """Return a text in small letters, composed, „ß“ as „ss“: what stems are compared with."""
    return unicodedata.normalize("NFC", text).casefold()


def themes_in(book: ThemeBook, *texts: str) -> tuple[str, ...]:
    """Return the themes whose stems one of the texts contains.

    Parameters
    ----------
    book : ThemeBook
    *texts : str
        an answer and, where there is one, its translation

    Returns
    -------
    tuple of str
        theme ids in the order of the book; empty if no stem fits
    """
    found = book.finder.find("\n".join(texts))
    return tuple(theme.id for theme in book.themes if theme.id in found)


# --- what is wrong with a book ------------------------------------------------------------------------------


def find_faults(book: ThemeBook) -> Iterator[Fault]:
    """Yield code, place and German sentence of everything the types cannot say.

    Parameters
    ----------
    book : ThemeBook

    Yields
    ------
    (str, tuple, str)
        place as keys and positions from the top of the file
    """
    yield from _length_faults("name", ("name",), book.name, LONGEST_NAME)
    if not book.themes:
        yield "no-themes", ("themes",), "Es gibt noch kein Thema. Bitte mindestens eines anlegen."
    if len(book.themes) > MOST_THEMES:
        message = f"Es sind {len(book.themes)} Themen; erlaubt sind {MOST_THEMES}. Bitte ähnliche zusammenlegen."
        yield "too-many-themes", ("themes",), message
    yield from _repeated(book, "id", [theme.id for theme in book.themes])
    yield from _repeated(book, "name", [plain(theme.name) for theme in book.themes])
    for i, theme in enumerate(book.themes):
        yield from _length_faults("name", ("themes", i, "name"), theme.name, LONGEST_NAME)
        yield from _stem_faults(theme, i)


def _repeated(book: ThemeBook, field: str, values: Sequence[str]) -> Iterator[Fault]:
    for i, value in enumerate(values):
        if (first := values.index(value)) < i:
            message = f"„{getattr(book.themes[i], field)}“ heißt schon das {first + 1}. Thema. Bitte eines ändern."
            yield f"duplicate-{field}", ("themes", i, field), message


def _length_faults(what: str, place: Place, text: str, most: int) -> Iterator[Fault]:
    if not text.strip():
        yield f"empty-{what}", place, "Hier fehlt ein Wort. Bitte ausfüllen."
    elif len(text) > most:
        yield f"long-{what}", place, f"Das sind {len(text)} Zeichen; erlaubt sind {most}. Bitte kürzen."


def _stem_faults(theme: Theme, i: int) -> Iterator[Fault]:
    if len(theme.stems) > MOST_STEMS:
        message = f"Das sind {len(theme.stems)} Wortanfänge; erlaubt sind {MOST_STEMS}. Bitte kürzen."
        yield "too-many-stems", ("themes", i, "stems"), message
    seen: set[str] = set()
    for j, stem in enumerate(theme.stems):
        place, letters = ("themes", i, "stems", j), "".join(_WORD.findall(stem))
        yield from _length_faults("stem", place, stem, LONGEST_STEM)
        if stem.strip() and not letters:
            yield "empty-stem", place, f"„{stem[:40]}“ hat keine Buchstaben. Bitte ein Wort oder einen Wortanfang."
        elif letters.isascii() and 0 < len(letters) < SHORTEST_STEM:
            message = f"„{stem}“ ist zu kurz und würde zu viel finden. Bitte mindestens drei Buchstaben."
            yield "short-stem", place, message
        elif letters and plain(stem) in seen:
            yield "duplicate-stem", place, f"„{stem[:40]}“ steht bei diesem Thema schon. Bitte eines löschen."
        seen.add(plain(stem))


# --- suggestions --------------------------------------------------------------------------------------------


def frequent_words(
    book: ThemeBook, texts: Iterable[str], least: int = FEWEST_TEXTS, most: int = 30
) -> list[tuple[str, int]]:
    """Return words that are frequent and that no stem of the book finds.

    Forms of a word count together („Spielplatz“, „Spielplätze“); the most frequent form names them.

    Parameters
    ----------
    book : ThemeBook
    texts : iterable of str
    least : int
        a word must be in so many texts [texts]
    most : int
        so many words at most

    Returns
    -------
    list of (str, int)
        word and number of texts it is in, the most frequent first, ties by word
    """
    counted: Counter[str] = Counter()
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        words = {stem_of(word): word for word in _WORD.findall(text) if _says_something(word)}
        counted.update(words.keys())
        for stem, word in words.items():
            forms[stem][word] += 1
    named = [(min(forms[s], key=lambda w: (-forms[s][w], w)), n) for s, n in counted.items() if n >= least]
    left = [(word, n) for word, n in named if not themes_in(book, word)]
    return sorted(left, key=lambda found: (-found[1], found[0]))[:most]


def _says_something(word: str) -> bool:
    return len(word) > 3 and plain(word) not in _COMMON


def stem_of(word: str) -> str:
    """Return the stem of a German word; other words come back nearly as they are.

    CISTEM, without its rule for „ge-“ and regardless of capitals: L. Weissweiler, A. Fraser, Developing a Stemmer for
    German Based on a Comparative Analysis of Publicly Available Stemmers, GSCL 2017, § 4.

    Parameters
    ----------
    word : str

    Returns
    -------
    str
        in small letters, umlauts as their vowels; only there to be compared
    """
    stem = plain(word).translate(_UMLAUTS)
    for letters, sign in _SIGNS:
        stem = stem.replace(letters, sign)
    stem = re.sub(r"(.)\1", r"\1*", stem)
    while len(stem) > 3:
        shorter = re.sub(r"(e[mr]|nd)$", "", stem) if len(stem) > 5 else stem
        shorter = shorter if shorter != stem else re.sub(r"[tesn]$", "", stem)
        if shorter == stem:
            break
        stem = shorter
    stem = re.sub(r"(.)\*", r"\1\1", stem)
    for letters, sign in _SIGNS:
        stem = stem.replace(sign, letters)
    return stem


_UMLAUTS = str.maketrans("äöü", "aou")
_SIGNS = (("sch", "$"), ("ei", "%"), ("ie", "&"))


def starter_for(books: Sequence[ThemeBook], questionnaire: str) -> ThemeBook:
    """Return the book made for a questionnaire, or an empty one to begin with."""
    fitting = (book for book in books if questionnaire in book.questionnaires)
    return next(fitting, ThemeBook(name="Themen", themes=()))


#: Words that say nothing about a theme.
_COMMON_WORDS = """
    aber alle allem allen aller alles also andere anderen anderer anderes auch auf aus bald beim bekommen bekommt
    besser besonders bessere besseren bisschen bitte brauche brauchen braucht dabei dafür damit dann darauf darf dass
    davon dazu deine deinem deinen deiner dem denen denn deren deshalb dich diese diesem diesen dieser dieses doch dort
    durch dürfen eben eher eigentlich eine einem einen einer eines einfach einmal etwas euch euer fast finde finden
    findet freuen für ganz geben geht gehen gerade gerne gern gibt gibts gute guten guter gutes habe haben halt hast
    hatte hatten hier hätte hätten ihnen ihre ihrem ihren ihrer immer irgendwie ist jede jedem jeden jeder jedes jemand
    jetzt kann keine keinem keinen keiner kommen kommt können könnte könnten leider lieber machen macht man manchmal
    mehr meine meinem meinen meiner meist meistens mich mindestens möchte möchten müssen muss müsste müssten nach nicht
    nichts noch nur oder ohne oft schon schön schöner schöne schönes sehr sein seine seinem seinen seiner seit selbst
    sich sie sind sind sollen sollte sollten sondern sonst soviel stehen steht total über überall überhaupt unbedingt
    und uns unser unsere unserem unseren unserer unter viel viele vielen vieles vielleicht von vor wäre wären war waren
    wegen weil welche wenig weniger wenn werden wichtig will wird wirklich wissen wollen wünsche wünschen wünscht würde
    würden zudem zum zur zusammen zwischen
"""
_COMMON = frozenset(_COMMON_WORDS.split())
