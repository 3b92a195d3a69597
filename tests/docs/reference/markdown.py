"""Markdown tables and texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(map(cell, line))} |" for line in lines)


def cell(text: str) -> str:
    """Return a text as it can stand in a table's cell."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    """Return a text as code. A bar becomes "or": it would end a table's cell, and code knows no escape."""
    plain = re.sub(r"\s*[|]\s*", " or ", text)
    return f"`{plain}`" if plain else ""


def sentence(text: str) -> str:
    """Return a text in one line that ends with a full stop."""
    line = " ".join(text.split())
    return line if not line or line.endswith((".", "!", "?", ":")) else f"{line}."
