"""Rejects cross-site requests of browsers, and rebound host names (DNS rebinding)."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from pii_sandbox.mockserver.problems import CrossSite

_OWN_SITE = ("same-origin", "none")  # Sec-Fetch-Site of pages of this server, and of URLs that a user types
_HOST = re.compile(
    r"(?:[A-Za-z0-9._~!$&'()*+,;=%-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?"
)  # RFC 9110 7.2, RFC 3986 3.2.2


@functools.lru_cache(maxsize=1024)  # cached: a client sends the same host with each request
def is_host(value: str) -> bool:
    """Return whether the value is a valid Host header: a name or an address, with an optional port."""
    try:
        return _HOST.fullmatch(value) is not None and bool(urlsplit(f"//{value}").netloc)
    except ValueError:  # brackets around something that is not an address
        return False


def refuse_foreign(
    headers: Mapping[str, str], *, loopback_only: bool, names: Sequence[str] = (), api: str = "the control API"
) -> None:
    """Raise CrossSite for a request that a browser sends on behalf of another origin's page.

    `loopback_only`: and for a Host that is no name of this machine. A page can have its own host name resolve to
    127.0.0.1 (DNS rebinding). `names` are let in all the same, with `*` for a label: no foreign page has them.
    """
    host = headers.get("host", "")
    if is_foreign(headers):
        raise CrossSite(f"{api} refuses calls from pages of other sites")
    name = _name(host)
    if loopback_only and host and not is_loopback(name) and not any(fnmatchcase(name, known) for known in names):
        opened = (
            "to allow others, start the server with --control-token"
            if not names
            else "to allow others, start the server without --no-auth"
        )
        raise CrossSite(f"{api} is served only under names of this machine; {opened}")


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Return whether a browser sends the request on behalf of another origin's page."""
    host, origin = headers.get("host", ""), headers.get("origin")
    if origin is not None and origin.partition("://")[2].lower() != host.lower():
        return True
    return headers.get("sec-fetch-site", "none") not in _OWN_SITE


def is_loopback(host: str) -> bool:
    """Return whether the host name or address always refers to this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _name(host: str) -> str:
    """Return a Host header without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return host
