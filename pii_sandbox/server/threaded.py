"""Sandbox server in a thread of this process, started by its first connection.

Importing this module is cheap: the thread imports the server when a client connects.
"""

from __future__ import annotations

import os
import select
import socket
import threading
from pathlib import Path
from typing import Any

END_SECONDS = 10.0
_BACKLOG = 512


class Server:
    """Listens at once, and starts the server at the first connection, which waits in the socket's backlog.

    `folder`: folder of the settings files (pii-sandbox.toml, pyproject.toml). `error`: why the server did not start.
    """

    def __init__(self, folder: Path) -> None:
        self.error: Exception | None = None
        self._folder = folder
        self._listening = [socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG) for _ in range(2)]
        plain, encrypted = (each.getsockname()[1] for each in self._listening)
        self.url, self.https_url = f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{encrypted}"
        self._wake, self._woken = socket.socketpair()
        self._running: Any = None
        self._thread = threading.Thread(target=self._wait_and_serve, name="pii-sandbox", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._wake.send(b".")
        if self._running is not None:
            self._running.should_exit = True
        self._thread.join(END_SECONDS)
        for each in (*self._listening, self._wake, self._woken):
            each.close()

    def _wait_and_serve(self) -> None:
        ready, _, _ = select.select([*self._listening, self._woken], [], [])
        if self._woken in ready:
            return
        try:
            self._running = _server(self._folder, self._listening[1])
        except Exception as error:  # reported by the owner: in this thread it would not be seen
            self.error = error
            for each in self._listening:
                each.close()
            return
        if not select.select([self._woken], [], [], 0)[0]:
            self._running.run(sockets=self._listening)


def _server(folder: Path, encrypted: socket.socket) -> Any:
    """Return the server. Raises BadSetting, and other errors of an application that cannot start."""
    from pii_sandbox.cli.https_options import local_https  # noqa: PLC0415 — importing all this takes most of a second
    from pii_sandbox.server import plain_http  # noqa: PLC0415
    from pii_sandbox.server.https_server import server  # noqa: PLC0415
    from pii_sandbox.testing.application import application, settings  # noqa: PLC0415

    chosen = settings(folder)
    app = application(folder, loopback_only=True)
    https = local_https(list(app.sandboxes.vendors.values()), chosen.get("tls_host", ()))
    plain = plain_http.is_chosen(chosen, os.environ)
    return server(app, log_config=None, https=https, tls_sockets=[encrypted], plain=plain)
