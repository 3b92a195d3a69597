"""Schemathesis's configuration for one group: phases, depth and the credentials of each security scheme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pii_sandbox import specs
from pii_sandbox.conformance.generated.partition import OperationGroup
from pii_sandbox.conformance.target.model import Target

# the kind of credentials that a security scheme takes; the others take `full`
KINDS: Mapping[str, str] = {"applicationKey": "application", "userToken": "user"}
# what HTTP cannot carry in a header; servers answer it before any application is asked
NO_HEADER = "".join(map(chr, (*range(32), *range(127, 256))))


def engine_settings(group: OperationGroup, target: Target, document: Mapping[str, Any]) -> dict[str, Any]:
    """Schemathesis's configuration, in the words of its file."""
    depth = group.depth
    credentials = _credentials(target.credentials[group.api], document)
    boundaries = {"enabled": True} if target.isolates else {"enabled": True, "unexpected-methods": []}
    return {
        "seed": group.seed,
        "base-url": target.urls[group.api].rstrip("/") + specs.base_path(document),
        "continue-on-failure": True,
        "max-redirects": 0,
        "suppress-health-check": ["all"],
        "cache": {"enabled": False},
        "auth": {"openapi": credentials} if credentials else {},  # an empty table is no configuration
        "generation": {
            "database": "none",
            "max-examples": depth.examples,
            "exclude-header-characters": NO_HEADER,
        },
        "phases": {
            "examples": {"enabled": True},
            "coverage": boundaries,
            "fuzzing": {"enabled": True},
            "stateful": {
                "enabled": group.linked,
                "max-steps": depth.steps,
                "generation": {"max-examples": depth.sequences},
                "inference": {"algorithms": []},  # the documents' own links, no guesses
                "link-calibration": False,
            },
        },
        "operations": [
            {
                "include-operation-id": provider,
                "phases": {"coverage": {"enabled": False}, "fuzzing": {"enabled": False}},
            }
            for provider in group.providers
        ],
    }


def _credentials(kinds: Mapping[str, Mapping[str, str]], document: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What each security scheme of the document is given, as far as the target has it."""
    found: dict[str, dict[str, str]] = {}
    for name, scheme in document["components"].get("securitySchemes", {}).items():
        headers = {key.lower(): value for key, value in kinds.get(KINDS.get(name, "full"), {}).items()}
        if scheme["type"] == "apiKey" and scheme["name"].lower() in headers:
            found[name] = {"api_key": headers[scheme["name"].lower()]}
        elif scheme["type"] == "http" and "authorization" in headers:
            found[name] = {"bearer": headers["authorization"].removeprefix("Bearer ")}
    return found
