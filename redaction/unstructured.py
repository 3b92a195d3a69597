"""Finds named values in unstructured texts: truncated JSON, markup, query strings, the repr of a dict."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pii_sandbox.redaction.schema_marks import Mark
from pii_sandbox.redaction.vocabulary import mark_by_name

_QUOTED = re.compile(
    r"""(["'])(?P<name>[\w-]{2,40})\1\s*+:\s*+"""
    r"""(?:(["'])(?P<value>(?:(?!\3)[^\\]|\\.)*+)|(?P<bare>[\w.+-]++))"""
)
_ELEMENT = re.compile(r"<(?P<name>[\w-]{2,40})(?:\s[^<>]*+)?>(?P<value>[^<>]++)<")
_ASSIGNED = re.compile(
    r"""(?<![\w"'<-])(?P<name>[\w-]{2,40}+)=(?:(["'])(?P<value>[^"']*)\2|(?P<bare>[^\s&;,"'<>]++))"""
)


def pairs(text: str) -> Iterator[tuple[str, Mark]]:
    """Yield each value that follows the name of a personal or secret property, with its mark."""
    for pattern in (_QUOTED, _ELEMENT, _ASSIGNED):
        for match in pattern.finditer(text):
            mark = mark_by_name(match["name"])
            value = match["value"] or match.groupdict().get("bare")
            if mark is not None and value:
                yield value, mark
