"""Own words once they are cut off their responses: what is kept of each, and what of it may be known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from questionnaires.codebook import ThemeBook, themes_in

#: Fewer texts of a language, or of a language in a Großraum, are not told apart [texts].
SMALLEST_GROUP = 10
#: Spoken languages: what is written into a form in „Leichte Sprache“ is German.
SPOKEN = {"de-simple": "de"}

#: „“: nobody has decided. Only `quote` is ever shown; `unused` is not even counted among the themes.
Decision = Literal["", "quote", "count", "unused"]
Access = Literal[
    "list", "read", "decide", "undo", "mark", "unmark", "take", "themes", "fix", "unfix", "protected_read", "download",
]  # fmt: skip


@dataclass(frozen=True)
class FoundText:
    """An answer in own words on its way out of its response."""

    question: str
    """question id, or `id.other` for „Andere, nämlich“"""
    language: str
    """„“ where too few spoke it in this wave"""
    zone: str
    """Großraum, or „“"""
    text: str


@dataclass(frozen=True)
class OwnText(FoundText):
    """An answer in own words in the queue, with what people decided."""

    id: str
    """random, 32 hexadecimal digits"""
    n_marks: int
    """passages that looked personal when it came into the queue"""
    decision: Decision = ""
    redacted: str | None = None
    """the version that may be shown; None: as it was written"""
    translation: str = ""
    themes: tuple[str, ...] | None = None
    """assigned by a person; None: by stems"""
    undoable: bool = False
    marked_at: datetime | None = None
    marked_by: str | None = None
    taken_at: datetime | None = None
    taken_by: str | None = None

    @property
    def version(self) -> str:
        """What would be shown."""
        return self.text if self.redacted is None else self.redacted


def themes_of(text: OwnText, book: ThemeBook) -> tuple[str, ...]:
    """Return a text's themes: a person's choice, else what the stems find in German words."""
    if text.themes is not None:
        return tuple(theme for theme in text.themes if theme in book.names)
    german = [text.text] if text.language == "de" else []
    return themes_in(book, *german, text.translation)


def coarse(found: Sequence[FoundText]) -> Iterator[FoundText]:
    """Yield the texts with only those Großräume that ten or more share, question by question and language by language.

    Whoever is left without one is never fewer than ten either, unless nobody of that language keeps one.
    """
    counts = Counter((one.question, one.language, one.zone) for one in found)
    groups = {(question, language) for question, language, _ in counts}
    kept = {group: _kept({z: n for (q, la, z), n in counts.items() if (q, la) == group}) for group in groups}
    for one in found:
        yield one if one.zone in kept[one.question, one.language] else replace(one, zone="")


def _kept(n_of_zone: dict[str, int]) -> set[str]:
    kept = {zone for zone, n in n_of_zone.items() if zone and n >= SMALLEST_GROUP}
    while kept and 0 < sum(n for zone, n in n_of_zone.items() if zone not in kept) < SMALLEST_GROUP:
        kept.remove(min(kept, key=lambda zone: (n_of_zone[zone], zone)))
    return kept


#: Languages as staff and planners read them.
LANGUAGES: dict[str, str] = {
    "de": "Deutsch", "en": "Englisch", "uk": "Ukrainisch", "ru": "Russisch", "ar": "Arabisch",
    "fa": "Dari und Persisch", "tr": "Türkisch",
}  # fmt: skip


def language_name(language: str) -> str:
    """Return a language's German name; where it is not told, say so."""
    return LANGUAGES.get(language, language) or "nicht genannt"
