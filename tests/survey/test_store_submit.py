"""A response is stored exactly once, whatever the phone, the network or a second tab does."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from survey.store import Store, codes, responses, returns, waves
from survey.store.anonymise import anonymise
from survey.store.errors import WaveUnknown, WrongState
from tests.survey.cast import AFTER, DURING, WAVE, key, plan, submission, wave

OTHER = {"zufrieden": 1}


def test_the_same_content_under_the_same_key_is_success_again_and_stored_once(store: Store) -> None:
    outcomes = [responses.submit(store, submission(), DURING) for _ in range(3)]
    assert outcomes == ["stored", "repeated", "repeated"]
    assert responses.count_responses(store, WAVE) == returns.count(store, WAVE) == 1


def test_other_content_under_a_key_changes_nothing(store: Store) -> None:
    responses.submit(store, submission(), DURING)
    assert responses.submit(store, submission(answers=OTHER), DURING) == "conflict"
    assert [r.answers for r in responses.read_responses(store, WAVE)] == [submission().answers]


def test_a_replay_that_comes_late_is_the_same_response(store: Store) -> None:
    responses.submit(store, submission(), DURING)
    assert responses.submit(store, submission(late=True, doubtful=True), DURING) == "repeated"
    assert [r.late for r in responses.read_responses(store, WAVE)] == [False]


def test_parallel_submissions_of_one_response_store_it_once(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: responses.submit(store, submission(), DURING), range(24)))
    assert sorted(outcomes) == ["repeated"] * 23 + ["stored"]
    assert responses.count_responses(store, WAVE) == returns.count(store, WAVE) == 1


def test_parallel_submissions_of_many_families_are_all_stored(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        outcomes = set(pool.map(lambda n: responses.submit(store, submission(n), DURING), range(120)))
    assert outcomes == {"stored"}
    assert responses.count_responses(store, WAVE) == returns.count(store, WAVE) == 120


def test_a_withdrawn_response_is_gone_and_does_not_come_back(store: Store) -> None:
    responses.submit(store, submission(), DURING)
    assert responses.withdraw(store, WAVE, key(1))
    assert responses.submit(store, submission(), DURING) == "withdrawn"
    assert list(responses.read_responses(store, WAVE)) == []
    assert responses.count_responses(store, WAVE) == returns.count(store, WAVE) == 0


def test_withdrawing_twice_is_no_error_and_a_foreign_key_deletes_nothing(store: Store) -> None:
    responses.submit(store, submission(), DURING)
    assert not responses.withdraw(store, WAVE, key(2))
    assert [responses.withdraw(store, WAVE, key(1)) for _ in range(2)] == [True, True]
    assert returns.count(store, WAVE) == 0


def test_an_unknown_wave_stores_nothing(store: Store) -> None:
    with pytest.raises(WaveUnknown) as raised:
        responses.submit(store, submission(wave_id="nirgends"), DURING)
    assert raised.value.wave_id == "nirgends"


# --- access codes -----------------------------------------------------------------------------------------


@pytest.fixture
def closed_circle(store: Store) -> Store:
    """A wave that asks for a code from everybody."""
    waves.create_wave(store, wave(id="eltern", code_required=True))
    return store


def test_a_code_lets_in_once_but_its_own_response_again(closed_circle: Store) -> None:
    code = codes.make_codes(closed_circle, "eltern", 1)[0]
    first = submission(1, wave_id="eltern", access_code=code)
    second = submission(2, wave_id="eltern", access_code=code)
    outcomes = [responses.submit(closed_circle, s, DURING) for s in (first, first, second)]
    assert outcomes == ["stored", "repeated", "code_unknown"]
    assert codes.count_codes(closed_circle, "eltern") == 0


def test_without_a_code_only_staff_get_in(closed_circle: Store) -> None:
    family = submission(1, wave_id="eltern")
    assert responses.submit(closed_circle, family, DURING) == "code_unknown"
    assert responses.submit(closed_circle, replace(family, access_code="AAAA-AAAA"), DURING) == "code_unknown"
    assert responses.submit(closed_circle, replace(family, mode="paper"), DURING) == "stored"


def test_a_conflict_does_not_use_up_the_code(closed_circle: Store) -> None:
    first, other = codes.make_codes(closed_circle, "eltern", 2)
    responses.submit(closed_circle, submission(wave_id="eltern", access_code=first), DURING)
    again = submission(wave_id="eltern", access_code=other, answers=OTHER)
    assert responses.submit(closed_circle, again, DURING) == "conflict"
    assert codes.count_codes(closed_circle, "eltern") == 1


def test_one_code_in_many_hands_lets_in_one(closed_circle: Store) -> None:
    code = codes.make_codes(closed_circle, "eltern", 1)[0]

    def send(number: int) -> str:
        return responses.submit(closed_circle, submission(number, wave_id="eltern", access_code=code), DURING)

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(send, range(16)))
    assert sorted(outcomes) == ["code_unknown"] * 15 + ["stored"]


def test_one_response_with_its_code_in_parallel_is_stored_once_and_never_refused(
    closed_circle: Store,
) -> None:
    code = codes.make_codes(closed_circle, "eltern", 1)[0]
    same = submission(wave_id="eltern", access_code=code)
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: responses.submit(closed_circle, same, DURING), range(16)))
    assert sorted(outcomes) == ["repeated"] * 15 + ["stored"]


def test_codes_are_readable_different_and_forgiving(store: Store) -> None:
    made = codes.make_codes(store, WAVE, 200)
    assert len(set(made)) == 200
    assert not set("".join(made)) & set("01OI")
    assert codes.hash_code(WAVE, made[0].lower().replace("-", " ")) == codes.hash_code(WAVE, made[0])
    assert codes.hash_code("andere", made[0]) != codes.hash_code(WAVE, made[0])


def test_many_at_once_are_counted_like_one_after_the_other(store: Store) -> None:
    assert responses.submit_many(store, map(submission, range(50)), DURING) == 50
    assert responses.submit_many(store, map(submission, range(40, 60)), DURING) == 10
    assert responses.count_responses(store, WAVE) == returns.count(store, WAVE) == 60


def test_an_anonymised_wave_takes_no_bulk_either(store: Store) -> None:
    anonymise(store, WAVE, plan(), AFTER)
    with pytest.raises(WrongState):
        responses.submit_many(store, [submission()], AFTER)
