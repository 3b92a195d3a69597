"""Every block of the documentation that can be run is run.

Python blocks are test modules, console blocks print what the page shows, `sh` blocks end with 0, data is parsed.
The shell blocks of a page run in their order beside one fresh server, whose data folder is `data`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs import pages
from tests.docs.pages import ROOT
from tests.sample_projects import runner
from tests.server_process import environment, running_server

pytest_plugins = ["pytester"]

EXAMPLE_URL = "http://127.0.0.1:8080"
MARK = "-- end of the output --"
PARSERS: dict[str, Callable[[str], Any]] = {"toml": tomllib.loads, "json": json.loads, "yaml": yaml.safe_load}
SHELL = {"console", "sh"}
LANGUAGES = {"python", "text", "diff", *SHELL, *PARSERS}


def per_page(*languages: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("page", pages.pages_with(*languages), ids=pages.name)


@pytest.mark.parametrize("page", pages.pages(), ids=pages.name)
def test_every_block_names_a_language_that_is_run_or_plain_text(page: Path) -> None:
    text, blocks = page.read_text("utf-8"), pages.blocks(page)
    assert [f"line {block.line}: {block.language}" for block in blocks if block.language not in LANGUAGES] == []
    assert len(re.findall("^ *```", text, re.MULTILINE)) == 2 * len(blocks)
    assert len(re.findall("^ *<!-- not run", text, re.MULTILINE)) == sum(block.reason is not None for block in blocks)


def test_each_python_block_passes_as_a_test_module(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """One run for all pages, so that one server is started; a module is named after its page and line."""
    recipes = {
        f"test_{re.sub(r'[^a-z0-9]+', '_', pages.name(page).lower())}_line_{block.line}": block.text
        for page in pages.pages_with("python")
        for block in pages.run_blocks(page, "python")
    }
    pytester.makepyfile(**recipes)
    result = runner(pytester, monkeypatch)("-q", "--strict-markers")
    result.assert_outcomes(passed="".join(recipes.values()).count("def test_"))


@per_page("console", "sh")
def test_each_command_prints_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    steps = pages.steps(pages.run_blocks(page, "console", "sh"))
    with running_server("--data", "data", cwd=tmp_path) as server:
        script = "\n".join(f"{step.command}\necho '{MARK}' $?" for step in steps)
        printed = _run(script.replace(EXAMPLE_URL, server.url), tmp_path, server.url).replace(server.url, EXAMPLE_URL)
    outputs = re.findall(rf"(.*?){MARK} (\d+)\n", printed, re.DOTALL)
    assert len(outputs) == len(steps), printed
    for step, (output, status) in zip(steps, outputs, strict=True):
        shown = re.sub(r" +$", "", output.strip("\n "), flags=re.MULTILINE)
        assert step.fits(shown, int(status)), f"{step.command}\nsays {step.output}\nprints {shown}"


@pytest.mark.parametrize("language", PARSERS)
def test_every_block_of_data_is_well_formed(language: str) -> None:
    for page in pages.pages_with(language):
        for block in pages.run_blocks(page, language):
            assert PARSERS[language](block.text) is not None, f"{page.name}, line {block.line}"


def _run(script: str, folder: Path, url: str) -> str:
    """Run a script in a folder with the command `pii-sandbox` of this checkout; return its output and errors."""
    command = f'exec 2>&1\npii-sandbox() {{ "{sys.executable}" -m pii_sandbox "$@"; }}\n'
    run = subprocess.run(
        ["bash", "-c", command + script],
        check=False,
        capture_output=True,
        text=True,
        timeout=180,
        cwd=folder,
        env={**environment(), "PII_SANDBOX_URL": url, "PYTHONPATH": str(ROOT)},
    )
    assert run.returncode == 0, run.stdout
    return run.stdout
