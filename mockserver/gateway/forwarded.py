"""Forwarded and X-Forwarded-* headers (RFC 7239) of trusted proxies: the URL as the proxy's client sent it.

They change only the base URL of links in responses; the control API checks the Host header itself.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass

HEADERS = frozenset({"forwarded", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "x-forwarded-prefix"})
LOOPBACK = "127.0.0.1"
_HOST = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?", re.ASCII)
_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]{1,100}){1,10}", re.ASCII)
_PAIR = re.compile(r'(host|proto)=(?:"([^"\\]{0,300})"|([^\s;,"]{1,300}))', re.ASCII | re.IGNORECASE)
_USUAL = {"http": "80", "https": "443"}


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """Addresses and networks of trusted proxies; `everyone`: all addresses are trusted."""

    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    everyone: bool = False

    def trust(self, address: str | None) -> bool:
        if self.everyone:
            return True
        try:
            ip_address = ipaddress.ip_address(address or "")
        except ValueError:
            return False
        if isinstance(ip_address, ipaddress.IPv6Address) and ip_address.ipv4_mapped is not None:
            ip_address = ip_address.ipv4_mapped  # IPv4 on a socket that listens on `::`
        return any(ip_address in network for network in self.networks)


def trusted_proxies(text: str) -> TrustedProxies:
    """Parse a comma-separated list of addresses and networks, or `*`. Raises ValueError for anything else."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if parts == ["*"]:
        return TrustedProxies(everyone=True)
    return TrustedProxies(tuple(ipaddress.ip_network(part) for part in parts))


def forwarded_origin(headers: Mapping[str, str], scheme: str, host: str) -> str:
    """Return scheme, host and path prefix of the proxy's URL; `scheme` and `host` are the defaults.

    Of several proxies the last one counts: it is the trusted one. Malformed values are ignored.
    """
    element = headers.get("forwarded", "").rpartition(",")[2]
    values = {pair[1].lower(): pair[2] if pair[2] is not None else pair[3] for pair in _PAIR.finditer(element)}
    forwarded_host = values.get("host", _last_value(headers, "x-forwarded-host"))
    proto, port = (
        values.get("proto", _last_value(headers, "x-forwarded-proto")).lower(),
        _last_value(headers, "x-forwarded-port"),
    )
    scheme = proto if proto in _USUAL else scheme
    if _HOST.fullmatch(forwarded_host):
        host = forwarded_host
        has_port = re.search(r":[0-9]+$", host)
        if not has_port and _PORT.fullmatch(port) and port != _USUAL.get(scheme):
            host = f"{host}:{port}"
    return f"{scheme}://{host}{prefix(headers)}"


def prefix(headers: Mapping[str, str]) -> str:
    """Return the path prefix that the proxy stripped from the URL; empty if it sends none."""
    value = _last_value(headers, "x-forwarded-prefix").rstrip("/")
    return value if _PREFIX.fullmatch(value) else ""


def _last_value(headers: Mapping[str, str], name: str) -> str:
    return headers.get(name, "").rpartition(",")[2].strip()
