"""The part of uvicorn that pii_sandbox/server stands on, derived from the source of both.

`python -m tests.server.uvicorn_surface` records it for the uvicorn that is installed.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
import json
import pkgutil
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.lifespan.on import LifespanOn
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import Server, ServerState

import pii_sandbox.server

RECORD = Path(__file__).with_suffix(".json")
OURS = Path(__file__).parents[2] / "pii_sandbox"
CLASSES: tuple[type[Any], ...] = (HttpToolsProtocol, RequestResponseCycle, Server, ServerState, FlowControl, LifespanOn)

ATTRIBUTE = "attribute"
Surface = dict[str, str]  # by name, like Server.startup: the digest of a method, or ATTRIBUTE


def surface(classes: Iterable[type[Any]], sources: Iterable[str]) -> Surface:
    """Return what of `classes` the sources override, call or read.

    Told by names: any name that a source uses after a dot, or defines, counts if one of the classes has it.
    """
    used = {"__init__"}.union(*(_names(ast.parse(source)) for source in sources))
    found = {}
    for cls in classes:
        for name in used & (vars(cls).keys() | _instance_attributes(cls)):
            member = vars(cls).get(name)
            found[f"{cls.__name__}.{name}"] = _digest(member) if inspect.isfunction(member) else ATTRIBUTE
    return dict(sorted(found.items()))


def differences(recorded: Surface, found: Surface) -> list[str]:
    """Return a line for each name that was recorded and is gone, is new, or has changed."""
    lines = []
    for name in sorted(recorded.keys() | found.keys()):
        if name not in found:
            lines.append(f"{name} is gone from uvicorn, or pii_sandbox/server no longer uses it")
        elif name not in recorded:
            lines.append(f"{name} is used and was not recorded")
        elif recorded[name] != found[name]:
            lines.append(f"{name} has changed")
    return lines


def sources() -> list[str]:
    """Return the source of all modules of ours that import uvicorn, and of those that import these."""
    server = sorted((OURS / "server").glob("*.py"))
    others = [
        file for file in sorted((*OURS.glob("*.py"), *OURS.glob("cli/*.py"))) if "uvicorn" in file.read_text("utf-8")
    ]
    return [file.read_text("utf-8") for file in (*server, *others)]


def overridden_methods() -> dict[str, set[str]]:
    """Return by class of uvicorn the methods that classes of pii_sandbox override."""
    importlib.import_module("pii_sandbox.cli")
    for module in pkgutil.iter_modules(pii_sandbox.server.__path__, "pii_sandbox.server."):
        importlib.import_module(module.name)
    found: dict[str, set[str]] = {}
    for cls in CLASSES:
        names = {
            name for ours in _subclasses(cls) for name in vars(ours) if inspect.isfunction(getattr(cls, name, None))
        }
        if names:
            found[cls.__name__] = names
    return found


def read_record() -> Mapping[str, Surface]:
    """Return the recorded surface of each uvicorn version that was tried."""
    record: dict[str, Surface] = json.loads(RECORD.read_text("utf-8"))
    return record


def _subclasses(cls: type[Any]) -> Iterator[type[Any]]:
    for one in cls.__subclasses__():
        if one.__module__.startswith("pii_sandbox."):
            yield one
        yield from _subclasses(one)


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name


def _instance_attributes(cls: type[Any]) -> set[str]:
    """Return the names that the class's own methods assign on self."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self"
    }


def _digest(function: Any) -> str:
    """A digest of the text: uvicorn has the same text under every Python."""
    return hashlib.sha256(inspect.getsource(function).encode()).hexdigest()[:16]


def _record() -> None:
    record = dict(read_record()) if RECORD.is_file() else {}
    record[uvicorn.__version__] = surface(CLASSES, sources())
    ordered = dict(sorted(record.items(), key=lambda item: [int(part) for part in item[0].split(".")]))
    RECORD.write_text(json.dumps(ordered, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    _record()
