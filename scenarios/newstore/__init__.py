"""Scenarios for the rules of the NewStore Customer Profile API v1."""

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
