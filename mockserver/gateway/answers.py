"""Replies, checked against the document where asked, and put on the wire."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
import orjson

from mockserver import schemas
from mockserver.call import Reply

RULE_HEADER = b"x-sandbox-rule"


class OutsideDocument(Exception):
    """An answer of ours breaks the document: a fault of the sandbox, never the client's."""


def payload(reply: Reply) -> bytes:
    """The bytes of the body."""
    if reply.body is None:
        return b""
    if isinstance(reply.body, bytes):
        return reply.body
    try:
        return orjson.dumps(reply.body)
    except TypeError:  # an integer over 64 bits, which orjson does not write
        return json.dumps(reply.body, ensure_ascii=False, separators=(",", ":")).encode()


def start_message(reply: Reply, size: int) -> dict[str, Any]:
    """The ASGI message that opens the answer."""
    headers = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in reply.headers.items()]
    if reply.body is not None:
        headers.append((b"content-type", reply.media_type.encode("latin-1", "replace")))
    if reply.status not in (204, 304):
        headers.append((b"content-length", str(size).encode()))
    if reply.rule is not None:
        headers.append((RULE_HEADER, reply.rule.encode()))
    return {"type": "http.response.start", "status": reply.status, "headers": headers}


async def sent(reply: Reply, send: Any, method: str) -> None:
    """Puts the reply on the wire; to HEAD without its body."""
    body = payload(reply)
    await send(start_message(reply, len(body)))
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})


@dataclass(frozen=True, slots=True)
class Documented:
    """The answers that the document lists for an operation: status → media type → validator (None: anything)."""

    operation_id: str
    statuses: Mapping[str, Mapping[str, jsonschema_rs.Draft4Validator | None]]

    def check(self, reply: Reply) -> None:
        """Raises OutsideDocument for an undocumented status or media type, or a body that breaks its schema."""
        content = self.statuses.get(str(reply.status), self.statuses.get("default"))
        if content is None:
            raise OutsideDocument(f"{self.operation_id}: status {reply.status} is not documented")
        if reply.body is None:
            if content:
                raise OutsideDocument(f"{self.operation_id}: {reply.status} without the documented body")
            return
        name = reply.media_type.partition(";")[0].strip()
        if name not in content and "*/*" not in content:
            raise OutsideDocument(f"{self.operation_id}: {reply.status} as {name} is not documented")
        validator = content.get(name, content.get("*/*"))
        if validator is None or isinstance(reply.body, bytes) or validator.is_valid(reply.body):
            return
        errors = schemas.found(validator, reply.body)
        raise OutsideDocument(f"{self.operation_id}: {reply.status} breaks its schema: {errors}")


def documented(operation_id: str, responses: Mapping[str, Any]) -> Documented:
    """What `responses` of an operation list."""
    return Documented(
        operation_id,
        {
            str(status): {name: _validator(content) for name, content in response.get("content", {}).items()}
            for status, response in responses.items()
        },
    )


def _validator(content: Mapping[str, Any]) -> jsonschema_rs.Draft4Validator | None:
    schema = content.get("schema")
    return None if schema is None else schemas.compiled(schema)
