"""Exchange fields: which values an exchange has, what the documents say of each, and what is put in their place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pii_sandbox.conformance.redaction.exchange_fields import ExchangeFields, media_type, split_url
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.redaction.bodies import DEEPEST
from pii_sandbox.redaction.schema_marks import SchemaMark
from tests.conformance.redaction.exchanges import JSON, PROFILES, UUID, exchange

PDF = {"CONTENT-TYPE": " Application/PDF; charset=x"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
PROBLEM = {"content-type": "application/problem+json; charset=utf-8"}
CREDENTIAL = SchemaMark("credential", secret=True)
Seen = list[tuple[Any, str, SchemaMark | None]]


class Touch:
    """Keeps what it is given, and gives back marked values in angle brackets."""

    def __init__(self) -> None:
        self.seen: Seen = []

    def __call__(self, value: Any, name: str, mark: SchemaMark | None) -> Any:
        self.seen.append((value, name, mark))
        return value if mark is None else f"<{value}>"


def quote(text: str) -> str:
    return text.upper()


def fields_of(original: Exchange) -> ExchangeFields:
    return ExchangeFields(original, "guide")


@pytest.mark.parametrize(
    ("operation_id", "method"),
    [("GetProfile", "GET"), ("CreateClientProfile", "POST"), ("NoSuchThing", None), (None, None)],
)
def test_an_operation_is_that_of_the_document_if_it_has_it(operation_id: str | None, method: str | None) -> None:
    operation = fields_of(exchange("vtex", operation_id)).operation
    assert (operation and operation.method) == method


@pytest.mark.parametrize(
    ("operation_id", "path", "expected", "seen"),
    [
        (
            "GetProfile",
            f"/base{PROFILES}/a%40b",
            f"/base{PROFILES}/<A@B>",
            [("a@b", "profileId", SchemaMark("profileId", inherited=True))],
        ),
        (
            "GetUnmaskedAddress",
            f"{PROFILES}/x%20y/addresses/z%20w/unmask?a=b",
            f"{PROFILES}/<X Y>/addresses/z%20w/unmask",
            [("x y", "profileId", SchemaMark("profileId", inherited=True)), ("z w", "addressId", None)],
        ),
        ("GetProfile", f"{PROFILES}//", f"{PROFILES}//", [("", "", None), *((part, "", None) for part in [
            "api", "storage", "profile-system", "profiles", "", ""])]),
        ("CreateClientProfile", PROFILES, PROFILES, []),
        (None, "/a%20b/c", "/a%20b/c", [("", "", None), ("a b", "", None), ("c", "", None)]),
    ],
)  # fmt: skip
def test_the_parameters_of_a_path_are_touched_or_each_segment_of_an_unknown_one(
    operation_id: str | None, path: str, expected: str, seen: Seen
) -> None:
    touch = Touch()
    assert fields_of(exchange("vtex", operation_id, path)).path(touch, quote) == expected
    assert touch.seen == seen


def test_the_segments_of_an_unknown_path_can_be_replaced() -> None:
    path = fields_of(exchange("vtex", None, "/ab/c%20d")).path(lambda value, *_: value[::-1], quote)
    assert path == "/BA/D C"


@pytest.mark.parametrize(
    ("operation_id", "query", "seen"),
    [
        ("GetUnmaskedProfile", "reason=a&onBehalfOf=b+c", [
            ("a", "reason", None), ("b c", "onBehalfOf", SchemaMark("onBehalfOf"))]),
        ("GetUnmaskedProfile", "onBehalfOf=b&alternativeKey=email", [
            ("b", "onBehalfOf", SchemaMark("onBehalfOf")), ("email", "alternativeKey", None)]),
        ("GetProfile", "firstName=&zip%20=1#2", [
            ("", "firstName", SchemaMark("firstName", inherited=True)), ("1#2", "zip ", None)]),
        (None, "email=a&x=b", [("a", "email", SchemaMark("email", inherited=True)), ("b", "x", None)]),
    ],
)  # fmt: skip
def test_the_query_is_touched_with_the_marks_of_parameters_or_else_of_names(
    operation_id: str | None, query: str, seen: Seen
) -> None:
    touch = Touch()
    shown = fields_of(exchange("vtex", operation_id, f"{PROFILES}/{UUID}/unmask?{query}")).query(touch)
    assert touch.seen == seen
    assert shown == [(name, value if mark is None else f"<{value}>") for value, name, mark in seen]


@pytest.mark.parametrize(
    ("query", "kind"),
    [("alternativeKey=email", "email"), ("alternativeKey=", "profileId"), ("a=b", "profileId"), ("", "profileId")],
)
def test_a_parameter_of_the_path_is_of_the_kind_of_the_alternative_key(query: str, kind: str) -> None:
    touch = Touch()
    fields_of(exchange("vtex", "GetProfile", f"{PROFILES}/a?{query}")).path(touch, quote)
    assert touch.seen == [("a", "profileId", SchemaMark(kind, inherited=True))]


def test_a_secret_parameter_stays_secret() -> None:
    touch = Touch()
    fields_of(exchange("newstore", "createToken", "/v0/token?password=a&alternativeKey=b")).query(touch)
    assert touch.seen[0] == ("a", "password", SchemaMark("password", secret=True))


@pytest.mark.parametrize(
    ("name", "value", "expected", "seen"),
    [
        ("Authorization", "Bearer  a b", "Bearer  <a b>", ("a b", "Authorization", CREDENTIAL)),
        ("AUTHORIZATION", "abc", "<abc>", ("abc", "AUTHORIZATION", CREDENTIAL)),
        ("X-VTEX-API-AppKey", "a", "<a>", ("a", "X-VTEX-API-AppKey", CREDENTIAL)),
        ("X-My-Session", "a", "<a>", ("a", "X-My-Session", CREDENTIAL)),
        ("Accept", "Bearer a", "Bearer a", ("Bearer a", "Accept", None)),
        ("email", "a", "<a>", ("a", "email", SchemaMark("email", inherited=True))),
    ],
)
def test_headers_are_touched_and_those_of_credentials_without_their_scheme(
    name: str, value: str, expected: str, seen: tuple[str, str, SchemaMark | None]
) -> None:
    both = exchange("vtex", "GetProfile", request=({name: value}, b""), response=({name: value}, b""))
    for of in (fields_of(both).request_headers, fields_of(both).response_headers):
        touch = Touch()
        assert of(touch) == {name: expected}
        assert touch.seen == [seen]


@pytest.mark.parametrize("folded", ["cookie", "x-vtex-api-apptoken"])
def test_a_credential_header_of_a_document_is_known_by_its_name_alone(
    folded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pii_sandbox.conformance.redaction.exchange_fields.credential_headers", lambda: {"x-plain"})
    touch = Touch()
    original = exchange("vtex", "GetProfile", request=({"X-Plain": "Basic a", folded: "b"}, b""))
    assert fields_of(original).request_headers(touch) == {"X-Plain": "Basic <a>", folded: "<b>"}


@pytest.mark.parametrize(
    ("api", "operation_id", "headers", "body", "expected"),
    [
        ("vtex", "CreateClientProfile", JSON, b"", ("empty", "")),
        ("vtex", "CreateClientProfile", JSON, {"email": "a", "locale": 1}, ("json", {"email": "<a>", "locale": "<1>"})),
        ("vtex", "CreateClientProfile", {}, {"email": "a"}, ("json", {"email": "<a>"})),
        ("vtex", "CreateClientProfile", JSON, b"\xff", ("bytes", b"\xff")),
        ("vtex", "CreateClientProfile", JSON, b"{no json", ("text", "{no json")),
        ("newstore", "createToken", FORM, b"password=a&x=b", ("form", {"password": "<a>", "x": "b"})),
        ("newstore", "createToken", JSON, {"client_secret": "a"}, ("json", {"client_secret": "<a>"})),
        ("newstore", "createRealmToken", JSON, {"username": "a"}, ("json", {"username": "<a>"})),
        ("vtex", None, JSON, {"email": ["a"], "x": "b"}, ("json", {"email": ["<a>"], "x": "b"})),
        ("vtex", "GetProfile", JSON, {"lastName": "a", "x": "b"}, ("json", {"lastName": "<a>", "x": "b"})),
    ],
)
def test_a_request_body_is_touched_with_the_marks_of_its_schema(
    api: str, operation_id: str | None, headers: Mapping[str, str], body: Any, expected: tuple[str, Any]
) -> None:
    assert fields_of(exchange(api, operation_id, request=(headers, body))).request(Touch()) == expected


@pytest.mark.parametrize(
    ("api", "operation_id", "headers", "body", "status", "kind"),
    [
        ("vtex", "GetProfile", JSON, b"", 200, "empty"),
        ("vtex", "GetProfile", PDF, b"", 200, "empty"),
        ("vtex", "GetProfile", JSON, {"document": {"firstName": "a"}}, 200, "json"),
        ("vtex", "GetProfile", PROBLEM, {"title": "a"}, 404, "json"),
        ("vtex", "GetProfile", PROBLEM, {"title": "a"}, 200, "json"),
        ("vtex", None, JSON, {"a": "b"}, 200, "json"),
        ("vtex", "GetProfile", JSON, b"{no json", 200, "undocumented"),
        ("vtex", "GetProfile", JSON, b"\xff", 200, "undocumented"),
        ("vtex", "GetProfile", {}, {"a": "b"}, 200, "undocumented"),
        ("vtex", "GetProfile", {"Content-Type": "text/json5"}, {"a": "b"}, 200, "undocumented"),
        ("vtex", "GetProfile", PDF, b"a", 200, "undocumented"),
        ("vtex", None, PDF, b"a", 200, "undocumented"),
        ("sandbox", "getMetrics", {"Content-Type": "Text/Plain"}, b"a 1", 200, "text"),
        ("sandbox", "getMetrics", {"Content-Type": "text/plain"}, b"\xff", 500, "bytes"),
        ("sandbox", "getMetrics", {"Content-Type": "text/html"}, b"a", 200, "undocumented"),
    ],
)
def test_a_response_body_outside_the_document_is_not_touched(
    api: str, operation_id: str | None, headers: Mapping[str, str], body: Any, status: int, kind: str
) -> None:
    touch = Touch()
    original = exchange(api, operation_id, response=(headers, body), status=status)
    redacted = fields_of(original).response(touch)
    assert redacted[0] == kind
    if kind in ("undocumented", "bytes"):
        assert redacted[1] == original.response_body
        assert touch.seen == []


def test_a_response_body_is_touched_with_the_marks_of_its_status() -> None:
    body = {"document": {"firstName": "a"}, "firstName": "b", "size": "c"}
    touch = Touch()
    kind, value = fields_of(exchange("vtex", "GetProfile", response=(JSON, body))).response(touch)
    assert (kind, value["document"], value["size"]) == ("json", {"firstName": "<a>"}, "c")
    assert touch.seen[0] == ("a", "firstName", SchemaMark("firstName", masked=True))
    assert touch.seen[1][:2] == ("b", "firstName")
    fields_of(exchange("vtex", None, response=(JSON, body))).response(touch := Touch())
    assert touch.seen[0] == ("a", "firstName", SchemaMark("firstName", inherited=True))


@pytest.mark.parametrize(
    ("api", "url", "guesses"),
    [
        ("vtex", "/x", True),
        ("sandbox", "/_sandbox/v1/status", False),
        ("sandbox", "/_sandbox/v1/documents/vtex/profiles", True),
        ("sandbox", "/_sandbox/v1/audit", True),
        ("sandbox", "/_sandbox/v1/residue?email=a", True),
        ("sandbox", "/_sandbox/v1/journal", True),
    ],
)
def test_names_tell_nothing_in_what_the_control_api_says_of_itself(api: str, url: str, guesses: bool) -> None:
    touch = Touch()
    fields_of(exchange(api, None, url, response=(JSON, {"firstName": "a"}))).response(touch)
    assert touch.seen == [("a", "firstName", SchemaMark("firstName", inherited=True) if guesses else None)]


@pytest.mark.parametrize("digits", [4_000, 4_001])
def test_numbers_that_are_no_json_are_numbers_or_texts(digits: int) -> None:
    body = b'{"a": [NaN, -Infinity, ' + b"9" * digits + b"]}"
    seen = fields_of(exchange("vtex", None, response=(JSON, body))).response(Touch())
    number = int("9" * digits) if digits == 4_000 else "9" * digits
    assert seen == ("json", {"a": ["NaN", "-Infinity", number]})


@pytest.mark.parametrize(("depth", "kind"), [(DEEPEST - 1, "json"), (DEEPEST, "json"), (DEEPEST + 1, "undocumented")])
def test_json_with_nan_is_read_up_to_the_depth_of_other_json(depth: int, kind: str) -> None:
    body = b"[" * depth + b"NaN" + b"]" * depth
    redacted = fields_of(exchange("vtex", None, response=(JSON, body))).response(lambda value, *_: value)
    assert redacted[0] == kind
    text = fields_of(exchange("vtex", None, request=({"Content-Type": "text/plain"}, b"NaN"))).request(Touch())
    assert text == ("text", "NaN")
    nested = b'{"a":' * depth + b"NaN" + b"}" * depth
    assert fields_of(exchange("vtex", None, response=(JSON, nested))).response(Touch())[0] == kind


def test_the_schema_of_a_body_is_that_of_its_media_type_or_of_any_or_of_all() -> None:
    first, second, rest = {"x-pii": True}, {"x-secret": True}, {"x-masked": True}
    fields = fields_of(exchange("vtex", "GetProfile"))
    assert fields._node({"a/b": first, "c/d": second}, "c/d").origin == (second,)
    assert fields._node({"a/b": first, "*/*": rest, "c/d": second}, "e/f").origin == (rest,)
    assert fields._node({"a/b": first, "c/d": second}, "e/f").origin == (first, second)
    assert fields._node({}, "e/f").origin == ()
    assert fields_of(exchange("vtex", None))._node({"a/b": first}, "a/b").origin == ()


def test_the_parts_of_a_url_and_a_media_type() -> None:
    assert (split_url("http://a/b#c?d#e").path, split_url("http://a/b#c?d#e").query) == ("/b#c", "d#e")
    assert media_type({"A": "b", **PDF}) == "application/pdf"
    assert media_type({"Accept": "text/html"}) == ""
