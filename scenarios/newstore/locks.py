"""NS-LOCK: updates under an optimistic lock, of profiles and of addresses."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.values.errors import RuleViolation
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.newstore.shop import (
    CHANGING,
    LONG_AGO,
    Params,
    added_address,
    address_place,
    are_same,
    new_profile,
    standing_still,
)

AT_ONCE = 5
INDIA = timezone(timedelta(hours=5, minutes=30))
RFC_3339 = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class LockedRecord:
    """A profile or an address as it was created, and how to update and read it."""

    api: ApiClient
    update_operation: str
    read_operation: str
    place: Params
    made: dict[str, Any]

    def update(self, last_updated_at: str, full_name: str, expect: int | Sequence[int] = 200) -> ApiResponse:
        body = {"last_updated_at": last_updated_at, "full_name": full_name}
        return self.api.call(self.update_operation, **self.place, body=body, expect=expect)

    def now(self) -> dict[str, Any]:
        stored: dict[str, Any] = self.api.call(self.read_operation, **self.place, expect=200).json
        return stored


def a_profile(api: ApiClient) -> LockedRecord:
    with api.setting_up("a customer with a name"):
        made = new_profile(api, full_name="First Name")
    return LockedRecord(api, "updateProfile", "getProfile", {"profile_id": made["id"]}, made)


def an_address(api: ApiClient) -> LockedRecord:
    profile = new_profile(api)
    made = added_address(api, profile)
    return LockedRecord(api, "updateAddress", "getAddress", address_place(profile, made), made)


def seconds_and_fraction(text: str) -> tuple[datetime, str]:
    """Return the whole seconds of an instant, and their fraction as text, which may exceed Python's precision."""
    parts = RFC_3339.fullmatch(text)
    if parts is None:
        raise RuleViolation("updated_at as an RFC 3339 date-time", "something else")
    return datetime.fromisoformat(f"{parts[1]}{parts[3]}"), parts[2] or ".0"


# the same instant in other RFC 3339 forms
SPELLINGS: Mapping[str, Callable[[datetime, str], str]] = {
    "an offset of +00:00": lambda at, fraction: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}{fraction}+00:00",
    "an offset of +05:30": lambda at, fraction: f"{at.astimezone(INDIA):%Y-%m-%dT%H:%M:%S}{fraction}+05:30",
    "zeros behind the fraction": lambda at, fraction: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}{fraction}000Z",
}


def later(text: str, seconds: int) -> str:
    at, fraction = seconds_and_fraction(text)
    moved = (at + timedelta(seconds=seconds)).isoformat()
    return f"{moved[:19]}{fraction}{moved[19:]}"


def refuses_other_locks(it: LockedRecord) -> None:
    current = it.made["updated_at"]
    beyond_the_calendar = "9999-12-31T23:59:59.999999-12:00"
    for stale in (LONG_AGO, later(current, -1), later(current, 1), beyond_the_calendar):
        it.update(stale, "Refused Name", expect=409)
    are_same(it.made, it.now(), "nothing to be changed by an update that was refused")
    after = it.update(current, "Second Name").json
    holds(after["full_name"] == "Second Name", "the update with the current updated_at to be made", "it was not")
    it.update(current, "Third Name", expect=409)
    are_same(after, it.now(), "nothing to be changed by an update that was refused")
    it.api.call(it.update_operation, **it.place, body={"full_name": "Fourth Name"}, expect=(400, 422))


@scenario("NS-LOCK-1", needs=CHANGING)
def a_profile_is_updated_with_its_current_updated_at_alone(api: ApiClient) -> None:
    refuses_other_locks(a_profile(api))


@scenario("NS-LOCK-1", needs=CHANGING)
def an_address_is_updated_with_its_current_updated_at_alone(api: ApiClient) -> None:
    refuses_other_locks(an_address(api))


def lets_one_win(it: LockedRecord) -> None:
    names = [f"Name {number}" for number in range(AT_ONCE)]
    updates = [functools.partial(it.update, it.made["updated_at"], name, (200, 409)) for name in names]
    responses = it.api.call_concurrently(updates)
    winners = [response for response in responses if response.status == 200]
    holds(len(winners) == 1, f"one of {AT_ONCE} updates at the same time to win", f"{len(winners)} that won")
    are_same(winners[0].json, it.now(), "the winner's update to be stored")


@scenario("NS-LOCK-1", needs=CHANGING | {"control", "clock"})
def a_leap_second_is_not_the_second_before_it(api: ApiClient) -> None:
    """Only in a sandbox, whose clock can stand still there."""
    for make in (a_profile, an_address):
        api.sandbox.control("PUT", "/clock", {"frozen": True, "at": "2026-12-31T23:59:58Z"})
        it = make(api)
        it.update("2026-12-31T23:59:60Z", "Refused Name", expect=409)
        are_same(it.made, it.now(), "nothing to be changed by an update that was refused")


