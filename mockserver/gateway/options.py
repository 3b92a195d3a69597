"""Configuration of the gateway."""

from __future__ import annotations

from dataclasses import dataclass

from pii_sandbox.mockserver.gateway.forwarded import LOOPBACK, TrustedProxies, trusted_proxies

DEFAULT_PROXIES = trusted_proxies(LOOPBACK)


@dataclass(frozen=True, slots=True)
class Options:
    """Options of the gateway.

    `largest_body`: limit of request bodies, in bytes. `validate_responses`: validate each response against its
    document and raise UndocumentedResponse. `surface_errors`: re-raise internal errors out of the application, for
    tests, instead of a 500 response. `compression`: compress larger bodies if the client accepts a coding.
    `proxies`: those whose Forwarded and X-Forwarded-* headers are trusted.
    """

    largest_body: int = 10 * 2**20
    validate_responses: bool = False
    surface_errors: bool = False
    compression: bool = True
    proxies: TrustedProxies = DEFAULT_PROXIES
