"""Reproductions as a whole: their comment, what is unknown to the plan but known to the redactor, faults of ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pii_sandbox.conformance import repro
from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.repro import Reproducer, Reproduction, _marked_values
from pii_sandbox.conformance.values.findings import Finding
from tests.conformance.report import samples
from tests.conformance.report.samples import exchange, finding
from tests.conformance.repro.reproductions import TARGET, reproduce

PROFILES = "/v1/d/pii/profiles"


def read(path: str = f"{PROFILES}/{samples.NS_ID}", operation_id: str = "getProfile") -> Finding:
    return finding("NS-LOCK-1", exchange("newstore", operation_id, "GET", path, status=200))


def comment(repeat: Reproduction) -> list[str]:
    return [line.removeprefix("# ") for line in repeat.curl.splitlines() if line.startswith("# ")]


@pytest.mark.parametrize("length", [239, 240, 241, 900])
def test_the_comment_tells_rule_address_expectation_and_what_was_seen_in_240_characters_each(length: int) -> None:
    words = ("ab " * 400)[: length - len("expected ")].strip()
    words += "c" * (length - len("expected ") - len(words))
    first, base, expected, seen, _ = comment(reproduce(replace(read(), expected=words, seen=words[4:])))
    assert first == "NS-LOCK-1, it is so"
    assert base == "PII_SANDBOX_URL is the base URL, here https://staging.example.net"
    for told, whole in ((expected, f"expected {words}"), (seen, f"saw {words[4:]}")):
        assert len(told) <= 240
        assert (told == whole) is (len(whole) <= 240)
        assert told == whole or (told.endswith(" …") and whole.startswith(told[:-2]) and len(told) > 235)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://shop.test/a/b", "https://shop.test"),
        ("https://shop.test", "https://shop.test"),
        ("http://who:secret@shop.test:8080/a@b", "http://shop.test:8080"),
    ],
)
def test_the_base_url_is_that_of_the_last_call_without_credentials(url: str, base: str) -> None:
    one = read().exchanges[0]
    calls = tuple(replace(one, url=address) for address in ("https://a.test/", "https://b.test/", url))
    assert comment(reproduce(replace(read(), exchanges=calls)))[1] == f"PII_SANDBOX_URL is the base URL, here {base}"


def test_every_personal_value_of_path_query_request_and_response_is_marked_and_no_credential() -> None:
    sent = exchange(
        "newstore", "updateProfile", "PATCH", f"{PROFILES}/ns-1?q=Ada+Query",
        headers={"Authorization": "Bearer tok-12345"},
        request_body={"full_name": "Ada Sent", "phone_number": 4477009, "is_guest": True, "email": None},
        response_body={"full_name": "Ada Answered"}, status=200,
    )  # fmt: skip
    document = exchange("fashionai", "getProfileByDocument", "GET", "/api/v1/crm/protected/profile/document/Ada%20Path")
    values = dict(_marked_values([sent, document], "guide"))
    assert {"Ada Query", "Ada Sent", "4477009", "Ada Answered", "Ada Path"} <= values.keys()
    assert not {"tok-12345", "True", "None"} & values.keys()
    assert values["Ada Sent"].name == "full_name"
    twice = exchange("newstore", "updateProfile", "PATCH", f"{PROFILES}/ns-1",
                     request_body={"full_name": "Ada", "email": "Ada"})  # fmt: skip
    assert dict(_marked_values([twice], "guide"))["Ada"].name == "full_name"
    assert _marked_values([], "guide") == []


def test_a_name_that_only_another_finding_gives_away_is_in_no_command() -> None:
    free = exchange("newstore", None, "POST", "/x", request_body={"about": "call Zoraida Quixbury", "class": "import"})
    repeat = reproduce(finding("NS-LOCK-1", free))
    assert "call Zoraida Quixbury" in repeat.curl
    named = exchange("newstore", "getOrCreateProfile", "POST", PROFILES,
                     request_body={"full_name": "Zoraida Quixbury", "notes": "import"})  # fmt: skip
    hidden = reproduce(finding("NS-LOCK-1", free), finding("NS-LOCK-2", named))
    assert "Quixbury" not in hidden.curl + hidden.pytest
    compile(hidden.pytest, "pasted", "exec")


def test_words_of_ours_stay_in_commands_though_a_customer_is_called_so() -> None:
    words = {"full_name": "Import Client", "nickname": "so", "name": "request", "last_name": "raise"}
    named = exchange("newstore", "getOrCreateProfile", "POST", PROFILES, request_body=words)
    repeat = reproduce(replace(finding("NS-LOCK-1", named), name="client_so_request"))
    assert "import httpx" in repeat.pytest
    assert "def test_client_so_request():" in repeat.pytest
    assert "http.request(" in repeat.pytest


def test_literals_that_look_personal_stay_since_they_are_invented() -> None:
    sent = exchange("newstore", "getOrCreateProfile", "POST", PROFILES, request_body={
        "email": "zoraida@zyx.example", "phone_number": "+5511987651377",
    })  # fmt: skip
    repeat = reproduce(finding("NS-LOCK-1", sent))
    for code in (repeat.curl, repeat.pytest):
        assert "@example.com" in code
        assert '"+55' in code
        assert "#" not in code.replace("# ", "")


def test_data_that_a_document_prints_stay_in_the_commands() -> None:
    phone = TARGET.data["fashionai"]["phone"]
    path = f"/api/v1/crm/protected/profile/phone/{phone}"
    repeat = reproduce(finding("FAI-GET-3", exchange("fashionai", "getProfileByPhone", "GET", path)))
    assert path in repeat.curl
    assert path in repeat.pytest


def test_commands_that_cannot_be_written_are_a_comment_that_tells_the_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise LookupError("zoraida@zyx.example")

    monkeypatch.setattr(repro, "plan_steps", fail)
    redactor = Redactor("guide")
    repeat = Reproducer(redactor, TARGET).of(read())
    assert repeat.curl == repeat.pytest
    assert repeat.curl.startswith("# an internal error of pii-sandbox in commands to repeat: LookupError at ")
    assert repeat.curl.endswith("; please report this line and the seed\n")
    assert [f"# {text}\n" for text in redactor.faults.texts] == [repeat.curl]
    assert "zoraida" not in repeat.curl
