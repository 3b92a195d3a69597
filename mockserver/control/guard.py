"""Who may not even ask: pages of other sites, and names that were made to point at this machine."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from mockserver.problems import Forbidden

_OWN_SITE = ("same-origin", "none")  # Sec-Fetch-Site of a page of this server, and of a person who types the URL


def refuse_foreign(headers: Mapping[str, str], *, loopback_only: bool) -> None:
    """Raises Forbidden for what a browser sends on behalf of another origin's page.

    `loopback_only`: and for a Host that is no name of this machine. A page can have its own host name resolve to
    127.0.0.1 (DNS rebinding); to the browser this is then the page's own origin.
    """
    host, origin = headers.get("host", ""), headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc.lower() != host.lower()
    if foreign or headers.get("sec-fetch-site", "none") not in _OWN_SITE:
        raise Forbidden("the control API takes no calls from pages of other sites")
    if loopback_only and host and not is_loopback(_name(host)):
        raise Forbidden("the control API answers under names of this machine alone; --control-token opens it to others")


def is_loopback(host: str) -> bool:
    """Whether that host name or address always means this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _name(host: str) -> str:
    """A Host header without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return host
