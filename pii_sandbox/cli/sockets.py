"""Sockets that `serve` listens on, by its options."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from pii_sandbox.server.listeners import ListenError, listen, listen_on_unix_socket, url


def sockets_for(arguments: Mapping[str, Any], stack: contextlib.ExitStack) -> list[socket.socket]:
    """Return listening sockets, which `stack` closes. Raises UsageError."""
    path: Path | None = arguments["uds"]
    try:
        shared = arguments["workers"] > 1
        sockets = (
            listen(arguments["host"], arguments["port"], shared=shared)
            if path is None
            else [listen_on_unix_socket(path)]
        )
    except ListenError as error:
        raise click.UsageError(str(error)) from error
    if path is not None:
        stack.callback(path.unlink, missing_ok=True)
    for listening in sockets:
        stack.callback(listening.close)
    return sockets


def listening_url(arguments: Mapping[str, Any], listening: socket.socket) -> str:
    return url("http", arguments["host"], listening) if arguments["uds"] is None else "http://localhost"
