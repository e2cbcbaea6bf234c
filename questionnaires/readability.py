"""How easily a German text reads: Amstad's version of the Flesch Reading Ease.

Amstad, T.: Wie verständlich sind unsere Zeitungen? Diss. Zürich 1978, p. 76 ff.:

    180 − words per sentence − 58.5 · syllables per word

Syllables are counted as groups of vowels. A library that hyphenates (pyphen 0.18) does not know them better: of 48
words that the rule was not made with it misjudged 6 (it never divides off a single letter, „Abend“), this rule 2
(``tests/questionnaires/test_advice_reading.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

Ease = Literal["leicht", "mittel", "schwer"]

#: From here on a text is easy; below the second it is hard. Amstad's „schwer“ lies between 30 and 50; in a text as
#: short as a question one list of long names already leads to 42, so only the lower half of it counts here.
EASY, HARD = 70.0, 40.0
#: With fewer words, one long word decides.
LEAST_WORDS = 12

_WORD = re.compile(r"[A-Za-zÄÖÜäöüß]+")
_SENTENCE = re.compile(r"[.!?:;]+(?=\s|$)|\n+")
#: „ie“ at the end of these stems, „eum“ and „een“ are two syllables.
_APART = re.compile(r"((?:famil|lin|fer|ser|med|präm|material)i)(en?)$|(e)(um|en)$")
_VOWELS = re.compile(r"äu|au|eu|ei|ai|ey|ay|oi|ie|aa|ee|oo|[aeiouyäöü]")


def syllables(word: str) -> int:
    """Return the number of syllables of a German word, at least 1."""
    apart = _APART.sub(lambda found: "·".join(filter(None, found.groups())), word.casefold().replace("qu", "kw"))
    return max(1, len(_VOWELS.findall(apart)))


def reading_ease(texts: Iterable[str]) -> float | None:
    """Return how easily texts read together.

    Parameters
    ----------
    texts : iterable of str
        German; where one ends a sentence ends

    Returns
    -------
    float or None
        about 0 (very hard) to 100 (very easy); None below :data:`LEAST_WORDS` words
    """
    sentences = [found for text in texts for part in _SENTENCE.split(text) if (found := _WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    if len(words) < LEAST_WORDS:
        return None
    return 180 - len(words) / len(sentences) - 58.5 * sum(map(syllables, words)) / len(words)


def ease_of(score: float) -> Ease:
    """Return a reading ease as a word."""
    return "leicht" if score >= EASY else "mittel" if score >= HARD else "schwer"
