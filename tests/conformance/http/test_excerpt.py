"""How much of a large answer is kept for reports: bodies, texts, values and headers, of one call and of many."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pytest

from pii_sandbox.conformance.http.excerpt import MORE, REPORT_CHARACTERS, excerpt, excerpts
from pii_sandbox.conformance.values.findings import Exchange

KIB = 1024


def answer(body: bytes = b"{}", headers: Mapping[str, str] | None = None) -> Exchange:
    return Exchange("vtex", "GetProfile", "GET", "https://a.test/", {}, b"", 200, headers or {}, body)


def json_answer(value: Any) -> Exchange:
    return answer(json.dumps(value).encode())


def kept(value: Any, most: int | None = None) -> Any:
    """What the excerpt of an answer holds of its JSON."""
    exchange = json_answer(value)
    shown = excerpt(exchange) if most is None else excerpt(exchange, most)
    return json.loads(shown.response_body)


@pytest.mark.parametrize(
    ("body", "length"),
    [
        (b"x" * 16 * KIB, 16 * KIB),
        (b"x" * (16 * KIB + 1), 16 * KIB),
        (b"[" * 100_000, 16 * KIB),  # too deep to be read
        (b"\xff" * 20_000, 16 * KIB),
        (b"[" + b" " * 100_000 + b"]", 100_002),
    ],
    ids=["limit", "longer", "deep", "no text", "spaces"],
)
def test_a_body_that_is_no_json_is_kept_up_to_16_kib(body: bytes, length: int) -> None:
    shown = excerpt(answer(body))
    assert shown.response_body == body[:length]
    assert shown.cut == (None if length == len(body) else size_and_hash(body))


def size_and_hash(body: bytes) -> str:
    return f"{len(body)} bytes, sha256 {hashlib.sha256(body).hexdigest()}"


@pytest.mark.parametrize(
    ("length", "shown"),
    [(4_096, 4_096), (4_097, 4_096), (100_000, 4_096)],
)
def test_a_text_is_kept_up_to_4_096_characters(length: int, shown: int) -> None:
    body = json.dumps(["é" * length, "\ud800", "é" * 4_096], ensure_ascii=False).encode("utf-8", "surrogatepass")
    exchange = excerpt(answer(body))
    wanted = json.dumps(["é" * shown, "\ud800", "é" * 4_096], ensure_ascii=False).encode("utf-8", "surrogatepass")
    assert exchange.response_body == wanted
    assert exchange.cut == (None if length == 4_096 else size_and_hash(body))


def test_names_are_cut_as_texts_are() -> None:
    assert kept({"n" * 10_000: 1}) == {"n" * 4_096: 1}


@pytest.mark.parametrize(("length", "shown"), [(8 * KIB - 4, 8 * KIB - 4), (8 * KIB - 3, 4_096)])
def test_an_answer_of_up_to_8_kib_is_kept_as_it_is(length: int, shown: int) -> None:
    assert kept(["x" * length], 10_000) == ["x" * shown]  # with four bytes around it


@pytest.mark.parametrize(
    ("count", "most", "shown"),
    [
        (4_999, None, 4_999),
        (5_000, None, 4_999),  # the array itself is a value
        (9_000, None, 4_999),
        (5_000, 128 * KIB, 4_999),
        (5_000, 48_000, 2_999),
        (2_999, 48_000, 2_999),
        (5_000, 47_999, 2_998),
    ],
)
@pytest.mark.parametrize("of", ["array", "object"])
def test_values_are_kept_up_to_5_000_or_one_for_16_characters(
    count: int, most: int | None, shown: int, of: str
) -> None:
    numbers = [number * 1000 for number in range(count)]
    if of == "array":
        assert kept(numbers, most) == [*numbers[:shown], *([MORE] if shown < count else [])]
        return
    named = {str(number): number for number in numbers}
    more = {MORE: MORE} if shown < count else {}
    assert kept(named, most) == {**{str(number): number for number in numbers[:shown]}, **more}


def test_nested_values_are_counted_too() -> None:
    inner = [[1, 2, 3], {"a": 1, "b": "x" * 20}] * 4_000
    shown = kept(inner)
    whole = 4_999 // 7  # pairs of four values and three
    assert shown[: 2 * whole] == inner[: 2 * whole]
    assert shown[2 * whole :] == [[MORE], MORE]


@pytest.mark.parametrize(
    ("most", "lengths", "shown"),
    [
        # texts of over 64 characters are left out once those before them have as many as the answer may have
        (10_000, [4_000, 4_000, 1_999, 65, 65, 64, 1], [4_000, 4_000, 1_999, 65, 1, 64, 1]),
        (10_000, [4_000, 4_000, 2_000, 65, 64, 3], [4_000, 4_000, 2_000, 1, 64, 3]),
        (10_000, [4_000, 4_000, 1_998, 65, 65, 64], [4_000, 4_000, 1_998, 65, 1, 64]),
        (10_000, [4_000, 4_000, 4_000, 100], [4_000, 4_000, 4_000, 1]),
        (128 * KIB, [4_000] * 40, [4_000] * 33 + [1] * 7),
        (None, [4_096] * 40, [4_096] * 32 + [1] * 8),
        (None, [4_096] * 31 + [4_095, 65, 65], [4_096] * 31 + [4_095, 65, 1]),
    ],
)
def test_long_texts_are_left_out_once_there_are_enough(most: int | None, lengths: list[int], shown: list[int]) -> None:
    assert [len(text) for text in kept(["x" * length for length in lengths], most)] == shown


def test_an_excerpt_of_an_excerpt_has_the_size_of_the_whole_answer() -> None:
    first = excerpt(json_answer(["x" * 20_000, "y" * 20_000]))
    again = excerpt(first, 4_000)
    assert len(again.response_body) < len(first.response_body)
    assert again.cut == first.cut


@pytest.mark.parametrize(
    ("headers", "shown"),
    [
        ({"a": "x" * (8 * KIB - 1)}, [("a", 8 * KIB - 1)]),
        ({"a": "x" * 8 * KIB}, [("a", 4_608)]),
        ({"a": "x" * 4_000, "b": "y" * (4_192 - 2)}, [("a", 4_000), ("b", 4_190)]),
        ({"a": "x" * 4_000, "b": "y" * 4_600}, [("a", 4_000), ("b", 4_600)]),
        ({"n" * 10_000: "y"}, [("n" * 4_608, 1)]),
        ({str(i): "x" * 204 for i in range(40)}, [(str(i), 204) for i in range(40)]),
        ({str(i): "x" * 300 for i in range(40)}, [(str(i), 300) for i in range(40)]),
        ({str(i): "x" * 300 for i in range(50)}, [*((str(i), 300) for i in range(40)), (MORE, len("10 more"))]),
    ],
)
def test_headers_of_over_8_kib_are_kept_up_to_40_and_cut(headers: dict[str, str], shown: list[tuple[str, int]]) -> None:
    exchange = excerpt(answer(headers=headers))
    assert [(name, len(value)) for name, value in exchange.response_headers.items()] == shown
    assert exchange.response_headers.get(MORE, "10 more") == "10 more"


def lengths_of(bodies: list[int], most: int | None = None) -> list[int]:
    """How long the excerpts are of answers that are no JSON and so long."""
    exchanges = [answer(b"x" * length) for length in bodies]
    return [len(one.response_body) for one in (excerpts(exchanges) if most is None else excerpts(exchanges, most))]


@pytest.mark.parametrize(
    ("most", "bodies", "shown"),
    [
        (100_000, [60_000, 40_000], [60_000, 40_000]),
        (100_000, [100_000], [100_000]),
        (100_000, [60_000, 40_001], [16 * KIB, 40_001]),
        (100_000, [1_000, 1_000, 49_000, 49_001], [1_000, 1_000, 49_000, 16 * KIB]),
        (100_000, [1_000, 1_000, 20_000, 80_000], [1_000, 1_000, 20_000, 16 * KIB]),
        (90_000, [30_000, 10_000, 50_001], [30_000, 10_000, 16 * KIB]),
        (20_000, [8 * KIB] * 20, [8 * KIB] * 20),
        (20_000, [8 * KIB + 1, *[8 * KIB] * 20], [8 * KIB + 1, *[8 * KIB] * 20]),
        (20_000, [17_000, *[8 * KIB] * 20], [16 * KIB, *[8 * KIB] * 20]),
        (None, [128 * KIB] * 2, [128 * KIB] * 2),
        (None, [128 * KIB, 128 * KIB + 1], [128 * KIB, 16 * KIB]),
        (REPORT_CHARACTERS, [1_048_576] * 2, [1_048_576] * 2),
        (REPORT_CHARACTERS, [1_048_576, 1_048_577], [1_048_576, 16 * KIB]),
    ],
)
def test_large_answers_share_what_the_small_ones_leave(most: int | None, bodies: list[int], shown: list[int]) -> None:
    assert lengths_of(bodies, most) == shown


def test_a_share_bounds_the_texts_of_an_answer() -> None:
    medium, small, large = json_answer("m" * 29_998), json_answer("s" * 9_998), json_answer(["x" * 100] * 2_000)
    shown = excerpts([medium, small, large], 90_000)
    assert shown[:2] == (medium, small)
    assert json.loads(shown[2].response_body).count("x" * 100) == 500  # 90,000 less 30,000 and 10,000


def test_no_answers_have_no_excerpts() -> None:
    assert excerpts([]) == ()
