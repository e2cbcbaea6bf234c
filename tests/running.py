"""The product, or anything that serves HTTP, running in a process of its own for as long as a block lasts."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.keep import kept

ROOT = Path(__file__).parent.parent
SERVE = ("-c", "from survey.cli import main; main()", "serve")
#: Everything comes from one address here; the ceilings against floods are tested elsewhere.
NO_CEILING = {"FAMILIENSTIMME_POSTS_PER_SOURCE": "10000000", "FAMILIENSTIMME_POSTS_PER_MINUTE": "10000000"}


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    port: int
    keeper: int
    log: Path

    @property
    def pid(self) -> int:
        """The web process itself; its keeper stands above it."""
        return int(Path(f"/proc/{self.keeper}/task/{self.keeper}/children").read_text().split()[0])

    def kill(self) -> None:
        """End the web process as a power cut would: at once, nothing is written any more."""
        os.kill(self.pid, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str | Path], data: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Run Python with these arguments until the block ends; what it must know of comes in the environment."""
    port = free_port()
    own = {name: value for name, value in os.environ.items() if not name.startswith("FAMILIENSTIMME_")}
    own |= {"PYTHONPATH": str(ROOT), "FAMILIENSTIMME_DATA": str(data), "PORT": str(port), **(environment or {})}
    log = data / "log"
    data.mkdir(parents=True, exist_ok=True)
    with kept([sys.executable, *command], log=log, env=own, cwd=ROOT) as keeper:
        _wait_until_it_answers(port, keeper, log)
        yield Running(port, keeper.pid, log)


@contextmanager
def running_product(data: Path, database_url: str) -> Iterator[Running]:
    """Run `familienstimme serve`, job process and all, on a migrated database."""
    with running(SERVE, data, {**NO_CEILING, "FAMILIENSTIMME_DATABASE_URL": database_url}) as server:
        yield server


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'familienstimme.sqlite3'}"


def _wait_until_it_answers(port: int, keeper: subprocess.Popen[bytes], log: Path, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and keeper.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not start: " + log.read_text(errors="replace")[-2000:])


def get(port: int, path: str, **headers: str) -> bytes:
    """Return everything a GET brings over the wire: status line, headers and body, still compressed."""
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        received = b""
        while not is_complete(received):
            data = connection.recv(65536)
            assert data, received[:200]
            received += data
    return received


def is_complete(answer: bytes) -> bool:
    """Whether all of an answer has arrived."""
    head, separator, body = answer.partition(b"\r\n\r\n")
    if not separator:
        return False
    length = re.search(rb"(?im)^content-length: *(\d+)", head)
    assert length, "an answer without Content-Length"
    return len(body) >= int(length[1])
