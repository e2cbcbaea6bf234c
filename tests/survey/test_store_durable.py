"""What was acknowledged is on disk: a killed process loses nothing that a family was thanked for."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from survey.store import Store, responses, returns
from survey.store.rewrite import rewrite
from tests.survey.cast import DURING, WAVE, submission

# Eight threads submit until they are killed, and say so only after `submit` has returned.
WRITER = """
import os, sys
from threading import Thread
from survey.store import Store, responses
from tests.survey.cast import DURING, submission

store = Store(sys.argv[1])

def send(first):
    for number in range(first, 100_000, 8):
        assert responses.submit(store, submission(number), DURING) == "stored"
        os.write(1, f"{number}\\n".encode())

for first in range(8):
    Thread(target=send, args=(first,)).start()
"""


def _kill_in_the_middle(url: str) -> list[int]:
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    writer = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, env=environment)
    assert writer.stdout is not None
    said = writer.stdout.read(200)
    time.sleep(0.2)
    writer.send_signal(signal.SIGKILL)
    said += writer.stdout.read()
    writer.wait()
    writer.stdout.close()
    return [int(line) for line in said.decode().splitlines()]


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_every_acknowledged_response_survives_a_kill_and_a_replay(kind: str, request: pytest.FixtureRequest) -> None:
    store: Store = request.getfixturevalue(f"{kind}_store")
    url = f"sqlite:///{store.path}" if store.is_sqlite else request.getfixturevalue("migrated_postgres_url")
    acknowledged = _kill_in_the_middle(url)
    assert len(acknowledged) > 50
    replayed = {responses.submit(store, submission(number), DURING) for number in acknowledged}
    assert replayed == {"repeated"}
    n = responses.count_responses(store, WAVE)
    assert len(acknowledged) <= n <= len(acknowledged) + 8  # those between the commit and the thanks
    assert returns.count(store, WAVE) == n


def test_submissions_go_on_while_the_tables_are_written_anew(store: Store) -> None:
    with ThreadPoolExecutor(5) as pool:
        rewriting = [pool.submit(rewrite, store) for _ in range(5)]
        sent = list(pool.map(lambda n: responses.submit(store, submission(n), DURING), range(400)))
        for one in rewriting:
            one.result()
    assert set(sent) == {"stored"}
    assert responses.count_responses(store, WAVE) == 400


@pytest.mark.postgres
def test_a_connection_that_broke_while_nobody_sent_costs_no_response(postgres_store: Store) -> None:
    assert responses.submit(postgres_store, submission(1), DURING) == "stored"
    with postgres_store.write() as connection:
        others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        ended = connection.exec_driver_sql(f"SELECT count(pg_terminate_backend(pid)) {others}").scalar_one()
    assert ended
    assert responses.submit(postgres_store, submission(2), DURING) == "stored"
    assert responses.count_responses(postgres_store, WAVE) == 2


# The server's process opens the file more than once; meanwhile another process comes, reads and goes.
SECOND_STORE = """
import subprocess, sys, os, signal
from survey.store import Store, responses
from tests.survey.cast import DURING, submission

url = sys.argv[1]
first = Store(url)
responses.submit(first, submission(1), DURING)
second = Store(url)
responses.submit(second, submission(2), DURING)
visitor = "import sys; from survey.store import Store; store = Store(sys.argv[1]); store.migrate(); store.close()"
subprocess.run([sys.executable, "-c", visitor, url], check=True)
assert responses.submit(second, submission(3), DURING) == "stored"
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_that_comes_and_goes_takes_no_journal_along(sqlite_store: Store) -> None:
    url = f"sqlite:///{sqlite_store.path}"
    sqlite_store.close()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-c", SECOND_STORE, url], env=environment, check=False)
    again = Store(url)
    assert {responses.submit(again, submission(number), DURING) for number in (1, 2, 3)} == {"repeated"}
    again.close()
