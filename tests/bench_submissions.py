"""Complete, validated, durable responses per second, against a bare Flask route that stores the same body durably."""

import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from survey.store import Store, responses
from tests.bench_figure import Figure
from tests.bench_stage import filled_forms, set_stage
from tests.load import Load, post, send_all
from tests.postgres import PostgresMissing, running_postgres
from tests.running import Running, running, running_product, sqlite_url

#: The peak of the Census 2021 in England and Wales [responses/s].
CENSUS_PEAK = 139
RATIO = 0.7
N_CONNECTIONS = 16
#: The product's job process starts and does what is due before anything is measured [s].
SETTLING = 5
PATH = "/b/familien"


@dataclass
class Contest:
    """Two servers on the same kind of database, asked in turns."""

    product: Running
    bare: Running
    database_url: str
    n_stored: int = 0
    rates: dict[str, list[float]] = field(default_factory=lambda: {"product": [], "bare": []})
    latencies: list[float] = field(default_factory=list)

    def round(self, n_requests: int, *, counts: bool = True) -> None:
        """Send the same bodies to both."""
        requests = fresh_requests(n_requests)
        for name, server in (("product", self.product), ("bare", self.bare)):
            load = send_all(server.port, requests, N_CONNECTIONS)
            _all_stored(load, n_requests)
            if counts:
                self.rates[name].append(load.per_second)
            if name == "product":
                self.n_stored += n_requests
                self.latencies += load.latencies if counts else []


def fresh_requests(n: int) -> list[bytes]:
    forms = filled_forms()
    return [post(PATH, forms[i % len(forms)].with_key(secrets.token_urlsafe(16)).body) for i in range(n)]


def _all_stored(load: Load, n: int) -> None:
    wrong = [reply for reply in load.replies.values() if reply[0] != 200 or b'"stored"' not in reply[1]]
    assert not wrong, f"{len(wrong)} refused, such as {wrong[0]}"
    assert len(load.replies) == n, f"{n - len(load.replies)} without an answer"


@contextmanager
def _contest(scratch: Path, product_url: str, bare_url: str) -> Iterator[Contest]:
    set_stage(product_url)
    with ExitStack() as stack:
        product = stack.enter_context(running_product(scratch / "product", product_url))
        bare = stack.enter_context(
            running(
                [Path(__file__).with_name("bench_bare.py")],
                scratch / "bare",
                {"FAMILIENSTIMME_DATABASE_URL": bare_url},
            )
        )
        yield Contest(product, bare, product_url)


def _figures(contest: Contest, database: str) -> Iterator[Figure]:
    product, bare = (statistics.median(contest.rates[name]) for name in ("product", "bare"))
    ratios = [a / b for a, b in zip(*contest.rates.values(), strict=True)]
    spread = f"per round {', '.join(f'{ratio:.2f}' for ratio in ratios)}"
    slowest = statistics.quantiles(contest.latencies, n=100)[98] * 1000
    yield Figure(f"{database}: responses per second", product, "/s", at_least=CENSUS_PEAK)
    yield Figure(f"{database}: bare Flask route", bare, "/s")
    yield Figure(f"{database}: ratio", statistics.median(ratios), at_least=RATIO, note=spread)
    yield Figure(f"{database}: 99 % answered within", slowest, "ms", note=f"{N_CONNECTIONS} connections")


def _measure(contest: Contest, database: str, n_rounds: int, n_requests: int) -> list[Figure]:
    time.sleep(SETTLING)
    contest.round(200, counts=False)
    for _ in range(n_rounds):
        contest.round(n_requests)
    store = Store(contest.database_url)
    stored = responses.count_responses(store, "familien")
    store.close()
    assert stored == contest.n_stored, f"{stored} stored, {contest.n_stored} acknowledged"
    return list(_figures(contest, database))


def bench_submissions(quick: bool = False) -> list[Figure]:
    """Return the figures for both databases."""
    size = (5, 300) if quick else (7, 1500)
    figures = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        scratch = Path(name)
        for part in ("sqlite", "postgres", "bare"):
            (scratch / part).mkdir()
        urls = (sqlite_url(scratch / "sqlite"), sqlite_url(scratch / "bare"))
        with _contest(scratch / "sqlite", *urls) as contest:
            figures += _measure(contest, "SQLite", *size)
        try:
            create = stack.enter_context(running_postgres(durable=True))
        except PostgresMissing as missing:
            return [*figures, Figure("PostgreSQL", 0, note=f"not measured: {missing}")]
        with _contest(scratch / "postgres", create(), create()) as contest:
            figures += _measure(contest, "PostgreSQL", *size)
    return figures
