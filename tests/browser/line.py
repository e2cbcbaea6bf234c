"""The line between a phone and the server: it can be cut, mended, and lose an answer on the way back.

Every line has a port of its own, which to a browser is an origin of its own: nothing is kept from the test before.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Line:
    """Carries bytes both ways; works with any browser, since all it knows is TCP."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._open: list[socket.socket] = []
        self._losing = threading.Event()
        self.lost = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept, self._listener)

    @staticmethod
    def _start(work: object, *arguments: object) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()  # type: ignore[arg-type]

    def cut(self) -> None:
        """Refuse whoever calls and drop who is talking."""
        for end in (self._listener, *self._open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open.clear()

    def mend(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._start(self._accept, self._listener)

    def lose_the_next_answer(self) -> None:
        """The next thing posted reaches the server; what it answers never arrives."""
        self._losing.set()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                phone, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self._open += [phone, server]
                posted = threading.Event()
                self._start(self._carry, phone, server, posted, True)
                self._start(self._carry, server, phone, posted, False)

    def _carry(self, source: socket.socket, sink: socket.socket, posted: threading.Event, up: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if up and data.startswith(b"POST "):
                    posted.set()
                if not up and posted.is_set() and self._losing.is_set():
                    self._losing.clear()
                    self.lost.set()
                    break
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    line = Line(port)
    try:
        yield line
    finally:
        line.cut()
