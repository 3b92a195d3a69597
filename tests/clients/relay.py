"""A TCP relay on loopback that counts the connections it is asked for."""

from __future__ import annotations

import functools
import socket
import threading
from contextlib import suppress
from types import TracebackType

PIECE = 65536


class Relay:
    """Passes bytes on to a port of 127.0.0.1. `connections` counts those that were taken."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._open: set[socket.socket] = set()
        self.port: int = self._listening.getsockname()[1]
        self.connections = 0

    def __enter__(self) -> Relay:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for line in list(self._open):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client = self._listening.accept()[0]
                self.connections += 1
                server = socket.create_connection(("127.0.0.1", self._to))
                self._open |= {client, server}
                done = threading.Barrier(2, action=functools.partial(self._close, (client, server)))
                for origin, target in ((client, server), (server, client)):
                    threading.Thread(target=_pass_on, args=(origin, target, done), daemon=True).start()

    def _close(self, pair: tuple[socket.socket, socket.socket]) -> None:
        for line in pair:
            self._open.discard(line)
            line.close()


def _pass_on(origin: socket.socket, target: socket.socket, done: threading.Barrier) -> None:
    with suppress(OSError):
        while piece := origin.recv(PIECE):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
    with suppress(threading.BrokenBarrierError):
        done.wait()
