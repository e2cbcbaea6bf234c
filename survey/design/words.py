"""What kinds of questions and marks are called at the desk."""

from __future__ import annotations

from typing import get_args

from questionnaires.model import KINDS, Dimension, Sensitive

KIND_NAMES: dict[str, str] = {
    "single": "Eine Antwort", "multiple": "Mehrere Antworten", "scale": "Abstufung",
    "battery": "Mehrere Zeilen, gleiche Abstufung",
    "number": "Zahl", "counts": "Wie viele je Gruppe", "ranking": "Die wichtigsten", "text": "Eigene Worte",
    "place": "Wohnort", "consent": "Einwilligung", "info": "Hinweis ohne Antwort",
}  # fmt: skip
SENSITIVE_NAMES: dict[str, str] = {
    "money": "Geld", "benefits": "Leistungen", "burden": "Belastung", "health": "Gesundheit", "origin": "Herkunft",
    "family": "Familie", "violence": "Gewalt",
}  # fmt: skip
DIMENSION_NAMES: dict[str, str] = {
    "material": "materiell", "social": "sozial", "health": "gesundheitlich", "cultural": "kulturell",
}  # fmt: skip

_WHOLE = {
    "title": "Titel", "headline": "Große Frage auf der Startseite", "intro": "Einleitung",
    "legal_basis": "Rechtsgrundlage",
}  # fmt: skip
_TEXTS = {"text": "", "help": "Hilfe darunter", "why": "Warum wir das fragen", "unit": "Einheit", "title": "Titel"}
_PARTS = {"options": "Antwort", "steps": "Stufe", "items": "Zeile", "bands": "Gruppe"}
_OWNERS = {"pages": "Seite", "funnels": "Trichter"}


def place_in_words(path: str) -> str:
    """Return where a text stands, for people: „Frage „bedarf“, Antwort 3“ of ``bedarf.options.3``."""
    if path in _WHOLE:
        return _WHOLE[path]
    first, _, rest = path.partition(".")
    owner = _OWNERS.get(first, "Frage")
    name, _, what = (rest if first in _OWNERS else path).partition(".")
    kind, _, part = what.partition(".")
    detail = f"{_PARTS[kind]} {part}" if kind in _PARTS else _TEXTS.get(kind, kind)
    return ", ".join(filter(None, (f"{owner} „{name}“", detail)))


if set(KIND_NAMES) != set(KINDS):
    raise TypeError("every kind of question has its name at the desk")
if set(SENSITIVE_NAMES) != set(get_args(Sensitive)) or set(DIMENSION_NAMES) != set(get_args(Dimension)):
    raise TypeError("every mark has its name at the desk")
