"""Search as people type: case, umlauts and small slips do not matter."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

MAX_WORDS = 8
#: Words that long may hold one slip, words twice as long two.
ONE_SLIP, TWO_SLIPS = 4, 8
MAX_CACHED = 500


def folded(text: str) -> str:
    """Return a text without case and accents; „Ärzte“, „Aerzte“ and „ARZTE“ become the same."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return bare.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are searched for."""
    return "".join(c if c.isalnum() else " " for c in folded(text)).split()


@dataclass(frozen=True)
class Hits:
    """What was found, and what was taken for what was typed."""

    positions: tuple[int, ...]
    read_as: tuple[str, ...] = ()
    """words of the texts that were meant where what was typed occurs nowhere"""


@dataclass(eq=False)
class Index:
    """Texts to be searched, by their position."""

    texts: Sequence[str]
    _cache: dict[str, tuple[frozenset[int], tuple[str, ...]]] = field(default_factory=dict)

    @cached_property
    def words(self) -> dict[str, frozenset[int]]:
        """Word → positions of the texts that hold it."""
        found = defaultdict(set)
        for i, text in enumerate(self.texts):
            for word in words_of(text):
                found[word].add(i)
        return {word: frozenset(places) for word, places in found.items()}

    @cached_property
    def pairs(self) -> dict[str, set[str]]:
        """Word → its pairs of letters."""
        return {word: set(_pairs(word)) for word in self.words}

    def find(self, search: str) -> Hits:
        """Return the texts that hold every word that was typed, or something like it."""
        wanted = words_of(search)[:MAX_WORDS]
        left, read_as = frozenset(range(len(self.texts))), list[str]()
        for word in wanted:
            hits, meant = self._find(word)
            left &= hits
            read_as += meant
        return Hits(tuple(sorted(left)), tuple(dict.fromkeys(read_as)))

    def _find(self, word: str) -> tuple[frozenset[int], tuple[str, ...]]:
        if word not in self._cache:
            if len(self._cache) >= MAX_CACHED:
                self._cache.clear()
            self._cache[word] = self._look(word)
        return self._cache[word]

    def _look(self, word: str) -> tuple[frozenset[int], tuple[str, ...]]:
        exact = [known for known in self.words if word in known]
        if exact:
            return self._places(exact), ()
        slips = (len(word) >= ONE_SLIP) + (len(word) >= TWO_SLIPS)
        near = [known for known in self._alike(word, slips) if slips and slips_between(word, known) <= slips]
        return self._places(near), tuple(near)

    def _places(self, words: Iterable[str]) -> frozenset[int]:
        return frozenset[int]().union(*(self.words[word] for word in words))

    def _alike(self, word: str, slips: int) -> Iterator[str]:
        """Yield words that share enough pairs of letters: a slip spoils at most three of them, in short words all."""
        pairs = set(_pairs(word))
        needed = max(len(pairs) - 3 * slips, 0)
        yield from (known for known, theirs in self.pairs.items() if len(pairs & theirs) >= needed)


def _pairs(word: str) -> Iterator[str]:
    return (word[i : i + 2] for i in range(len(word) - 1))


def slips_between(typed: str, word: str) -> int:
    """Return the least number of slips that make `typed` out of a part of `word`.

    A slip is a letter too many, too few, wrong, or two letters in wrong order (E. Ukkonen, Information and Control 64
    (1985) 100-118, for the part; optimal string alignment for the order).
    """
    before, row = [0] * (len(word) + 1), [0] * (len(word) + 1)
    for i, letter in enumerate(typed, start=1):
        last, before, row = before, row, [i]
        for j, other in enumerate(word, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == word[j - 2] and typed[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return min(row)
