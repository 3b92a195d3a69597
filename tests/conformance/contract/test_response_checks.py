"""Each check of an answer, on answers that keep it and on answers that do not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.contract.response_checks import CheckFailure, check_failures, has_mask_form
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.specs import Dialect

VTEX = "/api/storage/profile-system"
NEWSTORE = "/v1/d/pii"
ID = "7f3a1f9e-6d1f-4a52-9a39-0d6d4f1f2b10"
NS_PROBLEM = {"request_id": "r1", "message": "no such profile", "type": "about:blank", "title": "Not Found"}
VTEX_PROBLEM = {
    "type": "https://tools.ietf.org/html/rfc7231#section-6.5.1",
    "title": "Bad Request",
    "status": 400,
    "traceId": "00-65d5abf9263b07eb185beee49e2075dc-b67b373e2e93dcf8-00",
}
MASKED = {"firstName": "J***", "email": "j***.d**@e******.c**", "birthDate": "1980-01-31", "documentType": "CPF"}


def exchange(
    operation_id: str, url: str, status: int | None, body: Any = None, media: str = "application/json", **more: Any
) -> Exchange:
    api = "vtex" if url.startswith(VTEX) else "newstore"
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": media, **more.pop("answered", {})}
    sent, whole = more.pop("sent", b""), f"http://there.test{url}"
    return Exchange(api, operation_id, "GET", whole, {}, sent, status, headers, content, **more)


def find_failures(call: Exchange, dialect: Dialect = "guide", secrets: tuple[str, ...] = ()) -> list[CheckFailure]:
    return check_failures(operations.operation(call.api, call.operation_id or "", dialect), call, dialect, secrets)


def rules(call: Exchange, dialect: Dialect = "guide", secrets: tuple[str, ...] = ()) -> list[str]:
    return [breach.rule for breach in find_failures(call, dialect, secrets)]


def envelope(**document: Any) -> dict[str, Any]:
    return {"id": ID, "meta": {}, "document": document}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("J***", True),
        ("j***.d**@e******.c**", True),
        ("2****-0**", True),
        ("", True),
        ("A B", True),
        ("e\u0301", True),
        ("John", False),
        ("J*hn", False),
        ("e\u0301a", False),
        ("1234", False),
        ("Ж***", True),
        ("Жанна", False),
    ],
)
def test_a_mask_has_no_two_letters_or_digits_in_a_row(text: str, masked: bool) -> None:
    assert has_mask_form(text) is masked


@pytest.mark.rule("VTEX-MASK-1")
@pytest.mark.parametrize(
    ("operation_id", "path", "body", "dialect", "broken"),
    [
        ("GetProfile", f"/profiles/{ID}", envelope(**MASKED), "guide", []),
        ("GetProfile", f"/profiles/{ID}", envelope(**MASKED | {"email": "john@example.com"}), "guide", ["VTEX-MASK-1"]),
        ("GetProfile", f"/profiles/{ID}", [envelope(firstName="John")], "reference", ["VTEX-MASK-1"]),
        ("GetUnmaskedProfile", f"/profiles/{ID}/unmask", envelope(firstName="John"), "guide", []),
        ("GetProspects", "/prospects", [envelope(firstName="J***", contacts=[{"email": "john@x.test"}])], "guide",
         ["VTEX-MASK-1"]),
    ],
)  # fmt: skip
def test_vtex_mask_1_a_masked_read_shows_nothing_that_is_to_be_masked(
    operation_id: str, path: str, body: Any, dialect: Dialect, broken: list[str]
) -> None:
    assert rules(exchange(operation_id, VTEX + path, 200, body), dialect) == broken


def test_a_breach_of_a_mask_names_the_place_and_not_the_value() -> None:
    (breach,) = find_failures(exchange("GetProfile", f"{VTEX}/profiles/{ID}", 200, envelope(email="john@example.com")))
    assert "document.email" in breach.seen
    assert "john" not in breach.seen


PROBLEM = "application/problem+json"


@pytest.mark.rule("NS-ERR-1")
@pytest.mark.parametrize(
    ("status", "body", "media", "broken"),
    [
        (404, NS_PROBLEM, PROBLEM, []),
        (404, NS_PROBLEM, f"{PROBLEM}; charset=utf-8", []),
        (404, NS_PROBLEM, "application/json", ["NS-ERR-1"]),
        (404, {key: value for key, value in NS_PROBLEM.items() if key != "request_id"}, PROBLEM, ["NS-ERR-1"]),
        (404, b"<html>Not Found</html>", "text/html", ["NS-ERR-1"]),
        (404, b"not json", PROBLEM, ["NS-ERR-1"]),
        (418, NS_PROBLEM, PROBLEM, []),
        (418, {"detail": "teapot"}, PROBLEM, ["NS-ERR-1"]),
        (200, {"detail": "no error"}, "application/json", []),
    ],
)
def test_ns_err_1_every_error_is_of_the_vendors_form(status: int, body: Any, media: str, broken: list[str]) -> None:
    assert rules(exchange("getProfile", f"{NEWSTORE}/profiles/NS-EU-1", status, body, media)) == broken


@pytest.mark.parametrize(
    ("body", "broken"),
    [(VTEX_PROBLEM, []), ({**VTEX_PROBLEM, "traceId": "?"}, ["generated:error_form"])],
)
def test_an_error_form_without_a_rule_of_its_own_is_checked_too(body: Any, broken: list[str]) -> None:
    assert rules(exchange("GetProfile", f"{VTEX}/profiles/{ID}", 400, body, PROBLEM)) == broken


def profile_list(many: int) -> dict[str, Any]:
    return {"profiles": [{}] * many, "pagination_info": {"count": many, "total": 20000, "offset": 0}}


@pytest.mark.rule("NS-LIST-1", "NS-LIST-2")
@pytest.mark.parametrize(
    ("query", "status", "many", "broken"),
    [
        ("", 200, 10, []),
        ("", 200, 11, ["NS-LIST-1"]),
        ("?count=500", 200, 500, []),
        ("?count=5", 200, 6, ["NS-LIST-1"]),
        ("?count=501", 200, 0, ["NS-LIST-1"]),
        ("?count=0", 200, 0, ["NS-LIST-1"]),
        ("?count=501", 400, 0, []),
        ("?offset=9990&count=10", 200, 10, []),
        ("?offset=9991&count=10", 200, 10, ["NS-LIST-2"]),
        ("?offset=9995", 200, 10, ["NS-LIST-2"]),
        ("?offset=9991&count=10", 400, 0, []),
        ("?count=many", 200, 10, []),
    ],
)
def test_ns_list_2_and_ns_list_1_a_list_keeps_its_caps(query: str, status: int, many: int, broken: list[str]) -> None:
    body, media = (profile_list(many), "application/json") if status == 200 else (NS_PROBLEM, PROBLEM)
    assert rules(exchange("listProfiles", f"{NEWSTORE}/profiles{query}", status, body, media)) == broken


@pytest.mark.parametrize(
    ("message", "sent", "headers", "broken"),
    [
        ("email is not an email", {"email": "ada.lovelace"}, {}, []),
        ("'ada.lovelace' is not an email", {"email": "ada.lovelace"}, {}, ["generated:disclosed"]),
        ("the token s3cr3t-token is wrong", {}, {}, ["generated:disclosed"]),
        ("full_name is wrong", {"full_name": "full_name"}, {}, []),
        ("no such thing", {"full_name": "such"}, {}, []),
        ("that is not a property", {"full_name": "property"}, {}, []),
        ("Bad Gateway", {"full_name": "Bad Gateway"}, {}, []),
        ("trace 4bf92f3577b34da6", {"phone_number": "357735"}, {}, []),
        ("trace 4bf92f3577b34da6", {"phone_number": "3577b3"}, {}, []),
        ("no phone 357735.", {"phone_number": "357735"}, {}, ["generated:disclosed"]),
        ("wrong", {"full_name": "Ada Lovelace"}, {"X-Debug": "Ada Lovelace"}, ["generated:disclosed"]),
        ("wrong", {"full_name": "Ada Lovelace"}, {"Server": "there"}, []),
    ],
)
def test_an_error_tells_nothing_again_that_is_personal_or_secret(
    message: str, sent: dict[str, str], headers: dict[str, str], broken: list[str]
) -> None:
    problem = NS_PROBLEM | {"message": message}
    call = exchange("getOrCreateProfile", f"{NEWSTORE}/profiles", 400, problem, PROBLEM, sent=json.dumps(sent).encode(),
                    answered=headers)  # fmt: skip
    assert rules(call, secrets=("s3cr3t-token",)) == broken


def test_values_sent_in_the_url_are_not_disclosed_in_errors_either() -> None:
    problem = VTEX_PROBLEM | {"title": "nobody is called ada@example.com"}
    call = exchange("GetProfile", f"{VTEX}/profiles/ada%40example.com?alternativeKey=email", 400, problem, PROBLEM)
    assert rules(call) == ["generated:disclosed"]


def test_what_the_document_itself_puts_into_an_error_tells_nothing() -> None:
    problem = VTEX_PROBLEM | {"type": "https://tools.ietf.org/html/rfc7231#section-6.5.4", "title": "Not Found"}
    call = exchange("CreateClientAddress", f"{VTEX}/profiles/x/addresses", 404, problem | {"status": 404}, PROBLEM,
                    sent=b'{"name": "https:", "complement": "rfc7231"}')  # fmt: skip
    assert rules(call) == []


def test_a_connection_that_ends_without_an_answer_breaks_nothing() -> None:
    assert rules(exchange("getProfile", f"{NEWSTORE}/profiles/NS-EU-1", None, error="no answer came")) == []


def test_an_answer_that_is_not_the_vendors_breaks_nothing() -> None:
    page = exchange("getProfile", f"{NEWSTORE}/profiles/NS-EU-1", 500, b"<html>", "text/html")
    assert rules(page) == ["NS-ERR-1"]
    assert rules(replace(page, answer_class="intermediary")) == []
