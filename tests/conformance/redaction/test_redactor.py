"""Redactor: from which part of a run it learns, and what each part looks like once it is redacted."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from pii_sandbox.conformance.http.excerpt import MORE, SHOWN_CHARACTERS, size_and_hash
from pii_sandbox.conformance.redaction import Redactor, findings_of, own_texts
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.faults import FAULT
from pii_sandbox.conformance.values.findings import Exchange, Finding, RuleResult, RunResult
from pii_sandbox.conformance.values.observations import Drift, Observations
from tests.conformance.redaction.exchanges import HOST, JSON, PROFILES, UUID, exchange

VALUE = "Zx-Quill"  # personal by its place alone
SECRET = "Zx-Rook"
EMAIL = "zoraida@lovelace.example"
READ = exchange("vtex", "GetProfile", f"{PROFILES}/{UUID}", response=(JSON, {"document": {"firstName": VALUE}}))
PLAIN = exchange("vtex", "GetProfileSchema", "/api/storage/profile-system/schemas/profileSystem")


def finding(*exchanges: Exchange, expected: str = "", seen: str = "") -> Finding:
    return Finding("VTEX-MASK-1", "vtex", None, "scenario", "name", expected, seen, exchanges)


def run(**parts: Any) -> RunResult:
    parts = {"rules": (), "target": "staging", **parts}
    at = datetime(2026, 1, 31, tzinfo=UTC)
    return RunResult("r7k2", started_at=at, elapsed_seconds=1, seed=7, powers=frozenset(), **parts)


def knowing(*values: str, **options: Any) -> Redactor:
    return Redactor("guide", dict.fromkeys(values, "firstName"), **options)


# Learning


def test_values_can_be_known_from_the_start_with_or_without_a_name() -> None:
    named, unnamed = Redactor("guide", {VALUE: "firstName"}), Redactor("reference", [VALUE])
    assert named.text(f"of {VALUE}.").startswith("of name#")
    assert unnamed.text(f"of {VALUE}.").startswith("of value#")
    assert (Redactor().dialect, unnamed.dialect) == ("guide", "reference")
    assert Redactor().text(f"of {VALUE}.") == f"of {VALUE}."


def test_the_marks_of_test_customers_and_public_words_are_not_personal() -> None:
    redactor = Redactor("guide", [f"pii-sandbox-check.r7k2@{'example.com'}", "Public-Word"], public=["public-word"])
    assert (
        redactor.text("pii-sandbox-check at example.com, a public-word")
        == "pii-sandbox-check at example.com, a public-word"
    )


def test_a_reason_lets_personal_values_through_and_credentials_never() -> None:
    original = replace(READ, request_headers={"Authorization": f"Bearer {SECRET}"})
    redacted = Redactor("guide", reveal="ticket 4711").exchange(original)
    assert VALUE.encode() in redacted.response_body
    assert SECRET not in redacted.request_headers["Authorization"]


@pytest.mark.parametrize(
    ("place", "original"),
    [
        ("path", exchange("fashionai", "getProfileByDocument", f"/api/v1/crm/protected/profile/document/{VALUE}")),
        ("query", exchange("newstore", "listProfiles", f"/v1/d/pii/profiles?q={VALUE}")),
        ("request header", replace(PLAIN, request_headers={"X-VTEX-API-AppToken": VALUE})),
        ("response header", replace(PLAIN, response_headers={"X-Session": VALUE})),
        ("request body", exchange("vtex", "CreateClientProfile", PROFILES, request=(JSON, {"lastName": VALUE}))),
        ("response body", READ),
        ("user of the URL", replace(PLAIN, url=f"https://{VALUE}@shop.test/")),
        ("cookie", replace(PLAIN, response_headers={"set-cookie": f"a={VALUE}; Path=/"})),
        ("second cookie", replace(PLAIN, response_headers={"Set-Cookie": f"a=b; Path=/, c={VALUE}"})),
        ("named in an error", replace(PLAIN, error=f'{{"firstName": "{VALUE}"')),
        ("named in an unmarked text", replace(PLAIN, request_headers={"X-Note": f"firstName={VALUE}"})),
    ],
    ids=str,
)  # fmt: skip
def test_a_redactor_learns_from_each_part_of_an_exchange(place: str, original: Exchange) -> None:
    redactor = Redactor()
    redactor.learn(PLAIN, PLAIN, original)
    assert VALUE not in redactor.text(f"nobody but {VALUE} called"), place
    seen = Redactor()
    seen.learn_finding(finding(original))
    assert VALUE not in seen.text(f"nobody but {VALUE} called")


@pytest.mark.parametrize("reveal", [None, "ticket 4711"])
def test_cookies_and_the_user_of_a_url_are_credentials_whatever_is_revealed(reveal: str | None) -> None:
    redactor = Redactor(reveal=reveal)
    redactor.learn(
        replace(
            PLAIN, url="https://zx9-quill@shop.test/", response_headers={"Set-Cookie": "a=zx7-rook; Path=/, b=zx8-rook"}
        )
    )
    for value in ("zx9-quill", "zx7-rook", "zx8-rook"):
        assert re.sub("#[0-9a-f]{4}", "#", redactor.text(f"of {value}.")) == "of credential#."


def test_an_exchange_is_learned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    redactor = Redactor()
    learned: list[str] = []
    monkeypatch.setattr(redactor, "learn_text", learned.append)
    for _ in range(3):
        redactor.learn(replace(PLAIN, error="refused"), *[same := replace(PLAIN, error="once")] * 2)
        redactor.learn(same)
    assert learned.count("refused") == 3
    assert learned.count("once") == 3


def test_a_header_that_is_no_cookie_is_not_taken_apart() -> None:
    redactor = Redactor()
    redactor.learn(replace(PLAIN, response_headers={"Cache": f"a={VALUE}"}))
    assert redactor.text(VALUE) == VALUE


@pytest.mark.parametrize("part", ["expected", "seen"])
def test_a_redactor_learns_from_the_words_of_a_finding(part: str) -> None:
    redactor = Redactor()
    redacted = redactor.finding(finding(**{part: f"firstName={VALUE} {EMAIL}"}))
    assert VALUE not in getattr(redacted, part)
    assert EMAIL not in getattr(redacted, part)
    assert redactor.text(VALUE).startswith("name#")


# Exchanges


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{HOST}/a", f"{HOST}/a"),
        (f"{HOST}:8443/a?b=c&d=", f"{HOST}:8443/a?b=c&d="),
        ("http://127.0.0.1/a?", "http://127.0.0.1/a"),
        (f"https://ada:{SECRET}@shop.test/a", "https://shop.test/a"),
        ("/a?b=c", "/a?b=c"),
        (f"{HOST}/{VALUE}?b={VALUE}&email=x", f"{HOST}/name#?b=name#&email=email#"),
    ],
)
def test_a_url_keeps_its_host_and_loses_its_user(url: str, expected: str) -> None:
    redacted = knowing(VALUE).exchange(replace(exchange("vtex", None), url=url)).url
    assert re.sub("#[0-9a-f]{4}", "#", redacted) == expected


def test_each_part_of_an_exchange_is_redacted() -> None:
    original = exchange(
        "vtex",
        "CreateClientProfile",
        PROFILES,
        request=({"X-Note": f"of {VALUE}", "X-Plain": "a"}, {"firstName": VALUE}),
        response=({**JSON, "X-Note": f"of {VALUE}"}, {"a": [f"of {VALUE}", 1, None]}),
        error=f"of {VALUE}",
    )
    redacted = Redactor().exchange(original)
    name = json.loads(redacted.request_body)["firstName"]
    assert name.startswith("name#")
    assert redacted.request_headers == {"X-Note": f"of {name}", "X-Plain": "a"}
    assert redacted.response_headers == {**JSON, "X-Note": f"of {name}"}
    assert json.loads(redacted.response_body) == {"a": [f"of {name}", 1, None]}
    assert redacted.error == f"of {name}"
    assert (redacted.cut, redacted.status) == (None, 200)
    assert Redactor().exchange(PLAIN).error is None


PDF = b"%PDF of Zx-Quill"
BYTES = b"\xff\x00"
OF_BYTES = size_and_hash(BYTES)


@pytest.mark.parametrize(
    ("headers", "body", "others", "expected", "cut"),
    [
        (JSON, b"", {}, "", None),
        (JSON, {"a": "é\ud800"}, {}, '{"a": "é\\ud800"}', None),
        (JSON, b"", {"oversize": "over 16 MB", "cut": "17 bytes"}, "", "17 bytes"),
        (JSON, {"a": 1}, {"oversize": "over 16 MB", "cut": "17 bytes"}, '{"a": 1}', "17 bytes"),
        ({"Content-Type": "application/pdf"}, PDF, {}, f"(application/pdf, {size_and_hash(PDF)})", size_and_hash(PDF)),
        ({}, PDF, {}, f"(no media type, {size_and_hash(PDF)})", size_and_hash(PDF)),
        ({}, PDF, {"cut": "17 bytes"}, "(no media type, 17 bytes)", "17 bytes"),
        ({"Content-Type": f"text/{VALUE}"}, PDF, {"cut": "17 bytes"}, "(text/name#, 17 bytes)", "17 bytes"),
        (JSON, BYTES, {}, f"(application/json, {OF_BYTES})", OF_BYTES),
    ],
)
def test_a_response_body_is_shown_as_json_or_told_by_size_and_hash(
    headers: dict[str, str], body: Any, others: dict[str, Any], expected: str, cut: str | None
) -> None:
    redacted = knowing(VALUE).exchange(exchange("vtex", "GetProfile", response=(headers, body), **others))
    assert re.sub("#[0-9a-f]{4}", "#", redacted.response_body.decode()) == expected
    assert redacted.cut == cut


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"a=1&b=22&a=3&c=", b"a=1&a=3&b=22&c="),
        ({"Content-Type": "text/plain"}, "plain é".encode(), "plain é".encode()),
        ({"Content-Type": "text/plain"}, b"x " * SHOWN_CHARACTERS, b"x " * (SHOWN_CHARACTERS // 2) + MORE.encode()),
        ({"Content-Type": "image/png"}, BYTES, f"(image/png, {OF_BYTES})".encode()),
        ({}, BYTES, f"(no media type, {OF_BYTES})".encode()),
        ({}, b"", b""),
    ],
)
def test_a_request_body_is_shown_by_its_kind(headers: dict[str, str], body: bytes, expected: bytes) -> None:
    assert Redactor().exchange(exchange("vtex", None, request=(headers, body))).request_body == expected


@pytest.mark.parametrize("more", [0, 1])
def test_long_texts_and_names_in_json_are_cut_where_an_excerpt_may_have_cut_them(more: int) -> None:
    text = "x y " * (SHOWN_CHARACTERS // 4) + "z" * more
    shown = text if not more else text[:-1] + MORE
    original = exchange("vtex", None, request=(JSON, {"a": [text, {text: 1}], "b": [None, True, 2.5]}))
    body = json.loads(Redactor().exchange(original).request_body)
    assert body == {"a": [shown, {shown: 1}], "b": [None, True, 2.5]}


# Messages, findings, runs


def test_the_words_of_this_program_stay_in_its_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_texts, "program_text_spans", lambda text: [(0, text.index("|"))] if "|" in text else [])
    redactor = knowing("Says", "Quill")
    assert redactor.sentence("says | Quill").startswith("says | name#")
    assert redactor.sentence("says nothing").startswith("name#")
    assert redactor.sentence("nobody | said") == "nobody | said"
    [redacted] = findings_of(redactor.result(run(generated=(finding(expected="says |", seen="says | Quill"),))))
    assert (redacted.expected, redacted.seen[:12]) == ("says |", "says | name#")


def test_each_part_of_a_run_is_redacted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_texts, "program_text_spans", lambda text: [(0, 3)])
    rule = RuleResult(
        "VTEX-MASK-1",
        "vtex",
        "breaks",
        (finding(READ),),
        (Cause("setup", f"Ona {VALUE}", "first"),),
        waived=f"of {VALUE}",
    )
    facts = {"left alone": [f"Ona {VALUE}", 7], "other": [f"Ona {VALUE}"], "n": 1}
    observations = Observations(drift=(Drift("vtex", "GetProfile", f"Ona {VALUE}"),), logins={"vtex": 1})
    given = run(
        target=f"of {VALUE}",
        rules=(rule, replace(rule, findings=(), waived=None)),
        generated=(finding(seen=f"Ona {VALUE}"),),
        facts=facts,
        observations=observations,
        revealed=f"of {VALUE}",
    )
    redactor = knowing("Ona")
    redacted = redactor.result(given)
    name, ona = redactor.text(VALUE), redactor.text("Ona")
    assert name.startswith("name#")
    assert ona.startswith("name#")
    assert (redacted.target, redacted.revealed) == (f"of {name}", f"of {name}")
    assert [(each.waived, [cause.text for cause in each.causes]) for each in redacted.rules] == [
        (f"of {name}", [f"Ona {name}"]),
        (None, [f"Ona {name}"]),
    ]
    assert json.loads(redacted.rules[0].findings[0].exchanges[0].response_body) == {"document": {"firstName": name}}
    assert redacted.generated[0].seen == f"Ona {name}"
    assert redacted.facts == {"left alone": [f"Ona {name}", "7"], "other": [f"{ona} {name}"], "n": 1}
    assert redacted.observations == replace(observations, drift=(Drift("vtex", "GetProfile", f"Ona {name}"),))
    assert redactor.result(run(facts={"faults": ["Ona"]})).facts == {"faults": ["Ona"]}
    assert redactor.result(run()).revealed is None
    assert [each.seen for each in findings_of(given)] == ["", f"Ona {VALUE}"]


@pytest.mark.parametrize("broken", ["learn", "_exchange"])
def test_an_exchange_that_cannot_be_redacted_is_not_shown_and_the_rest_is(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    redactor = knowing(VALUE)

    def fail(*_: Exchange) -> Exchange:
        raise KeyError(SECRET)

    monkeypatch.setattr(redactor, broken, fail)
    redacted = redactor.finding(finding(READ, seen=f"of {VALUE}"))
    [redacted_exchange] = redacted.exchanges
    assert redacted_exchange.error is not None
    assert redacted_exchange.error.startswith(f"not shown: {FAULT} in redaction: KeyError")
    assert redacted_exchange == Exchange("vtex", None, "POST", "", {}, b"", 200, error=redacted_exchange.error)
    assert (redacted_exchange.elapsed_seconds, redacted_exchange.is_unsent) == (0, False)
    assert SECRET not in repr(redacted)
    assert redacted.seen.startswith("of name#")
    assert len(redactor.faults.texts) == (2 if broken == "learn" else 1)
