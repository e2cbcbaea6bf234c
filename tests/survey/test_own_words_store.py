"""Own words are cut off their responses; what people decide can be undone; nothing leads back to a family."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from questionnaires.codebook import Theme, ThemeBook
from survey.own_words import FoundText, coarse, themes_of
from survey.store import Store, protection, releases, responses, texts, waves
from survey.store.anonymise import anonymise, archive
from survey.store.tables import own_text, response
from tests.survey.cast import AFTER, DURING, WAVE, plan, submission

BOOK = ThemeBook(name="Probe", themes=(Theme(id="weg", name="Wege", stems=("Bus",)), Theme(id="geld", name="Geld")))


def fill_texts(store: Store, *written: str, **changes: Any) -> list[str]:
    """Let families write beside ten who do not, anonymise; return the ids of the texts in the order of the queue."""
    for number in range(900, 910):  # a language of fewer is not kept
        responses.submit(store, submission(number, answers={}, **changes), DURING)
    for number, words in enumerate(written):
        responses.submit(store, submission(number, answers={"zufrieden": 3, "warum": words}, **changes), DURING)
    anonymise(store, WAVE, plan(), AFTER)
    return [found.id for found in texts.list_texts(store, WAVE)]


def test_a_text_leaves_its_response_when_the_wave_is_anonymised(store: Store) -> None:
    fill_texts(store, "Familie-00001-sagt", "Familie-00002-sagt")
    kept = [found.answers for found in responses.read_responses(store, WAVE) if found.answers]
    assert kept == [{"zufrieden": 3}] * 2
    assert {found.text for found in texts.list_texts(store, WAVE)} == {"Familie-00001-sagt", "Familie-00002-sagt"}


def test_no_column_of_a_text_leads_to_a_response(store: Store) -> None:
    fill_texts(store, *(f"Nummer {i}" for i in range(30)))
    with store.read() as connection:
        rows = connection.execute(select(own_text)).mappings().all()
        keys = set(connection.execute(select(response.c.key_hash)).scalars())
    columns = {"wave_id", "id", "question", "language", "zone", "text", "n_marks", "decision", "redacted",
               "translation", "themes", "before", "marked_at", "marked_by", "taken_at", "taken_by"}  # fmt: skip
    assert set(rows[0]) == columns  # no door, no area, no day, no mode
    assert not keys & {row["id"] for row in rows}


def test_the_order_of_texts_says_nothing_of_the_order_of_answers(sqlite_store: Store) -> None:
    ids = fill_texts(sqlite_store, *(f"Nummer {i:03}" for i in range(200)))
    numbers = [int(texts.get_text(sqlite_store, WAVE, one).text[-3:]) for one in ids]
    middle = sum(numbers) / 200
    rank = sum((i - 99.5) * (n - middle) for i, n in enumerate(numbers)) / (200 * 3333)
    assert sorted(numbers) == list(range(200))
    assert abs(rank) < 0.25


def test_tables_of_texts_have_no_row_number(sqlite_store: Store) -> None:
    with sqlite_store.read() as connection:
        found = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'own_text'")).scalar_one()
    assert found.rstrip().endswith("WITHOUT ROWID")


def _found(question: str, language: str, **zones: int) -> list[FoundText]:
    return [FoundText(question, language, "" if z == "keiner" else z, "x") for z, n in zones.items() for _ in range(n)]


@pytest.mark.parametrize(
    ("zones", "kept"),
    [
        ({"nord": 10, "sued": 10}, {"nord": 10, "sued": 10}),
        ({"nord": 9, "sued": 9}, {"": 18}),
        ({"nord": 30, "mitte": 11, "sued": 3}, {"nord": 30, "": 14}),  # „sued“ alone would be found by subtraction
        ({"nord": 30, "sued": 10, "keiner": 12}, {"nord": 30, "sued": 10, "": 12}),
        ({"nord": 12, "keiner": 1}, {"": 13}),
    ],
)
def test_a_place_is_kept_only_where_ten_share_it_and_no_fewer_are_left(
    zones: dict[str, int], kept: dict[str, int]
) -> None:
    found = [one.zone for one in coarse([*_found("warum", "de", **zones), *_found("warum", "uk", nord=3)])]
    german = found[: sum(zones.values())]
    assert {zone: german.count(zone) for zone in german} == kept
    assert set(found[len(german) :]) == {""}  # three in another language never keep theirs


def test_texts_that_look_personal_come_first_and_decided_ones_last(store: Store) -> None:
    ids = fill_texts(store, "ohne alles", "Mein Sohn Max", "auch nichts", "Tel. 0361 1234567")
    first = [texts.get_text(store, WAVE, one).n_marks for one in ids]
    assert first == [1, 1, 0, 0]
    texts.change(store, WAVE, ids[0], decision="count")
    assert texts.list_texts(store, WAVE)[-1].id == ids[0]


def test_every_decision_can_be_undone_and_repeated(store: Store) -> None:
    [one] = fill_texts(store, "Der Bus kommt nie")
    assert not texts.undo(store, WAVE, one)
    texts.change(store, WAVE, one, decision="quote", redacted="[…]", translation="So", themes=("geld",))
    assert texts.undo(store, WAVE, one)
    back = texts.get_text(store, WAVE, one)
    assert (back.decision, back.version, back.translation, back.themes) == ("", "Der Bus kommt nie", "", None)
    assert texts.undo(store, WAVE, one)
    again = texts.get_text(store, WAVE, one)
    assert (again.decision, again.version, again.themes) == ("quote", "[…]", ("geld",))


def test_a_persons_themes_win_over_stems_and_stems_read_german_only(store: Store) -> None:
    [one] = fill_texts(store, "Der Bus kommt nie")
    assert themes_of(texts.get_text(store, WAVE, one), BOOK) == ("weg",)
    texts.change(store, WAVE, one, themes=("geld", "weg-gibt-es-nicht"))
    assert themes_of(texts.get_text(store, WAVE, one), BOOK) == ("geld",)
    texts.change(store, WAVE, one, themes=())
    assert themes_of(texts.get_text(store, WAVE, one), BOOK) == ()
    foreign = FoundText("warum", "tr", "", "bus")
    read = texts.OwnText(**vars(foreign), id="0" * 32, n_marks=0)
    assert themes_of(read, BOOK) == ()


def test_fixed_themes_change_no_more_and_quotes_still_may(store: Store) -> None:
    one, other = fill_texts(store, "Der Bus kommt nie", "Geld fehlt")
    texts.save_themes(store, WAVE, BOOK)
    texts.fix_themes(store, WAVE, "jana", AFTER)
    for change in ({"themes": ("geld",)}, {"decision": "unused"}):
        with pytest.raises(texts.ThemesFixed):
            texts.change(store, WAVE, one, **change)
    with pytest.raises(texts.ThemesFixed):
        texts.save_themes(store, WAVE, ThemeBook(name="x", themes=()))
    texts.change(store, WAVE, other, decision="quote", redacted="Geld")
    assert (texts.get_text(store, WAVE, one).themes, texts.get_text(store, WAVE, other).decision) == (None, "quote")


def test_a_translation_that_comes_later_moves_no_count(store: Store) -> None:
    [one] = fill_texts(store, "Geld fehlt")
    texts.save_themes(store, WAVE, BOOK)
    texts.fix_themes(store, WAVE, "jana", AFTER)
    texts.change(store, WAVE, one, translation="Der Bus fehlt")
    later = texts.get_text(store, WAVE, one)
    assert (later.translation, themes_of(later, BOOK)) == ("Der Bus fehlt", ())
    assert texts.undo(store, WAVE, one)
    assert texts.get_text(store, WAVE, one).translation == ""


def test_fixing_is_taken_back_only_before_a_release_counts_it(store: Store) -> None:
    fill_texts(store, "Bus")
    releases.add_release(store, WAVE, "0" * 64, AFTER)
    texts.fix_themes(store, WAVE, "jana", AFTER + timedelta(hours=1))
    texts.unfix_themes(store, WAVE)
    assert texts.fixed_at(store, WAVE) is None
    texts.fix_themes(store, WAVE, "jana", AFTER + timedelta(hours=2))
    releases.add_release(store, WAVE, "1" * 64, AFTER + timedelta(hours=3))
    with pytest.raises(texts.ThemesFixed):
        texts.unfix_themes(store, WAVE)


def test_archiving_deletes_the_texts_and_keeps_who_looked(store: Store) -> None:
    fill_texts(store, "Bus")
    texts.note_access(store, WAVE, "jana", "read", AFTER)
    archive(store, WAVE, AFTER)
    assert texts.list_texts(store, WAVE) == ()
    assert texts.list_access(store, WAVE) == [(AFTER, "jana", "read")]


def test_an_archived_text_leaves_no_byte_behind(sqlite_store: Store) -> None:
    fill_texts(sqlite_store, "Familie-00007-sagt")
    path = sqlite_store.path
    assert path is not None
    assert b"Familie-00007-sagt" in path.read_bytes()
    archive(sqlite_store, WAVE, AFTER)
    journal = path.with_name(path.name + "-wal")
    assert b"Familie-00007-sagt" not in path.read_bytes() + (journal.read_bytes() if journal.exists() else b"")


def test_a_wave_anonymised_by_an_earlier_version_is_caught_up(store: Store) -> None:
    fill_texts(store, "Der Bus")
    with store.write() as connection:
        for table in ("own_text", "own_words"):
            connection.execute(text(f"DELETE FROM {table}"))
        spoke = response.update().where(response.c.answers.like("%zufrieden%"))
        connection.execute(spoke.values(answers=json.dumps({"zufrieden": 3, "warum": "Der Bus"})))
    for _ in range(2):
        texts.make_sure(store, waves.get_wave(store, WAVE))
    assert [found.text for found in texts.list_texts(store, WAVE)] == ["Der Bus"]
    kept = [found.answers for found in responses.read_responses(store, WAVE) if found.answers]
    assert kept == [{"zufrieden": 3}]


@pytest.mark.parametrize("text_id", ["", "0" * 32, "x" * 32, "0" * 31, "' OR 1=1"])
def test_a_text_that_is_not_there_is_no_error_of_ours(store: Store, text_id: str) -> None:
    fill_texts(store, "Bus")
    with pytest.raises(texts.TextUnknown):
        texts.get_text(store, WAVE, text_id)


def test_a_mark_reaches_those_named_in_the_district_and_no_one_else(store: Store) -> None:
    [one] = fill_texts(store, "Mein Vater schlägt")
    protection.mark(store, WAVE, one, "jana", AFTER)
    assert protection.list_marked(store, "karl") == []
    protection.save_procedure(store, "musterkreis", protection.Procedure(("karl",), "Jugendamt anrufen"))
    [marked] = protection.list_marked(store, "karl")
    assert (marked.id, marked.marked_by, marked.taken_by) == (one, "jana", None)
    assert "schlägt" not in repr(marked)
    protection.take(store, WAVE, one, "karl", AFTER)
    assert protection.list_marked(store, "karl")[0].taken_by == "karl"
    protection.unmark(store, WAVE, one)
    assert (protection.list_marked(store, "karl"), protection.list_marked(store, "jana")) == ([], [])
