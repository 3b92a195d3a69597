"""Excerpt of a large answer for the record of a run: what a report can show and redaction can search in time.

Scenarios and checks see the whole answer; findings, reports and checkpoints hold the excerpt.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pii_sandbox.conformance.values.findings import Exchange

SMALL_BYTES = 8 * 1024  # an answer that is kept as it is
MOST_BYTES = 16 * 1024  # of a body that is no JSON
MOST_VALUES = 5_000
# A text is cut here. Reports cut it at SHOWN_CHARACTERS, after redaction: so no half of a personal value is shown.
MOST_CHARACTERS = 4_096
SHOWN_CHARACTERS = MOST_CHARACTERS - 512
ALL_CHARACTERS = 128 * 1024
FINDING_CHARACTERS = 256 * 1024  # of all answers of one finding
REPORT_CHARACTERS = 2 * 1024 * 1024  # of all answers of a report: redaction takes up to a second for each million
HEADER_CHARACTERS = 4_608  # reports cut a line at 4,000
MOST_HEADERS = 40
MORE = "…"


@dataclass(slots=True)
class _Budget:
    values: int
    characters: int
    cut: bool = False


def excerpts(exchanges: Sequence[Exchange], most: int = FINDING_CHARACTERS) -> tuple[Exchange, ...]:
    """Excerpts whose answers have about `most` characters together; the large ones share what the small ones leave.

    Answers of up to SMALL_BYTES are kept whole, however many there are.
    """
    sizes = [len(exchange.response_body) for exchange in exchanges]
    if sum(sizes) <= most:
        return tuple(exchanges)
    small = [size for size in sizes if size <= most // len(sizes)]
    share = max(SMALL_BYTES, (most - sum(small)) // (len(sizes) - len(small)))
    return tuple(exchange if size <= share else excerpt(exchange, share)
                 for exchange, size in zip(exchanges, sizes, strict=True))  # fmt: skip


def excerpt(exchange: Exchange, most: int = ALL_CHARACTERS) -> Exchange:
    """The exchange with no more of its answer than a report shows; `cut` is then the whole body's size and hash.

    `most`: how many characters the texts of its answer may have together.
    """
    exchange = _with_few_headers(exchange)
    body = exchange.response_body
    if len(body) <= SMALL_BYTES:
        return exchange
    budget = _Budget(min(MOST_VALUES, most // 16), most)
    try:
        value = _cut(json.loads(body), budget)
        if not budget.cut:
            return exchange
        less = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        if len(body) <= MOST_BYTES:
            return exchange
        less = body[:MOST_BYTES]
    return replace(exchange, response_body=less, cut=exchange.cut or size_and_hash(body))


def _with_few_headers(exchange: Exchange) -> Exchange:
    headers = exchange.response_headers
    if sum(map(len, headers)) + sum(map(len, headers.values())) <= SMALL_BYTES:
        return exchange
    few = {name[:HEADER_CHARACTERS]: value[:HEADER_CHARACTERS] for name, value in list(headers.items())[:MOST_HEADERS]}
    if len(few) < len(headers):
        few[MORE] = f"{len(headers) - len(few)} more"
    return replace(exchange, response_headers=few)


def size_and_hash(body: bytes) -> str:
    """A body by its size and hash alone."""
    return f"{len(body)} bytes, sha256 {hashlib.sha256(body).hexdigest()}"


def _cut(value: Any, budget: _Budget) -> Any:
    budget.values -= 1
    match value:
        case str():
            return _cut_text(value, budget)
        case dict():
            less: dict[str, Any] = {}
            for name, inner in value.items():
                if budget.values <= 0:
                    budget.cut = True
                    return {**less, MORE: MORE}
                less[_cut_text(name, budget)] = _cut(inner, budget)
            return less
        case list():
            items: list[Any] = []
            for inner in value:
                if budget.values <= 0:
                    budget.cut = True
                    return [*items, MORE]
                items.append(_cut(inner, budget))
            return items
    return value


def _cut_text(text: str, budget: _Budget) -> str:
    if budget.characters <= 0 and len(text) > 64:
        budget.cut = True
        return MORE
    budget.characters -= len(text)
    if len(text) > MOST_CHARACTERS:
        budget.cut = True
        return text[:MOST_CHARACTERS]
    return text
