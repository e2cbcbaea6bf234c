"""Wait for what will be true, never for a time."""

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 30


def wait_until(true: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Ask until the answer is true and return it; fail after these seconds."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, f"waited {seconds:.0f} s in vain for: {what}"
        time.sleep(0.02)
    return found
