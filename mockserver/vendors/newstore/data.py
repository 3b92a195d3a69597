"""Data entries: content of any media type, with an optional TTL in days."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.problems import Malformed, NotFound
from pii_sandbox.mockserver.rules import times
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.setting import Setting, choice
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.newstore.collections import DATA, REGION, data_record, now_in_milliseconds

UNKNOWN = "NS-DATA-3"
CONTENT_CODING = "newstore.content_coding"
BASE64 = "base64"
SETTINGS: Mapping[str, Setting] = {CONTENT_CODING: choice("text", BASE64)}


def create_data(call: Call, sandbox: Sandbox) -> Reply:
    """Store the content with its media type. Raises Malformed if it is not base64 and must be. (NS-DATA-1)"""
    if sandbox.setting(CONTENT_CODING) == BASE64 and decode_base64(call.body["content"]) is None:
        raise Malformed("content: must be base64", rule="NS-DATA-1", errors={"content": ["must be base64"]})
    entry: dict[str, Any] = {
        "id": f"{REGION}-{ids.uuid4()}",
        "content_type": call.body["content_type"],
        "content": call.body["content"],
        "ttl": call.body.get("ttl"),
        "created_at": times.rfc3339(now_in_milliseconds(sandbox)),
    }
    sandbox.store.put(DATA, data_record(entry))
    return Reply(201, {"id": entry["id"]})


def content_bytes(content: str) -> bytes:
    """Return the bytes of a content for a response: the text as it was sent, in UTF-8. (NS-DATA-1)

    Assumed: the document shows `string <binary>` and names no encoding. Nothing is guessed from the value: `John` and
    `12345678` are valid base64, too.
    """
    return content.encode("utf-8", "surrogatepass")


def decode_base64(content: str) -> bytes | None:
    """Return the bytes that the content encodes in base64; None if it is no base64."""
    try:
        return base64.b64decode(content, validate=True)
    except ValueError:
        return None


def get_data(call: Call, sandbox: Sandbox) -> Reply:
    """Return the content byte for byte as it was sent; if `newstore.content_coding` is base64, decoded. (NS-DATA-1)"""
    entry = data_of(sandbox, call.path["data_id"]).value
    coded = sandbox.setting(CONTENT_CODING) == BASE64
    content = decode_base64(entry["content"]) if coded else None  # what was stored before the setting may be any text
    body = content_bytes(entry["content"]) if content is None else content
    return Reply(200, body, media_type=entry["content_type"], is_user_content=True)


def delete_data(call: Call, sandbox: Sandbox) -> Reply:
    with sandbox.store.exclusive():
        sandbox.store.drop(DATA, data_of(sandbox, call.path["data_id"]).id)
    return Reply(204)


def data_of(sandbox: Sandbox, data_id: str) -> Record:
    """Return the entry with that id. Raises NotFound, also after its expiry. (NS-DATA-2, NS-DATA-3)"""
    record = sandbox.store.find(DATA, data_id)
    if record is None:
        raise NotFound("there is no data with that id", rule=UNKNOWN)
    return record
