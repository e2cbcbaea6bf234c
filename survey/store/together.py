"""Work that arrives at the same moment shares one transaction, and with it one way to the disk."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

W = TypeVar("W")
R = TypeVar("R")


class Together(Generic[W, R]):
    """A queue in which whoever comes first takes along everybody who waits.

    While one thread waits for the disk, others queue; the next one then stores all of them in one transaction.
    Nobody waits for company: a single piece of work runs at once.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[W, Future[R]]] = deque()
        self._turn = Lock()

    def do(self, work: W, run: Callable[[Sequence[W]], Sequence[R]]) -> R:
        """Return what came of the work; `run` does many in one transaction and returns a result for each."""
        future: Future[R] = Future()
        self._waiting.append((work, future))
        with self._turn:
            if not future.done():  # else whoever had the turn before has taken it along
                self._run([self._waiting.popleft() for _ in range(len(self._waiting))], run)
        return future.result()

    def _run(self, batch: Sequence[tuple[W, Future[R]]], run: Callable[[Sequence[W]], Sequence[R]]) -> None:
        try:
            results = run([work for work, _ in batch])
        except BaseException as error:  # noqa: BLE001  goes to whoever waits for it
            if len(batch) == 1:
                batch[0][1].set_exception(error)
            else:  # one's error must not be everybody's
                for one in batch:
                    self._run([one], run)
        else:
            for (_, future), result in zip(batch, results, strict=True):
                future.set_result(result)
