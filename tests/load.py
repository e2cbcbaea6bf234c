"""A load generator in one process: keep-alive connections, prebuilt requests, everything bounded."""

import selectors
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.running import is_complete

#: Called with the request's number, the status and the body of its answer.
OnReply = Callable[[int, int, bytes], None]


@dataclass
class Load:
    """What became of the requests."""

    seconds: float = 0.0
    replies: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    """request number → status and body; what was never answered is missing"""
    latencies: list[float] = field(default_factory=list)
    """from sending to the last byte of the answer [s]"""

    @property
    def per_second(self) -> float:
        return len(self.replies) / self.seconds


@dataclass
class _Connection:
    socket: socket.socket
    number: int = -1
    sent_at: float = 0.0
    received: bytes = b""


def post(path: str, body: bytes) -> bytes:
    """A request as the family's script sends it."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
        f"Content-Type: application/x-www-form-urlencoded;charset=UTF-8\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def send_all(
    port: int, requests: Sequence[bytes], n_connections: int = 16, patience: float = 60, on_reply: OnReply | None = None
) -> Load:
    """Send each request once, the next as soon as a connection is free; give up after `patience` seconds.

    A connection that breaks is not opened again: its request has no reply.
    """
    load, waiting = Load(), iter(enumerate(requests))
    selector = selectors.DefaultSelector()
    connections = [_open(port) for _ in range(min(n_connections, len(requests)))]
    start = time.perf_counter()
    for connection in connections:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        _send_next(connection, waiting, selector)
    while selector.get_map() and time.perf_counter() - start < patience:
        for key, _ in selector.select(timeout=0.5):
            if _receive(key.data, load, on_reply, selector):
                _send_next(key.data, waiting, selector)
    load.seconds = time.perf_counter() - start
    for connection in connections:
        connection.socket.close()
    selector.close()
    return load


def _open(port: int) -> _Connection:
    opened = socket.create_connection(("127.0.0.1", port), timeout=10)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return _Connection(opened)


def _send_next(
    connection: _Connection, waiting: Iterator[tuple[int, bytes]], selector: selectors.BaseSelector
) -> None:
    connection.number, request = next(waiting, (-1, b""))
    if connection.number < 0:
        selector.unregister(connection.socket)
        return
    connection.sent_at, connection.received = time.perf_counter(), b""
    try:
        connection.socket.sendall(request)
    except OSError:
        selector.unregister(connection.socket)


def _receive(
    connection: _Connection, load: Load, on_reply: OnReply | None, selector: selectors.BaseSelector
) -> bool:
    """Take what has come; say whether the answer is complete."""
    try:
        data = connection.socket.recv(65536)
    except OSError:
        data = b""
    if not data:
        selector.unregister(connection.socket)
        return False
    connection.received += data
    if not is_complete(connection.received):
        return False
    head, _, body = connection.received.partition(b"\r\n\r\n")
    load.latencies.append(time.perf_counter() - connection.sent_at)
    status = int(head.split(b" ", 2)[1])
    load.replies[connection.number] = (status, body)
    if on_reply:
        on_reply(connection.number, status, body)
    return True
