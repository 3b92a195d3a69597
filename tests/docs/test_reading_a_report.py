"""The page on reading a report has each verdict, each cause and each exit code."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from pii_sandbox.conformance.values.causes import CauseKind
from pii_sandbox.conformance.values.findings import Verdict
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "how-to" / "read-a-report.md").read_text("utf-8")


def rows(section: str) -> set[str]:
    """The first cells of the table in a section."""
    text = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0]
    return {cell.strip("`") for cell in re.findall(r"^\| *([^|]+?) *\|", text, re.MULTILINE)[2:]}


@pytest.mark.parametrize(
    ("section", "known"),
    [
        ("Verdicts", set(get_args(Verdict))),
        ("Causes", set(get_args(CauseKind))),
        ("Exit codes", {"0", "1", "2"}),
    ],
)
def test_the_page_lists_what_there_is(section: str, known: set[str]) -> None:
    assert rows(section) == known
