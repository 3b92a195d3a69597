"""NewStore Customer Profile API v1: its rules, played."""

from pii_sandbox.scenarios.newstore import (
    addresses,
    authentication,
    data,
    deletion,
    errors,
    http_errors,
    listing,
    locks,
    profiles,
    tokens,
)

__all__ = [
    "addresses",
    "authentication",
    "data",
    "deletion",
    "errors",
    "http_errors",
    "listing",
    "locks",
    "profiles",
    "tokens",
]
