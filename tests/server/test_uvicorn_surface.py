"""The methods of uvicorn that the HTTP protocol overrides are those of the versions that were tried."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import uvicorn
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tests.server.uvicorn_surface import (
    ATTRIBUTE,
    CLASSES,
    differences,
    overridden_methods,
    read_record,
    sources,
    surface,
)

ROOT = Path(__file__).parents[2]
NAMES = {cls.__name__ for cls in CLASSES}
WHAT_TO_DO = """
Read the change of each in uvicorn, adapt pii_sandbox/server, run tests/server, tests/https and tests/cli under this
version and the lowest one (tox -e lowest), then record both: python -m tests.server.uvicorn_surface. The range in
pyproject.toml and docs/explanation/http-server.md name the versions that were tried.
"""


def declared_versions() -> SpecifierSet:
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    return next(each.specifier for each in map(Requirement, dependencies) if each.name == "uvicorn")


def test_the_uvicorn_that_is_installed_has_what_the_protocol_overrides_calls_and_reads() -> None:
    recorded = read_record().get(uvicorn.__version__)
    assert recorded is not None, f"uvicorn {uvicorn.__version__} was not tried.{WHAT_TO_DO}"
    found = differences(recorded, surface(CLASSES, sources()))
    assert found == [], f"uvicorn {uvicorn.__version__}: {'; '.join(found)}.{WHAT_TO_DO}"


def test_every_version_that_was_tried_is_in_the_declared_range() -> None:
    assert [version for version in read_record() if version not in declared_versions()] == []


def test_the_declared_range_begins_and_ends_with_a_version_that_was_tried() -> None:
    versions = list(read_record())
    bounds = {each.operator: each.version for each in declared_versions()}
    assert bounds.keys() == {">=", "<"}, "a range: a lower bound, and the first minor version that was not tried"
    assert bounds[">="] == versions[0]
    major, minor, _ = versions[-1].split(".")
    assert bounds["<"] == f"{major}.{int(minor) + 1}"


def test_the_page_lists_every_method_that_is_overridden() -> None:
    page = (ROOT / "docs" / "explanation" / "http-server.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", page, re.MULTILINE))
    listed = {name: set(re.findall(r"`(\w+)`", methods)) for name, methods in rows.items() if name in NAMES}
    assert listed == overridden_methods()


class Base:
    def __init__(self) -> None:
        self.flow = self.unused = 1

    def begin(self) -> None: ...
    def end(self) -> None: ...


class ChangedClass:
    def __init__(self) -> None:
        self.other = 1

    def begin(self) -> int:
        return 1


ChangedClass.__name__ = "Base"
OURS = "class Mine(Base):\n def begin(self):\n  return self.flow"


def test_overridden_methods_and_attributes_that_are_read_are_found_and_others_are_not() -> None:
    found = surface([Base], [OURS])
    assert found.keys() == {"Base.__init__", "Base.begin", "Base.flow"}
    assert found["Base.flow"] == ATTRIBUTE


@pytest.mark.parametrize(
    ("line", "gone"),
    [
        ("Base.begin has changed", False),
        ("Base.__init__ has changed", False),
        ("Base.flow is gone from uvicorn, or pii_sandbox/server no longer uses it", True),
    ],
)
def test_a_change_in_uvicorn_is_reported(line: str, gone: bool) -> None:
    before, after = surface([Base], [OURS]), surface([ChangedClass], [OURS])
    assert line in differences(before, after)
    assert ("Base.flow" not in after) or not gone


def test_a_method_that_is_newly_overridden_is_reported() -> None:
    more = OURS + "\n def end(self): pass"
    assert differences(surface([Base], [OURS]), surface([Base], [more])) == ["Base.end is used and was not recorded"]


def test_nothing_is_reported_where_nothing_changed() -> None:
    assert differences(surface([Base], [OURS]), surface([Base], [OURS])) == []
