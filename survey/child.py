"""Child processes that end with us: a group of their own to be stopped, killed by the kernel when we die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

#: Asks the kernel for the signal (1 = PR_SET_PDEATHSIG), makes sure nobody died in between, becomes the program.
_BOOT = """
import ctypes, os, signal, sys
prctl = getattr(ctypes.CDLL(None), "prctl", None)
if prctl is not None:
    prctl(1, signal.SIGKILL)
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execv(sys.executable, [sys.executable, "-P", *sys.argv[2:]])
"""


def start_child(
    arguments: list[str],
    *,
    stdout: IO[bytes] | int | None = None,
    stderr: IO[bytes] | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start Python with these arguments as a group of its own that does not outlive this process.

    Modules never come from the folder somebody happened to start the server in.
    """
    command = [sys.executable, "-P", "-c", _BOOT, str(os.getpid()), *arguments]
    return subprocess.Popen(
        command, stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL, cwd=folder, start_new_session=True
    )


def stop_child(child: subprocess.Popen[bytes], patience: float = 5.0) -> int:
    """Ask the child's group to end, kill what does not within `patience` seconds; return its exit code."""
    for wish in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, wish)
        except ProcessLookupError:
            break
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        if wish is signal.SIGTERM:
            _kill_group(child.pid)  # what the child itself had started
        break
    return child.wait()


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
