"""The generated parts of the README and of `docs/reference/`: what the code and the documents say, as Markdown.

A page keeps its own text; the generator replaces what is between `<!-- generated: NAME -->` and `<!-- end: NAME -->`.
`python -m tests.docs.reference` writes the pages, and a test fails for one that is stale.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.docs.pages import ROOT
from tests.docs.reference import apis, command_line, control_api, plugin, settings

FOLDER = ROOT / "docs" / "reference"
PARTS: dict[str, Callable[[], str]] = {
    "api-counts": apis.counts,
    "apis": apis.overview,
    "credentials": apis.credentials,
    "operations": apis.operations,
    "rules": apis.rules,
    "assumptions": apis.assumptions,
    "vocabulary": apis.vocabulary,
    "target-template": apis.target_template,
    "commands": command_line.commands,
    "server-settings": settings.server,
    "check-settings": settings.check,
    "rule-settings": settings.rules,
    "control-api": control_api.operations,
    "plugin": plugin.members,
    "plugin-options": plugin.options,
}
_PART = re.compile(r"(<!-- generated: (?P<name>[\w-]+) -->\n).*?(<!-- end: (?P=name) -->)", re.DOTALL)


def pages() -> dict[Path, str]:
    """Return each page of the reference that has generated parts, with these as they are to be."""
    return {page: _PART.sub(_generated, text) for page, text in _texts().items()}


def generated_pages() -> list[Path]:
    """Return the pages that have generated parts, without generating these."""
    return list(_texts())


def _texts() -> dict[Path, str]:
    texts = {page: page.read_text("utf-8") for page in [ROOT / "README.md", *sorted(FOLDER.glob("*.md"))]}
    return {page: text for page, text in texts.items() if _PART.search(text)}


def _generated(part: re.Match[str]) -> str:
    return f"{part[1]}\n{PARTS[part['name']]().strip()}\n\n{part[3]}"
