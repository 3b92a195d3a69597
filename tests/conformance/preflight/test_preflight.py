"""What a preflight finds out about an endpoint that is not as the target file says."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.preflight.preflight import LARGEST, probe_request, run_preflight
from pii_sandbox.conformance.preflight.results import ApiPreflight, target_with_unusable
from pii_sandbox.conformance.target.config import read_target
from pii_sandbox.conformance.target.local_sandbox import APIS
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.specs.api_facts import ProbeRead, apis
from tests.conformance.staged_runs import ReceivedRequest, staging
from tests.server_process import ServerProcess

GOOD = {
    "KEY": "vtexappkey-sandbox", "TOKEN": "sandbox-token", "NONE": "vtexappkey-none", "NEWSTORE": "sandbox-newstore",
    "EXPIRED": "sandbox-expired", "FASHIONAI": "fai_test_sandbox", "ORACLE": "sandbox-oracle",
    "APPLICATION": "sandbox-application-key",
}  # fmt: skip
FILE = """
[vtex]
url = "{url}"
[vtex.credentials.full]
X-VTEX-API-AppKey = "KEY"
X-VTEX-API-AppToken = "TOKEN"
[vtex.credentials.unprivileged]
X-VTEX-API-AppKey = "NONE"
X-VTEX-API-AppToken = "TOKEN"
[vtex.data]
email = "{email}"
profile_id = "5f2b1e5c-0000-4000-8000-000000000000"
[newstore]
url = "{url}"
[newstore.credentials.full]
Authorization = "Bearer NEWSTORE"
[newstore.credentials.expired]
Authorization = "Bearer EXPIRED"
[newstore.data]
email = "{email}"
[fashionai]
url = "{url}"
[fashionai.credentials.full]
X-FashionAI-APP-Token = "FASHIONAI"
[fashionai.data]
user_profile_id = "ddsd23223"
phone = "5500000000000"
[oracle]
url = "{url}"
[oracle.credentials.full]
Authorization = "Bearer ORACLE"
[oracle.credentials.application]
Authorization = "Bearer APPLICATION"
[oracle.data]
profile_id = "110001"
"""
# where each request fails: with the defaults a host is probed for a minute before it is given up
PROMPT = "[retry]\nbackoff_seconds = 0.01\nbreaker_seconds = 0.01\n"


@pytest.fixture(scope="module")
def server(sandbox_server: ServerProcess) -> str:
    return sandbox_server.url


def email_of_somebody(server: str) -> str:
    listed: Any = httpx.get(f"{server}/_sandbox/v1/documents/vtex/profiles?count=1", trust_env=False).json()
    return str(listed["documents"][0]["document"]["email"])


def preflight(
    folder: Path, url: str, email: str, *, first: str = "", last: str = "", environment: Mapping[str, str] = GOOD
) -> dict[str, ApiPreflight]:
    file = folder / "target.toml"
    text = first + FILE.format(url=url, email=email) + last
    file.write_text(text, "utf-8")
    target = read_target(file, environment)
    with closing(Sender(target)) as sender:
        return {result.api: result for result in run_preflight(target, sender)}


def standings(result: ApiPreflight) -> dict[str, str]:
    return {check.name: check.standing for check in (*result.credentials, *result.data)}


def test_a_healthy_endpoint_is_told_in_full(server: str, tmp_path: Path) -> None:
    with staging(server) as host:
        found = preflight(tmp_path, host.url, email_of_somebody(server))
        assert host.unsafe_calls() == []
        assert len(host.arrived) == sum(result.requests for result in found.values())
    assert {name: result.obstacle for name, result in found.items()} == dict.fromkeys(APIS)
    assert all(result.requests <= LARGEST for result in found.values())
    assert standings(found["vtex"]) == {
        "full": "works", "unprivileged": "refused", "wrong": "refused", "email": "exists", "profile_id": "not there",
    }  # fmt: skip
    assert standings(found["newstore"]) == {
        "full": "works", "expired": "refused", "wrong": "refused", "email": "exists",
    }  # fmt: skip
    assert standings(found["fashionai"]) == {
        "full": "works", "wrong": "refused", "user_profile_id": "exists", "phone": "not there",
    }  # fmt: skip
    assert standings(found["oracle"]) == {
        "full": "works", "application": "not tried", "wrong": "refused", "profile_id": "exists",
    }  # fmt: skip
    (missing,) = found["vtex"].troubles
    assert missing.kind == "datum"
    assert missing.text.startswith("vtex.data.profile_id of the target file was not found (404 for GET /api/")
    assert "5f2b1e5c" not in missing.text


def test_wrong_credentials_stop_an_api_and_name_their_variables(server: str, tmp_path: Path) -> None:
    with staging(server) as host:
        found = preflight(tmp_path, host.url, "a@example.com", environment={**GOOD, "TOKEN": "mistyped-token"})
        obstacle = found["vtex"].obstacle
    assert obstacle is not None
    assert obstacle.kind == "credentials"
    assert obstacle.text == (
        "VTEX refused the credentials (401 for GET /api/storage/profile-system/schemas/profileSystem); "
        "check KEY and TOKEN"
    )
    assert found["vtex"].requests == 1
    assert found["newstore"].obstacle is None


def test_credentials_that_should_be_refused_and_are_not_cannot_be_used(server: str, tmp_path: Path) -> None:
    with staging(server) as host:
        found = preflight(tmp_path, host.url, "a@example.com", environment={**GOOD, "NONE": "vtexappkey-sandbox"})
    assert standings(found["vtex"])["unprivileged"] == "accepted"
    target = target_with_unusable(read_target(tmp_path / "target.toml", GOOD), found.values())
    assert target.absent["vtex"]["unprivileged"].text.startswith("the unprivileged credentials of VTEX are accepted")


def html(status: int) -> Callable[[ReceivedRequest], httpx.Response]:
    def answer(request: ReceivedRequest) -> httpx.Response:
        page = "<html>Pardon our interruption, Ana Souza</html>"
        return httpx.Response(status, headers={"content-type": "text/html"}, text=page)

    return answer


@pytest.mark.parametrize(
    ("manner", "kind", "message"),
    [
        (html(200), "intermediary", "with text/html instead of JSON (200): a page of a proxy, firewall"),
        (html(403), "intermediary", "with text/html instead of JSON (403): a page of a proxy, firewall"),
        (html(404), "intermediary", "with text/html instead of JSON (404)"),
        (lambda asked: httpx.Response(502), "unavailable", "502"),
        (lambda asked: httpx.Response(407), "intermediary", "a proxy in front of"),
        (
            lambda asked: httpx.Response(302, headers={"location": "https://login.example.org/"}),
            "target",
            "the host login.example.org is where a redirect leads",
        ),
    ],
    ids=["page", "firewall", "other host", "gateway", "proxy", "redirect"],
)
def test_what_is_not_the_api_is_told_once_for_each_api(
    server: str, tmp_path: Path, manner: Callable[[ReceivedRequest], httpx.Response], kind: str, message: str
) -> None:
    with staging(server, manner) as host:
        found = preflight(tmp_path, host.url, "a@example.com", first=PROMPT)
    for result in found.values():
        assert result.obstacle is not None
        assert (result.obstacle.kind, message in result.obstacle.text) == (kind, True), result.obstacle
        assert result.requests == 1
        assert "Ana" not in result.obstacle.text


def test_a_host_where_nothing_listens_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    found = preflight(tmp_path, url, "a@example.com", first=PROMPT)
    assert {result.obstacle.kind for result in found.values() if result.obstacle} == {"network"}


def test_the_other_dialect_is_told_as_such(server: str, tmp_path: Path) -> None:
    with staging(server) as host:
        found = preflight(tmp_path, host.url, email_of_somebody(server), first='dialect = "reference"\n')
    obstacle = found["vtex"].obstacle
    assert obstacle is not None
    assert obstacle.kind == "dialect"
    assert 'set dialect = "guide" in the target file' in obstacle.text
    assert found["oracle"].obstacle is None


def test_without_full_credentials_it_is_seen_whether_the_api_answers(server: str, tmp_path: Path) -> None:
    with staging(server) as host:
        text = f'[vtex]\nurl = "{host.url}"\n'
        (tmp_path / "target.toml").write_text(text, "utf-8")
        target = read_target(tmp_path / "target.toml", {})
        with closing(Sender(target)) as sender:
            (found,) = run_preflight(target, sender)
    assert found.obstacle is None
    assert standings(found) == {"none": "not tried"}


NO_ROUTE: Mapping[str, Any] = {"message": "no Route matched with those values", "request_id": "b5f1c3"}


def test_a_gateway_that_knows_no_such_path_is_not_the_api(server: str, tmp_path: Path) -> None:
    with staging(server, lambda request: httpx.Response(404, json=NO_ROUTE)) as host:
        found = preflight(tmp_path, host.url, "a@example.com")
    for name, result in found.items():
        assert result.obstacle is not None, name
        assert result.obstacle.kind == "intermediary"
        assert "and a path that does not exist alike (404), so the API is not there" in result.obstacle.text
        assert result.requests <= LARGEST


def test_a_host_that_lacks_what_is_asked_for_and_tells_so_in_its_own_words_is_the_api(
    server: str, tmp_path: Path
) -> None:
    def respond_empty(request: ReceivedRequest) -> httpx.Response:
        return httpx.Response(404) if "no-such-path" in request.path else request.pass_on()

    with staging(server, respond_empty) as host:
        found = preflight(tmp_path, host.url, "a@example.com")
    assert {name: result.obstacle for name, result in found.items()} == dict.fromkeys(APIS)


def test_an_expired_token_is_replaced_by_a_login_before_the_first_rule(server: str, tmp_path: Path) -> None:
    login = '\n[newstore.login]\nusername = "USER"\npassword = "USER"\n'
    environment = {**GOOD, "NEWSTORE": "sandbox-expired", "USER": "sandbox"}
    with staging(server) as host:
        found = preflight(tmp_path, host.url, email_of_somebody(server), last=login, environment=environment)
    assert found["newstore"].obstacle is None
    assert standings(found["newstore"])["full"] == "works"
    assert standings(found["newstore"])["email"] == "exists"
    assert found["newstore"].requests <= LARGEST


def test_the_read_that_credentials_opened_is_repeated_where_they_stop_working(server: str, tmp_path: Path) -> None:
    """What a preflight opened is remembered, so that a refusal in mid-run is held against it."""
    opened = [True]

    def expire_credentials(request: ReceivedRequest) -> httpx.Response:
        refused = httpx.Response(401, json={}, headers={"Content-Type": "application/json"})
        return request.pass_on() if opened[0] else refused

    with staging(server, expire_credentials) as host:
        preflight(tmp_path, host.url, "a@example.com")
        target = read_target(tmp_path / "target.toml", GOOD)
        with closing(Sender(target)) as sender:
            (found,) = run_preflight(target, sender, ["oracle"])
            opened[0] = False
            request = probe_request(apis()["oracle"], target, ORACLE_READ, "full", "1")
            with pytest.raises(CannotCheck, match=r"full credentials of oracle stopped working after \d+ requests"):
                sender.send(replace(request, expected=(200,)))
    assert found.obstacle is None


ORACLE_READ = ProbeRead("getProfile", value_in="id")


def test_limits_hold_for_the_preflight_too(server: str, tmp_path: Path) -> None:
    with staging(server) as host:
        first = "[limits]\nrequests = 2\n"
        found = preflight(tmp_path, host.url, "a@example.com", first=first)
        assert len(host.arrived) == 2
    assert [result.obstacle.text for result in found.values() if result.obstacle] == [
        "the target's limit of 2 requests is used up"
    ] * len(APIS)
