"""An application on loopback, served by a thread of this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from tests.waiting import wait_until


@contextmanager
def served(application: Flask) -> Iterator[Any]:
    """Serve it until the block ends; the server ends in its own thread.

    Closed from another thread, it could find its sockets gone while it waits for them.
    """
    server: Any = create_server(application, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        settle(server)
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        thread.join(5)


def settle(server: Any) -> None:
    """Wait until nothing is being answered: what a page asked for while it closed is still on its way."""
    tasks = server.task_dispatcher
    wait_until(lambda: not tasks.queue and tasks.active_count == 0, "the server to be at rest")
