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
        self._turn = threading.Lock()
        # Refuses whoever calls, and keeps the port for us while the line is cut.
        self._place = socket.socket()
        self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._place.bind(("127.0.0.1", 0))
        self.port: int = self._place.getsockname()[1]
        self.mend()

    @staticmethod
    def _start(work: object, *arguments: object) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()  # type: ignore[arg-type]

    def cut(self) -> None:
        """Refuse whoever calls and drop who is talking."""
        with self._turn:
            ends, self._open, self._listener = [self._listener, *self._open], [], None
        for end in filter(None, ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def mend(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port), reuse_port=True)
        with self._turn:
            self._listener: socket.socket | None = listener
        self._start(self._accept, listener)

    def end(self) -> None:
        self.cut()
        self._place.close()

    def lose_the_next_answer(self) -> None:
        """The next thing posted reaches the server; what it answers never arrives."""
        self._losing.set()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                phone, _ = listener.accept()
                self._put_through(listener, phone)

    def _put_through(self, listener: socket.socket, phone: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._target))
        except OSError:  # nobody is there
            phone.close()
            return
        with self._turn:
            if self._listener is not listener:  # cut meanwhile
                phone.close()
                server.close()
                return
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
        line.end()
