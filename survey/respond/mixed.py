"""German words inside another language: offices and forms are called so, and a family must find them by that name.

Translations give them in brackets: „детсад (Kita)“. Marked as German they are pronounced as such, and brackets and
commas stay with their words where the line runs from right to left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

#: With nothing in them that is still to be filled in.
IN_BRACKETS = re.compile(r"(\([^(){}]+\))")
WORD = re.compile(r"[^\W\d_]+")
GERMAN = Markup('<bdi lang="de">{}</bdi>')


def marked(text: str, german: str) -> Markup:
    """Return a text for HTML; what stands in brackets is German if the German text has all its words."""
    if "(" not in text:
        return escape(text)
    known = set(WORD.findall(german))
    parts = (
        GERMAN.format(part) if i % 2 and _is_german(part, known) else escape(part)
        for i, part in enumerate(IN_BRACKETS.split(text))
    )
    return Markup("").join(parts)


def _is_german(part: str, known: set[str]) -> bool:
    """Say whether all words are German and one is a name: „(1)“ and „(e)“ are counted in every language."""
    words = WORD.findall(part)
    return known.issuperset(words) and any(word[0].isupper() for word in words)


def words_marked(words: Mapping[str, str], german: Mapping[str, str]) -> dict[str, str]:
    """Return the product's own sentences in the same way, for HTML."""
    return {name: marked(text, german[name]) for name, text in words.items()}
