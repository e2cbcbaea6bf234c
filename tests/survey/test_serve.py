"""The server as it runs: beside stalled phones, behind a proxy, with its job process."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from survey.records import User
from survey.serve import DemoAccountsExposed, greeting, serve, server_settings
from survey.settings import Settings
from survey.store import Store, users
from tests.keep import kept
from tests.survey import cast
from tests.survey.conftest import fill
from tests.survey.desk_tools import password_hash
from tests.survey.test_jobs import children_of, is_alive
from tests.waiting import wait_until

COMMAND = [sys.executable, "-c", "from survey.cli import main; main()", "serve"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@dataclass
class Running:
    """The server; `keeper` ends it even when this run is killed."""

    port: int
    keeper: subprocess.Popen[bytes]
    log: Path

    @property
    def process(self) -> int:
        [server] = children_of(self.keeper.pid)
        return server

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return answer.status, dict(answer.headers), answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read().decode()


@contextmanager
def started(data: Path, **environment: str) -> Iterator[Running]:
    """The server as an operator starts it; it is ended in any case."""
    port, log = free_port(), data / "ausgabe.txt"
    plain = {name: value for name, value in os.environ.items() if not name.startswith("FAMILIENSTIMME_")}
    variables = plain | {"FAMILIENSTIMME_DATA": str(data), "PORT": str(port)} | environment
    log.touch()
    with kept(COMMAND, log=log, env=variables) as keeper:
        wait_until(lambda: "Beenden mit" in log.read_text() or keeper.poll() is not None, "the server to say it serves")
        yield Running(port, keeper, log)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("server")
    store = Store(f"sqlite:///{data / 'familienstimme.sqlite3'}")
    store.migrate()
    fill(store)
    store.close()
    prefix = {"FAMILIENSTIMME_URL_PREFIX": "/familien", "FAMILIENSTIMME_TRUSTED_PROXY": "127.0.0.1"}
    with started(data, **prefix) as running:
        yield running


def test_the_server_is_well_with_its_job_process(server: Running) -> None:
    wait_until(lambda: server.get("/familien/healthz")[0] == 200, "an answer")
    assert json.loads(server.get("/familien/healthz")[2])["status"] == "ok"


def test_a_hundred_stalled_uploads_hold_up_nobody(server: Running) -> None:
    head = f"POST /familien/b/{cast.WAVE} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n_key=halb"
    with ExitStack() as stack:
        for _ in range(100):
            phone = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            phone.sendall(head.encode())
        begun = time.perf_counter()
        status, _, _ = server.get("/familien/")
        assert status == 200
        assert time.perf_counter() - begun < 1


def test_all_addresses_carry_the_prefix(server: Running) -> None:
    text = server.get("/familien/")[2]
    assert 'href="/familien/static/css/base.css?v=' in text
    assert 'href="/familien/datenschutz"' in text
    assert server.get("/familien/wellen")[1].keys() >= {"Content-Security-Policy"}


def test_the_server_does_not_name_itself(server: Running) -> None:
    assert "Server" not in server.get("/familien/")[1]


def test_the_trusted_proxy_tells_that_people_came_by_https(server: Running) -> None:
    _, headers, _ = server.get("/familien/anmelden", **{"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" in headers
    assert "Secure" in headers["Set-Cookie"]
    assert "Path=/familien" in headers["Set-Cookie"]


def test_the_log_has_no_line_per_request(server: Running) -> None:
    server.get(f"/familien/b/{cast.WAVE}?z=geheimer-zugang")
    server.get("/familien/gibt-es-nicht")
    log = server.log.read_text()
    assert "geheimer-zugang" not in log
    assert "gibt-es-nicht" not in log


def test_the_start_says_that_working_offline_needs_https(server: Running) -> None:
    assert "nur mit HTTPS oder auf 127.0.0.1" in server.log.read_text()


def test_a_job_process_that_died_is_started_again(server: Running) -> None:
    [worker] = children_of(server.process)
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: children_of(server.process) not in ([], [worker]), "another worker")


def test_the_job_process_ends_with_the_server(server: Running) -> None:
    """The last one at this server: it is gone afterwards."""
    wait_until(lambda: len(children_of(server.process)) == 1, "one worker")
    [worker] = children_of(server.process)
    os.kill(server.process, signal.SIGKILL)
    wait_until(lambda: not is_alive(worker), "the worker to end")


def test_a_taken_port_is_said_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with started(tmp_path, PORT=port) as running:
            assert running.keeper.wait(20) == 1
            assert f"Unter 127.0.0.1:{port} läuft schon ein Programm" in running.log.read_text()


# --- demo accounts, proxies, what is said at start ---------------------------------------------------------


@pytest.fixture
def demo(sqlite_store: Store, tmp_path: Path) -> Settings:
    users.add_user(sqlite_store, User("koordination", password_hash(), frozenset({"coordinator"}), demo=True))
    return Settings(tmp_path, f"sqlite:///{sqlite_store.path}")


@pytest.mark.parametrize(
    "reachable", [{"host": "0.0.0.0"}, {"trusted_proxy": "10.0.0.1"}, {"public_url": "https://kreis.example"}]
)
def test_demo_accounts_are_refused_unless_only_this_machine_is_served(
    demo: Settings, reachable: dict[str, str]
) -> None:
    with pytest.raises(DemoAccountsExposed):
        serve(replace(demo, **reachable), print)  # type: ignore[arg-type]


def test_the_start_names_addresses_and_demo_logins(demo: Settings, sqlite_store: Store) -> None:
    said = "\n".join(greeting(demo, sqlite_store, demo=True))
    assert "http://127.0.0.1:8000/anmelden" in said
    assert "koordination / vorfuehrung-koordination" in said
    assert "vorfuehrung" not in "\n".join(greeting(demo, sqlite_store, demo=False))


def test_headers_of_an_untrusted_proxy_are_thrown_away(tmp_path: Path) -> None:
    plain = server_settings(Settings(tmp_path, "sqlite:///x"))
    assert plain["clear_untrusted_proxy_headers"] is True
    assert "trusted_proxy" not in plain
    behind = server_settings(Settings(tmp_path, "sqlite:///x", trusted_proxy="10.0.0.1", trusted_proxies=2))
    assert (behind["trusted_proxy"], behind["trusted_proxy_count"]) == ("10.0.0.1", 2)
