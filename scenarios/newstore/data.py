"""NS-DATA: data entries, with and without a TTL."""

from __future__ import annotations

import base64
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.newstore.shop import CHANGING, UNKNOWN, UNKNOWN_DATA

EVERY_BYTE = bytes(range(256))
CENTURY_DAYS = 36_525
MALFORMED = ("1", UNKNOWN, UNKNOWN_DATA.replace("-4000-", "-3000-"), f"{UNKNOWN_DATA}0", UNKNOWN_DATA[6:])


def new_entry(api: ApiClient, content: str, content_type: str = "text/plain", **fields: Any) -> str:
    """Create an entry; return its id."""
    body = {"content_type": content_type, "content": content, **fields}
    data_id: str = api.call("createData", body=body, expect=201).json["id"]
    return data_id


def coded(text: str) -> str:
    """Content that is fit whether or not it is taken for base64, which the documents leave open."""
    return base64.b64encode(text.encode()).decode()


@scenario("NS-DATA-1", needs=CHANGING)
def content_comes_back_byte_for_byte_with_its_content_type(api: ApiClient) -> None:
    plain, accented = f"not base64! {api.run_id}", f"Olá, Grüße {api.run_id}\r\n"
    base64_text = base64.b64encode(EVERY_BYTE + api.run_id.encode()).decode()
    entries = (
        (plain, "text/plain"),
        (accented, "text/plain; charset=utf-8"),
        (base64_text, "application/pdf"),
    )
    for content, content_type in entries:
        holds_round_trip(api, content, content_type)


@scenario("NS-DATA-1", needs=CHANGING | {"control"})
def a_text_that_happens_to_be_base64_is_not_decoded(api: ApiClient) -> None:
    """Only in a sandbox: the text is too short for the run's marker."""
    for content in ("12345678", "John", "test", "20240131", "long" * 100_000):
        holds_round_trip(api, content, "text/plain")


@scenario("NS-DATA-1", needs=CHANGING | {"control"})
def content_is_decoded_from_base64_if_that_is_set(api: ApiClient) -> None:
    api.sandbox.setting("newstore.content_coding", "base64")
    expected = EVERY_BYTE + api.run_id.encode()
    data_id = new_entry(api, base64.b64encode(expected).decode(), "application/pdf")
    body = api.call("getData", data_id=data_id, expect=200).exchange.response_body
    holds(body == expected, f"the {len(expected)} bytes that were encoded", f"{len(body)} bytes, not the same")
    for content in ("not base64!", "John!"):
        api.call("createData", body={"content_type": "text/plain", "content": content}, expect=400)


def holds_round_trip(api: ApiClient, content: str, content_type: str) -> None:
    expected = content.encode()
    response = api.call("getData", data_id=new_entry(api, content, content_type), expect=200)
    body = response.exchange.response_body
    holds(body == expected, f"the {len(expected)} bytes that were stored", f"{len(body)} bytes, not the same")
    seen = response.headers.get("content-type", "none")
    holds(seen.replace(" ", "") == content_type.replace(" ", ""), f"the content type {content_type}", seen)


@scenario("NS-DATA-2", needs={"write"}, assumed=True)
def a_ttl_is_at_least_one_day(api: ApiClient) -> None:
    for ttl in (0, -1, 1.5, "2"):
        body = {"content_type": "text/plain", "content": "never kept!", "ttl": ttl}
        api.call("createData", body=body, expect=400)


@scenario("NS-DATA-3", needs=CHANGING)
def an_entry_that_was_deleted_is_unknown(api: ApiClient) -> None:
    data_id = new_entry(api, coded(f"deleted soon {api.run_id}"))
    api.call("deleteData", data_id=data_id, expect=204)
    api.call("getData", data_id=data_id, expect=404)
    api.call("deleteData", data_id=data_id, expect=404)


@scenario("NS-DATA-2", needs={*CHANGING, "clock"})
def an_entry_is_gone_after_its_ttl(api: ApiClient) -> None:
    api.sandbox.freeze()
    data_id = new_entry(api, "kept for two days!", ttl=2)
    api.sandbox.advance(days=2, seconds=-60)
    api.call("getData", data_id=data_id, expect=200)
    api.sandbox.advance(seconds=120)
    api.call("getData", data_id=data_id, expect=404)
    api.call("deleteData", data_id=data_id, expect=404)


@scenario("NS-DATA-2", needs={*CHANGING, "clock"})
def an_entry_without_ttl_is_kept_for_good(api: ApiClient) -> None:
    data_id = new_entry(api, "kept for good!")
    api.sandbox.advance(days=CENTURY_DAYS)
    api.call("getData", data_id=data_id, expect=200)


@scenario("NS-DATA-2", needs={*CHANGING, "control"})
def an_entry_may_have_a_ttl_that_ends_after_the_calendar(api: ApiClient) -> None:
    for ttl in (3_000_000, 2_000_000_000):
        api.call("getData", data_id=new_entry(api, f"kept for {ttl} days", ttl=ttl), expect=200)


@scenario("NS-DATA-3")
def a_malformed_id_is_refused_and_an_unknown_one_not_found(api: ApiClient) -> None:
    for data_id in MALFORMED:
        api.call("getData", data_id=data_id, expect=400)
    api.call("getData", data_id=UNKNOWN_DATA, expect=404)


@scenario("NS-DATA-3", needs={"delete"})
def what_is_malformed_or_unknown_cannot_be_deleted(api: ApiClient) -> None:
    """The id is malformed because it holds the run's marker, so it cannot be another entry's."""
    for data_id in (api.run_id, f"{UNKNOWN_DATA}-{api.run_id}", UNKNOWN):
        api.call("deleteData", data_id=data_id, expect=400)
    api.call("deleteData", data_id=UNKNOWN_DATA, expect=404)
