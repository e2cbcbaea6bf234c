"""What pages of results say beside their figures holds: questions of headlines, „am häufigsten“, and translations."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from questionnaires.handover import Cell, Finding
from survey.results.places import column
from survey.results.sheet import may_be_more
from survey.results.words import INTERVAL, split_question
from survey.store import Store
from tests.survey.make_derived import changes, derived_files
from tests.survey.make_release import FINDINGS, GROUPS, HIDDEN, share, table
from tests.survey.results_tools import HOME, Shelf, html, text_of

ASKED = Finding(
    id="angebote.hort-gebiete", headline="Nord 1: „Geld“ häufiger", table="angebote.hort", about="differences",
    sentence="Frage: „Frage angebote? – Hort“ Nord 1: 52 %.",
)  # fmt: skip


def test_a_sentence_is_split_from_the_question_it_begins_with() -> None:
    assert split_question("Frage: „Was fehlt?“ Dorf: 50 %.") == ("Was fehlt?", "Dorf: 50 %.")
    assert split_question("Frage: „Kennen Sie „BuT“?“ Nein.") == ("Kennen Sie „BuT“?", "Nein.")


@pytest.mark.parametrize("sentence", ["Verglichen wurde alles.", "Frage: „Ohne Ende", ""])
def test_a_sentence_without_a_question_stays_whole(sentence: str) -> None:
    assert split_question(sentence) == ("", sentence)


def test_spans_that_overlap_are_not_said_to_rule_out_a_secured_difference() -> None:
    assert "Auch wo sie sich ein Stück überschneiden, kann ein Unterschied gesichert sein" in INTERVAL


@pytest.mark.parametrize(("first", "second", "third", "unknown"), [
    (share(8), HIDDEN, share(3), True), (share(60), HIDDEN, share(10), False), (share(45), share(47), share(8), False),
])  # fmt: skip
def test_the_most_frequent_answer_is_named_only_where_no_hidden_one_can_be_more_frequent(
    first: Cell, second: Cell, third: Cell, unknown: bool
) -> None:
    asked = table("schule", "Was machst du?", groups=GROUPS[:1], cells=((first,), (second,), (third,)))
    cells = column(asked, "kreis")
    assert may_be_more(asked, cells, max(cell.value or 0 for cell in cells.values())) == unknown


def test_of_several_answers_a_hidden_one_is_rare_only_where_it_is_rare_in_the_district() -> None:
    cells = tuple((share(whole), here) for whole, here in ((20, HIDDEN), (50, share(40)), (30, share(30))))
    asked = table("viele", "Was noch?", measure="share_of_cases", groups=GROUPS[:2], cells=cells)
    assert not may_be_more(asked, column(asked, GROUPS[1].id), 0.40)
    assert may_be_more(asked, column(asked, GROUPS[1].id), 0.15)


def test_a_headline_stands_under_its_question_and_the_question_is_said_once(
    app: Flask, sqlite_store: Store, client: FlaskClient
) -> None:
    Shelf(sqlite_store, app.extensions["familienstimme"].settings.releases).add(findings=(*FINDINGS, ASKED))
    shown = html(client, HOME)
    assert '<span class="asked">Frage angebote? – Hort</span> Nord 1: „Geld“ häufiger</h3>' in shown
    assert "Frage: „" not in text_of(shown)


def test_hints_of_change_are_folded_away_below_what_is_secured(
    app: Flask, sqlite_store: Store, client: FlaskClient
) -> None:
    [one] = changes().changes
    both = changes().model_copy(update={"changes": (one, one.model_copy(update={"verdict": "hint"}))})
    shelf = Shelf(sqlite_store, app.extensions["familienstimme"].settings.releases)
    shelf.add(extra_files=derived_files(changes=both))
    folded_from = "1 Hinweis auf weitere Veränderungen, nicht gesichert</summary>"
    open_part, _, folded = html(client, HOME).partition(folded_from)
    assert "Gesicherte Veränderungen" in open_part
    assert "<td>Hinweis</td>" not in open_part
    assert "<td>Hinweis</td>" in folded
