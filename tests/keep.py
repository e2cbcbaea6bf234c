"""Runs one command for as long as somebody holds our standard input open, then ends it and clears up.

A test run that is killed cannot clear up. Its end of the pipe closes all the same; this process notices,
stops the command's whole process group and removes the scratch folder. Should this process itself be killed,
the kernel ends the command (PR_SET_PDEATHSIG).

    with kept([sys.executable, "-m", "http.server"], log=tmp_path / "log") as process: ...
"""

import argparse
import contextlib
import ctypes
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1


@contextlib.contextmanager
def kept(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
    scratch: Path | None = None,
    stop: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """The command runs inside the with block; its output goes to `log`, `scratch` is removed at the end."""
    keeper: list[str | Path] = [sys.executable, Path(__file__).resolve(), "--stop", stop.name]
    keeper += ["--user", user] if user else []
    keeper += ["--scratch", scratch] if scratch else []
    with log.open("ab") as out:
        process = subprocess.Popen(
            [*keeper, "--", *command],
            stdin=subprocess.PIPE, stdout=out, stderr=out, env=env, cwd=cwd, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.communicate()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _identity(user: str | None) -> dict[str, object]:
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _end(process: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    for how in (stop, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=8)


def _wait_for_either(process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        readable, _, _ = select.select([sys.stdin], [], [], 0.2)
        if readable and not os.read(sys.stdin.fileno(), 1024):
            return


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stop", default="SIGTERM")
    parser.add_argument("--user")
    parser.add_argument("--scratch", type=Path)
    parser.add_argument("command", nargs="+")
    chosen = parser.parse_args()
    process = subprocess.Popen(
        chosen.command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_parent,  # noqa: PLW1509  no threads here
        **_identity(chosen.user),  # type: ignore[call-overload]
    )
    try:
        _wait_for_either(process)
    finally:
        _end(process, signal.Signals[chosen.stop])
        if chosen.scratch:
            shutil.rmtree(chosen.scratch, ignore_errors=True)
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
