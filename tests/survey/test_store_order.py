"""Where a row lies says nothing about when it came: not in tables, pages or the journal."""

import random
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from survey.store import Store, codes, responses, waves
from survey.store.rewrite import rewrite
from tests.survey.cast import DURING, WAVE, submission, wave

N = 500
MARKER = re.compile(rb"Familie-(\d{5})-sagt")


def _correlation(order: list[int]) -> float:
    """Spearman's rho between position and arrival: 1 for order of arrival, about ±0.04 for chance."""
    n = len(order)
    ranks = {value: rank for rank, value in enumerate(sorted(order))}
    distance = sum((position - ranks[value]) ** 2 for position, value in enumerate(order))
    return 1 - 6 * distance / (n * (n * n - 1))


def _long(number: int) -> str:
    """Text that does not fit into a page's share and goes to overflow pages or TOAST."""
    noise = random.Random(number)
    return f"Familie-{number:05d}-sagt " + "".join(noise.choice("abcdefghijklmnop ") for _ in range(6000))


def _fill(store: Store, *, long: bool) -> None:
    for number in range(N if not long else N // 5):
        words = _long(number) if long else f"Familie-{number:05d}-sagt"
        responses.submit(store, submission(number, answers={"warum": words}), DURING)


def _order_in(content: bytes) -> list[int]:
    return [int(number) for number in MARKER.findall(content)]


def _file(store: Store) -> Path:
    assert store.path is not None
    return store.path


def _journal(store: Store) -> Path:
    return _file(store).with_name(_file(store).name + "-wal")


def test_the_measure_finds_an_order_where_there_is_one() -> None:
    shuffled = random.Random(1).sample(range(N), N)
    assert _correlation(list(range(N))) == 1
    assert abs(_correlation(shuffled)) < 0.15


@pytest.mark.parametrize("long", [False, True], ids=["short", "overflow pages"])
def test_the_file_holds_rows_in_order_of_their_random_keys(sqlite_store: Store, long: bool) -> None:
    _fill(sqlite_store, long=long)
    rewrite(sqlite_store)
    found = _order_in(_file(sqlite_store).read_bytes())
    assert sorted(found) == list(range(N // 5 if long else N))
    assert abs(_correlation(found)) < (0.4 if long else 0.15)


def test_the_journal_shows_the_order_until_the_rewriting_empties_it(sqlite_store: Store) -> None:
    for number in range(100):
        responses.submit(sqlite_store, submission(number), DURING)
    assert _correlation(list(dict.fromkeys(_order_in(_journal(sqlite_store).read_bytes())))) > 0.9
    rewrite(sqlite_store)
    assert _journal(sqlite_store).stat().st_size == 0


def test_a_withdrawn_answer_leaves_no_byte_behind(sqlite_store: Store) -> None:
    _fill(sqlite_store, long=False)
    assert responses.withdraw(sqlite_store, WAVE, submission(7).key)
    rewrite(sqlite_store)
    assert b"Familie-00007-sagt" not in _file(sqlite_store).read_bytes() + _journal(sqlite_store).read_bytes()
    assert b"Familie-00008-sagt" in _file(sqlite_store).read_bytes()


PHYSICAL = "SELECT answers FROM response ORDER BY ctid"
BY_KEY = "SELECT answers FROM response ORDER BY key_hash"
BY_TRANSACTION = "SELECT answers FROM response ORDER BY xmin::text::bigint"


def _order(store: Store, query: str) -> list[int]:
    with store.read() as connection:
        return [n for value in connection.execute(text(query)).scalars() for n in _order_in(value.encode())]


@pytest.mark.postgres
@pytest.mark.parametrize("long", [False, True], ids=["short", "TOAST"])
def test_a_table_holds_rows_in_order_of_their_random_keys(postgres_store: Store, long: bool) -> None:
    _fill(postgres_store, long=long)
    arrivals = list(range(N // 5 if long else N))
    assert _order(postgres_store, BY_TRANSACTION) == arrivals  # what there is to remove
    assert _correlation(_order(postgres_store, PHYSICAL)) > 0.5
    rewrite(postgres_store)
    assert _order(postgres_store, PHYSICAL) == _order(postgres_store, BY_KEY)
    assert abs(_correlation(_order(postgres_store, PHYSICAL))) < (0.4 if long else 0.15)
    with postgres_store.read() as connection:
        assert connection.execute(text("SELECT count(DISTINCT xmin::text) FROM response")).scalar_one() == 1


@pytest.mark.postgres
def test_long_texts_are_written_anew_as_well(postgres_store: Store) -> None:
    _fill(postgres_store, long=True)
    rewrite(postgres_store)
    with postgres_store.read() as connection:
        toast = connection.execute(
            text("SELECT reltoastrelid::regclass::text FROM pg_class WHERE relname = 'response'")
        ).scalar_one()
        written = text(f"SELECT count(DISTINCT xmin::text), count(DISTINCT chunk_id) FROM {toast}")
        n_transactions, n_texts = connection.execute(written).one()
    assert (n_transactions, n_texts) == (1, N // 5)


@pytest.mark.postgres
def test_a_deleted_code_leaves_no_link_to_its_response(postgres_store: Store) -> None:
    waves.create_wave(postgres_store, wave(id="eltern", code_required=True))
    for number, code in enumerate(codes.make_codes(postgres_store, "eltern", 30)):
        responses.submit(postgres_store, submission(number, wave_id="eltern", access_code=code), DURING)
    codes.make_codes(postgres_store, "eltern", 5)
    rewrite(postgres_store)
    with postgres_store.read() as connection:
        pages = connection.execute(text("SELECT pg_relation_size('access_code')")).scalar_one() // 8192
        xmins = connection.execute(text("SELECT DISTINCT xmin::text FROM access_code")).scalars().all()
    assert (pages, len(xmins)) == (1, 1)  # a new file with the five unused codes and no dead rows
