"""Links between pages, and from the repository to pages, lead to files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs import pages
from tests.docs.pages import ROOT

PLACES = ("bench", "conformance", "examples", "mockserver", "pii_sandbox", "redaction", "scenarios", "specs", "tests")
SUFFIXES = {".py", ".yaml", ".toml", ".ini", ".html", ".js", ".json", ".md"}


@pytest.mark.parametrize("page", [*pages.pages(), ROOT / "CHANGELOG.md"], ids=pages.name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    prose = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", prose)
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_that_the_repository_names_exists() -> None:
    files = [file for place in PLACES for file in (ROOT / place).rglob("*") if file.suffix in SUFFIXES]
    files += [ROOT / name for name in ("pyproject.toml", "tox.ini", "README.md", "CHANGELOG.md", "CONTRIBUTING.md")]
    named = {
        (file.relative_to(ROOT).as_posix(), page)
        for file in files
        if "node_modules" not in file.parts
        for page in re.findall(r"\bdocs/[\w/-]+\.md\b", file.read_text("utf-8"))
    }
    assert {page for _, page in named} > {"docs/explanation/architecture.md", "docs/explanation/http-server.md"}
    assert [(file, page) for file, page in sorted(named) if not (ROOT / page).exists()] == []
