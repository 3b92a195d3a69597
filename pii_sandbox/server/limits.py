"""Limits of the HTTP server: sizes of a request head, times for a request and its response, number of connections."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Limits for one client. The application limits the size of a body.

    `request_line_bytes`: path and query. `header_bytes`, `header_count`: all header fields of a request.
    `request_seconds`: from the first byte of a request to its last, and from a connection to its first request.
    `response_seconds`: for which a client may read nothing of a response. `shutdown_seconds`: for unfinished requests
    after the server is told to stop.
    """

    request_line_bytes: int = 8 * 1024
    header_bytes: int = 64 * 1024
    header_count: int = 100
    request_seconds: float = 60.0
    response_seconds: float = 60.0
    connections: int = 1000
    shutdown_seconds: float = 5.0
