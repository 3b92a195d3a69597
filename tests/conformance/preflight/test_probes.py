"""Which reads a preflight sends to a stub of a vendor, and what it concludes from each response."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.conformance.preflight.vendor_stub import NOT_FOUND, Vendor, check_of, checks, preflight_of, target_of
from tests.conformance.stub_transport import BASE, json

EMPTY_LIST = {"profiles": [], "pagination_info": {"count": 0, "offset": 0, "total": 0}}


@pytest.mark.parametrize("status", [200, 400, 402, 404])
def test_credentials_that_are_not_refused_work(status: int) -> None:
    host = Vendor({"full": status}, EMPTY_LIST)
    result = preflight_of(target_of("newstore", "full"), host)
    assert checks(result) == {"full": "works"}
    assert (result.obstacle, result.troubles) == (None, ())


@pytest.mark.parametrize("status", [401, 403])
def test_full_credentials_that_are_refused_end_the_preflight_of_their_api(status: int) -> None:
    host = Vendor({"full": status})
    target = target_of("newstore", "full", "expired", data={"email": "a@example.com"})
    result = preflight_of(replace(target, variables={"newstore": {"full": ("TOKEN",), "expired": ("OLD",)}}), host)
    assert checks(result) == {"full": "refused"}
    assert result.obstacle is not None
    assert (
        result.obstacle.text == f"NewStore refused the credentials ({status} for GET /v1/d/pii/profiles); check TOKEN"
    )
    assert (result.requests, len(host.seen)) == (1, 1)


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_refused_is_replaced_by_a_login_which_is_counted(status: int) -> None:
    def respond(request: httpx.Request) -> httpx.Response | None:
        return json(200, {"access_token": "new"}) if request.url.path == "/v0/token" else None

    host = Vendor({"full": status}, EMPTY_LIST, respond)
    login = {"username": "u", "password": "p"}
    result = preflight_of(target_of("newstore", "full", data=login), host)
    assert checks(result) == {"full": "works"}
    assert host.seen == ["/v1/d/pii/profiles?count=1", "/v0/token", "/v1/d/pii/profiles?count=1"]
    assert result.requests == 3


@pytest.mark.parametrize("status", [200, 400, 402, 404, 502])
def test_a_token_that_is_not_refused_is_kept(status: int) -> None:
    host = Vendor({"full": status}, EMPTY_LIST)
    result = preflight_of(target_of("newstore", "full", data={"username": "u", "password": "p"}), host)
    assert host.seen[0] == "/v1/d/pii/profiles?count=1"
    assert "/v0/token" not in host.seen
    assert result.requests == len(host.seen)


def test_a_login_that_gives_no_token_leaves_the_refusal() -> None:
    def respond(request: httpx.Request) -> httpx.Response | None:
        return json(403, {}) if request.url.path == "/v0/token" else None

    host = Vendor({"full": 401}, respond=respond)
    result = preflight_of(target_of("newstore", "full", data={"username": "u", "password": "p"}), host)
    assert checks(result) == {"full": "refused"}
    assert result.requests == len(host.seen) == 2


@pytest.mark.parametrize("status", [200, 401, 403, 404])
def test_without_full_credentials_a_refusal_says_nothing_and_no_datum_is_read(status: int) -> None:
    def respond(request: httpx.Request) -> httpx.Response | None:
        return json(status, {}) if request.url.path.endswith("/profiles/0") else None

    host = Vendor(body=NOT_FOUND, respond=respond)
    result = preflight_of(target_of("oracle", data={"profile_id": "110001"}), host)
    assert checks(result) == {"none": "not tried"}
    assert result.obstacle is None
    assert host.seen[0] == "/ccapp/v1/profiles/0"
    assert not any("110001" in path for path in host.seen)


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [(502, {}, "unavailable"), (429, {}, "throttled"), (403, {"Content-Type": "text/html"}, "intermediary")],
)
def test_trouble_with_the_first_read_is_the_obstacle_whatever_the_credentials(
    status: int, headers: dict[str, str], kind: str
) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers={"Content-Type": "application/json", **headers}, content=b"no JSON")

    host = Vendor(respond=respond)
    target = target_of("newstore", "full", "wrong", data={"username": "u", "password": "p"})
    result = preflight_of(target, host)
    assert result.obstacle is not None
    assert result.obstacle.kind == kind
    assert "newstore.url" not in result.obstacle.text
    assert checks(result) == {"full": "unclear"}
    assert (result.requests, len(host.seen)) == (1, 1)
    assert checks(preflight_of(target_of("newstore"), host)) == {"none": "not tried"}


def test_a_host_of_a_target_file_that_cannot_be_reached_is_named_with_its_setting() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    target = target_of("newstore", "full")
    setting = "(the setting is newstore.url)"
    outside = preflight_of(target, respond)
    ours = preflight_of(replace(target, powers=frozenset({"control"}), control=BASE), respond)
    assert outside.obstacle is not None
    assert ours.obstacle is not None
    assert (outside.obstacle.kind, outside.obstacle.text.endswith(setting)) == ("network", True)
    assert (ours.obstacle.kind, setting in ours.obstacle.text) == ("network", False)


@pytest.mark.parametrize(
    ("kind", "status", "standing", "cause"),
    [
        ("user", 200, "works", None),
        ("user", 404, "works", None),
        ("user", 400, "works", None),
        ("user", 402, "works", None),
        ("user", 401, "refused", "credential"),
        ("user", 403, "refused", "credential"),
        ("user", 502, "unclear", None),
        ("unprivileged", 401, "refused", None),
        ("unprivileged", 403, "refused", None),
        ("unprivileged", 200, "accepted", "credential"),
        ("unprivileged", 404, "accepted", "credential"),
        ("unprivileged", 402, "accepted", "credential"),
        ("unprivileged", 429, "unclear", None),
        ("wrong", 401, "refused", None),
        ("wrong", 200, "accepted", None),  # a finding of a rule
    ],
)
def test_each_other_kind_of_credentials_is_tried_with_the_same_read(
    kind: str, status: int, standing: str, cause: str | None
) -> None:
    host = Vendor({f"{kind}-token": status}, NOT_FOUND)
    result = preflight_of(target_of("vtex", "full", kind), host)
    check = check_of(result, kind)
    assert (check.standing, check.cause and check.cause.kind) == (standing, cause)
    assert check.seen == f"{status} for GET /api/storage/profile-system/schemas/profileSystem"
    assert result.requests == len(host.seen) == 2
    assert result.obstacle is None


@pytest.mark.parametrize(
    ("variables", "check"), [({}, "vtex.credentials.user"), ({"vtex": {"user": ("A", "B")}}, "A and B")]
)
def test_credentials_that_should_work_and_are_refused_name_their_variables(variables: Any, check: str) -> None:
    host = Vendor({"user-token": 401}, NOT_FOUND)
    result = preflight_of(replace(target_of("vtex", "full", "user"), variables=variables), host)
    (trouble,) = result.troubles
    assert trouble.text.startswith("VTEX refused the user credentials (401 for GET ")
    assert trouble.text.endswith(f"; check {check}")


def test_credentials_that_should_be_refused_and_are_not_are_named() -> None:
    (trouble,) = preflight_of(target_of("vtex", "full", "unprivileged"), Vendor(body=NOT_FOUND)).troubles
    assert trouble.text.startswith(
        "the unprivileged credentials of VTEX are accepted, but should be refused (200 for GET"
    )
    assert trouble.text.endswith("check vtex.credentials.unprivileged")


def test_kinds_that_no_read_shows_are_not_tried() -> None:
    host = Vendor()
    result = preflight_of(target_of("oracle", "full", "application", "of-our-own", "login"), host)
    assert checks(result) == {"full": "works", "application": "not tried", "of-our-own": "not tried"}
    assert (check_of(result, "application").seen, len(host.seen)) == ("no safe read shows whether they work", 1)


@pytest.mark.parametrize(
    ("status", "body", "standing", "cause"),
    [
        (200, {"id": "110001"}, "exists", None),
        (404, NOT_FOUND, "not there", "datum"),
        (410, NOT_FOUND, "not there", "datum"),
        (400, NOT_FOUND, "unclear", None),
        (401, NOT_FOUND, "unclear", None),
        (502, NOT_FOUND, "unclear", None),
        (201, {"id": "110001"}, "unclear", None),
    ],
)
def test_each_datum_of_the_target_is_looked_up(status: int, body: Any, standing: str, cause: str | None) -> None:
    def respond(request: httpx.Request) -> httpx.Response | None:
        return json(status, body) if "110001" in str(request.url) else None

    host = Vendor(respond=respond)
    result = preflight_of(target_of("oracle", "full", data={"profile_id": "110001", "of_our_own": "1"}), host)
    check = check_of(result, "profile_id")
    assert (check.standing, check.cause and check.cause.kind) == (standing, cause)
    assert checks(result) == {"full": "works", "profile_id": standing}
    assert host.seen == ["/ccapp/v1/profiles/0", "/ccapp/v1/profiles/110001"]
    assert (result.obstacle, result.requests) == (None, 2)
    if cause is not None:
        assert check.cause is not None
        assert check.cause.text == (
            f"oracle.data.profile_id of the target file was not found ({status} for GET /ccapp/v1/profiles/{{id}}); "
            "name a record that exists at the target"
        )


def test_a_datum_in_the_form_of_the_other_dialect_is_the_obstacle() -> None:
    def respond(request: httpx.Request) -> httpx.Response | None:
        return json(200, {"id": "110001"}) if "110001" in str(request.url) else None

    target = target_of("oracle", "full", data={"profile_id": "110001"}, dialect="reference")
    result = preflight_of(target, Vendor(respond=respond))
    assert checks(result) == {"full": "works", "profile_id": "exists"}
    assert result.obstacle is not None
    assert result.obstacle.kind == "dialect"


def test_a_first_read_in_the_form_of_the_other_dialect_is_the_obstacle() -> None:
    result = preflight_of(target_of("oracle", "full", dialect="reference"), Vendor(body={"id": "0"}))
    assert (checks(result), result.obstacle and result.obstacle.kind) == ({"full": "works"}, "dialect")


@pytest.mark.parametrize("status", [200, 404])
def test_a_page_in_place_of_a_datum_says_nothing_of_it(status: int) -> None:
    def respond(request: httpx.Request) -> httpx.Response | None:
        page = httpx.Response(status, headers={"Content-Type": "text/html"}, text="<html>")
        return page if "110001" in str(request.url) else None

    result = preflight_of(target_of("oracle", "full", data={"profile_id": "110001"}), Vendor(respond=respond))
    assert checks(result) == {"full": "works", "profile_id": "unclear"}
    assert result.troubles == ()
