"""Limits of the HTTP server: sizes of a request head, times for a request and its response, number of connections."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may cost. The size of a body is limited by the application.

    `request_line_bytes` bounds path and query. `header_bytes` and `header_count` bound all header fields of a request
    together. `request_seconds` is the time from the first byte of a request to its last, and for a connection until its
    first request. `response_seconds` is the time in which a client that has a response waiting reads some of it.
    `shutdown_seconds` is the time for unfinished requests once the server is told to end.
    """

    request_line_bytes: int = 8 * 1024
    header_bytes: int = 64 * 1024
    header_count: int = 100
    request_seconds: float = 60.0
    response_seconds: float = 60.0
    connections: int = 1000
    shutdown_seconds: float = 5.0
