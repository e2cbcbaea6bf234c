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

if set(KIND_NAMES) != set(KINDS):
    raise TypeError("every kind of question has its name at the desk")
if set(SENSITIVE_NAMES) != set(get_args(Sensitive)) or set(DIMENSION_NAMES) != set(get_args(Dimension)):
    raise TypeError("every mark has its name at the desk")
