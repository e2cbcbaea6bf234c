"""Measures the estimate step against bare numpy, the reading of an extract apart from it, and a whole release."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analysis.areas import Split
from analysis.estimates import Sums, cross, korn_graubard, n_effective, share, share_variance
from analysis.topics import Topic, answer_positions
from questionnaires.handover import Row
from questionnaires.plan import Filter, FilterGroup, PublicationPlan
from tests.analysis.make_extract import draw_rows, miniature, write_extract
from tests.bench_figure import Figure

QUESTIONS, AREAS, FILTERS, GROUPS, ANSWERS = 40, 8, 6, 4, 5
SIZES = (20_000, 1_000_000)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Columns = list[npt.NDArray[np.int16]]

ROOT = Path(__file__).parents[1]
#: Reads an extract; prints seconds and the process's largest memory before and after [kB].
READ = """
import re, sys, time
from pathlib import Path
import pandas
from analysis.extract import read_extract
largest = lambda: re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text()).group(1)
before, start = largest(), time.perf_counter()
read_extract(Path(sys.argv[1]))
print(time.perf_counter() - start, before, largest())
"""

TOPIC = Topic(
    id="q", question="q", item=None, kind="single", page="p", title="", base_note="",
    rows=tuple(Row(id=str(code), label="") for code in range(1, ANSWERS + 1)), one_of=True, columns=("q",),
    codes=tuple(range(1, ANSWERS + 1)),
)  # fmt: skip


@dataclass(frozen=True)
class Material:
    """A wave of integer columns, and the groups figures are asked for."""

    columns: Columns
    splits: list[Split]
    weight: Floats

    @property
    def n(self) -> int:
        return len(self.weight)


def _material(n: int) -> Material:
    """Answers of forty questions; the district and its areas, and six filters crossed with the areas."""
    rng = np.random.default_rng(1)
    codes = np.array([1, 2, 3, 4, 5, -1, -2], dtype=np.int16)
    columns = [rng.choice(codes, n) for _ in range(QUESTIONS)]
    area = rng.integers(0, AREAS, n)
    splits = [Split(area, AREAS, np.vstack([np.ones(AREAS, dtype=np.int64), np.eye(AREAS, dtype=np.int64)]))]
    crossed = AREAS * GROUPS
    groups = np.vstack([np.kron(np.ones(AREAS, dtype=np.int64), np.eye(GROUPS, dtype=np.int64)), np.eye(crossed)])
    atoms = (area * GROUPS + rng.integers(0, GROUPS, n) for _ in range(FILTERS))
    splits += [Split(atom, crossed, groups.astype(np.int64)) for atom in atoms]
    return Material(columns, splits, rng.uniform(0.3, 3, n))


def _estimate(material: Material, weight: Floats | None) -> None:
    """Shares, standard errors and intervals of every question for the district, areas, filters and both together."""
    for column in material.columns:
        answers = answer_positions(TOPIC, column)
        for split in material.splits:
            yes = cross(split.atom, split.n_atoms, answers, ANSWERS, weight).of_groups(split.groups)
            whole = yes.over_answers()
            base = Sums(whole.n[:, None], whole.w[:, None], whole.w2[:, None])
            share_variance(yes, base, material.n)
            korn_graubard(share(yes, base), n_effective(yes, base, material.n))


def _floor(material: Material, weight: Floats | None) -> None:
    """As many bincounts over as many rows, and nothing else."""
    for column in material.columns:
        cells = np.maximum(column, 0)
        for _ in material.splits:
            np.bincount(cells)
            if weight is not None:
                np.bincount(cells, weights=weight)
                np.bincount(cells, weights=weight)


def _ratio(material: Material, weight: Floats | None, rounds: int) -> dict[str, float]:
    """Seconds of both, in turns."""
    times: dict[str, list[float]] = {"estimate": [], "floor": []}
    for _ in range(rounds):
        for name, work in (("estimate", _estimate), ("floor", _floor)):
            start = time.perf_counter()
            work(material, weight)
            times[name].append(time.perf_counter() - start)
    estimate, floor = (sorted(found)[rounds // 2] for found in times.values())
    return {"seconds": round(estimate, 4), "floor_seconds": round(floor, 4), "ratio": round(estimate / floor, 1)}


def _extract_of(n: int, folder: Path) -> None:
    """Write an extract of forty single questions with so many rows."""
    options = [{"code": code, "text": {"de": str(code)}} for code in range(1, ANSWERS + 1)]
    asked = miniature([
        {"id": f"q{i}", "kind": "single", "text": {"de": f"Frage {i}"}, "options": options} for i in range(QUESTIONS)
    ])  # fmt: skip
    write_extract(folder, asked, draw_rows(asked, 500), plan=PublicationPlan())
    path = folder / "responses.csv"
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    ends = [line.split(",", 1)[1] for line in lines]
    with path.open("w", encoding="utf-8") as file:
        file.write(header + "\n")
        file.writelines(f"{i:032x},{ends[i * 7919 % 500]}\n" for i in range(n))
    fieldwork = json.loads((folder / "fieldwork.json").read_text(encoding="utf-8"))
    fieldwork["n_responses"] = n
    fieldwork["doors"][0]["returns"] = n
    (folder / "fieldwork.json").write_text(json.dumps(fieldwork), encoding="utf-8")


def _reading(n: int) -> dict[str, float]:
    """Decoding and checking a whole extract, in a process of its own so that its memory can be told."""
    with tempfile.TemporaryDirectory() as name:
        _extract_of(n, Path(name))
        told = subprocess.run([sys.executable, "-c", READ, name], check=True, capture_output=True, text=True, cwd=ROOT)
    seconds, before, after = map(float, told.stdout.split())
    return {"extract_seconds": round(seconds, 2), "extract_peak_mb": round((after - before) / 1000, 1)}


def bench_estimates(quick: bool = False) -> dict[str, float]:
    """Return seconds and ratios: the estimate step from integer columns, its floor, and the reading apart."""
    found: dict[str, float] = {"questions": QUESTIONS, "areas": AREAS, "filters": FILTERS}
    for n in SIZES[:1] if quick else SIZES:
        material = _material(n)
        for name, weights in (("unweighted", None), ("weighted", material.weight)):
            measured = _ratio(material, weights, 9 if n < 100_000 else 3)
            found |= {f"{n}_{name}_{key}": value for key, value in measured.items()}
        del material
        found |= {f"{n}_{key}": value for key, value in _reading(n).items()}
    return found


# ---------- a whole release


RELEASE_SECONDS = 300
"""A release of 20,000 responses to forty questions, audit included, on two processors: the issue's target."""


