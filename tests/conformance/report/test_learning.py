"""What a redactor learns from each place of an exchange, and own texts of the program that overlap."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.redaction import Redactor, own_texts
from pii_sandbox.redaction.schema_marks import SchemaMark
from tests.conformance.report import samples
from tests.conformance.report.samples import exchange

VALUE = "Zx-Quill"  # personal by its place alone: it has no form that gives it away
TOKEN = "Zx-Quill-Rook"
HEADER = {"X-VTEX-API-AppToken": TOKEN}
FASHIONAI, PROFILES = "/api/v1/crm/protected/profile", "/api/storage/profile-system/profiles"

# by place: what an exchange has beside the ordinary, and what is to be known of it
PLACES: dict[str, tuple[tuple[Any, ...], dict[str, Any], str]] = {
    "the path": (("fashionai", "getProfileByDocument", "GET", f"{FASHIONAI}/document/{VALUE}"), {}, VALUE),
    "the query": (("newstore", "listProfiles", "GET", f"/v1/d/pii/profiles?q={VALUE}"), {}, VALUE),
    "a request header": (("vtex", "GetProfileSchema", "GET", f"{PROFILES}/schema"), {"headers": HEADER}, TOKEN),
    "the request body": (
        ("vtex", "CreateClientProfile", "POST", PROFILES),
        {"request_body": {"lastName": VALUE}},
        VALUE,
    ),
    "the response body": (
        ("vtex", "GetUnmaskedProfile", "GET", f"{PROFILES}/{samples.UUID}/unmasked"),
        {"response_body": {"document": {"lastName": VALUE}}},
        VALUE,
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_value_is_known_wherever_an_exchange_has_it(place: str) -> None:
    arguments, keywords, value = PLACES[place]
    redactor = Redactor("guide")
    assert value in redactor.text(f"nobody but {value} called")
    redactor.learn(exchange(*arguments, **keywords))
    assert value not in redactor.text(f"nobody but {value} called")


def test_cookies_and_what_stands_before_the_host_of_a_url_are_known() -> None:
    plain = exchange("vtex", None, "GET", "/")
    headers = {**plain.response_headers, "Set-Cookie": f"session={VALUE}; Path=/"}
    redactor = Redactor("guide")
    redactor.learn(replace(plain, url=f"https://ada:{TOKEN}@shop.example.com/", response_headers=headers))
    assert VALUE not in redactor.text(f"nobody but {VALUE} called")
    assert TOKEN not in redactor.text(f"called https://ada:{TOKEN}@shop.example.com/ twice")


@pytest.mark.parametrize("width", [8, 20, 76])
@pytest.mark.parametrize("before", [b"", b"\xff\x00\xfe"])
def test_a_value_is_found_in_base64_of_several_lines(width: int, before: bytes) -> None:
    redactor = Redactor("guide")
    redactor.learn_value("Zoraida Quixbury", SchemaMark("name"))
    code = base64.b64encode(before + b"written by Zoraida Quixbury in person").decode()
    lines = "\n".join(code[at : at + width] for at in range(0, len(code), width))
    redacted = redactor.text(f"sent:\n{lines}\nend")
    rest = "".join(redacted.removeprefix("sent:").removesuffix("end").split())
    assert "name#" in redacted
    assert base64.b64encode(b"Zoraida Quixbury").decode()[:16] not in rest
    assert code not in rest
    assert redacted.startswith("sent:")
    assert redacted.endswith("end")


@pytest.mark.parametrize(
    ("phrases", "spans"),
    [
        ({"an answer as", "answer as the"}, [(0, 16)]),
        ({"answer as the", "the document"}, [(3, 25)]),
        ({"an answer as the", "answer as"}, [(0, 16)]),
        ({"an answer", "the document"}, [(0, 9), (13, 25)]),
        ({"says, says", "an answer"}, [(0, 9), (26, 42)]),
        ({"not there"}, []),
    ],
)
def test_own_texts_that_overlap_are_one_span(
    phrases: set[str], spans: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_texts, "phrases", lambda: frozenset(phrases))
    assert own_texts.program_text_spans("an answer as the document says, says, says") == spans


def test_a_message_without_answer_has_nothing_to_learn() -> None:
    redactor = Redactor("guide")
    redactor.learn(exchange("vtex", None, "GET", "/", status=None, error=f"{httpx.ConnectError.__name__}: refused"))
    assert redactor.text("ConnectError: refused") == "ConnectError: refused"
