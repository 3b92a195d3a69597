"""The pages of the documentation and the fenced blocks in them.

A block that is not run carries a comment with the reason on the line before it: `<!-- not run: it never ends -->`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(
    r"^(?P<indent> *)(?:<!-- not run: (?P<reason>[^\n]+?) -->\n *)?"
    r"```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and why it is not run (None where it is)."""

    language: str
    text: str
    line: int
    reason: str | None


@dataclass(frozen=True)
class Step:
    """A command and the output that the page shows for it (`…` stands for any text), or a script that ends with 0."""

    command: str
    output: str | None

    def fits(self, output: str, status: int) -> bool:
        if self.output is None:
            return status == 0
        return re.fullmatch(".*".join(map(re.escape, self.output.split("…"))), output, re.DOTALL) is not None


def pages() -> list[Path]:
    """Return README, CONTRIBUTING, the documents' vocabulary and every page of the site."""
    others = [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "specs" / "README.md",
        ROOT / "examples" / "README.md",
    ]
    return [*others, *sorted((ROOT / "docs").rglob("*.md"))]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    text = page.read_text("utf-8")
    return [
        Block(
            found["language"], textwrap.dedent(found["text"]), text.count("\n", 0, found.start()) + 1, found["reason"]
        )
        for found in _BLOCK.finditer(text)
    ]


def run_blocks(page: Path, *languages: str) -> list[Block]:
    """Return the blocks of some languages that carry no reason for not being run."""
    return [block for block in blocks(page) if block.language in languages and block.reason is None]


def pages_with(*languages: str) -> list[Path]:
    return [page for page in pages() if run_blocks(page, *languages)]


def steps(shell: Iterable[Block]) -> list[Step]:
    """Return the commands of console blocks, each with the lines that follow it, and each `sh` block as one script."""
    found: list[Step] = []
    for block in shell:
        if block.language == "sh":
            found.append(Step(f"(set -e\n{block.text})", None))
            continue
        for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append(Step(command, output.rstrip("\n")))
    return found
