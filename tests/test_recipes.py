"""docs/testing.md is true: each Python block passes as a test module, each console block prints what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sample_projects import runner
from tests.server_process import environment, running_server
from tests.test_readme import MARK, pattern, steps

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "testing.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [body for kind, body in BLOCK.findall(TEXT) if kind == language]


def test_every_block_is_of_a_kind_that_is_played() -> None:
    assert {kind for kind, _ in BLOCK.findall(TEXT)} == {"python", "console"}


def test_each_python_recipe_passes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    recipes = blocks("python")
    pytester.makepyfile(**{f"test_recipe_{number:02}": recipe for number, recipe in enumerate(recipes)})
    result = runner(pytester, monkeypatch)("-q", "--strict-markers")
    result.assert_outcomes(passed="".join(recipes).count("def test_"))


def test_each_console_recipe_prints_what_it_says(tmp_path: Path) -> None:
    told = steps(blocks("console"))
    with running_server() as server:
        lines = ["exec 2>&1", f'pii-sandbox() {{ "{sys.executable}" -m pii_sandbox "$@"; }}']
        lines += [f"{command}\necho '{MARK}'" for command, _ in told]
        script = "\n".join(lines).replace("http://127.0.0.1:8080", server.url)
        variables = {**environment(), "PII_SANDBOX_URL": server.url, "PYTHONPATH": str(ROOT)}
        played = subprocess.run(
            ["bash", "-c", script], capture_output=True, text=True, check=True, timeout=120, cwd=tmp_path, env=variables
        )
    responses = [response.strip("\n ") for response in played.stdout.split(MARK)[:-1]]
    assert len(responses) == len(told)
    for (command, expected), response in zip(told, responses, strict=True):
        assert re.fullmatch(pattern(expected), response, re.DOTALL), f"{command}\nsays {expected}\nprints {response}"
