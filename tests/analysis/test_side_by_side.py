"""Two processes make the same as one. Each test asks a fresh Python, because a copy of a busy process may not work."""

import subprocess
import sys
from pathlib import Path

from analysis.release import make_release
from tests.analysis.make_extract import make_small

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
