"""Whether an answer repeats what was sent: in errors and in headers of the server's own, by what the document marks."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from pii_sandbox.conformance.contract.echo_checks import echoed_values
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.json_content import json_or_none
from pii_sandbox.specs import Operation
from tests.conformance.contract.documents import JSON, PROBLEM, Documents, called, content, path_item

NAME = "Zoraida Quixbury"
PERSONAL: dict[str, Any] = {"x-pii": True, "type": "string"}
THING = {
    "properties": {
        "name": PERSONAL, "secret": {"x-secret": True}, "masked": {"x-masked": True},
        "kind": {"enum": ["Golden Tier", 7]}, "free": {"type": "string"}, "list": {"items": PERSONAL},
    }
}  # fmt: skip
ERROR = {"properties": {"message": {"type": "string"}, "name": PERSONAL, "value": {}}}


@pytest.fixture
def thing(documents: Documents) -> Operation:
    """An operation with personal parameters and a personal body; its 400 has a place for a name, its 422 has none."""
    parameters: list[dict[str, Any]] = [
        {"name": "id", "in": "path", "x-pii": True, "required": True, "schema": {}},
        {"name": "part", "in": "path", "required": True, "schema": {}},
        {"name": "q", "in": "query", "schema": {"x-masked": True}},
        {"name": "page", "in": "query", "x-pii": False, "schema": {"x-pii": False}},
        {"name": "Size-Of", "in": "query", "schema": {}},
        {"name": "X-Who", "in": "header", "x-pii": True, "schema": {}},
    ]
    item = path_item(
        {"200": content({}), "400": content(ERROR, PROBLEM), "422": {"$ref": "#/components/responses/Wrong"}}, "post",
        parameters=parameters, tags=["Some Tag"],
        requestBody={"content": {JSON: {"schema": THING}}},
    )  # fmt: skip
    wrong = {
        "description": "a",
        **content({"properties": {"message": {"example": "a"}}}),
        "x-sample": {"message": "No Such Thing"},
    }
    wrong["content"][JSON]["example"] = {"message": "No Such Thing"}
    del wrong["x-sample"]
    return documents.operation(
        {"/things/{id}/{part}": item}, components={"responses": {"Wrong": wrong}},
        servers=[{"url": "https://shop.test/v1"}],
    )  # fmt: skip


def echoes(facts: Operation, exchange: Exchange, *secrets: str) -> list[tuple[str, str]]:
    body = json_or_none(exchange.response_body)
    return list(echoed_values(facts, exchange, body, "guide", secrets))


def error(facts: Operation, message: Any, status: int | None = 422, media: str | None = JSON, **more: Any) -> Exchange:
    body = message if isinstance(message, bytes) else {"message": message} if isinstance(message, str) else message
    sent = more.pop("sent", {"name": NAME})
    raw = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    return called(facts, status, body, media, request_body=raw, **more)


BODY = "name in the body"


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"message": f"no {NAME} here"}, [("the error", BODY)]),
        ({"message": f"no {NAME} here", "status": 400, "media": PROBLEM}, [("the error", BODY)]),
        ({"message": f"no {NAME} here", "status": 500}, [("the error", BODY)]),
        ({"message": f"no {NAME} here", "status": 200}, []),
        ({"message": f"no {NAME} here", "status": 399}, []),
        ({"message": f"no {NAME} here", "status": None}, []),
        ({"message": b""}, []),
        ({"message": f"<p>{NAME}</p>".encode(), "media": "text/html"}, [("the error", BODY)]),
        ({"message": f"\xff {NAME}".encode("latin-1")}, [("the error", BODY)]),
        ({"message": {"errors": [{"deep": [NAME]}]}}, [("the error", BODY)]),
        ({"message": {NAME: ["is wrong"]}}, [("the error", BODY)]),
        ({"message": {"name": NAME}}, [("the error", BODY)]),
        ({"message": {"name": NAME}, "status": 400, "media": PROBLEM}, []),
        ({"message": {"name": NAME}, "status": 400, "media": f"{PROBLEM}; a=b"}, []),
        ({"message": {"name": NAME}, "status": 400, "media": JSON}, [("the error", BODY)]),
        ({"message": {"name": NAME, "value": f"{NAME}!"}, "status": 400, "media": PROBLEM}, [("the error", BODY)]),
        ({"message": "wrong", "headers": {"X-Debug": f"for {NAME}"}}, [("the header X-Debug", BODY)]),
        ({"message": "wrong", "status": 200, "headers": {"x-debug": NAME}}, [("the header x-debug", BODY)]),
        ({"message": "wrong", "headers": {"Location": NAME, "X-Empty": ""}}, []),
        ({"message": NAME, "headers": {"X-A": NAME}}, [("the header X-A", BODY), ("the error", BODY)]),
    ],
)  # fmt: skip
def test_an_error_or_a_header_of_the_servers_own_repeats_what_was_sent(
    answer: dict[str, Any], found: list[tuple[str, str]], thing: Operation
) -> None:
    assert echoes(thing, error(thing, **answer)) == found


@pytest.mark.parametrize(
    ("value", "text", "repeated"),
    [
        ("Zoraid", "no Zoraid.", True),
        ("Zorai", "no Zorai.", False),
        ("Zoraida", "no Zoraidas", False),
        ("Zoraida", "noZoraida", False),
        ("Zoraida", "no_Zoraida_", True),
        ("Zoraida", "aZoraida Zoraida", True),
        ("Zoraida", "zoraida", False),
        ("zo.aida", "no zoxaida", False),
        ("zo.aida", "no zo.aida", True),
        ("plain words", "these are plain words", False),
        ("plain_words", "these are plain_words", False),
        ("plain words7", "these are plain words7", True),
        ("Golden Tier", "no Golden Tier", False),
        ("No Such Thing", "No Such Thing", False),
        ("Not Found", "it is Not Found", False),
        ("X-Who/1", "in X-Who/1", True),
        ("Size-Of", "the Size-Of", False),
        ("Some Tag", "no Some Tag", True),
        ("/things", "at /things", True),
    ],
)
def test_a_value_is_repeated_where_it_stands_as_a_word_of_its_own_that_the_document_does_not_use(
    value: str, text: str, repeated: bool, thing: Operation
) -> None:
    found = echoes(thing, error(thing, f"{text} / more", sent={"name": value}))
    assert found == ([("the error", BODY)] if repeated else [])


@pytest.mark.parametrize(
    ("sent", "as_what"),
    [
        ({"sent": {"name": NAME}}, "name in the body"),
        ({"sent": {"secret": NAME}}, "secret in the body"),
        ({"sent": {"masked": NAME}}, "masked in the body"),
        ({"sent": {"list": ["a", NAME]}}, "* in the body"),
        ({"sent": {"free": NAME, "other": NAME}}, None),
        ({"sent": urlencode({"name": NAME, "free": "a"}).encode()}, "name in the body"),
        ({"sent": urlencode([("name", "another"), ("name", NAME)]).encode()}, "name in the body"),
        ({"sent": urlencode({"free": NAME}).encode()}, None),
        ({"sent": b"[" * 100_000}, None),
        ({"sent": b"", "url": "https://a.test/proxy/v1/things/Zoraida%20Quixbury/b"}, "id in the path"),
        ({"sent": b"", "url": "https://a.test/v1/things/a/Zoraida%20Quixbury"}, None),
        ({"sent": b"", "url": "https://a.test/Zoraida%20Quixbury"}, None),
        ({"sent": b"", "url": "https://a.test/v1/things/a/b?page=1&q=x&q=Zoraida+Quixbury"}, "q in the query"),
        ({"sent": b"", "url": "https://a.test/v1/things/a/b?page=Zoraida+Quixbury"}, None),
        ({"sent": b"", "url": "https://a.test/v1/things/a/b?X-Who=Zoraida+Quixbury"}, None),
    ],
)
def test_what_was_sent_is_personal_where_the_document_says_so(
    sent: dict[str, Any], as_what: str | None, thing: Operation
) -> None:
    found = echoes(thing, error(thing, f"no {NAME}", **sent))
    assert found == ([] if as_what is None else [("the error", as_what)])


def test_a_credential_is_told_as_one_and_each_kind_once(thing: Operation) -> None:
    sent = {"name": "Zoraida 1", "list": ["Zoraida 2", "Zoraida 3"]}
    told = "Zoraida 1, Zoraida 2, Zoraida 3, k3y-one, k3y-two"
    assert echoes(thing, error(thing, told, sent=sent), "k3y-one", "k3y-two", "k3y-not-told") == [
        ("the error", "name in the body"), ("the error", "* in the body"), ("the error", "a credential"),
    ]  # fmt: skip
    both = error(thing, "no k3y-one", sent={"name": "k3y-one"})
    assert echoes(thing, both, "k3y-one") == [("the error", "a credential")]


def test_a_body_that_is_one_marked_text_is_told_as_personal_data(documents: Documents) -> None:
    item = path_item({"422": content({})}, "post", requestBody={"content": {JSON: {"schema": PERSONAL}}})
    facts = documents.operation({"/things": item})
    assert echoes(facts, error(facts, f"no {NAME}", sent=NAME)) == [("the error", "personal data")]
