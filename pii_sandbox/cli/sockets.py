"""Sockets that `serve` listens on, by its options."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from pii_sandbox.server.listeners import ListenError, listen, listen_on_unix_socket, url


def sockets_for(chosen: Mapping[str, Any], opened: contextlib.ExitStack) -> list[socket.socket]:
    """Return listening sockets, which `opened` closes. Raises UsageError."""
    path: Path | None = chosen["uds"]
    try:
        shared = chosen["workers"] > 1
        sockets = (
            listen(chosen["host"], chosen["port"], shared=shared) if path is None else [listen_on_unix_socket(path)]
        )
    except ListenError as error:
        raise click.UsageError(str(error)) from error
    if path is not None:
        opened.callback(path.unlink, missing_ok=True)
    for listening in sockets:
        opened.callback(listening.close)
    return sockets


def listening_url(chosen: Mapping[str, Any], listening: socket.socket) -> str:
    return url("http", chosen["host"], listening) if chosen["uds"] is None else "http://localhost"
