"""Erasing a customer's data at VTEX in one call: what goes. (VTEX-ERASE-1, VTEX-ERASE-2)"""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from pii_sandbox.mockserver.vendors.vtex import user_rights
from pii_sandbox.mockserver.vendors.vtex.customer_erasure import ErasureResult
from tests.control_client import ControlClient
from tests.vendors.vtex.rights import (
    EMAIL,
    HOME,
    JOHN,
    MARY,
    STORAGE,
    UUID,
    create,
    erase,
    order_of,
    send,
    status_of,
)


@pytest.mark.rule("VTEX-ERASE-1")
def test_vtex_erase_1_a_success_is_completed_and_all_four_applications_deleted(
    http: httpx.Client, control: ControlClient
) -> None:
    control.clock(at="2023-09-05T20:19:33.196902Z", frozen=True)
    create(http, "/profiles", JOHN)
    answer = erase(http)
    assert UUID.fullmatch(answer.pop("uuid"))
    del answer["dataResponse"]
    assert answer == {
        "requestType": "Removal",
        "email": EMAIL,
        "status": "Completed",
        "requestTime": "2023-09-05T17:19:33.1969020-03:00",
        "applications": [
            {"application": name, "status": "Deleted", "errorDetail": "", "updateAt": "2023-09-05T20:19:33"}
            for name in ("chk", "orders", "profileSystemV2", "vid")
        ],
    }


@pytest.mark.rule("VTEX-ERASE-1")
def test_vtex_erase_1_the_applications_answer_in_a_json_text_with_crlf(http: httpx.Client) -> None:
    text = erase(http)["dataResponse"]
    trace_id = json.loads(text)["VTEX ID"]["traceId"]
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-00", trace_id)
    assert text.split("\r\n") == [
        "{",
        '  "VTEX  Checkout": [],',
        '  "orders": {',
        '    "dataStatus": {',
        '      "status": "anonymized",',
        '      "reason": "Sensitive information was anonymized rather than deleted to preserve the store metrics.",',
        '      "evidence": "Anonymized [0] orders",',
        '      "dryRun": true',
        "    },",
        '    "orders": []',
        "  },",
        '  "Profile System PII API": {},',
        '  "VTEX ID": {',
        '    "type": "https://tools.ietf.org/html/rfc7231#section-6.5.4",',
        '    "title": "Not Found",',
        '    "status": 404,',
        f'    "traceId": "{trace_id}"',
        "  }",
        "}",
    ]


@pytest.mark.rule("VTEX-ERASE-1")
def test_vtex_erase_1_carts_and_the_user_of_the_email_go(http: httpx.Client, control: ControlClient) -> None:
    for email, name in ((EMAIL.upper(), "john"), ("mary@mail.com", "mary")):
        control.put("vtex", "carts", f"cart-{name}", {"email": email, "items": []})
        control.put("vtex", "users", f"user-{name}", {"email": email})
    assert json.loads(erase(http)["dataResponse"])["VTEX ID"] == {}
    ids = {document["id"] for name in ("carts", "users") for document in control.documents("vtex", name)}
    assert not {"cart-john", "user-john"} & ids
    assert {"cart-mary", "user-mary"} <= ids


@pytest.mark.rule("VTEX-ERASE-2")
@pytest.mark.parametrize("email", [EMAIL, "JOHN@Mail.com"])
def test_vtex_erase_2_the_profile_is_gone_with_all_that_hangs_on_it(http: httpx.Client, email: str) -> None:
    john = create(http, "/profiles", JOHN)
    address = create(http, f"/profiles/{john}/addresses", HOME)
    create(http, f"/profiles/{john}/purchase-info", {"isToSavePersonalData": True}, status=200)
    version = send(http, "GET", f"{STORAGE}/profiles/{john}")["meta"]["version"]
    assert status_of(http, f"/profiles/{john}/versions/{version}") == 200
    erase(http, email)
    for path in (
        f"/profiles/{john}",
        f"/profiles/{john}/versions/{version}",
        f"/profiles/{john}/addresses",
        f"/profiles/{john}/addresses/{address}",
        f"/profiles/{john}/purchase-info",
    ):
        assert status_of(http, path) == 404
        assert status_of(http, f"{path}/unmask", reason="check") == 404
    assert status_of(http, f"/profiles/{EMAIL}", alternativeKey="email") == 404
    assert status_of(http, "/profiles/12345678911", alternativeKey="document") == 404


