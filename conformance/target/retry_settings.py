"""Reads `[retry]` and `settle_seconds` of a target file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pii_sandbox.conformance.target.model import Retry
from pii_sandbox.conformance.target.tables import BadTarget, refuse_unknown_settings, subtable

VENDOR_SETTLE_SECONDS = 3.0
_WHOLE = frozenset({"attempts", "breaker_failures"})
_RETRY = _WHOLE | {"backoff_seconds", "breaker_seconds"}


def retry(table: Mapping[str, Any]) -> Retry:
    """How failures of network and host are borne. Raises BadTarget."""
    listed = subtable(table, "retry")
    refuse_unknown_settings(listed, _RETRY, "retry.")
    for name, value in listed.items():
        whole = name in _WHOLE
        _number(value, f"retry.{name}", whole=whole)
        if value < (1 if name == "breaker_failures" else 0):
            raise BadTarget(f"retry.{name} must be {'1' if name == 'breaker_failures' else '0'} or more")
    return Retry(**listed)


def settle_seconds(table: Mapping[str, Any], *, vendor: bool) -> float:
    """How long a read may go on contradicting the run's own write. Raises BadTarget."""
    value = table.get("settle_seconds", VENDOR_SETTLE_SECONDS if vendor else 0.0)
    _number(value, "settle_seconds", whole=False)
    if value < 0:
        raise BadTarget("settle_seconds must be 0 or more")
    return float(value)


def _number(value: Any, at: str, *, whole: bool) -> None:
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)) or not math.isfinite(value):
        raise BadTarget(f"{at} must be a {'whole' if whole else 'finite'} number")
