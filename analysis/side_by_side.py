"""Do many independent things in two processes, with the same outcome as in one.

The second process is a copy of this one: it knows everything already and only sends back what it made. It ends with us,
whatever ends us.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import zlib
from collections.abc import Callable, Generator
from multiprocessing.connection import Connection
from pickle import dumps, loads
from typing import Any, TypeVar

T = TypeVar("T")

_PR_SET_PDEATHSIG = 1


def processors() -> int:
    """Return on how many processors this process may run."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(make: Callable[[int], T], n: int, processes: int = 1) -> Generator[T, None, None]:
    """Yield make(0), make(1), … make(n - 1).

    Parameters
    ----------
    make : callable
        what it returns can be pickled and depends on the number only
    n : int
    processes : int
        from 2 on a second process takes every number that this one has not begun yet

    Yields
    ------
    T
        in the order of the numbers. What fails in the second process is tried again here, so that errors are the same;
        closing the generator ends the second process
    """
    if processes < 2 or n < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(make, range(n))
        return
    context = multiprocessing.get_context("fork")
    following = context.Value("i", 0)
    here, there = context.Pipe()
    child = context.Process(target=_serve, args=(make, n, following, there, here, os.getpid()), daemon=True)
    child.start()
    there.close()
    found: dict[int, T] = {}
    try:
        for i in range(n):
            while i not in found:
                mine = _take(following, n)
                if mine is None:
                    _receive(here, found, make, i)
                else:
                    found[mine] = make(mine)
                    while i not in found and here.poll():
                        _receive(here, found, make, i)
            yield found.pop(i)
    finally:
        child.terminate()
        child.join()
        here.close()


def _take(following: Any, n: int) -> int | None:
    with following.get_lock():
        taken = int(following.value)
        following.value = min(taken + 1, n)
    return taken if taken < n else None


def _receive(here: Connection, found: dict[int, T], make: Callable[[int], T], wanted: int) -> None:
    """Take what the second process made; where it failed or is gone, make it here."""
    try:
        number, data = loads(here.recv_bytes())  # noqa: S301  from our own copy
    except (EOFError, OSError):
        number, data = wanted, None
    found[number] = make(number) if data is None else loads(zlib.decompress(data))  # noqa: S301


def _serve(make: Callable[[int], T], n: int, following: Any, there: Connection, here: Connection, parent: int) -> None:
    here.close()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # nothing to tidy up, and a running program would not be asked
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever presses Ctrl-C ends the first process, which ends this one
    _die_with(parent)
    while (number := _take(following, n)) is not None:
        try:
            data = zlib.compress(dumps(make(number)), 1)
        except Exception:  # noqa: BLE001  the first process meets it again, with its own words
            data = None
        there.send_bytes(dumps((number, data)))
    there.close()


def _die_with(parent: int) -> None:
    """Ask the kernel to end this process when the first one ends; give up if it is gone already."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit(1)
