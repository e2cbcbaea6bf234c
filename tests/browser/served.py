"""An application on loopback, served by a thread of this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server


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
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        thread.join(5)
