"""Decisions, passages and steps in words."""

from __future__ import annotations

from survey.own_words import Access, Decision
from survey.personal import Kind

DECISIONS: dict[Decision, str] = {
    "": "noch nicht entschieden", "quote": "als Zitat freigegeben", "count": "nur zum Zählen",
    "unused": "wird nicht verwendet",
}  # fmt: skip
DONE: dict[Decision, str] = {
    "": "Gespeichert.", "quote": "Als Zitat freigegeben.", "count": "Der Text zählt nur mit.",
    "unused": "Der Text wird nicht verwendet.",
}  # fmt: skip
KINDS: dict[Kind, str] = {
    "email": "E-Mail-Adresse?", "url": "Internetadresse?", "iban": "Kontonummer?", "phone": "Telefonnummer?",
    "date": "Datum?", "street": "Anschrift?", "postcode": "Postleitzahl?", "handle": "Profil?", "name": "Name?",
}  # fmt: skip
ACCESS: dict[Access, str] = {
    "list": "Liste angesehen", "read": "einen Text gelesen", "decide": "über einen Text entschieden",
    "undo": "eine Entscheidung zurückgenommen", "mark": "Kinderschutz gemeldet",
    "unmark": "eine Meldung zum Kinderschutz zurückgenommen", "protected_read": "einen gemeldeten Text gelesen",
    "take": "eine Meldung zum Kinderschutz übernommen", "themes": "Themen geändert", "fix": "Themen festgelegt",
    "unfix": "das Festlegen zurückgenommen", "download": "die Themenliste heruntergeladen",
}  # fmt: skip
