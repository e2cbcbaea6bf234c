"""The room of those who read own words: the queue, the themes, the mark „Kinderschutz“.

Reading is a task of its own (role „reviewer“): neither coordination nor planning opens these pages, so that a district
names the few people who read what families wrote. Texts can be read from the day the wave is anonymised, the same day
on which answers may leave the store at all: until then a family may still have its answers deleted, and a text that
lies apart could not be found again. Every look is logged: who, when, which wave, never what.
"""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("ownwords", __name__)

from survey.ownwords import procedure, queue, review, themes  # noqa: E402, F401  # register their views
