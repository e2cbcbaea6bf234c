"""A computation of a release in two processes that waits to be cancelled, and what is left of it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]
#: python -m analysis on a machine with two processors; in each process the first question lasts until the folder of
#: the extract holds the file "weiter". Started from a test run in the background it would ignore Ctrl-C as that does.
PROGRAM = """
import os, runpy, signal, sys, time
from pathlib import Path
from analysis import disclosure, side_by_side
signal.signal(signal.SIGINT, signal.default_int_handler)
side_by_side.processors = lambda: 2
protect, extract = disclosure.protect, Path(sys.argv[2])
def wait(*arguments):
    (extract / f"{os.getpid()}.da").touch()
    while not (extract / "weiter").exists():
        time.sleep(0.01)
    return protect(*arguments)
disclosure.protect = wait
runpy.run_module("analysis", run_name="__main__")
"""


def command(extract: Path, target: Path) -> list[str]:
    """Arguments for Python: the true command line, waiting."""
    return ["-c", PROGRAM, "release", str(extract), str(target), "--progress"]


def both_at_work(extract: Path) -> bool:
    return len(list(extract.glob("*.da"))) == 2


def processes_with(words: str) -> list[int]:
    """Ids of the living processes that were started with these words, this one left out."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if words.encode() in path.read_bytes() and path.parent.name != str(os.getpid()):
                found.append(int(path.parent.name))
        except OSError:
            continue  # it has just ended
    return found


@contextmanager
def waiting(extract: Path, target: Path) -> Iterator[subprocess.Popen[str]]:
    """The computation with both processes in the middle of a question; it is a group of its own, as in a terminal."""
    with subprocess.Popen(
        [sys.executable, *command(extract, target)], cwd=ROOT, start_new_session=True, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            wait_until(lambda: both_at_work(extract), "both processes to be at work", 60)
            yield process
        finally:
            process.kill()
