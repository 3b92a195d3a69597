"""`requirements/lowest.txt` pins what `tox -e lowest` runs with: the lower bounds of pyproject.toml, each of them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
GROUP = "test"


def lower_bounds(project: dict[str, Any]) -> dict[str, str]:
    """Return the lower bound of each dependency of the package and its tests. Raises ValueError where one has none."""
    texts = [*project["project"]["dependencies"], *project["dependency-groups"][GROUP]]
    found: dict[str, str] = {}
    for requirement in map(Requirement, texts):
        bounds = [each.version for each in requirement.specifier if each.operator in (">=", "~=", "==")]
        if len(bounds) != 1:
            raise ValueError(f"{requirement} has no lower bound")
        found[canonicalize_name(requirement.name)] = bounds[0]
    return found


def pins(text: str) -> dict[str, str]:
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    requirements = [Requirement(line) for line in lines if line]
    return {canonicalize_name(each.name): str(each.specifier).removeprefix("==") for each in requirements}


def test_the_pins_of_the_lowest_versions_are_the_lower_bounds_that_are_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert pins((ROOT / "requirements" / "lowest.txt").read_text("utf-8")) == lower_bounds(project)


def test_a_dependency_without_a_lower_bound_is_noticed() -> None:
    project = {"project": {"dependencies": ["click>=8.1", "rich<14"]}, "dependency-groups": {GROUP: []}}
    with pytest.raises(ValueError, match="rich<14 has no lower bound"):
        lower_bounds(project)


def test_names_are_compared_in_one_spelling_and_markers_and_extras_are_left_out() -> None:
    texts = ['backports.zstd>=1.0; python_version < "3.14"', "uvicorn[standard]>=0.53.0,<0.55", "x~=4.32.5"]
    project = {"project": {"dependencies": texts}, "dependency-groups": {GROUP: []}}
    assert lower_bounds(project) == {"backports-zstd": "1.0", "uvicorn": "0.53.0", "x": "4.32.5"}
    assert pins("backports.zstd==1.0\n# a reason\nuvicorn==0.53.0  # why\nx==4.32.5") == lower_bounds(project)
