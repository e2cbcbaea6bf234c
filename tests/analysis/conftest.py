"""The release that many files look at: made once in a run."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from analysis.release import make_release
from questionnaires.handover import DoorReturns
from tests.analysis.make_extract import make_extract

N = 400
DOORS = tuple(DoorReturns(kind="kita", name=name, returns=n) for name, n in (("A", 200), ("B", 150), ("C", 50)))


@dataclass(frozen=True)
class Whole:
    """The whole miniature with N responses, three doors and 43 answers in own words; nobody writes into it."""

    extract: Path
    release: Path


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("whole")
    texts = [(f"geheim{i}", "wunsch", "de", "", 0, "", "", "") for i in range(43)]
    found = Whole(make_extract(folder / "auszug", N, texts=texts, doors=DOORS), folder / "stand" / "1")
    make_release(found.extract, found.release)
    return found
