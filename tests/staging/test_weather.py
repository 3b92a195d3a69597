"""No host is judged wrongly for what stands between it and the run, and nothing is left behind there."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from pii_sandbox.conformance.target.login_tokens import NO_TOKEN_YET
from tests.server_process import ServerProcess
from tests.staging import weather
from tests.staging.runs import LOGIN, LOGIN_ENVIRONMENT, LOGINS_ALONE, WRITING, all_documents, check
from tests.staging.weather import Weather, after_40_requests, always, apply_when, door, every_ninth

REFUSED = "refused the credentials"
LONG = bool(os.environ.get("STAGING_LONG"))
KINDS: dict[str, tuple[Weather, str | None]] = {
    "maintenance late": (apply_when(after_40_requests, weather.page(200)), "something other than the API answered"),
    "maintenance now and then": (apply_when(every_ninth, weather.page(200)), "something other than the API answered"),
    "firewall now and then": (apply_when(every_ninth, weather.page(403)), "something other than the API answered"),
    "login page late": (
        apply_when(after_40_requests, weather.page(302, Location="/login")),
        "something other than the API answered",
    ),
    "credentials expire": (apply_when(after_40_requests, weather.refuse_credentials(401)), "stopped working after"),
    "throttled now and then": (apply_when(every_ninth, weather.throttle), None),
    "503 now and then": (apply_when(every_ninth, weather.page(503)), None),
    "503 late": (apply_when(after_40_requests, weather.page(503)), "host unavailable since"),
    "HTML 500 now and then": (apply_when(every_ninth, weather.page(500)), None),
    "JSON 500 now and then": (apply_when(every_ninth, weather.fail_in_json), None),
    "answers lost now and then": (apply_when(every_ninth, weather.lose_answers), None),
    "resets now and then": (apply_when(every_ninth, weather.reset_connection), None),
    "resets late": (apply_when(after_40_requests, weather.reset_connection), "host unavailable since"),
    "resets after the work now and then": (apply_when(every_ninth, weather.reset_after), None),
    "oversize now and then": (apply_when(every_ninth, weather.send_oversized), "the response"),
}
# each kind is met by a run that reads, two also by one that writes; the long form meets all by both
WRITTEN = ("login page late", "resets after the work now and then")
MET = [(name, writes) for name in KINDS for writes in (False, True) if LONG or writes == (name in WRITTEN)]
in_long_form = pytest.mark.skipif(not LONG, reason="takes long: for tox env staging")


@pytest.fixture
def server(sandbox_server: ServerProcess) -> ServerProcess:
    return sandbox_server


@pytest.mark.parametrize(("name", "writes"), MET)
def test_what_is_not_the_vendors_breaks_no_rule(name: str, writes: bool, server: ServerProcess, tmp_path: Path) -> None:
    kind, cause = KINDS[name]
    before = all_documents(server.url)
    with door(server.url, kind) as host:
        result = check(tmp_path, host.url, writes=writes)
    assert result.convicted == {}, result.output
    assert result.code in (0, 2)
    assert "conforms" in result.outcomes.values(), result.output
    if cause is not None:
        assert any(cause in reason for reason in result.reasons), result.reasons
    left = all_documents(server.url) != before
    # a host that stays away keeps what was made, and the report says so
    assert not left or (cause is not None and result.report["run"]["facts"]["left behind"] > 0)


@pytest.mark.parametrize(
    "kind",
    [
        weather.page(200),
        weather.page(503),
        weather.refuse_credentials(401),
        weather.reset_connection,
        weather.page(403),
        weather.fail_in_json,
    ],
    ids=["maintenance", "unavailable", "mistyped key", "reset", "firewall", "JSON 500"],
)
def test_a_host_that_is_not_ready_is_told_before_the_first_rule(
    kind: Weather, server: ServerProcess, tmp_path: Path
) -> None:
    with door(server.url, apply_when(always, kind)) as host:
        result = check(tmp_path, host.url, writes=True)
    assert result.code == 2
    assert set(result.outcomes.values()) == {"not checked"}
    assert len(set(result.reasons)) <= 2, result.reasons
    assert len(host.arrived) < 30


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (weather.send_compressed, {}),
        pytest.param(weather.with_parameters, {}, marks=in_long_form),
        pytest.param(weather.delay, {}, marks=in_long_form),
        (weather.in_latin_1, {}),
        pytest.param(lambda asked: asked.pass_on(), {"base_path": "/eu/staging"}, marks=in_long_form),
        (lambda asked: asked.pass_on(), {"http_version": "HTTP/1.0", "keeps_alive": False}),
        (lambda asked: asked.pass_on(), {"keeps_alive": False}),
    ],
    ids=["gzip", "media type parameters", "slow", "charset", "base path", "HTTP/1.0", "no keep-alive"],
)
def test_a_sound_host_conforms_however_it_speaks_http(
    kind: Weather, more: dict[str, Any], server: ServerProcess, tmp_path: Path
) -> None:
    before = all_documents(server.url)
    with door(server.url, kind, **more) as host:
        result = check(tmp_path, host.url, writes=True)
    assert (result.code, result.convicted) == (0, {}), result.output
    assert result.report["run"]["facts"]["left behind"] == 0
    assert all_documents(server.url) == before


@pytest.mark.parametrize("calls", [7, pytest.param(25, marks=in_long_form)])
def test_an_access_token_that_runs_out_in_mid_scenario_is_replaced_by_a_login(
    calls: int, server: ServerProcess, tmp_path: Path
) -> None:
    before = all_documents(server.url)
    expiring = weather.ExpiringTokens(calls)
    rules, one = WRITING if LONG else ("NS-ADDR",), ("--only", "scenarios", "--workers", "1")
    with door(server.url, expiring) as host:
        result = check(tmp_path, host.url, writes=True, more=one, rules=rules, last=LOGIN)
    assert (result.code, result.convicted) == (0, {}), result.output
    assert not [reason for reason in result.reasons if "credentials" in reason or "login" in reason], result.reasons
    assert result.report["run"]["facts"]["logins"] == {"newstore": expiring.logins}
    assert expiring.logins > 2
    assert result.report["run"]["facts"]["left behind"] == 0
    assert all_documents(server.url) == before


def test_an_access_token_that_runs_out_in_mid_scenario_ends_the_api_without_a_login(
    server: ServerProcess, tmp_path: Path
) -> None:
    with door(server.url, weather.ExpiringTokens(25)) as host:
        result = check(tmp_path, host.url, writes=True, rules=("NS-ADDR",))
    assert result.convicted == {}, result.output
    (cause,) = {reason for reason in result.reasons if "stopped working" in reason}
    assert re.fullmatch(r"the full credentials of newstore stopped working after \d+ requests \(status 403\)", cause)


def test_a_token_that_has_run_out_before_the_run_is_replaced_in_the_preflight(
    server: ServerProcess, tmp_path: Path
) -> None:
    with door(server.url, weather.ExpiringTokens(limit_of={"Bearer sandbox-newstore": 0})) as host:
        result = check(tmp_path, host.url, writes=False, apis=("newstore",), last=LOGIN)
    assert (result.code, result.convicted) == (0, {}), result.output
    assert result.report["run"]["facts"]["logins"] == {"newstore": 1}


@pytest.mark.parametrize(
    ("api", "rules", "status"), [("newstore", ("NS-ADDR",), 403), ("oracle", ("OCC-GET", "OCC-AUTH"), 401)]
)
def test_a_target_that_has_a_login_alone_is_checked_with_tokens_that_run_out(
    api: str, rules: tuple[str, ...], status: int, server: ServerProcess, tmp_path: Path
) -> None:
    before = all_documents(server.url)
    expiring = weather.ExpiringTokens(7, status=status)
    one = ("--only", "scenarios", "--workers", "1")
    with door(server.url, expiring) as host:
        result = check(tmp_path, host.url, writes=True, more=one, apis=(api,), rules=rules, target=LOGINS_ALONE)
    assert (result.code, result.convicted) == (0, {}), result.output
    assert result.report["run"]["facts"]["logins"][api] > 1
    assert not [reason for reason in result.reasons if "no full credentials" in reason], result.reasons
    assert not [token for token in expiring.used if NO_TOKEN_YET in token]
    assert NO_TOKEN_YET not in (tmp_path / "report" / "report.json").read_text("utf-8")
    assert all_documents(server.url) == before


def test_a_login_that_is_refused_is_told_with_the_variables_to_look_at(server: ServerProcess, tmp_path: Path) -> None:
    with door(server.url, lambda request: request.pass_on()) as host:
        wrong = {**LOGIN_ENVIRONMENT, "STAGING_PASSWORD": "mistyped", "STAGING_APPLICATION_KEY": "mistyped"}
        result = check(
            tmp_path, host.url, writes=True, apis=("newstore", "oracle"), target=LOGINS_ALONE, environment=wrong
        )
        assert {path for _, path in host.arrived} == set(weather.LOGINS)
    assert (result.code, result.convicted) == (2, {}), result.output
    reasons = [reason for reason in result.reasons if "gave no token" in reason]
    assert {reason.partition(" gave no token")[0] for reason in reasons} == {
        "the login of newstore",
        "the login of oracle",
    }
    assert any(reason.endswith("check STAGING_USER and STAGING_PASSWORD") for reason in reasons), reasons


@pytest.mark.parametrize("requests", [1, 3])
def test_a_limit_that_is_used_up_in_the_preflight_is_told_as_such(
    requests: int, server: ServerProcess, tmp_path: Path
) -> None:
    with door(server.url, lambda request: request.pass_on()) as host:
        result = check(tmp_path, host.url, writes=False, last=f"\n[limits]\nrequests = {requests}\n")
        assert len(host.arrived) == requests
    assert (result.code, result.convicted) == (2, {}), result.output
    assert set(result.outcomes.values()) == {"not checked"}
    others = {reason for reason in result.reasons if not reason.startswith("the target does not grant the power")}
    assert others == {f"the target's limit of {requests} requests is used up"}


def test_a_key_that_may_not_write_breaks_no_rule(server: ServerProcess, tmp_path: Path) -> None:
    with door(server.url, weather.refuse_writes) as host:
        result = check(tmp_path, host.url, writes=True)
    assert result.convicted == {}, result.output
    assert any(REFUSED in reason for reason in result.reasons), result.reasons


def test_lag_is_waited_for_and_told(server: ServerProcess, tmp_path: Path) -> None:
    before = all_documents(server.url)
    with door(server.url, weather.LaggingIndex(0.3)) as host:
        result = check(tmp_path, host.url, writes=True, settle_seconds=2)
    assert result.convicted == {}, result.output
    assert result.code == 0
    assert result.report["run"]["facts"]["lag in seconds"]["newstore getProfile"] >= 0.2
    assert all_documents(server.url) == before


@pytest.mark.parametrize(("strict", "code"), [pytest.param(False, 0, marks=in_long_form), (True, 1)])
def test_what_a_vendor_adds_is_drift(strict: bool, code: int, server: ServerProcess, tmp_path: Path) -> None:
    with door(server.url, weather.add_drift) as host:
        more = ("--only", "scenarios", *(("--strict",) if strict else ()))
        result = check(tmp_path, host.url, writes=True, more=more)
    assert (result.code, result.convicted) == (code, {}), result.output
    drift = result.report["run"]["facts"]["drift"]
    assert "newstore getProfile: property $.tier" in drift
    assert "newstore getProfile: header X-Loyalty" in " ".join(drift) or "X-Loyalty".lower() in " ".join(drift).lower()
    for form in ("report.html", "summary.md", "junit.xml"):
        assert "$.tier" in (tmp_path / "report" / form).read_text("utf-8"), form


@in_long_form
def test_generated_calls_are_judged_by_the_vendors_answers_alone(server: ServerProcess, tmp_path: Path) -> None:
    with door(server.url, apply_when(every_ninth, weather.page(500))) as host:
        result = check(tmp_path, host.url, writes=False, more=("--only", "generated"), apis=("fashionai",))
    assert result.report["findings"] == [], result.output
    assert result.code == 0
