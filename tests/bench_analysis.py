"""Measures the estimate step against bare numpy, and the reading of an extract apart from it."""

import random
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analysis.areas import Split
from analysis.estimates import Sums, cross, korn_graubard, n_effective, share, share_variance
from analysis.extract import read_extract
from analysis.topics import Topic, answer_positions
from questionnaires.handover import Row
from questionnaires.plan import PublicationPlan
from tests.analysis.make_extract import draw_rows, miniature, write_extract

RESPONSES, QUESTIONS, AREAS, ANSWERS = 20_000, 40, 8, 5
ROUNDS = 15

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Columns = list[npt.NDArray[np.int16]]

TOPIC = Topic(
    id="q", question="q", item=None, kind="single", page="p", title="", base_note="",
    rows=tuple(Row(id=str(code), label="") for code in range(1, ANSWERS + 1)), one_of=True, columns=("q",),
    codes=tuple(range(1, ANSWERS + 1)),
)  # fmt: skip


def _columns() -> tuple[Columns, Split, Floats]:
    rng = np.random.default_rng(1)
    codes = np.array([1, 2, 3, 4, 5, -1, -2], dtype=np.int16)
    columns = [rng.choice(codes, RESPONSES) for _ in range(QUESTIONS)]
    members = np.vstack([np.ones(AREAS, dtype=np.int64), np.eye(AREAS, dtype=np.int64)])
    return columns, Split(rng.integers(0, AREAS, RESPONSES), AREAS, members), rng.uniform(0.3, 3, RESPONSES)


def _estimate(columns: Columns, split: Split, weight: Floats | None) -> None:
    """Shares, standard errors and intervals of every question for the district and its areas."""
    for column in columns:
        answers = answer_positions(TOPIC, column)
        yes = cross(split.atom, split.n_atoms, answers, ANSWERS, weight).of_groups(split.groups)
        whole = yes.over_answers()
        base = Sums(whole.n[:, None], whole.w[:, None], whole.w2[:, None])
        share_variance(yes, base, RESPONSES)
        korn_graubard(share(yes, base), n_effective(yes, base, RESPONSES))


def _floor(columns: Columns, weight: Floats | None) -> None:
    """The same number of bincounts on the same columns, and nothing else."""
    for column in columns:
        cells = np.maximum(column, 0)
        np.bincount(cells)
        if weight is not None:
            np.bincount(cells, weights=weight)
            np.bincount(cells, weights=weight)


def _seconds(work: Callable[[], None]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return sorted(times)[ROUNDS // 2]


def _reading() -> dict[str, float]:
    """Decoding and checking a whole extract of forty single questions."""
    options = [{"code": code, "text": {"de": str(code)}} for code in range(1, ANSWERS + 1)]
    asked = miniature([
        {"id": f"q{i}", "kind": "single", "text": {"de": f"Frage {i}"}, "options": options} for i in range(QUESTIONS)
    ])  # fmt: skip
    few = draw_rows(asked, 500)
    pick = random.Random(1)
    rows = [pick.choice(few) | {"row": f"r{i}"} for i in range(RESPONSES)]
    with tempfile.TemporaryDirectory() as folder:
        write_extract(Path(folder), asked, rows, plan=PublicationPlan())
        start = time.perf_counter()
        read_extract(Path(folder))
        seconds = time.perf_counter() - start
        tracemalloc.start()
        read_extract(Path(folder))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return {"extract_seconds": round(seconds, 3), "extract_peak_mb": round(peak / 1e6, 1)}


def bench_estimates() -> dict[str, float]:
    """Return seconds and ratios: the estimate step from integer columns, its floor, and the reading apart."""
    columns, split, weight = _columns()
    found: dict[str, float] = {"responses": RESPONSES, "questions": QUESTIONS, "areas": AREAS}
    for name, weights in (("unweighted", None), ("weighted", weight)):
        estimate = _seconds(lambda w=weights: _estimate(columns, split, w))  # type: ignore[misc]
        floor = _seconds(lambda w=weights: _floor(columns, w))  # type: ignore[misc]
        found |= {
            f"{name}_seconds": round(estimate, 4),
            f"{name}_floor_seconds": round(floor, 4),
            f"{name}_ratio": round(estimate / floor, 1),
        }
    return found | _reading()


if __name__ == "__main__":
    for key, value in bench_estimates().items():
        print(f"{key:>24}  {value}")