@scenario("NS-LOCK-2", needs=CHANGING)
def of_updates_of_a_profile_at_the_same_time_one_wins(api: ApiClient) -> None:
    lets_one_win(a_profile(api))


@scenario("NS-LOCK-2", needs=CHANGING)
def of_updates_of_an_address_at_the_same_time_one_wins(api: ApiClient) -> None:
    lets_one_win(an_address(api))


def rises(it: LockedRecord) -> None:
    """With a frozen clock if the target has one; else the updates follow each other as fast as possible."""
    standing_still(it.api)
    locks = [it.made["updated_at"]]
    for number in range(4):
        locks.append(it.update(locks[-1], f"Name {number}").json["updated_at"])
        before, after = (seconds_and_fraction(text) for text in locks[-2:])
        rose = (after[0], after[1].rstrip("0")) > (before[0], before[1].rstrip("0"))
        holds(rose, "a later updated_at after each update", "one that is not later")
    for stale in locks[:-1]:
        it.update(stale, "Refused Name", expect=409)


@scenario("NS-LOCK-3", needs=CHANGING)
def each_update_of_a_profile_raises_its_updated_at(api: ApiClient) -> None:
    rises(a_profile(api))


@scenario("NS-LOCK-3", needs=CHANGING)
def each_update_of_an_address_raises_its_updated_at(api: ApiClient) -> None:
    rises(an_address(api))


def refuses_at_the_end_of_time(it: LockedRecord) -> None:
    """Only in a sandbox, which counts milliseconds: at the end of the calendar no later updated_at is left."""
    it.api.sandbox.control("PUT", "/clock", {"frozen": True, "at": "9999-12-31T23:59:59.998Z"})
    last_but_one = it.update(it.made["updated_at"], "Last Name But One").json
    response = it.update(last_but_one["updated_at"], "Last Name", expect=(200, 409))
    holds(response.status == 200, "an update in the last millisecond, which is left", "409")
    it.update(response.json["updated_at"], "One More", expect=409)
    are_same(response.json, it.now(), "nothing to be changed by an update that was refused")


@scenario("NS-LOCK-3", needs=CHANGING | {"control", "clock"})
def where_no_time_is_left_an_update_is_refused(api: ApiClient) -> None:
    refuses_at_the_end_of_time(a_profile(api))


def takes_milliseconds(it: LockedRecord) -> None:
    """Only in a sandbox: no page documents the precision of updated_at."""
    at, fraction = seconds_and_fraction(it.made["updated_at"])
    it.update(f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}{fraction[:4]}Z", "Second Name")


@scenario("NS-LOCK-4", needs=CHANGING | {"control", "clock"})
def a_client_that_counts_milliseconds_has_the_lock_too(api: ApiClient) -> None:
    for make in (a_profile, an_address):
        api.sandbox.control("PUT", "/clock", {"frozen": True, "at": "2030-01-31T10:20:30.123999Z"})
        takes_milliseconds(make(api))


def takes_every_spelling(it: LockedRecord) -> None:
    current = it.made["updated_at"]
    for told, written in SPELLINGS.items():
        response = it.update(written(*seconds_and_fraction(current)), "Second Name", expect=(200, 409))
        holds(response.status == 200, f"the same instant with {told} to be the current updated_at", "409")
        current = response.json["updated_at"]


@scenario("NS-LOCK-4", needs=CHANGING)
def the_lock_of_a_profile_is_an_instant_however_it_is_written(api: ApiClient) -> None:
    takes_every_spelling(a_profile(api))


@scenario("NS-LOCK-4", needs=CHANGING)
def the_lock_of_an_address_is_an_instant_however_it_is_written(api: ApiClient) -> None:
    takes_every_spelling(an_address(api))


@scenario("NS-LOCK-4", needs=CHANGING | {"control"})
def an_instant_a_microsecond_later_is_another(api: ApiClient) -> None:
    """Only in a sandbox, whose instants have whole milliseconds: a vendor's may have fewer or more digits."""
    for it in (a_profile(api), an_address(api)):
        at, fraction = seconds_and_fraction(it.made["updated_at"])
        it.update(f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}{fraction[:4]}001Z", "Refused Name", expect=409)


@scenario("NS-LOCK-4", needs=CHANGING | {"control"})
def the_lock_is_a_text_if_that_is_set(api: ApiClient) -> None:
    api.sandbox.setting("newstore.lock_comparison", "text")
    for it in (a_profile(api), an_address(api)):
        current = it.made["updated_at"]
        for written in SPELLINGS.values():
            it.update(written(*seconds_and_fraction(current)), "Refused Name", expect=409)
        are_same(it.made, it.now(), "nothing to be changed by an update that was refused")
        it.update(current, "Second Name")
