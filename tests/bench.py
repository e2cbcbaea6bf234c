"""Measures what the README claims: `make bench`, or `.venv/bin/python tests/bench.py [--quick] [part …]`.

Prints a table and writes it to bench.json in the data folder. Comparisons are ratios within one run, A B A B, because
machines are shared and noisy. A missed target is said, not an error; only a measurement that breaks is.
"""

import argparse
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # and not tests/, where folders have the names of packages

from tests.bench_figure import Figure, keep, show  # noqa: E402
from tests.keep import kept  # noqa: E402

Part = Callable[[bool], Sequence[Figure]]
#: The estimate step may cost so many bare bincounts over the same columns.
ESTIMATE_RATIO = 20
#: Reading an extract of a million rows may take so much memory [MB].
EXTRACT_MEMORY = 300


def _weight(quick: bool) -> Sequence[Figure]:
    from tests.bench_weight import bench_weight

    return bench_weight(quick)


def _submissions(quick: bool) -> Sequence[Figure]:
    from tests.bench_submissions import bench_submissions

    return bench_submissions(quick)


def _estimates(quick: bool) -> Sequence[Figure]:
    from tests.bench_analysis import bench_estimates

    return [_as_figure(name, value) for name, value in bench_estimates(quick).items()]


def _release(quick: bool) -> Sequence[Figure]:
    from tests.bench_analysis import bench_release

    return bench_release(quick)


def _as_figure(name: str, value: float) -> Figure:
    if name.endswith("_ratio"):
        label = name.removesuffix("_ratio").replace("_", " ")
        return Figure(f"{label}: against numpy bincount", value, "×", at_most=ESTIMATE_RATIO)
    if name.endswith("_peak_mb"):
        return Figure(name.removesuffix("_mb").replace("_", " "), value, "MB", at_most=EXTRACT_MEMORY)
    if name.endswith("_seconds"):
        return Figure(name.removesuffix("_seconds").replace("_", " "), value * 1000, "ms")
    return Figure(name.replace("_", " "), value)


def _pages(quick: bool) -> Sequence[Figure]:
    from tests.bench_pages import bench_pages

    return bench_pages(quick)


def _taps(quick: bool) -> Sequence[Figure]:
    from tests.bench_taps import bench_taps

    return bench_taps(quick)


def _designer(quick: bool) -> Sequence[Figure]:
    from tests.bench_designer import bench_designer

    return bench_designer(quick)


PARTS: dict[str, tuple[str, Part]] = {
    "weight": ("The family's document", _weight),
    "taps": ("A tap on a slow phone", _taps),
    "designer": ("The coordinator's desk", _designer),
    "submissions": ("Complete, validated, durable responses", _submissions),
    "estimates": ("Estimates with standard errors", _estimates),
    "release": ("A release with its audit", _release),
    "pages": ("Results pages and the web process", _pages),
}


@contextmanager
def _folder_that_goes() -> Iterator[None]:
    """Have everything temporary in one folder that is removed also when we are killed."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    folder.chmod(0o755)  # PostgreSQL runs as another account
    with kept(["sleep", "infinity"], log=folder / "log", scratch=folder):
        tempfile.tempdir = str(folder)
        yield
    tempfile.tempdir = None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="fewer repetitions: a first impression")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))} (there are: {', '.join(PARTS)})")
    measured: dict[str, Sequence[Figure]] = {}
    failures: dict[str, str] = {}
    with _folder_that_goes():
        for name in chosen.parts or PARTS:
            title, part = PARTS[name]
            try:
                measured[name] = part(chosen.quick)
                show(title, measured[name])
            except Exception as error:  # noqa: BLE001  the other parts are measured all the same
                traceback.print_exc()
                failures[name] = f"{type(error).__name__}: {error}"[:500]
    path = Path(os.environ.get("FAMILIENSTIMME_DATA") or ROOT / "var") / "bench.json"
    keep(path, measured, failures, quick=chosen.quick)
    missed = [figure.name for figures in measured.values() for figure in figures if figure.met is False]
    print(f"\n{path}: {len(missed)} targets missed" + "".join(f"\n  {name}" for name in missed))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
