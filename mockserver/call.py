"""Values between the gateway and the handlers: `Call`, `Reply`, `Principal`. Free of any framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.specs import Operation


@dataclass(frozen=True, slots=True)
class Principal:
    """The authenticated caller. `identity`: author of its writes; `powers`: permissions by the vendor's names."""

    identity: str
    powers: frozenset[str] = frozenset()


@dataclass(slots=True)  # not frozen, though never changed: creating a frozen one takes three times as long
class Call:
    """One request that is valid by its document.

    `path`, `query` and `headers` hold the documented parameters by their documented names, typed, with defaults filled
    in and absent ones left out (header names in lower case). `body` is the parsed body, owned by the handler; None
    without one. `url` is the absolute URL as the client sent it. `operation` holds the document's facts.
    """

    operation: Operation
    principal: Principal
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    url: str = ""


@dataclass(slots=True)  # not frozen, though never changed: creating a frozen one takes three times as long
class Reply:
    """A handler's response. `body`: JSON-like, or bytes that are sent unchanged; None: no body.

    `is_user_content`: the body is what a client stored, in a media type of the client's choice: no browser may take it
    for a page of this server.
    `rule`: id of the rule that refused the call or changed its outcome. `delay_seconds`: real time before sending.
    """

    status: int
    body: Any = None
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    rule: str | None = None
    delay_seconds: float = 0.0
    is_user_content: bool = False


Handler = Callable[[Call, Sandbox], Reply]