def _forty(n: int, folder: Path) -> Path:
    """Answers to forty questions of every kind there is most of, drawn one by one; six of them make filters."""
    options = [{"code": code, "text": {"de": f"Antwort {code}"}} for code in range(1, ANSWERS + 1)]
    kinds = ("single", "multiple", "scale", "ranking")
    asked: list[dict[str, object]] = [{"id": "ort", "kind": "place", "text": {"de": "Wo?"}}]
    for i in range(QUESTIONS):
        kind = "single" if i < FILTERS else kinds[i % len(kinds)]
        answers = {"steps" if kind == "scale" else "options": options}
        asked.append({"id": f"q{i}", "kind": kind, "text": {"de": f"Frage {i}"}, **answers})
    questionnaire = miniature(asked)
    rules = tuple(
        Filter(
            id=f"q{i}", question=f"q{i}", title=f"Frage {i}",
            groups=tuple(FilterGroup(id=f"q{i}-{c}", title=f"Antwort {c}", codes=(c,)) for c in range(1, GROUPS + 1)),
        )
        for i in range(FILTERS)
    )  # fmt: skip
    plan = PublicationPlan(filters=rules)
    return write_extract(folder / "auszug", questionnaire, draw_rows(questionnaire, n), plan)


def bench_release(quick: bool = False) -> list[Figure]:
    """Make a release from the command line, and attack it from outside; return seconds, memory and what stayed
    readable."""
    n = 1_000 if quick else SIZES[0]
    with tempfile.TemporaryDirectory() as name:
        extract, made = _forty(n, Path(name)), Path(name) / "stand"
        commands = {"release": ["release", str(extract), str(made)], "audit": ["audit", str(made)]}
        seconds = {}
        for what, arguments in commands.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-m", "analysis", *arguments], check=True, capture_output=True, cwd=ROOT)
            seconds[what] = time.perf_counter() - start
        manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    used, protection = resource.getrusage(resource.RUSAGE_CHILDREN), manifest["protection"]
    what = f"{n:,} responses, {QUESTIONS} questions, {FILTERS} filters"
    return [
        Figure(f"{what}: release with audit", seconds["release"], "s", at_most=None if quick else RELEASE_SECONDS),
        Figure("… attacked again from outside, nothing found", seconds["audit"], "s"),
        Figure("… processor time of both", used.ru_utime + used.ru_stime, "s"),
        Figure("… largest process", used.ru_maxrss / 1000, "MB"),
        Figure("… cells readable", 100 - 100 * protection["n_hidden"] / protection["n_cells"], "%"),
        Figure("… cells looked at by the attacker", manifest["audit"]["cells"]),
    ]


if __name__ == "__main__":
    for key, value in bench_estimates().items():
        print(f"{key:>24}  {value}")
