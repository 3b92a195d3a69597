"""The sandbox's clock over HTTP: set, frozen, moved; what is due happens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from freezegun import freeze_time

from tests.control_client import ControlClient
from tests.credentials import VTEX

PROFILES = "/api/storage/profile-system/profiles"
PERSON = {"firstName": "Ana", "lastName": "Reis", "email": "ana@example.com", "document": "1", "documentType": "CPF"}


def now(control: ControlClient) -> datetime:
    return datetime.fromisoformat(control.clock()["now"])


def test_a_frozen_clock_shows_the_requested_instant(control: ControlClient) -> None:
    response = control.clock(at="2030-01-31T09:00:00-03:00", frozen=True)
    assert response["now"] == "2030-01-31T12:00:00.000000Z"
    assert control.clock()["now"] == "2030-01-31T12:00:00.000000Z"


def test_a_thawed_clock_runs_on_from_where_it_stood(control: ControlClient) -> None:
    control.clock(at="2030-01-31T12:00:00Z", frozen=True)
    control.clock(frozen=False)
    assert timedelta() <= now(control) - datetime.fromisoformat("2030-01-31T12:00:00Z") < timedelta(minutes=1)


def test_advance_adds_up_its_units(control: ControlClient) -> None:
    control.clock(at="2030-01-01T00:00:00Z", frozen=True)
    control.advance(days=1, hours=2, minutes=3, seconds=4.5)
    assert control.clock()["now"] == "2030-01-02T02:03:04.500000Z"


def test_backwards_is_allowed(control: ControlClient) -> None:
    control.clock(at="2030-01-01T00:00:00Z", frozen=True)
    assert control.advance(days=-365)["now"] == "2029-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    "body",
    [
        {"at": "1969-12-31T23:59:59Z"},
        {"at": "1970-01-01T00:00:00+05:00"},
        {"at": "10000-01-01T00:00:00Z"},
        {"at": "2030-02-30T00:00:00Z"},
        {"at": 5},
        {"offset_seconds": "5"},
        {"offset_seconds": -(10**12)},
        {"at": "2030-01-01T00:00:00Z", "offset_seconds": 1},
        {"frozen": "yes"},
        {"unknown": 1},
        {},
    ],
)
def test_a_time_that_cannot_be_is_400_and_changes_nothing(
    http: httpx.Client, control: ControlClient, body: Any
) -> None:
    control.clock(at="2030-01-01T00:00:00Z", frozen=True)
    assert http.put("/_sandbox/v1/clock", json={"frozen": False, **body} if body else body).status_code == 400
    assert control.clock()["now"] == "2030-01-01T00:00:00.000000Z"
    assert control.clock()["frozen"] is True


def test_the_clock_does_not_leave_its_years(http: httpx.Client, control: ControlClient) -> None:
    control.clock(at="9999-12-31T00:00:00Z", frozen=True)
    assert http.post("/_sandbox/v1/clock/advance", json={"days": 2}).status_code == 400


def test_the_system_time_is_what_an_untouched_clock_shows(control: ControlClient) -> None:
    with freeze_time("2031-05-06T07:08:09Z"):
        assert control.clock() == {"now": "2031-05-06T07:08:09.000000Z", "offset_seconds": 0.0, "frozen": False}


def test_expired_records_stay_expired_when_the_clock_is_set_back(http: httpx.Client, control: ControlClient) -> None:
    profile_id = http.post(f"{PROFILES}?ttl=1", headers=VTEX, json=PERSON).json()["id"]
    control.advance(days=2)
    control.advance(days=-2)
    assert http.get(f"{PROFILES}/{profile_id}", headers=VTEX).status_code == 404
