"""The parser of the pages: which blocks there are, which are run, and what a command has to print."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs import pages

PAGE = """\
# A page

```console
$ date
Sun …
$ cd somewhere; true
```

- an item:

  <!-- not run: it never ends -->
  ```sh
  serve
  ```

<!-- not run: it needs a vendor -->
```python title="x.py"
print(1)
```
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page.md"
    file.write_text(PAGE, "utf-8")
    return file


def test_blocks_have_language_text_line_and_the_reason_for_not_being_run(page: Path) -> None:
    assert pages.blocks(page) == [
        pages.Block("console", "$ date\nSun …\n$ cd somewhere; true\n", 3, None),
        pages.Block("sh", "serve\n", 11, "it never ends"),
        pages.Block("python", "print(1)\n", 16, "it needs a vendor"),
    ]
    assert [block.language for block in pages.run_blocks(page, "console", "sh", "python")] == ["console"]


def test_a_console_block_is_its_commands_with_their_output(page: Path) -> None:
    assert pages.steps(pages.blocks(page)[:1]) == [pages.Step("date", "Sun …"), pages.Step("cd somewhere; true", "")]


@pytest.mark.parametrize(
    ("expected", "printed", "fits"),
    [
        ("200", "200", True),
        ("200", "404", False),
        ('{"id":"…","total":1}', '{"id":"a b","total":1}', True),
        ('{"id":"…","total":1}', '{"id":"a b","total":2}', False),
        ("", "", True),
        ("", "an error", False),
        ("a.c", "abc", False),
    ],
)
def test_an_output_fits_what_the_page_shows(expected: str, printed: str, fits: bool) -> None:
    assert pages.Step("command", expected).fits(printed, 0) is fits


@pytest.mark.parametrize("status", [0, 1])
def test_a_script_fits_if_it_ends_with_0(status: int) -> None:
    (step,) = pages.steps([pages.Block("sh", "exit 0\n", 1, None)])
    assert step.fits("whatever it printed", status) is (status == 0)
