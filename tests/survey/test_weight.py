"""The family's document fits into the first answer of a phone line, in every language, and stays so."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from tests.bench_stage import CONTENT, N_PLACES, large_district, set_stage, shipped_questionnaires
from tests.running import ROOT, Running, get, running_product, sqlite_url

#: One initial window of TCP: ten segments of 1,460 bytes (RFC 6928).
LIMIT = 14_600
WAVES = sorted(path.stem for path in CONTENT.glob("*.yaml"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("weight")
    set_stage(sqlite_url(data))
    with running_product(data, sqlite_url(data)) as running:
        yield running


@pytest.mark.parametrize("wave", WAVES)
def test_the_document_with_300_places_fits_into_the_first_window_in_every_language(server: Running, wave: str) -> None:
    too_heavy = {}
    for language in shipped_questionnaires()[wave].languages:
        answer = get(server.port, f"/b/{wave}?lang={language}", Accept_Encoding="gzip, deflate, br")
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        html = brotli.decompress(body).decode()
        names = set(re.split('[|;"]', html))
        assert sum(place.name in names for place in large_district().places) == N_PLACES
        if len(answer) > LIMIT:
            too_heavy[language] = f"{len(answer)} bytes, {len(answer) - LIMIT} too many"
    assert too_heavy == {}


def test_the_web_process_imports_neither_pandas_nor_plotly_nor_numpy(server: Running) -> None:
    for path in ("/", "/b/familien", "/ergebnisse/familien", "/anmelden", "/healthz"):
        get(server.port, path)
    mapped = Path(f"/proc/{server.pid}/maps").read_text()
    assert "sqlalchemy" in mapped  # compiled modules do show up there
    assert not [name for name in ("numpy", "pandas", "scipy") if f"/{name}/" in mapped]


PROBE = """
import sys
from pathlib import Path
from survey import create_app, serve
from survey.settings import Settings
from survey.store import Store
folder = Path(sys.argv[1])
url = f"sqlite:///{folder / 'x.sqlite3'}"
Store(url).migrate()
client = create_app(Settings(folder, url)).test_client()
print(*[client.get(path).status_code for path in ("/", "/b/x", "/ergebnisse/x", "/anmelden")])
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_nothing_the_web_imports_leads_to_the_analysis(tmp_path: Path) -> None:
    """Plotly has nothing compiled: a process that builds the application and opens pages lists what it imported."""
    command = [sys.executable, "-c", PROBE, str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    statuses, modules = run.stdout.splitlines()
    assert statuses == "200 404 404 200"
    assert "flask" in modules.split()
    assert not {"numpy", "pandas", "scipy", "plotly", "analysis"} & set(modules.split())
