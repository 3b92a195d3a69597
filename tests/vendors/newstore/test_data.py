"""NS-DATA: data entries."""

from __future__ import annotations

import base64
import re

import pytest

from tests.control_client import ControlClient
from tests.vendors.newstore.shop import UNKNOWN, UNKNOWN_DATA, Shop, refusal_message

PDF = b"%PDF-1.7\x00\xff\xfe"
ID = re.compile(r"NS-EU-[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}")


@pytest.mark.rule("NS-DATA-1")
@pytest.mark.parametrize(
    ("content", "content_type", "expected"),
    [
        (base64.b64encode(PDF).decode(), "application/pdf", base64.b64encode(PDF)),
        ("12345678", "text/plain", b"12345678"),
        ("John", "text/plain", b"John"),
        ("20240131", "text/plain", b"20240131"),
        ("Grüße, 你好", "text/plain; charset=utf-8", "Grüße, 你好".encode()),
        ("not base64!", "text/plain", b"not base64!"),
        ("string", "application/x-anything+json", b"string"),
        ("", "text/plain", b""),
    ],
)
def test_ns_data_1_content_comes_back_byte_for_byte(
    shop: Shop, content: str, content_type: str, expected: bytes
) -> None:
    response = shop.post("/data", {"content": content, "content_type": content_type})
    assert response.status_code == 201
    assert ID.fullmatch(response.json()["id"])
    read = shop.get(f"/data/{response.json()['id']}")
    assert read.status_code == 200
    assert read.content == expected
    assert read.headers["Content-Type"] == content_type


@pytest.mark.rule("NS-DATA-1")
@pytest.mark.parametrize("content_type", ["", "pdf", "text/", "text/plain\nX-Evil: 1", "text/plain; a", "täxt/plain"])
def test_ns_data_1_a_content_type_is_a_media_type(shop: Shop, content_type: str) -> None:
    assert "content_type" in refusal_message(shop.post("/data", {"content": "", "content_type": content_type}), 400)


@pytest.mark.rule("NS-DATA-2")
def test_ns_data_2_an_entry_is_gone_after_its_ttl(shop: Shop, control: ControlClient) -> None:
    path = f"/data/{shop.data('kept for two days', ttl=2)}"
    control.advance(days=2, seconds=-60)
    assert shop.get(path).content == b"kept for two days"
    control.advance(seconds=120)
    refusal_message(shop.get(path), 404, "NS-DATA-3")
    refusal_message(shop.delete(path), 404, "NS-DATA-3")


@pytest.mark.rule("NS-DATA-2")
def test_ns_data_2_an_entry_without_ttl_is_kept_for_good(shop: Shop, control: ControlClient) -> None:
    path = f"/data/{shop.data('kept!')}"
    control.advance(days=365 * 100)
    assert shop.get(path).content == b"kept!"


@pytest.mark.rule("NS-DATA-2")
@pytest.mark.parametrize("ttl", [0, -1, 1.5, "2", None, True])
def test_ns_data_2_a_ttl_is_a_whole_number_of_days_from_1(shop: Shop, ttl: object) -> None:
    body = {"content": "", "content_type": "text/plain", "ttl": ttl}
    assert "ttl" in refusal_message(shop.post("/data", body), 400, "NS-DATA-2")


@pytest.mark.rule("NS-DATA-2")
def test_ns_data_2_a_ttl_beyond_the_calendar_is_accepted(shop: Shop) -> None:
    assert shop.get(f"/data/{shop.data('long!', ttl=2**63 - 1)}").content == b"long!"


@pytest.mark.rule("NS-DATA-3")
@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("data_id", ["1", UNKNOWN, UNKNOWN_DATA.replace("-4d75", "-3d75"), UNKNOWN_DATA + "0"])
def test_ns_data_3_a_malformed_id_is_refused(shop: Shop, method: str, data_id: str) -> None:
    refusal_message(shop.call(method, f"/data/{data_id}"), 400, "NS-DATA-3")


@pytest.mark.rule("NS-DATA-3")
def test_ns_data_3_an_unknown_id_is_not_found(shop: Shop) -> None:
    refusal_message(shop.get(f"/data/{UNKNOWN_DATA}"), 404, "NS-DATA-3")
    refusal_message(shop.delete(f"/data/{UNKNOWN_DATA}"), 404, "NS-DATA-3")


def test_a_deleted_entry_is_gone(shop: Shop) -> None:
    path = f"/data/{shop.data('short-lived')}"
    response = shop.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    refusal_message(shop.get(path), 404, "NS-DATA-3")


@pytest.mark.rule("NS-DATA-1")
def test_ns_data_1_the_setting_decodes_content_from_base64(shop: Shop, control: ControlClient) -> None:
    before = shop.post("/data", {"content": "not base64!", "content_type": "text/plain"}).json()["id"]
    control.settings({"newstore.content_coding": "base64"})
    created = shop.post("/data", {"content": base64.b64encode(PDF).decode(), "content_type": "application/pdf"})
    assert shop.get(f"/data/{created.json()['id']}").content == PDF
    for content in ("not base64!", "Grüße", "abc"):
        refusal_message(shop.post("/data", {"content": content, "content_type": "text/plain"}), 400, "NS-DATA-1")
    assert shop.get(f"/data/{before}").content == b"not base64!"  # stored before, and no base64
