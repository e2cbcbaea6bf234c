"""SIGKILL amid 200 parallel posts: what a family was thanked for is there once, whatever happens to the server."""

import json
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from survey.store import Store, responses
from tests.bench_stage import filled_forms, set_stage
from tests.load import post, send_all
from tests.running import Running, running_product, sqlite_url

N_PARALLEL = 200
WAVE = "familien"
Count = Callable[[str, int], None]


@dataclass
class Families:
    """Everybody who has sent something, and who of them got an answer before the server died."""

    keys: list[str] = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)
    thanked: set[int] = field(default_factory=set)

    def more(self, n: int) -> None:
        forms = filled_forms(20)
        for _ in range(n):
            self.keys.append(secrets.token_urlsafe(16))
            self.requests.append(post(f"/b/{WAVE}", forms[len(self.keys) % 20].with_key(self.keys[-1]).body))


def _post_until_killed(server: Running, families: Families, after: int) -> int:
    """Post from 200 connections at once and kill the server at an answer; return how many were thanked."""
    first = len(families.keys)
    families.more(2 * N_PARALLEL)
    thanked: list[int] = []

    def note(number: int, status: int, body: bytes) -> None:
        assert (status, json.loads(body)["state"]) == (200, "stored")
        thanked.append(first + number)
        if len(thanked) == after:
            server.kill()

    send_all(server.port, families.requests[first:], N_PARALLEL, patience=30, on_reply=note)
    families.thanked.update(thanked)
    return len(thanked)


def _replay(server: Running, families: Families) -> None:
    """Send everything again, as phones do; who was thanked before must be known."""
    replies = send_all(server.port, families.requests, 16).replies
    assert {status for status, _ in replies.values()} <= {200}
    states = {number: json.loads(body)["state"] for number, (_, body) in replies.items()}
    assert states.keys() == set(range(len(families.requests)))
    assert {states[number] for number in families.thanked} <= {"repeated"}
    assert set(states.values()) <= {"stored", "repeated"}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_killed_server_loses_no_acknowledged_answer_and_doubles_none(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, proof: bool, count: Count
) -> None:
    url = sqlite_url(tmp_path) if kind == "sqlite" else request.getfixturevalue("postgres_url")
    set_stage(url)
    families, rng = Families(), random.Random(7)
    for _ in range(25 if proof else 1):
        with running_product(tmp_path, url) as server:
            n = _post_until_killed(server, families, after=rng.randrange(20, N_PARALLEL))
        with running_product(tmp_path, url) as server:
            _replay(server, families)
        assert 20 <= n < 2 * N_PARALLEL, "the server did not die amid the posts"
        count(f"kills amid {N_PARALLEL} parallel posts ({kind})", 1)
    store = Store(url)
    stored = [one.row for one in responses.read_responses(store, WAVE)]
    store.close()
    assert sorted(stored) == sorted(responses.hash_key(key).hex() for key in families.keys)
    count(f"answers acknowledged before a kill, each stored exactly once ({kind})", len(families.thanked))
    n_again = len(stored) - len(families.thanked)
    count(f"answers cut off by a kill and sent again, each stored exactly once ({kind})", n_again)
