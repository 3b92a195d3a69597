"""Named values in unstructured texts, which are no JSON any more: cut bodies, markup, what Python prints of a dict."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pii_sandbox.redaction.schema_marks import Mark
from pii_sandbox.redaction.vocabulary import guess

_QUOTED = re.compile(
    r"""(["'])(?P<name>[\w-]{2,40})\1\s*+:\s*+"""
    r"""(?:(["'])(?P<value>(?:(?!\3)[^\\]|\\.)*+)|(?P<bare>[\w.+-]++))"""
)
_ELEMENT = re.compile(r"<(?P<name>[\w-]{2,40})(?:\s[^<>]*+)?>(?P<value>[^<>]++)<")
_ASSIGNED = re.compile(
    r"""(?<![\w"'<-])(?P<name>[\w-]{2,40}+)=(?:(["'])(?P<value>[^"']*)\2|(?P<bare>[^\s&;,"'<>]++))"""
)


def pairs(text: str) -> Iterator[tuple[str, Mark]]:
    """Each value that stands behind the name of a personal or secret property."""
    for pattern in (_QUOTED, _ELEMENT, _ASSIGNED):
        for found in pattern.finditer(text):
            mark = guess(found["name"])
            value = found["value"] or found.groupdict().get("bare")
            if mark is not None and value:
                yield value, mark
