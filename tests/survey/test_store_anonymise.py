"""Anonymised: every link is cut, what is rare is coarse, and there is no way back."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from survey.store import Store, codes, responses, returns, rewrite, waves
from survey.store.anonymise import anonymise, archive
from survey.store.errors import WrongState
from survey.store.responses import hash_key
from tests.survey.cast import AFTER, DURING, WAVE, door, key, plan, submission, wave

DOORS = {
    "kita-sonne": ("Kita", 12),
    "kita-mond": ("Kita", 6),
    "kita-stern": ("Kita", 5),
    "praxis": ("Praxis", 3),
}


@pytest.fixture
def fieldwork(store: Store) -> Store:
    """26 responses through four doors, 22 in German and 4 in Ukrainian; a withdrawn one and unused codes."""
    number = 0
    for name, (kind, n) in DOORS.items():
        if name != "kita-sonne":
            waves.add_door(store, door(id=name, name=name.title(), kind=kind))
        for _ in range(n):
            number += 1
            language = "uk" if number % 7 == 0 else "de"
            answers = {"kinder": {"u3": number % 8, "u6": 1}, "zufrieden": 1}
            family = submission(number, door=name, language=language, answers=answers)
            responses.submit(store, family, DURING)
    responses.submit(store, submission(99), DURING)
    responses.withdraw(store, WAVE, key(99))
    codes.make_codes(store, WAVE, 5)
    return store


@pytest.fixture
def anonymised(fieldwork: Store) -> Store:
    anonymise(fieldwork, WAVE, plan(), AFTER)
    return fieldwork


def _rows(store: Store, query: str) -> list[tuple[object, ...]]:
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_no_key_hash_remains_and_none_is_left_of_those_withdrawn(anonymised: Store) -> None:
    kept = {row[0] for row in _rows(anonymised, "SELECT key_hash FROM response")}
    assert len(kept) == 26
    assert not kept & {hash_key(key(number)) for number in range(100)}


def test_unused_codes_go(anonymised: Store) -> None:
    assert codes.count_codes(anonymised, WAVE) == 0


def test_doors_with_few_returns_keep_only_their_kind_and_rare_kinds_not_even_that(anonymised: Store) -> None:
    found = Counter(response.door for response in responses.read_responses(anonymised, WAVE))
    assert found == {"kita-sonne": 12, "kind:Kita": 11, "kind:andere": 3}


def test_languages_of_few_become_one(anonymised: Store) -> None:
    found = Counter(response.language for response in responses.read_responses(anonymised, WAVE))
    assert found == {"de": 23, "andere": 3}


def test_counts_are_capped_as_the_plan_says(anonymised: Store) -> None:
    found = [response.answers for response in responses.read_responses(anonymised, WAVE)]
    assert Counter(answers["kinder"]["u3"] for answers in found) == {0: 3, 1: 4, 2: 4, 3: 3, 4: 12}
    assert all(answers["kinder"]["u6"] == answers["zufrieden"] == 1 for answers in found)


def test_the_total_and_the_rounded_returns_stay_and_know_only_coarse_doors(anonymised: Store) -> None:
    found = returns.get_returns(anonymised, WAVE)
    assert found.total == 26
    assert found.by_door == {"kita-sonne": 10, "kind:Kita": 10, "kind:andere": 5}
    assert found.by_language == {"de": 25, "andere": 5}


def test_nothing_is_withdrawn_or_stored_any_more(anonymised: Store) -> None:
    assert not responses.withdraw(anonymised, WAVE, key(1))
    with pytest.raises(WrongState) as raised:
        responses.submit(anonymised, submission(200), AFTER)
    assert (raised.value.state, raised.value.action) == ("anonymised", "submit")
    assert responses.count_responses(anonymised, WAVE) == 26


def test_repeating_it_changes_no_row(anonymised: Store) -> None:
    before = list(responses.read_responses(anonymised, WAVE))
    anonymise(anonymised, WAVE, plan(top_code_counts=1), AFTER + timedelta(days=1))
    assert list(responses.read_responses(anonymised, WAVE)) == before
    assert waves.get_wave(anonymised, WAVE).anonymised_at == AFTER


def test_it_waits_until_entry_has_ended(fieldwork: Store) -> None:
    with pytest.raises(WrongState) as raised:
        anonymise(fieldwork, WAVE, plan(), DURING)
    assert raised.value.state == "open"
    waves.close_now(fieldwork, WAVE, DURING)
    waves.end_entry(fieldwork, WAVE, DURING + timedelta(hours=1))
    anonymise(fieldwork, WAVE, plan(), DURING + timedelta(hours=1))
    assert waves.get_wave(fieldwork, WAVE).anonymised_at == DURING + timedelta(hours=1)


def test_other_waves_keep_their_keys(fieldwork: Store) -> None:
    waves.create_wave(fieldwork, wave(id="andere-welle"))
    responses.submit(fieldwork, submission(1, wave_id="andere-welle"), DURING)
    anonymise(fieldwork, WAVE, plan(), AFTER)
    assert responses.submit(fieldwork, submission(1, wave_id="andere-welle"), DURING) == "repeated"
    assert responses.withdraw(fieldwork, "andere-welle", key(1))


def test_old_hashes_are_gone_from_file_and_journal(sqlite_store: Store) -> None:
    for number in range(60):
        responses.submit(sqlite_store, submission(number), DURING)
    anonymise(sqlite_store, WAVE, plan(), AFTER)
    assert sqlite_store.path is not None
    journal = sqlite_store.path.with_name(sqlite_store.path.name + "-wal")
    content = sqlite_store.path.read_bytes()
    assert [number for number in range(60) if hash_key(key(number)) in content] == []
    assert journal.stat().st_size == 0


@pytest.mark.postgres
def test_rows_have_one_transaction_afterwards(postgres_store: Store) -> None:
    for number in range(60):
        responses.submit(postgres_store, submission(number), DURING)
    anonymise(postgres_store, WAVE, plan(), AFTER)
    assert _rows(postgres_store, "SELECT count(DISTINCT xmin::text) FROM response") == [(1,)]
    assert _rows(postgres_store, "SELECT pg_relation_size('response') <= 3 * 8192") == [(True,)]
    in_order = "SELECT array_agg(key_hash ORDER BY ctid) = array_agg(key_hash ORDER BY key_hash) FROM response"
    assert _rows(postgres_store, in_order) == [(True,)]


def test_archiving_deletes_the_answers_and_keeps_the_wave(anonymised: Store) -> None:
    archive(anonymised, WAVE, AFTER + timedelta(days=400))
    archive(anonymised, WAVE, AFTER + timedelta(days=401))
    assert (responses.count_responses(anonymised, WAVE), returns.count(anonymised, WAVE)) == (0, 26)
    assert waves.get_wave(anonymised, WAVE).archived_at == AFTER + timedelta(days=400)


def test_only_anonymised_waves_are_archived(fieldwork: Store) -> None:
    with pytest.raises(WrongState):
        archive(fieldwork, WAVE, AFTER)
    assert responses.count_responses(fieldwork, WAVE) == 26


def test_a_crash_before_the_rewriting_is_made_good_by_repeating(
    fieldwork: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_: Store) -> None:
        raise RuntimeError("power cut")

    if fieldwork.is_sqlite:
        with monkeypatch.context() as patch, pytest.raises(RuntimeError):
            patch.setattr("survey.store.anonymise.rewrite", crash)
            anonymise(fieldwork, WAVE, plan(), AFTER)
    anonymise(fieldwork, WAVE, plan(), AFTER)
    assert responses.count_responses(fieldwork, WAVE) == 26
    assert replace(waves.get_wave(fieldwork, WAVE), anonymised_at=None) == wave()
    rewrite.rewrite(fieldwork)
