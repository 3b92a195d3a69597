"""Sockets that the server listens on: TCP on one address or on both loopback ones, or a Unix socket."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
from pathlib import Path

BACKLOG = 2048
_ATTEMPTS = 20  # at a port that is free on both loopback addresses
_WITHOUT_IPV6 = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT)


class ListenError(Exception):
    """The address cannot be used; the message is one line for the user."""


def listen(host: str, port: int, *, shared: bool = False) -> list[socket.socket]:
    """Return listening sockets; port 0 picks a free one. `localhost` is 127.0.0.1 and, with IPv6, also ::1.

    `shared`: a `sibling` may listen there, too. Raises ListenError.
    """
    try:
        if host.lower() == "localhost":
            return _listen_on_loopback(port, shared=shared)
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return [_listening(family, address, shared=shared)]
    except OSError as error:
        raise ListenError(
            f"cannot listen on {host} port {port}: {error.strerror or error}; choose another --port or --host"
        ) from error


def sibling(listening: socket.socket) -> socket.socket:
    """Return another socket that listens at the same address, for another process: connections go to either.

    For TCP sockets of `listen(…, shared=True)`; a Unix socket is its own sibling.
    """
    if listening.family == socket.AF_UNIX:
        return listening
    return _listening(listening.family, listening.getsockname(), shared=True)


def listen_on_unix_socket(path: Path) -> socket.socket:
    """Return a listening Unix socket for this user only. A socket file without a server is replaced.

    Raises ListenError.
    """
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _remove_abandoned(path)
        mask = os.umask(0o177)
        try:
            listening.bind(str(path))
        finally:
            os.umask(mask)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise ListenError(
            f"cannot listen on {path}: {error.strerror or error}; choose another path with --uds"
        ) from error
    return listening


def url(scheme: str, host: str, listening: socket.socket) -> str:
    """Return the base URL under which a client reaches this socket."""
    netloc = f"[{host}]" if ":" in host else host
    return f"{scheme}://{netloc}:{listening.getsockname()[1]}"


def _listen_on_loopback(port: int, *, shared: bool) -> list[socket.socket]:
    for _ in range(_ATTEMPTS):
        first = _listening(socket.AF_INET, ("127.0.0.1", port), shared=shared)
        try:
            return [first, _listening(socket.AF_INET6, ("::1", first.getsockname()[1]), shared=shared)]
        except OSError as error:
            if error.errno in _WITHOUT_IPV6:
                return [first]
            first.close()
            if port or error.errno != errno.EADDRINUSE:
                raise
    raise OSError(errno.EADDRINUSE, "no port is free on both 127.0.0.1 and ::1")


def _listening(family: int, address: tuple[object, ...], *, shared: bool) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:  # `::` is for IPv4 too, whatever the system's default; `::1` is not
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, address[0] != "::")
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def _remove_abandoned(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.stat().st_mode):
            raise OSError(errno.EEXIST, "a file of that name exists, which is not a socket")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(str(path))
            except ConnectionRefusedError:
                path.unlink()
            else:
                raise OSError(errno.EADDRINUSE, "another server listens on it")
