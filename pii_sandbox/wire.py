"""The sandbox behind a socket: what uvicorn is told, and what a fault needs of it to drop a connection."""

from __future__ import annotations

from typing import Any, cast

import uvicorn
from uvicorn.config import LOGGING_CONFIG
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver.gateway import HANG_UP


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 whose connections the application can end in the middle of an answer."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        cast("dict[str, Any]", self.scope)["extensions"] = {HANG_UP: self._hang_up}

    def _hang_up(self, at_once: bool) -> None:
        if at_once:
            self.transport.abort()
        else:
            self.transport.close()


def server(app: Any, log_config: dict[str, Any] | None = LOGGING_CONFIG) -> uvicorn.Server:
    """To be run on a socket that listens. `log_config` None leaves the process's logging as it is."""
    config = uvicorn.Config(
        app,
        http=Protocol,
        log_config=log_config,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
    )
    return uvicorn.Server(config)
