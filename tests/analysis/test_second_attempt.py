"""What the attacker finds in a finished folder is hidden in a second attempt, or nothing is published."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import analysis.release as release_module
from analysis.audit import audit
from analysis.audit_frame import Known, Told
from analysis.exact_repair import Bridge
from analysis.final_audit import ReleaseUnsafe
from analysis.groups import EVERYBODY, SPACE, make_frame
from analysis.published import read_source
from analysis.release import MAX_ATTEMPTS, make_release
from tests.analysis.make_extract import make_small

NORD = (SPACE, frozenset({"nord"}))


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    return make_small(tmp_path / "auszug")


def test_a_second_attempt_knows_what_the_finished_folder_told(
    extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, readings, look = [], set(), Bridge.look

    def refuse_once(folder: Path, *_: object) -> None:
        if not told:
            told.append(audit(read_source(folder)).told)
            raise ReleaseUnsafe(["mobil"], told[0])

    def watched(self: Bridge, seen: Any) -> Any:
        readings.add(len(list(self._readings())))
        return look(self, seen)

    monkeypatch.setattr(release_module, "check_written", refuse_once)
    monkeypatch.setattr(Bridge, "look", watched)
    make_release(extract, tmp_path / "r")
    assert readings >= {2, 3}
    assert (tmp_path / "r" / "manifest.json").is_file()


@pytest.mark.parametrize(("helps", "attempts"), [(True, MAX_ATTEMPTS), (False, 1)])
def test_what_is_still_found_is_never_published(
    extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, helps: bool, attempts: int
) -> None:
    tried = []

    def refuse(folder: Path, *_: object) -> None:
        tried.append(folder)
        raise ReleaseUnsafe(["mobil"], audit(read_source(folder)).told if helps else None)

    monkeypatch.setattr(release_module, "check_written", refuse)
    with pytest.raises(ReleaseUnsafe):
        make_release(extract, tmp_path / "r")
    assert len(tried) == attempts
    assert [path.name for path in tmp_path.iterdir()] == ["auszug"]


def test_of_a_group_the_folder_does_not_name_nothing_is_known() -> None:
    frame = make_frame({NORD: "Nord"}, {}, 5)
    n = len(frame.keys)
    told = Told(frame, Known(np.full(n, 40, np.int64), np.full(n, 60, np.int64)))
    sizes = told.of([EVERYBODY, NORD, (SPACE, frozenset({"fremd"}))], everybody=120)
    assert sizes.low.tolist() == [40, 40, 0]
    assert sizes.high.tolist() == [60, 60, 120]
