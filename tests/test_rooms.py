"""Layout: who may import whom, who may read the system's time, how long a module may be.

docs/explanation/architecture.md gives the reasons.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rooms import KEPT_APART, ROOMS, ROOT

OURS = ("specs", "redaction", "mockserver", "conformance", "scenarios", "pii_sandbox", "mutation")
FILES = sorted(
    file
    for package in OURS
    for file in (ROOT / package).rglob("*.py")
    if not (ROOT / package).is_symlink() and not any(parent.is_symlink() for parent in file.parents)
)
BENCH = sorted((ROOT / "bench").rglob("*.py"))
MOST_LINES = 250
INSTALLED = "pii_sandbox"  # the other folders are installed and imported below it
NOT_INSTALLED = "mutation"  # a tool of those who work on this

SYSTEM_TIME = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
CLOCKS = (
    "mockserver/clock.py",  # a sandbox's time begins there
    "conformance/http/connection.py",  # says when a request really went out
)


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts if parts[0] in (INSTALLED, NOT_INSTALLED) else (INSTALLED, *parts))


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def room_of(name: str) -> str:
    rooms = [room for room in ROOMS if within(name, room)]
    assert rooms, f"{name} is in no room: give it a line in the table"
    return max(rooms, key=len)


def imported_names(tree: ast.AST) -> Iterator[str]:
    """What is imported anywhere in a file, by whole names: `from a import b` is `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def forbidden_imports(name: str, source: str) -> list[str]:
    """What a module imports and may not."""
    room = room_of(name)
    found = []
    for target in imported_names(ast.parse(source)):
        top = target.partition(".")[0]
        if top in OURS or not top:
            allowed: tuple[str, ...] = (room, *ROOMS[room])
        elif top in KEPT_APART:
            allowed = (top,) if room == KEPT_APART[top] else ()
        else:
            continue
        if not any(within(target, one) for one in allowed):
            found.append(target)
    return found


def looks_at_the_system_time(source: str) -> list[str]:
    tree = ast.parse(source)
    named = {".".join(ast.unparse(node).split(".")[-2:]) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return sorted((named | set(imported_names(tree))) & SYSTEM_TIME)


@pytest.mark.parametrize("file", FILES, ids=module_name)
def test_a_file_imports_what_its_room_may(file: Path) -> None:
    assert forbidden_imports(module_name(file), file.read_text(encoding="utf-8")) == []


def test_a_module_has_at_most_250_lines() -> None:
    lengths = {str(file.relative_to(ROOT)): len(file.read_text("utf-8").splitlines()) for file in (*FILES, *BENCH)}
    long = {file for file, lines in lengths.items() if lines > MOST_LINES}
    assert not long, f"split {sorted(long)}: over {MOST_LINES} lines a module has two subjects"


@pytest.mark.parametrize("file", FILES, ids=module_name)
def test_only_a_clock_looks_at_the_system_time(file: Path) -> None:
    looks = looks_at_the_system_time(file.read_text(encoding="utf-8"))
    assert looks == [] or file.relative_to(ROOT).as_posix() in CLOCKS


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        (
            "pii_sandbox.mockserver.vendors.vtex.profiles",
            "from pii_sandbox.mockserver.vendors.oracle import errors",
            "pii_sandbox.mockserver.vendors.oracle.errors",
        ),
        (
            "pii_sandbox.mockserver.vendors.vtex.profiles",
            "from pii_sandbox.mockserver import vendors",
            "pii_sandbox.mockserver.vendors",
        ),
        (
            "pii_sandbox.mockserver.vendors.vtex.profiles",
            "def f():\n    import pii_sandbox.mockserver.gateway",
            "pii_sandbox.mockserver.gateway",
        ),
        (
            "pii_sandbox.mockserver.vendors.vtex.profiles",
            "from pii_sandbox.mockserver.clock import system_now",
            "pii_sandbox.mockserver.clock.system_now",
        ),
        ("pii_sandbox.mockserver.vendors.vtex.profiles", "from tinydb import where", "tinydb.where"),
        (
            "pii_sandbox.mockserver.vendors.vtex.profiles",
            "from pii_sandbox.mockserver.store import table",
            "pii_sandbox.mockserver.store.table",
        ),
        ("pii_sandbox.mockserver.rules.paging", "from pii_sandbox import specs", "pii_sandbox.specs"),
        (
            "pii_sandbox.mockserver.rules.paging",
            "from pii_sandbox.mockserver.store import Record, Store",
            "pii_sandbox.mockserver.store.Store",
        ),
        (
            "pii_sandbox.mockserver.store.store",
            "from pii_sandbox.mockserver.problems import NotFound",
            "pii_sandbox.mockserver.problems.NotFound",
        ),
        ("pii_sandbox.mockserver.control.state", "import connexion.middleware as middleware", "connexion.middleware"),
        ("pii_sandbox.mockserver.problems", "from . import clock", "..clock"),
        ("pii_sandbox.specs.__init__", "from pii_sandbox.mockserver import ids", "pii_sandbox.mockserver.ids"),
        (
            "pii_sandbox.redaction.detectors",
            "from pii_sandbox.mockserver.rules import masking",
            "pii_sandbox.mockserver.rules.masking",
        ),
        (
            "pii_sandbox.conformance.api_client",
            "from pii_sandbox.mockserver.app import App",
            "pii_sandbox.mockserver.app.App",
        ),
        ("pii_sandbox.scenarios.vtex.ttl", "from pii_sandbox import cli", "pii_sandbox.cli"),
    ],
)
def test_forbidden_imports_are_detected(name: str, source: str, expected: str) -> None:
    assert forbidden_imports(name, source) == [expected]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("datetime.now(UTC)", ["datetime.now"]),
        ("import datetime\nx = datetime.datetime.utcnow()", ["datetime.utcnow"]),
        ("field(default_factory=date.today)", ["date.today"]),
        ("from time import time", ["time.time"]),
        ("time.time_ns()", ["time.time_ns"]),
        ("sandbox.now(), clock.now(), time.monotonic(), datetime.fromisoformat(text)", []),
    ],
)
def test_a_look_at_the_system_time_is_found(source: str, expected: list[str]) -> None:
    assert looks_at_the_system_time(source) == expected
