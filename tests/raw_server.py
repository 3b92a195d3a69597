"""A TCP server of a test: each connection is handed to a function, in a thread of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager


@contextmanager
def serve_connections(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """The URL, without a slash at its end, of a server whose connections end as `serve` returns or raises OSError."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)

    def serve_and_close(connection: socket.socket) -> None:
        with closing(connection):
            try:
                serve(connection)
            except OSError:
                return

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve_and_close, args=[connection], daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)
