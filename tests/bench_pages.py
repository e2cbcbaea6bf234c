"""How fast the results room answers, how soon it can be read, and what the web process weighs."""

import io
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from survey import create_app, demo
from survey.services import Services, utc_now
from survey.settings import Settings, prepare_data
from survey.store import Store
from survey.work import work_off
from tests.bench_figure import Figure
from tests.bench_views import N_FIGURES, bench_views
from tests.running import get, running_product, sqlite_url

#: Server time of a results page [ms].
LIMIT = 10


def bench_pages(quick: bool = False) -> list[Figure]:
    """Return server times of results pages over a simulated wave's release, and the web process's memory."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        settings = Settings(data=Path(name), database_url=sqlite_url(Path(name)))
        wave = _make_release(settings, 300 if quick else 1200)
        app = create_app(settings)
        paths = _pages(app, wave)
        figures = [_server_time(app, title, path, 30 if quick else 200) for title, path in paths.items()]
        app.extensions["familienstimme"].store.close()
        return [*figures, *_memory(settings, list(paths.values())), *_views(settings, wave, 3 if quick else 9)]


def _make_release(settings: Settings, n_answers: int) -> str:
    """Make the demonstration's first simulated wave and its release, by the ways the product goes itself."""
    prepare_data(settings)
    store = Store(settings.database_url)
    store.migrate()
    first = demo.demo_waves(utc_now().date())[0]
    small = demo.DemoWave(**{**vars(first), "n_answers": n_answers})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "demo_waves", lambda today: (small,))
        demo.seed_demo(store, utc_now(), work=lambda: work_off(Services(settings, store)), say=print)
    store.close()
    return small.id


def _pages(app: Flask, wave: str) -> dict[str, str]:
    """The overview and, of the pages it links, the first question."""
    start = f"/ergebnisse/{wave}"
    answer = app.test_client().get(start)
    assert answer.status_code == 200, f"{start}: {answer.status}"
    links = [part.split('"')[0] for part in answer.get_data(as_text=True).split('href="')[1:]]
    found = [link for link in links if link.startswith(f"{start}/") and link.count("/") >= 4]
    question = next((link for link in found if "/frage/" in link), found[0])
    areas = app.test_client().get(f"{start}/sozialraeume").get_data(as_text=True)
    profile = next(part.split('"')[0] for part in areas.split('href="')[1:] if "/sozialraum/" in part)
    return {
        "results: overview": start, "results: one question": question, "results: profile": profile,
        "results: two places": f"{start}/vergleich?a={profile.rpartition('/')[2]}",
        "results: map": f"{start}/karte",
        "results: search with a slip": f"{start}/fragen?suche=Kinderartz", "results: method": f"{start}/methode",
        "results: collection": f"{start}/sammlung?f=bedarf&f=bedarf:sozialraeume",
    }  # fmt: skip


def _environment(path: str) -> dict[str, Any]:
    place, _, query = path.partition("?")
    return {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": place, "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "127.0.0.1",
        "REMOTE_ADDR": "127.0.0.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(), "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip


def _server_time(app: Flask, title: str, path: str, n: int) -> Figure:
    taken, statuses, size = [], set(), 0
    for _ in range(n + 5):
        environment = _environment(path)
        start = time.perf_counter()
        size = len(b"".join(app.wsgi_app(environment, lambda status, *_: statuses.add(status))))
        taken.append((time.perf_counter() - start) * 1000)
    assert statuses == {"200 OK"}, (path, statuses)
    slowest = max(taken[5:])
    note = f"{path}, {size:,} bytes; first {taken[0]:.0f} ms, slowest after that {slowest:.0f} ms"
    return Figure(f"{title}, median server time", statistics.median(taken[5:]), "ms", at_most=LIMIT, note=note)


def _views(settings: Settings, wave: str, rounds: int) -> list[Figure]:
    """Open the overview and a collection of six figures in a slow browser."""
    drawn = sorted(path.stem for path in (settings.releases / wave / "1" / "figures").glob("*.json"))
    collection = f"/ergebnisse/{wave}/sammlung?" + "&".join(f"f={name}" for name in drawn[:N_FIGURES])
    with running_product(settings.data, settings.database_url) as server:
        get(server.port, f"/ergebnisse/{wave}")
        return bench_views(server.port, f"/ergebnisse/{wave}", collection, rounds)


def _memory(settings: Settings, paths: list[str]) -> Iterator[Figure]:
    """Ask a real server for a document and the pages, then look at its process."""
    with running_product(settings.data, settings.database_url) as server:
        for path in ("/", *paths, "/b/familien-2025"):
            get(server.port, path, Accept_Encoding="br")
        status = Path(f"/proc/{server.pid}/status").read_text()
        mapped = Path(f"/proc/{server.pid}/maps").read_text()
    kib = int(status.split("VmRSS:")[1].split()[0])
    heavy = [name for name in ("numpy", "pandas", "scipy") if f"/{name}/" in mapped]
    yield Figure("web process: memory after serving pages", kib / 1024, "MiB", note="resident, shared parts included")
    yield Figure("web process: numpy, pandas, scipy loaded", len(heavy), at_most=0, note=", ".join(heavy))
