"""Submissions of the same moment share a transaction; none waits in vain, none pays for another's error."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from survey.store import Store, responses, waves
from survey.store.together import Together
from tests.survey.cast import DURING, WAVE, submission, wave


class Disk:
    """Takes its time, remembers what it was given at once, and fails for negative numbers."""

    def __init__(self, pause: float = 0.02) -> None:
        self.pause = pause
        self.batches: list[int] = []

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        time.sleep(self.pause)
        if min(numbers) < 0:
            raise ValueError(min(numbers))
        self.batches.append(len(numbers))
        return [number * 2 for number in numbers]


def test_each_gets_its_own_result_and_those_who_wait_share_a_transaction() -> None:
    disk, queue = Disk(pause=0.5), Together[int, int]()  # long enough for all eight to come while the first writes
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda n: queue.do(n, disk), range(8))) == [n * 2 for n in range(8)]
    assert sum(disk.batches) == 8
    assert len(disk.batches) < 8


def test_a_single_one_waits_for_nobody() -> None:
    disk = Disk()
    assert Together[int, int]().do(21, disk) == 42
    assert disk.batches == [1]


def test_the_error_of_one_is_not_everybodys() -> None:
    disk, queue = Disk(), Together[int, int]()
    start = threading.Barrier(8)

    def send(number: int) -> int | str:
        start.wait()
        try:
            return queue.do(number, disk)
        except ValueError as error:
            return str(error)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(send, [1, 2, 3, -4, 5, 6, 7, 8]))
    assert results == [2, 4, 6, "-4", 10, 12, 14, 16]


def test_the_same_and_other_responses_of_one_moment_are_each_told_apart(sqlite_store: Store) -> None:
    waves.create_wave(sqlite_store, wave(id="eltern", code_required=True))
    sent = [*[submission(1)] * 4, *map(submission, range(2, 10)), *[submission(n, wave_id="eltern") for n in (1, 2)]]
    with ThreadPoolExecutor(14) as pool:
        outcomes = list(pool.map(lambda one: responses.submit(sqlite_store, one, DURING), sent))
    assert sorted(outcomes[:4]) == ["repeated"] * 3 + ["stored"]
    assert outcomes[4:] == ["stored"] * 8 + ["code_unknown"] * 2
    assert responses.count_responses(sqlite_store, WAVE) == 9


@pytest.mark.parametrize(("patience", "seen"), [(60.0, False), (0.0, True)])
def test_only_who_says_so_sees_a_wave_as_it_was(store: Store, patience: float, seen: bool) -> None:
    waves.get_wave(store, WAVE, patience)
    waves.close_now(store, WAVE, DURING)
    assert (waves.get_wave(store, WAVE, patience).closed_at is not None) is seen
