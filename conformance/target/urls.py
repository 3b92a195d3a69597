"""Validation of the URLs of a target file: scheme, host name, port, and plain HTTP only where it is permitted."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

import httpx

from pii_sandbox.conformance.target.tables import BadTarget
from pii_sandbox.specs.api_facts import apis

TLS_PORT = 443


def normalize_base_url(value: Any, at: str, *, allow_http: bool) -> str:
    """The URL without a slash at its end. Raises BadTarget, naming the setting `at`, for one that cannot be called."""
    if not isinstance(value, str):
        raise BadTarget(f"{at} is missing; set it to an http or https URL")
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadTarget(f"{at} is not a valid URL; write it like https://host.example.com") from error
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise BadTarget(f"{at} must be an http or https URL without a query, like https://host.example.com")
    if parts.username is not None or parts.password is not None:
        raise BadTarget(
            f"{at} contains a user name or password; remove them: credentials are given by environment variables"
        )
    if port == 0:
        raise BadTarget(f"{at} has port 0, on which no server listens; correct the port")
    _refuse_unusable_host(value, host, at)
    if parts.scheme == "http" and port == TLS_PORT:
        raise BadTarget(f"{at} uses plain HTTP on port {TLS_PORT}, where servers expect TLS; write https://")
    if parts.scheme == "http" and not allow_http and not is_loopback(host):
        raise BadTarget(
            f"{at} uses plain HTTP, which sends credentials unencrypted; write https://, or permit it "
            "with tls.allow_http = true"
        )
    return value.rstrip("/")


def api_url(api: str, value: Any, *, allow_http: bool) -> str:
    """The base URL of an API. Raises BadTarget also where it is still the placeholder of the template."""
    url = normalize_base_url(value, f"{api}.url", allow_http=allow_http)
    template = apis()[api].url or ""
    placeholder = (urlsplit(template).netloc).partition(".")[0]
    if placeholder.isupper() and urlsplit(url).netloc == urlsplit(template).netloc:
        raise BadTarget(f"{api}.url still contains the placeholder {placeholder}; replace it with your own name")
    return url


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_unusable_host(url: str, host: str, at: str) -> None:
    """Raises BadTarget for a host name that cannot be looked up and for characters that no URL has."""
    if any(character.isspace() or (character in "%\\" and ":" not in host) for character in host):
        raise BadTarget(f"{at} has an invalid host name, or a character that a URL must not contain; correct it")
    try:
        parsed = httpx.URL(url)
        _ = parsed.host  # raises where the Punycode of a name cannot be decoded
        parsed.raw_host.decode("ascii").encode("idna")  # as the resolver does once more
    except (httpx.InvalidURL, UnicodeError) as error:
        raise BadTarget(
            f"{at} has an invalid host name, or a character that a URL must not contain; correct it"
        ) from error
