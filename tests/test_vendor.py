"""What lies in static/vendor is exactly what its README says, byte for byte."""

import hashlib
import re
from pathlib import Path

import plotly.offline

VENDOR = Path(__file__).parent.parent / "static" / "vendor"
ROW = re.compile(
    r"^\| (?P<file>\S+) \| .+? \| (?P<version>[\d.]+) \| (?P<licence>\S+) \| (?P<sha256>[0-9a-f]{64}) \|$",
    re.MULTILINE,
)


def _table() -> dict[str, dict[str, str]]:
    readme = (VENDOR / "README.md").read_text(encoding="utf-8")
    return {row["file"]: row.groupdict() for row in ROW.finditer(readme)}


def test_every_vendored_file_has_the_recorded_content() -> None:
    table = _table()
    assert table, "the README lists no file"
    for name, row in table.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == row["sha256"], name


def test_nothing_lies_there_unrecorded() -> None:
    found = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if not path.is_dir()}
    assert found == {"README.md", *_table()}


def test_the_drawing_library_fits_the_figures_that_python_writes() -> None:
    assert _table()["plotly-basic.min.js"]["version"] == plotly.offline.get_plotlyjs_version()
