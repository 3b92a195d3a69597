"""JSON nesting and size, found without parsing: what a parser and all that reads its values can bear."""

from __future__ import annotations

import json
import re

_BRACKET = re.compile(r'[\[{}\]]|"(?:[^"\\]|\\.)*+"?', re.DOTALL)  # or a string, in which brackets do not count
_LEVELS = {"[": 1, "{": 1, "]": -1, "}": -1}
_SPACE = b" \t\r\n\0"
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def may_be_json(body: bytes) -> bool:
    """Whether a JSON parser would look into it: an array or an object begins."""
    begin = body[:64]
    for mark in _BYTE_ORDER_MARKS:
        begin = begin.removeprefix(mark)
    return begin.lstrip(_SPACE)[:1] in (b"[", b"{", b"") and bool(body)


def values(body: bytes) -> int:
    """How many values a JSON body holds, at most; commas and brackets within texts count as well."""
    return sum(map(body.count, (b",", b"[", b"{")))


def prune_json(body: bytes, depth: int) -> bytes | None:
    """The JSON with null for what is nested deeper than `depth` levels; None where nothing is."""
    if body.count(b"[") + body.count(b"{") <= depth:
        return None
    try:
        text = body.decode(json.detect_encoding(body), "surrogatepass")
    except UnicodeDecodeError:
        return None  # no JSON, and no parser goes deep into it
    pieces: list[str] = []
    level = kept = 0
    for found in _BRACKET.finditer(text):
        change = _LEVELS.get(found[0], 0)
        if change > 0 and level == depth:
            pieces += [text[kept : found.start()], "null"]
        level += change
        if change < 0 and level == depth:
            kept = found.end()
        elif level <= 0:
            break  # what follows the end is no part of the value
    if not pieces:
        return None
    return ("".join(pieces) + (text[kept:] if level <= depth else "")).encode("utf-8", "surrogatepass")
