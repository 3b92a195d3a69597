"""The generated parts of the reference pages are what the code and the documents say today."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs import reference
from tests.docs.pages import name


@pytest.fixture(scope="module")
def pages() -> dict[Path, str]:
    return reference.pages()


@pytest.mark.parametrize("page", reference.generated_pages(), ids=name)
def test_a_reference_page_is_up_to_date(page: Path, pages: dict[Path, str]) -> None:
    assert page.read_text("utf-8") == pages[page], "run `python -m tests.docs.reference`"


def test_every_generated_part_is_on_one_page(pages: dict[Path, str]) -> None:
    text = "".join(pages.values())
    assert [part for part in reference.PARTS if text.count(f"<!-- generated: {part} -->") != 1] == []


def test_a_stale_part_is_noticed(pages: dict[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(reference.PARTS, "apis", lambda: "another text")
    changed = {page for page, text in reference.pages().items() if text != pages[page]}
    assert {name(page) for page in changed} == {"docs/reference/apis.md"}
