"""The pytest plugin: fixtures, options, and the public members of what the fixtures return."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from pii_sandbox import pytest_plugin
from pii_sandbox.testing import Documents, Sandbox, Snapshot
from pii_sandbox.testing.clock import Clock
from pii_sandbox.testing.faults import Faults
from pii_sandbox.testing.journal import JournalClient
from pii_sandbox.testing.people import Shopper
from tests.docs.reference.markdown import code, sentence, table

_CLASSES = (
    ("sandbox", Sandbox),
    ("sandbox.clock", Clock),
    ("sandbox.documents(api, collection)", Documents),
    ("sandbox.faults", Faults),
    ("sandbox.journal", JournalClient),
    ("sandbox.snapshot()", Snapshot),
    ("sandbox.people[0]", Shopper),
)


def members() -> str:
    return "\n\n".join(_section(name, kind) for name, kind in _CLASSES)


def options() -> str:
    marker, _, meaning = pytest_plugin.MARKER.partition(": ")
    return table(("marker", "meaning"), [(code(f"@pytest.mark.{marker}"), sentence(meaning))])


def _section(name: str, kind: type) -> str:
    rows = [(code(signature), meaning) for signature, meaning in _members(kind)]
    return f"## `{name}`\n\n{inspect.getdoc(kind) or ''}\n\n{table(('member', 'meaning'), rows)}"


def _members(kind: type) -> Iterator[tuple[str, str]]:
    for name, member in vars(kind).items():
        if name.startswith("_"):
            continue
        if inspect.isfunction(member):
            yield f"{name}{_signature(member)}", _first_lines(member)
        elif isinstance(member, property) or hasattr(member, "__set_name__") or inspect.ismemberdescriptor(member):
            yield name, _first_lines(getattr(member, "fget", None) or member)


def _signature(function: Any) -> str:
    known = inspect.signature(function)
    shown = str(known.replace(parameters=list(known.parameters.values())[1:]))
    return re.sub(r"\s*->.*", "", shown.replace("'", "").replace("pii_sandbox.testing.", ""))


def _first_lines(member: Any) -> str:
    text = inspect.getdoc(member) if not inspect.ismemberdescriptor(member) else ""
    return sentence((text or "").split("\n\n")[0])
