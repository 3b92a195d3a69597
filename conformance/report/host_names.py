"""Host names of a run: which API was checked where, and reports that do not name the hosts (`--hide-hosts`)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.findings import RunResult

HIDDEN = "hidden-host"


def hosts(target: Target) -> dict[str, str]:
    """The host, with its port, of each API."""
    return {api: urlsplit(url).netloc for api, url in target.urls.items()}


def hide_host_names(result: RunResult, target: Target) -> tuple[RunResult, Target]:
    """Copies in which no host of the target is named, wherever it stands: URLs, headers, bodies, causes."""
    urls = [*target.urls.values(), *filter(None, [target.control])]
    names = {urlsplit(url).netloc for url in urls} | {urlsplit(url).hostname or "" for url in urls}
    longest_first = sorted(filter(None, names), key=len, reverse=True)  # a host is in the name of its subdomains
    covered: tuple[RunResult, Target] = (
        _without(result, longest_first),
        replace(target, urls=_without(target.urls, longest_first), control=_without(target.control, longest_first)),
    )
    return covered


def _without(value: Any, names: list[str]) -> Any:
    if isinstance(value, str):
        for name in names:
            value = value.replace(name, HIDDEN)
        return value
    if isinstance(value, bytes):
        for name in names:
            value = value.replace(name.encode(), HIDDEN.encode())
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: _without(getattr(value, field.name), names) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    if isinstance(value, Mapping):
        return {_without(name, names): _without(inner, names) for name, inner in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return type(value)(_without(item, names) for item in value)
    return value
