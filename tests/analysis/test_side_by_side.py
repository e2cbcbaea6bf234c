"""Two processes make the same as one. Each test asks a fresh Python, because a copy of a busy process may not work."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.release import make_release
from tests.analysis.cancelling import PROGRAM, processes_with, waiting
from tests.analysis.make_extract import make_small
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]
TOY = """
import os
from analysis.side_by_side import in_order
first = os.getpid()
def make(number):
    {fails}
    return number, os.getpid()
found = list(in_order(make, 40, 2))
print([number for number, _ in found] == list(range(40)), len({{pid for _, pid in found}}))
"""


def said_by(fails: str) -> str:
    program = TOY.format(fails=fails)
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_what_two_processes_make_comes_in_order() -> None:
    assert said_by("sum(range(200_000))") in {"True 2\n", "True 1\n"}


def test_what_fails_in_the_second_process_is_made_in_the_first() -> None:
    assert said_by("assert os.getpid() == first") == "True 1\n"


def test_a_second_process_that_dies_is_done_without() -> None:
    assert said_by("os.getpid() == first or os._exit(9)") == "True 1\n"


def test_a_release_made_in_two_processes_has_the_same_bytes(tmp_path: Path) -> None:
    extract = make_small(tmp_path / "x")
    make_release(extract, tmp_path / "1")
    program = (
        "import sys; from pathlib import Path; from analysis.release import make_release; "
        "make_release(Path(sys.argv[1]), Path(sys.argv[2]), processes=2)"
    )
    subprocess.run([sys.executable, "-c", program, str(extract), str(tmp_path / "2")], cwd=ROOT, check=True)
    one, two = ({p.relative_to(f): p.read_bytes() for p in f.rglob("*.*")} for f in (tmp_path / "1", tmp_path / "2"))
    assert one == two


@pytest.mark.parametrize(
    ("number", "group"),
    [
        pytest.param(signal.SIGINT, True, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, False, id="first process", marks=pytest.mark.slow),
        pytest.param(signal.SIGTERM, True, id="the web", marks=pytest.mark.slow),
        pytest.param(signal.SIGINT, False, id="first process, interrupted", marks=pytest.mark.slow),
    ],
)
def test_a_cancelled_release_leaves_no_file_and_no_process_and_the_next_one_works(
    tmp_path: Path, number: signal.Signals, *, group: bool
) -> None:
    extract, target = make_small(tmp_path / "x"), tmp_path / "ziel" / "1"
    with waiting(extract, target) as process:
        assert len(processes_with(str(target))) == 2
        (os.killpg if group else os.kill)(process.pid, number)
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 128 + number
    assert said == "Abgebrochen. Ein Ergebnisstand entsteht ganz oder gar nicht.\n"
    wait_until(lambda: processes_with(str(target)) == [], "all processes to end", 60)
    assert [path.name for path in tmp_path.rglob("*") if path.parent != extract] == ["x"]
    (extract / "weiter").touch()
    make_release(extract, target)
    assert (target / "manifest.json").is_file()


def test_a_signal_that_comes_while_the_process_is_copied_is_not_lost(tmp_path: Path) -> None:
    """What a handler raises there is swallowed by Python: the release would go on."""
    extract, target = make_small(tmp_path / "x"), tmp_path / "ziel" / "1"
    (extract / "weiter").touch()
    early = "import os, signal; os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGTERM))"
    arguments = [sys.executable, "-c", early + PROGRAM, "release", str(extract), str(target)]
    found = subprocess.run(arguments, cwd=ROOT, capture_output=True, check=False)
    assert found.returncode == 128 + signal.SIGTERM
    assert b"Exception ignored" in found.stderr
    assert not target.exists()


@pytest.mark.slow
def test_a_second_process_ends_with_a_first_that_is_killed(tmp_path: Path) -> None:
    extract, target = make_small(tmp_path / "x"), tmp_path / "ziel" / "1"
    with waiting(extract, target) as process:
        process.kill()
        process.wait()
        wait_until(lambda: processes_with(str(target)) == [], "all processes to end", 60)
