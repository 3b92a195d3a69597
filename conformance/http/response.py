"""What came back of a call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pii_sandbox.conformance.values.errors import RuleViolation
from pii_sandbox.conformance.values.findings import Exchange


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """What came back of one call."""

    exchange: Exchange

    @property
    def status(self) -> int:
        return self.exchange.status or 0

    @property
    def headers(self) -> Mapping[str, str]:
        """By name in lower case."""
        return {name.lower(): value for name, value in self.exchange.response_headers.items()}

    @property
    def json(self) -> Any:
        """The JSON body. Raises Broken where it is none."""
        try:
            return json.loads(self.exchange.response_body)
        except ValueError as error:
            raise RuleViolation("a JSON body", f"{len(self.exchange.response_body)} bytes that are no JSON") from error