@pytest.mark.rule("VTEX-ERASE-2")
@pytest.mark.parametrize(
    "prospect",
    [
        {"email": "John@mail.com"},
        {"email": EMAIL, "contacts": [{"email": "other@mail.com"}]},
    ],
)
def test_vtex_erase_2_prospects_whose_own_email_it_is_are_gone(http: httpx.Client, prospect: dict[str, Any]) -> None:
    held = create(http, "/prospects", prospect)
    other = create(http, "/prospects", {"email": "mary@mail.com", "contacts": [{"email": "o@mail.com"}]})
    assert status_of(http, f"/prospects/{held}") == 200
    erase(http)
    assert status_of(http, f"/prospects/{held}") == 404
    assert status_of(http, f"/prospects/{other}") == 200


@pytest.mark.rule("VTEX-ERASE-2")
def test_vtex_erase_2_a_prospect_is_found_in_any_case_of_any_letter(http: httpx.Client) -> None:
    held = create(http, "/prospects", {"email": "joe@\u212aexample.com"})  # the Kelvin sign: its small letter is k
    erase(http, "joe@kexample.com")
    assert status_of(http, f"/prospects/{held}") == 404


@pytest.mark.rule("VTEX-ERASE-2")
@pytest.mark.parametrize(
    ("sent", "left"),
    [
        (
            {"contacts": [{"email": "other@mail.com"}, {"email": EMAIL}]},
            {"contacts": [{"email": "other@mail.com"}, {}]},
        ),
        ({"invoiceSubject": {"email": EMAIL, "phone": "1"}}, {"invoiceSubject": {}}),
        ({"notes": {"customers": [{"mails": [[EMAIL]]}], "n": 1}}, {"notes": {"customers": [{}], "n": 1}}),
        ({"alias": EMAIL, "list": ["a", EMAIL]}, {"alias": "", "list": ["a", ""]}),
    ],
)
def test_vtex_erase_2_of_another_prospect_only_the_part_with_the_email_is_emptied(
    http: httpx.Client, control: ControlClient, sent: dict[str, Any], left: dict[str, Any]
) -> None:
    held = create(http, "/prospects", {"email": "mary@mail.com", **sent})
    erase(http)
    stored = control.call("GET", f"/documents/vtex/prospects/{held}")["document"]
    assert {"email": "mary@mail.com", **left}.items() <= stored.get("document", stored).items()


@pytest.mark.rule("VTEX-ERASE-2")
def test_vtex_erase_2_other_customers_data_is_untouched(http: httpx.Client, control: ControlClient) -> None:
    create(http, "/profiles", JOHN)
    mary = create(http, "/profiles", MARY)
    create(http, f"/profiles/{mary}/addresses", HOME)
    control.put("vtex", "orders", "7-01", order_of(7, "invoiced", email="mary@mail.com"))
    names = ("profiles", "addresses", "prospects", "purchase-info", "orders", "carts", "users")
    before = {name: control.documents("vtex", name) for name in names}
    erase(http)
    after = {name: control.documents("vtex", name) for name in names}
    kept = [profile for profile in before["profiles"] if profile["document"]["email"] != EMAIL]
    assert after == {**before, "profiles": kept}
    assert len(kept) == len(before["profiles"]) - 1


@pytest.mark.rule("VTEX-ERASE-2")
def test_vtex_erase_2_the_keys_are_free_again(http: httpx.Client) -> None:
    create(http, "/profiles", JOHN)
    erase(http)
    create(http, "/profiles", JOHN)


@pytest.mark.parametrize(
    ("result", "decided"),
    [
        (ErasureResult(0, 0, found=True, user=False), "VTEX-ERASE-1"),
        (ErasureResult(0, 0, found=False, user=False), "VTEX-ERASE-5"),
        (ErasureResult(0, 1, found=True, user=False), "VTEX-ERASE-4"),
        (ErasureResult(0, 1, found=True, user=False, failures={"VTEX ID": "Failed"}), "VTEX-ERASE-9"),
    ],
)
def test_the_rule_of_an_erasure_is_told(result: ErasureResult, decided: str) -> None:
    assert user_rights._rule(result) == decided
