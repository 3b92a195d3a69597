"""NS-LOCK and NS-UNIQ: updates."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.control_client import ControlClient
from tests.credentials import NEWSTORE
from tests.in_process import InProcess
from tests.vendors.newstore.shop import BASE, UNKNOWN, Shop, refusal_message

STALE = "2019-08-24T14:15:22Z"


def create(shop: Shop, record_kind: str) -> tuple[str, dict[str, Any], str]:
    """A profile or an address: its path, itself, and a field of it that can be changed."""
    profile = shop.profile()
    path = f"/profiles/{profile['id']}"
    if record_kind == "profile":
        return path, profile, "store_id"
    address = shop.address(profile)
    return f"{path}/addresses/{address['id']}", address, "city"


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.rule("NS-LOCK-1")
@pytest.mark.parametrize("record_kind", ["profile", "address"])
def test_ns_lock_1_an_update_needs_the_current_updated_at(shop: Shop, record_kind: str) -> None:
    path, stored, field = create(shop, record_kind)
    refusal_message(shop.patch(path, {"last_updated_at": STALE, field: "lost"}), 409, "NS-LOCK-1")
    refusal_message(shop.patch(path, {"last_updated_at": "0000-01-01T00:00:00Z", field: "lost"}), 409, "NS-LOCK-1")
    assert shop.get(path).json() == stored
    response = shop.patch(path, {"last_updated_at": stored["updated_at"], field: "kept"})
    assert response.status_code == 200
    assert response.json() == {**stored, field: "kept", "updated_at": response.json()["updated_at"]}
    assert shop.get(path).json() == response.json()


@pytest.mark.rule("NS-LOCK-1")
@pytest.mark.parametrize("record_kind", ["profile", "address"])
@pytest.mark.parametrize("body", [{}, {"last_updated_at": "yesterday"}, {"last_updated_at": None}])
def test_ns_lock_1_an_update_without_a_date_time_is_refused(shop: Shop, record_kind: str, body: dict[str, Any]) -> None:
    path, stored, _ = create(shop, record_kind)
    assert "last_updated_at" in refusal_message(shop.patch(path, body), 422, "NS-LOCK-1")
    assert shop.get(path).json() == stored


@pytest.mark.rule("NS-LOCK-2")
@pytest.mark.parametrize("record_kind", ["profile", "address"])
def test_ns_lock_2_of_two_updates_with_the_same_lock_one_wins(shop: Shop, record_kind: str) -> None:
    path, stored, field = create(shop, record_kind)
    change = {"last_updated_at": stored["updated_at"], field: "first"}
    assert shop.patch(path, change).status_code == 200
    refusal_message(shop.patch(path, {**change, field: "second"}), 409, "NS-LOCK-1")
    assert shop.get(path).json()[field] == "first"


@pytest.mark.rule("NS-LOCK-2")
@pytest.mark.parametrize("record_kind", ["profile", "address"])
def test_ns_lock_2_of_fifty_updates_at_once_one_wins(transport: InProcess, shop: Shop, record_kind: str) -> None:
    path, stored, field = create(shop, record_kind)
    changes = [{"last_updated_at": stored["updated_at"], field: f"writer {number}"} for number in range(50)]
    responses = transport.send_concurrently(
        shop.http.build_request("PATCH", BASE + path, json=change, headers=NEWSTORE) for change in changes
    )
    assert sorted(response.status_code for response in responses) == [200] + [409] * 49
    winner = next(response for response in responses if response.status_code == 200)
    assert shop.get(path).json() == winner.json()


@pytest.mark.rule("NS-LOCK-3")
@pytest.mark.parametrize("record_kind", ["profile", "address"])
@pytest.mark.parametrize("back", [0, -3600])
def test_ns_lock_3_updated_at_rises_with_each_update(
    shop: Shop, control: ControlClient, record_kind: str, back: int
) -> None:
    path, stored, field = create(shop, record_kind)
    control.clock(frozen=True)
    seen = [stored["updated_at"]]
    for number in range(5):
        control.advance(seconds=back)
        response = shop.patch(path, {"last_updated_at": seen[-1], field: f"{number}"})
        seen.append(response.json()["updated_at"])
    assert all(instant(later) > instant(earlier) for earlier, later in itertools.pairwise(seen))
    for old in seen[:-1]:
        refusal_message(shop.patch(path, {"last_updated_at": old, field: "stale"}), 409, "NS-LOCK-1")


@pytest.mark.rule("NS-LOCK-4")
@pytest.mark.parametrize("record_kind", ["profile", "address"])
@pytest.mark.parametrize(
    "form",
    [
        lambda at: at.astimezone(timezone(timedelta(hours=-3))).isoformat(),
        lambda at: at.isoformat(timespec="milliseconds"),
        lambda at: at.isoformat(timespec="microseconds").replace("+00:00", "000z"),
        lambda at: at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    ],
)
def test_ns_lock_4_the_lock_compares_instants(shop: Shop, record_kind: str, form: Any) -> None:
    path, stored, field = create(shop, record_kind)
    written = form(instant(stored["updated_at"]).astimezone(UTC))
    assert written != stored["updated_at"]
    assert shop.patch(path, {"last_updated_at": written, field: "x"}).status_code == 200


@pytest.mark.rule("NS-LOCK-4")
def test_ns_lock_4_a_whole_second_may_be_written_with_or_without_a_fraction(shop: Shop, control: ControlClient) -> None:
    control.clock(at="2030-01-01T00:00:22Z", frozen=True)
    profile = shop.profile()
    path = f"/profiles/{profile['id']}"
    assert shop.patch(path, {"last_updated_at": "2030-01-01T00:00:22Z", "store_id": "a"}).status_code == 200
    other = f"/profiles/{shop.profile()['id']}"
    assert shop.patch(other, {"last_updated_at": "2030-01-01T00:00:22.000+00:00", "store_id": "a"}).status_code == 200


@pytest.mark.rule("NS-UNIQ-1")
def test_ns_uniq_1_an_email_that_another_profile_has_is_a_conflict(shop: Shop) -> None:
    shop.profile(email="taken@newstore.test")
    profile = shop.profile()
    change = {"last_updated_at": profile["updated_at"], "email": "Taken@Newstore.test"}
    refusal_message(shop.patch(f"/profiles/{profile['id']}", change), 409, "NS-UNIQ-1")
    assert shop.get(f"/profiles/{profile['id']}").json() == profile


@pytest.mark.rule("NS-UNIQ-1")
def test_ns_uniq_1_a_profile_may_change_the_case_of_its_own_email(shop: Shop) -> None:
    profile = shop.profile(email="mine@newstore.test")
    change = {"last_updated_at": profile["updated_at"], "email": "Mine@newstore.test"}
    assert shop.patch(f"/profiles/{profile['id']}", change).json()["email"] == "Mine@newstore.test"


@pytest.mark.rule("NS-UNIQ-1")
def test_ns_uniq_1_an_email_that_its_profile_gave_up_is_free(shop: Shop) -> None:
    profile = shop.profile(email="before@newstore.test")
    change = {"last_updated_at": profile["updated_at"], "email": "after@newstore.test"}
    shop.patch(f"/profiles/{profile['id']}", change)
    assert shop.profile(email="before@newstore.test")["id"] != profile["id"]
    assert shop.post("/profiles", {"email": "after@newstore.test"}).json()["id"] == profile["id"]


def test_one_of_fifty_creates_of_one_email_creates(transport: InProcess, shop: Shop) -> None:
    responses = transport.send_concurrently(
        shop.http.build_request("POST", f"{BASE}/profiles", json={"email": "many@newstore.test"}, headers=NEWSTORE)
        for _ in range(50)
    )
    assert sorted(response.status_code for response in responses) == [200] * 49 + [201]
    assert len({response.json()["id"] for response in responses}) == 1


def test_an_update_clears_what_it_names_as_null_and_replaces_attributes(shop: Shop) -> None:
    profile = shop.profile(
        full_name="Ada", phone_number="+4930123456", extended_attributes={"a": {"data_type": "string", "value": "1"}}
    )
    attributes = {"b": {"data_type": "boolean", "value": "false"}}
    change = {"last_updated_at": profile["updated_at"], "phone_number": None, "extended_attributes": attributes}
    changed = shop.patch(f"/profiles/{profile['id']}", change).json()
    assert changed["phone_number"] is None
    assert changed["full_name"] == "Ada"
    assert changed["extended_attributes"] == attributes


def test_an_update_of_an_unknown_profile_is_not_found(shop: Shop) -> None:
    refusal_message(shop.patch(f"/profiles/{UNKNOWN}", {"last_updated_at": STALE}), 404)


@pytest.mark.rule("NS-LOCK-4")
@pytest.mark.parametrize("record_kind", ["profile", "address"])
def test_ns_lock_4_the_setting_compares_the_lock_as_a_text(
    shop: Shop, control: ControlClient, record_kind: str
) -> None:
    path, stored, field = create(shop, record_kind)
    control.settings({"newstore.lock_comparison": "text"})
    respelled = instant(stored["updated_at"]).isoformat()
    assert respelled != stored["updated_at"]
    refusal_message(shop.patch(path, {"last_updated_at": respelled, field: "lost"}), 409, "NS-LOCK-4")
    assert shop.get(path).json() == stored
    assert shop.patch(path, {"last_updated_at": stored["updated_at"], field: "kept"}).status_code == 200
