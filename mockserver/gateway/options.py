"""What the gateway can be told."""

from __future__ import annotations

from dataclasses import dataclass

from pii_sandbox.mockserver.gateway.forwarded import LOOPBACK, TrustedProxies, trusted_proxies

DEFAULT_PROXIES = trusted_proxies(LOOPBACK)


@dataclass(frozen=True, slots=True)
class Options:
    """`largest_body` is in bytes. `validate_answers` holds each answer against its document; one outside it is a fault
    of ours. `surface_faults` lets a fault of ours out of the application, for tests, instead of answering 500.
    `compression`: larger bodies are sent in a content coding that the client accepts. `proxies`: whose Forwarded and
    X-Forwarded-* headers are believed."""

    largest_body: int = 10 * 2**20
    validate_answers: bool = False
    surface_faults: bool = False
    compression: bool = True
    proxies: TrustedProxies = DEFAULT_PROXIES
