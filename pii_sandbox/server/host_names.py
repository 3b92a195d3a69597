"""Host names that the sandbox serves: those of its machine, of the vendors' documents, and added ones."""

from __future__ import annotations

import functools
import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence

from pii_sandbox import specs
from pii_sandbox.specs.hosts import host_examples, host_patterns

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_NAME = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})*")
_LONGEST = 253
_EXPECTED = "give a name, an IP address, or a wildcard like *.example.com"


class BadHostName(ValueError):
    """A name that cannot be in a certificate; the message is one line for the user."""


def normalize_host_name(name: str) -> str:
    """Return a host name, wildcard or IP address in the form of certificates. Raises BadHostName."""
    host = name.strip().strip("[]").rstrip(".").lower()
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        ascii_name = ".".join(
            label if label == "*" or label.isascii() else label.encode("idna").decode() for label in host.split(".")
        )
    except UnicodeError as error:
        raise BadHostName(f"{name!r} is not a host name: {_EXPECTED}") from error
    if len(ascii_name) > _LONGEST or not _NAME.fullmatch(ascii_name):
        raise BadHostName(f"{name!r} is not a host name: {_EXPECTED}")
    return ascii_name


def covers(patterns: Iterable[str], host: str) -> bool:
    """Return whether a host name matches one of the patterns; a wildcard matches one label (RFC 6125 6.4.3)."""
    host = host.rstrip(".").lower()
    wildcard = f"*.{host.partition('.')[2]}"
    return any(pattern in (host, wildcard) for pattern in patterns)


def machine_names() -> tuple[str, ...]:
    """Return the name of this machine, if it can be in a certificate. Queries no name server."""
    try:
        return (normalize_host_name(socket.gethostname()),)
    except BadHostName:
        return ()


@functools.cache
def vendor_patterns(documents: Sequence[str]) -> tuple[str, ...]:
    """Return the vendors' hosts, with wildcards, from the `servers` of their documents in all dialects."""
    loaded = (specs.load(name, dialect) for name in documents for dialect in specs.DIALECTS)
    return tuple(dict.fromkeys(pattern for document in loaded for pattern in host_patterns(document)))


def hosts_file(documents: Sequence[str], added_names: Sequence[str], address: str) -> str:
    """Return lines for /etc/hosts that map the documents' example hosts and the added names to `address`."""
    examples = dict.fromkeys(host for name in documents for host in host_examples(specs.load(name)))
    names = [name for name in (*examples, *added_names) if not name.startswith("*.") and not _is_address(name)]
    wildcards = [name for name in (*vendor_patterns(tuple(documents)), *added_names) if name.startswith("*.")]
    return "\n".join(
        [
            *(f"{address}\t{name}" for name in dict.fromkeys(names)),
            *(f"# {name}: a hosts file has no wildcards; add your host with --tls-host" for name in wildcards),
        ]
    )


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
