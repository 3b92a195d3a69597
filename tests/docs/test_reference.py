"""The generated parts of the reference pages are what the code and the documents say today."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs import reference
from tests.docs.pages import name

PAGES = reference.pages()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_reference_page_is_up_to_date(page: Path) -> None:
    assert page.read_text("utf-8") == PAGES[page], "run `python -m tests.docs.reference`"


def test_every_generated_part_is_on_one_page() -> None:
    text = "".join(PAGES.values())
    assert [part for part in reference.PARTS if text.count(f"<!-- generated: {part} -->") != 1] == []


def test_a_stale_part_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(reference.PARTS, "apis", lambda: "another text")
    changed = {page for page, text in reference.pages().items() if text != PAGES[page]}
    assert {name(page) for page in changed} == {"docs/reference/apis.md"}
