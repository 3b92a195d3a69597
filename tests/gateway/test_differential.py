"""What is built once for each operation answers as Connexion does, which builds it anew for each request.

Some two thousand requests, good and bad, made from all documents of the vendors, are sent to both. Whether they are
let through, the status of a refusal and what the handler is given must be the same; where it is not, on purpose, a row
of the table says why.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import pytest

from pii_sandbox.redaction.operation_schemas import operation_schemas
from tests.gateway.reference_connexion import Outcome, SandboxServer, StockConnexion
from tests.gateway.request_cases import RequestCase, requests

FEWEST = 2000
TEXTS_FOR_INTEGERS = ("a plus sign", "an underscore", "digits of another script", "space around")


@dataclass(frozen=True)
class Difference:
    """Requests of these kinds that Connexion answers with one status and we with another."""

    connexion: int
    ours: int
    why: str
    kinds: tuple[str, ...]


ON_PURPOSE = [
    # refused by us
    Difference(
        200,
        400,
        "an integer is digits and a minus, as JSON has it: Connexion takes whatever Python's int() reads",
        tuple(f"{kind} as query parameter" for kind in TEXTS_FOR_INTEGERS),
    ),
    Difference(
        200,
        400,
        "int32 and int64 are bounds: Connexion does not know these formats, and orjson cannot write what is longer",
        ("a very long integer as query parameter", "body: more than int32 inside", "body: more than int64 inside"),
    ),
    Difference(
        200,
        400,
        "what no valid JSON could send back does not get in",
        ("json: NaN", "json: a number beyond doubles", "json: half a character", "json: nested 500 deep"),
    ),
    Difference(200, 400, "which of two is meant is not known: Connexion takes the last", ("query parameter twice",)),
    Difference(
        200,
        400,
        "Connexion puts U+FFFD in the place of what is not UTF-8",
        ("not utf-8 in a path", "not utf-8 in a query"),
    ),
    Difference(500, 400, "what the client sent wrong is no fault of the server", ("json: not utf-8",)),
    Difference(
        200,
        415,
        "JSON is UTF-8 (RFC 8259): Connexion reads past the character set",
        ("charset latin-1", "charset nonsense", "charset utf-16"),
    ),
    Difference(200, 413, "bodies have a limit of size", ("larger than is taken",)),
    Difference(400, 413, "… and it comes before the schema", ("larger than is taken",)),
    Difference(
        400,
        422,
        "x-unprocessable: the document allows the value, the service refuses it",
        ("body: no member of a list of the service inside", "body: outside the pattern of the service inside"),
    ),
    Difference(401, 403, "NS-AUTH-2: NewStore forbids with a token that it does not know", ("wrong credentials",)),
    # let through by us
    Difference(400, 200, "vendors pass over a parameter that they do not know", ("unknown query parameter",)),
    Difference(
        400,
        200,
        "… and a field of a form, which strict validation refuses although the schema is open",
        ("body: a further property", "body: a further property that fits its schema"),
    ),
    Difference(
        400, 200, "an empty parameter counts as not sent", ("empty query parameter", "query parameter without =")
    ),
    Difference(
        400,
        200,
        "x-extensible: what else may stand there is stored at run time, so the handler has the last word",
        (
            "no member of an open list as query parameter",
            "another case than in an open list as query parameter",
            "body: no member of an open list inside",
        ),
    ),
    Difference(
        400,
        200,
        "an optional body may be absent: Connexion validates it as an empty form",
        ("empty body", "neither body nor media type"),
    ),
    Difference(
        200,
        200,
        "media types are case-insensitive and may be left out: Connexion hands the handler bytes then",
        ("no media type", "shouted media type"),
    ),
    # routed otherwise
    Difference(404, 200, "VTEX-ALT-6: an alternative key may have a slash in it, encoded", ("encoded slash",)),
    Difference(404, 400, "… and is refused where the document has a pattern", ("encoded slash",)),
    Difference(
        307,
        404,
        "a path with a slash more, or with nothing in a segment, is another path: no redirect",
        ("trailing slash", "empty segment"),
    ),
]


@dataclass(frozen=True)
class Pair:
    """One request with both answers."""

    posed: RequestCase
    ours: Outcome
    connexion: Outcome

    def __str__(self) -> str:
        return f"{self.posed}\n  ours      {self.ours}\n  Connexion {self.connexion}"


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    ours, stock = SandboxServer(), StockConnexion()
    logging.disable(logging.CRITICAL)  # Connexion tells of each refusal
    try:
        return [Pair(posed, ours.play(posed), stock.play(posed)) for posed in requests()]
    finally:
        logging.disable(logging.NOTSET)


def with_types(value: Any) -> Any:
    """The value with its types: 1, 1.0 and True are three things."""
    if isinstance(value, dict):
        return {name: with_types(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_types(inner) for inner in value]
    return type(value), value


def is_equal(pair: Pair) -> bool:
    return pair.ours.status == pair.connexion.status and with_types(pair.ours.given) == with_types(pair.connexion.given)


def is_unprocessable(pair: Pair) -> bool:
    """Whether the document refuses an invalid body of this operation with 422 (x-unprocessable), whatever is wrong."""
    operation = operation_schemas(pair.posed.document, pair.posed.operation_id, "guide").definition
    unprocessable = operation.get("requestBody", {}).get("x-unprocessable", False)
    return unprocessable and (pair.connexion.status, pair.ours.status) == (400, 422)


def test_an_invalid_body_of_an_update_at_newstore_is_unprocessable(pairs: list[Pair]) -> None:
    assert {pair.posed.operation_id for pair in pairs if is_unprocessable(pair)} == {"updateProfile", "updateAddress"}


def test_every_response_is_that_of_connexion_except_where_the_table_says(pairs: list[Pair]) -> None:
    expected = {(kind, row.connexion, row.ours) for row in ON_PURPOSE for kind in row.kinds}
    differing = [pair for pair in pairs if not is_equal(pair)]
    untold = [
        pair
        for pair in differing
        if (pair.posed.kind, pair.connexion.status, pair.ours.status) not in expected and not is_unprocessable(pair)
    ]
    assert len(pairs) >= FEWEST
    assert not untold, "\n".join(map(str, untold[:10]))


@pytest.mark.parametrize("row", ON_PURPOSE, ids=lambda row: f"{row.connexion}-{row.ours}-{row.kinds[0]}")
def test_every_difference_of_the_table_is_observed(pairs: list[Pair], row: Difference) -> None:
    seen = {
        pair.posed.kind
        for pair in pairs
        if not is_equal(pair) and (pair.connexion.status, pair.ours.status) == (row.connexion, row.ours)
    }
    assert set(row.kinds) - seen == set(), row.why


def test_every_operation_takes_its_good_request_and_refuses_bad_ones(pairs: list[Pair]) -> None:
    """Requests that both refuse for another reason than the one meant would compare nothing."""
    by_operation: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_operation[pair.posed.operation_id].append(pair)
    for operation_id, played in by_operation.items():
        statuses = Counter(pair.ours.status for pair in played)
        documented = next(pair for pair in played if pair.posed.kind == "as documented")
        assert (documented.ours.status, documented.connexion.status) == (200, 200), str(documented)
        assert documented.ours.given is not None
        assert {200, 404, 405} < set(statuses), (operation_id, statuses)


def test_a_media_type_in_capitals_or_left_out_gives_the_handler_the_same_body(pairs: list[Pair]) -> None:
    given = {(pair.posed.operation_id, pair.posed.kind): pair.ours.given for pair in pairs}
    spelt = [key for key in given if key[1] in ("no media type", "shouted media type")]
    assert spelt
    for operation_id, kind in spelt:
        assert with_types(given[operation_id, kind]) == with_types(given[operation_id, "as documented"])


def test_allow_lists_all_methods_of_a_path_where_connexion_lists_those_of_one_route(pairs: list[Pair]) -> None:
    allowed = [pair for pair in pairs if pair.posed.kind == "unknown method"]
    methods = [(_methods(pair.ours), _methods(pair.connexion)) for pair in allowed]
    assert all(ours >= theirs for ours, theirs in methods)
    assert any(ours > theirs for ours, theirs in methods)


def _methods(outcome: Outcome) -> set[str]:
    return set(outcome.headers["allow"].split(", "))
