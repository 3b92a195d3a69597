"""What becomes a pseudonym, what stays, and that a value is found however it is written."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.redaction.pseudonyms import is_pseudonym
from pii_sandbox.redaction.vocabulary import mark_by_name, vocabulary
from tests.conformance.report import samples
from tests.conformance.report.samples import exchange

PROFILES = "/api/storage/profile-system/profiles"


def redact(original: Exchange, **about: Any) -> Exchange:
    return Redactor("guide", **about).exchange(original)


def body_of(original: Exchange) -> Any:
    return json.loads(redact(original).response_body)


def test_marked_properties_become_pseudonyms_and_the_others_stay() -> None:
    response_body = {
        "id": samples.UUID,
        "meta": {"version": samples.UUID, "lastUpdate": "2026-01-31T09:30:00.0000000+00:00"},
        "document": {"email": "ada@lovelace.example", "documentType": "CPF", "homePhone": None, "tags": ["vip"]},
    }
    redacted = body_of(
        exchange(
            "vtex", "GetUnmaskedProfile", "GET", f"{PROFILES}/{samples.UUID}/unmasked", response_body=response_body
        )
    )
    assert redacted["document"].pop("email").startswith("email#")
    assert redacted == {**response_body, "document": {"documentType": "CPF", "homePhone": None, "tags": ["vip"]}}


def test_a_masked_value_stays() -> None:
    response_body = {"document": {"email": "a**@l*******.e******", "firstName": "A**", "lastName": "Lo******"}}
    document = body_of(
        exchange("vtex", "GetProfile", "GET", f"{PROFILES}/{samples.UUID}", response_body=response_body)
    )["document"]
    assert document["email"] == response_body["document"]["email"]
    assert document["firstName"] == "A**"
    assert document["lastName"].startswith("name#"), "more than the first letter is left of it"


def test_an_undocumented_property_beside_personal_ones_is_taken_for_personal() -> None:
    response_body = {"document": {"email": "a**", "sizeOfShoes": "extra wide"}, "trace": "abc"}
    redacted = body_of(exchange("vtex", "GetProfile", "GET", f"{PROFILES}/{samples.UUID}", response_body=response_body))
    assert redacted["document"]["sizeOfShoes"].startswith("value#")
    assert redacted["trace"] == "abc"


def test_one_person_can_be_followed_through_other_spellings_and_runs() -> None:
    first = redact(
        exchange("fashionai", "getProfileByPhone", "GET", "/api/v1/crm/protected/profile/phone/5511987651377")
    )
    sent = {"email": "ADA@Lovelace.example", "phone_number": "+55 11 98765-1377"}
    second = redact(exchange("newstore", "getOrCreateProfile", "POST", "/v1/d/pii/profiles", request_body=sent))
    third = redact(exchange("newstore", "listProfiles", "GET", "/v1/d/pii/profiles?q=ada%40lovelace.example"))
    assert first.url.rpartition("/")[2] == json.loads(second.request_body)["phone_number"]
    assert third.url.endswith(f"?q={json.loads(second.request_body)['email']}")


def test_two_values_never_share_a_pseudonym() -> None:
    redactor = Redactor("guide")
    names = [f"person-{number}@lovelace.example" for number in range(1500)]
    assert len({redactor.text(name) for name in names}) == len(names)


def test_the_kind_of_an_alternative_key_is_the_keys() -> None:
    assert (
        "/document#"
        in redact(exchange("vtex", "GetProfile", "GET", f"{PROFILES}/83921746582?alternativeKey=document")).url
    )
    assert samples.UUID in redact(exchange("vtex", "GetProfile", "GET", f"{PROFILES}/{samples.UUID}")).url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", "Bearer s3cr3t-Token"),
        ("Authorization", "Basic YWRhOnMzY3IzdA=="),
        ("Cookie", "session=s3cr3t-Token"),
        ("X-FashionAI-APP-Token", "s3cr3t-Token"),
        ("VtexIdclientAutCookie", "s3cr3t-Token"),
        ("X-Sandbox-Control-Token", "s3cr3t-Token"),
        ("X-Any-Api-Key", "s3cr3t-Token"),
    ],
)
def test_credentials_in_headers_are_hidden_even_with_a_reason(name: str, value: str) -> None:
    original = exchange(
        "newstore",
        "listProfiles",
        "GET",
        "/v1/d/pii/profiles",
        headers={name: value},
        response_body=f"{value}!".encode(),
    )
    redacted = redact(original, reveal="ticket 4711")
    assert "credential#" in redacted.request_headers[name]
    assert value.rpartition(" ")[2] not in repr(redacted)


def test_a_reason_lets_personal_data_through() -> None:
    original = exchange(
        "newstore", "getOrCreateProfile", "POST", "/v1/d/pii/profiles", request_body={"email": "ada@lovelace.example"}
    )
    assert b"ada@lovelace.example" in redact(original, reveal="ticket 4711").request_body


def test_user_and_password_in_a_url_are_left_out() -> None:
    original = Exchange(
        "newstore", None, "GET", "https://ada:s3cr3t@host.test/x", {}, b"", None, error="at ada:s3cr3t@host.test"
    )
    assert "s3cr3t" not in repr(redact(original))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to ada.byron+x@lovelace.example today", "email"),
        ("call +44 20 7946 0018 now", "phone"),
        ("call (11) 98765-1377 now", "phone"),
        ("CPF 839.217.465-82", "document"),
        ("CPF 83921746582", "document"),
        ("CNPJ 11.222.333/0001-81", "document"),
        ("card 5355 2201 9474 6685", "card"),
        ("card 5355220194746685", "card"),
        ("customer 20250131123", "number"),
    ],
)
def test_values_that_look_personal_are_hidden_anywhere(text: str, kind: str) -> None:
    assert f"{kind}#" in Redactor("guide").text(text)


@pytest.mark.parametrize(
    "text",
    [
        "status 200 with 12,345 bytes at 2026-01-31T09:30:00.1234567+00:00",
        f"{samples.UUID} and {samples.NS_ID}",
        "00-65d5abf9263b07eb185beee49e2075dc-b67b373e2e93dcf8-00",
        "http://127.0.0.1:54321/v1/d/pii/profiles?offset=9990&count=10",
        "NS-LIST-2: at most 10000 of 123456789 profiles, 1.5 s",
        "j***.d**@e******.c**",
        "statuses [200, 409, 409]",
    ],
)
def test_values_that_do_not_look_personal_stay(text: str) -> None:
    assert Redactor("guide").text(text) == text


def test_words_of_the_documents_are_not_hunted() -> None:
    redactor = Redactor("guide", ["email", "data", "BR", "string"])
    assert redactor.text("email and data of BR as string") == "email and data of BR as string"
    assert {"email", "getprofile", "inprogress"} <= vocabulary()


def test_the_runs_own_texts_are_not_redacted() -> None:
    sent = {"email": "pii-sandbox-check.r7k2.0a1b2c@example.com", "full_name": "Ada Check r7k2 0a1b2c"}
    redactor = Redactor("guide", public=["r7k2"])
    redactor.learn(exchange("newstore", "getOrCreateProfile", "POST", "/v1/d/pii/profiles", request_body=sent))
    assert redactor.text("check r7k2 at example.com") == "check r7k2 at example.com"
    assert "0a1b2c" not in redactor.text("Check r7k2 0a1b2c")


@pytest.mark.parametrize(
    "text", ["{'firstName': 'Zoë', 'n': 1", '{"firstName":"Zoë', "<firstName>Zoë</firstName>", "x?firstName=Zoë&a=b"]
)
def test_a_named_value_in_a_broken_text_is_found(text: str) -> None:
    redactor = Redactor("guide")
    redactor.learn_text(text)
    assert "Zoë" not in redactor.text(f"{text} and so Zoë")


def test_a_body_that_is_no_text_is_told_by_its_length() -> None:
    original = exchange(
        "newstore",
        "getData",
        "GET",
        f"/v1/d/pii/data/{samples.NS_ID}",
        response_body=b"\xff\xfeada",
        media_type="application/pdf",
    )
    assert redact(original).response_body.startswith(b"(application/pdf, 5 bytes, sha256 ")


def test_numbers_and_truth_values_in_personal_places_are_hidden() -> None:
    sent = {"data": {"a": 20250131123, "b": True, "c": None, "d": 1.5}}
    redacted = json.loads(
        redact(exchange("newstore", "tokenize", "POST", "/v1/d/pii/tokenize", request_body=sent)).request_body
    )["data"]
    assert redacted["c"] is None
    assert all(is_pseudonym(redacted[name]) for name in "abd")


def test_names_are_known_in_any_spelling() -> None:
    assert mark_by_name("FIRST_NAME") == mark_by_name("FIRST_NAME")
    assert mark_by_name("first-name") is not None
    assert mark_by_name("traceId") is None
    assert getattr(mark_by_name("client_secret"), "secret", False)


def in_unicode_escapes(text: str) -> str:
    return json.dumps(text)[1:-1] if not text.isascii() else "".join(f"\\u{ord(character):04x}" for character in text)


ENCODINGS = (
    lambda text: quote(text, safe=""),
    quote_plus,
    lambda text: "".join(f"&#{ord(character)};" for character in text),
    in_unicode_escapes,
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.urlsafe_b64encode(f"ab{text}".encode()).decode(),
    lambda text: text.encode().hex(),
    lambda text: json.dumps({"it": text}),
)
NAMES = st.text("abcdefghijklmnopqrstuvwxyzáçèñöšŽ", min_size=6, max_size=14).filter(
    lambda name: name not in vocabulary()
)


@settings(max_examples=150, deadline=None)
@given(
    name=NAMES,
    cased=st.sampled_from((str, str.upper, str.title)),
    ways=st.lists(st.sampled_from(ENCODINGS), max_size=2),
    around=st.text(max_size=12),
)
def test_a_known_value_is_found_in_encodings_of_encodings(name: str, cased: Any, ways: list[Any], around: str) -> None:
    redactor = Redactor("guide", {f"q{name}x": "firstName"})
    written = cased(f"q{name}x")
    for way in ways:
        written = way(written)
    assert written not in redactor.text(f"{around} {written} {around}")


@settings(max_examples=100, deadline=None)
@given(text=st.text())
def test_any_text_can_be_redacted_and_what_is_redacted_stays(text: str) -> None:
    redactor = Redactor("guide", ["Zoraida Quixbury", "+5511987651377"])
    once = redactor.text(text)
    assert redactor.text(once) == once


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(("email", "document", "value", "id")) | st.text(), inner)
    ),
)


@settings(max_examples=100, deadline=None)
@given(
    body=st.binary() | JSON.map(lambda value: json.dumps(value).encode()),
    media_type=st.sampled_from(("application/json", "application/x-www-form-urlencoded", "text/plain", "")),
    path=st.text(),
)
def test_any_exchange_can_be_redacted(body: bytes, media_type: str, path: str) -> None:
    original = exchange(
        "vtex", "GetProfile", "POST", f"{PROFILES}/{path}", request_body=body, response_body=body, media_type=media_type
    )
    once = redact(original)
    assert redact(once).url == once.url
