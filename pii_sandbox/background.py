"""A sandbox server in a thread of this process.

Importing this costs nothing: the server itself is imported by the thread, once somebody connects.
"""

from __future__ import annotations

import select
import socket
import threading
from pathlib import Path
from typing import Any

END_SECONDS = 10.0
_BACKLOG = 512


class Server:
    """Listens at once, and is at work once somebody connects: connections wait in the socket's backlog.

    `folder` is where settings are looked for (pii-sandbox.toml, pyproject.toml). `error` is what kept it from starting.
    """

    def __init__(self, folder: Path) -> None:
        self.error: Exception | None = None
        self._folder = folder
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._wake, self._woken = socket.socketpair()
        self._running: Any = None
        self._thread = threading.Thread(target=self._wait_and_serve, name="pii-sandbox", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._wake.send(b".")
        if self._running is not None:
            self._running.should_exit = True
        self._thread.join(END_SECONDS)
        for each in (self._listening, self._wake, self._woken):
            each.close()

    def _wait_and_serve(self) -> None:
        ready, _, _ = select.select([self._listening, self._woken], [], [])
        if self._woken in ready:
            return
        try:
            self._running = _server(self._folder)
        except Exception as error:  # told by whoever started it: here nobody would see it
            self.error = error
            self._listening.close()
            return
        if not select.select([self._woken], [], [], 0)[0]:
            self._running.run(sockets=[self._listening])


def _server(folder: Path) -> Any:
    """Raises what an application raises that cannot start, BadSetting among them."""
    from pii_sandbox.server.https_server import server  # noqa: PLC0415
    from pii_sandbox.testing.application import application  # noqa: PLC0415 — importing it takes most of a second

    return server(application(folder, loopback_only=True), log_config=None)
