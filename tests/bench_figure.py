"""A measured figure, its target, and how all of them are printed and kept."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One figure. Targets are the issue's; without one the figure only tells."""

    name: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        if self.at_most is not None:
            return self.value <= self.at_most
        return None if self.at_least is None else self.value >= self.at_least

    def as_data(self) -> dict[str, Any]:
        return {**asdict(self), "met": self.met}


def show(title: str, figures: Iterable[Figure]) -> None:
    """Print a part of the table."""
    print(f"\n{title}")
    for figure in figures:
        value = f"{_written(figure.value)} {figure.unit}".strip()
        print(f"  {figure.name:<52} {value:>16}   {_verdict(figure):<22} {figure.note}".rstrip(), flush=True)


def _verdict(figure: Figure) -> str:
    if figure.met is None:
        return ""
    sign, target = ("≤", figure.at_most) if figure.at_most is not None else ("≥", figure.at_least)
    return f"{'met   ' if figure.met else 'MISSED'} ({sign} {_written(target or 0)})"


def _written(value: float) -> str:
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.2f}"


def keep(path: Path, parts: dict[str, Sequence[Figure]], failures: dict[str, str], *, quick: bool) -> None:
    """Write what was measured; parts measured earlier and not this time stay, with their own date."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))["parts"]
    except (OSError, ValueError, KeyError):
        kept = {}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    stamp = {"measured_at": now, "quick": quick, "machine": _machine()}
    for name, figures in parts.items():
        kept[name] = {**stamp, "figures": [figure.as_data() for figure in figures]}
    for name, reason in failures.items():
        kept[name] = {**stamp, "failure": reason}
    path.write_text(json.dumps({"parts": kept}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _machine() -> dict[str, Any]:
    return {"python": platform.python_version(), "processors": os.cpu_count(), "load": os.getloadavg()[0]}
