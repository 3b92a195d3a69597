"""Single settings of a target: typed tables, logins, retries, time to settle, disclosure, template."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.conformance.target import login_tokens
from pii_sandbox.conformance.target.disclosure import disclosed_sandbox
from pii_sandbox.conformance.target.local_sandbox import APIS, local_sandbox
from pii_sandbox.conformance.target.retry_settings import retry, settle_seconds
from pii_sandbox.conformance.target.tables import BadTarget, refuse_unknown_settings, subtable, typed_setting
from pii_sandbox.conformance.target.template import template
from pii_sandbox.conformance.values.scenario import POWERS


def test_a_table_is_read_by_the_type_of_its_settings() -> None:
    table = {"inner": {"a": 1}, "text": "b", "flag": True, "number": 7}
    assert subtable(table, "inner") == {"a": 1}
    assert subtable(table, "none") == {}
    assert typed_setting(table, "text", str, "c", "") == "b"
    assert typed_setting(table, "none", str, "c", "") == "c"
    for refused, message in (
        (lambda: subtable(table, "text", "vtex."), "vtex.text must be a table"),
        (lambda: typed_setting(table, "number", str, "", "tls."), "tls.number must be text"),
        (lambda: typed_setting(table, "text", bool, False, "tls."), "tls.text must be true or false"),
        (
            lambda: refuse_unknown_settings({"z": 1, "b": 2, "a": 3}, frozenset({"z", "y", "x"}), "tls."),
            "unknown setting tls.a; the settings here are x, y, z",
        ),
    ):
        with pytest.raises(BadTarget) as error:
            refused()
        assert str(error.value) == message
    refuse_unknown_settings({"z": 1}, frozenset({"z", "y"}), "")


@pytest.mark.parametrize(
    ("api", "kinds", "data", "expected"),
    [
        (
            "newstore",
            (),
            ("username", "password"),
            {"full": {"Authorization": "Bearer pii-sandbox-check-no-token-yet"}},
        ),
        ("newstore", (), ("username",), {}),
        ("newstore", ("full",), ("username", "password"), {}),
        ("vtex", (), ("username", "password"), {}),
        ("oracle", ("application",), (), {"full": {"Authorization": "Bearer pii-sandbox-check-no-token-yet"}}),
        ("oracle", (), (), {}),
    ],
)
def test_the_full_credentials_of_a_whole_login_are_a_token_to_come(
    api: str, kinds: tuple[str, ...], data: tuple[str, ...], expected: Any
) -> None:
    given = login_tokens.login_credentials(api, kinds, data)
    assert given == expected
    assert login_tokens.has_no_token(given.get("full", {})) is bool(expected)
    assert not login_tokens.has_no_token({"Authorization": "Bearer t"})


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"attempts": -1}, "retry.attempts must be 0 or more"),
        ({"breaker_failures": 0}, "retry.breaker_failures must be 1 or more"),
        ({"backoff_seconds": -0.1}, "retry.backoff_seconds must be 0 or more"),
        ({"breaker_failures": 1.5}, "retry.breaker_failures must be a whole number"),
        ({"attempts": True}, "retry.attempts must be a whole number"),
        ({"breaker_seconds": "1"}, "retry.breaker_seconds must be a finite number"),
        ({"breaker_seconds": float("inf")}, "retry.breaker_seconds must be a finite number"),
    ],
)
def test_a_retry_setting_that_cannot_be_kept_is_refused(table: dict[str, Any], message: str) -> None:
    with pytest.raises(BadTarget) as error:
        retry({"retry": table})
    assert str(error.value) == message


def test_the_time_to_settle_is_a_number_of_seconds() -> None:
    assert (settle_seconds({}, vendor=True), settle_seconds({}, vendor=False)) == (3.0, 0.0)
    assert settle_seconds({"settle_seconds": 7}, vendor=False) == 7
    for value in (-0.1, True, "1", float("nan")):
        with pytest.raises(BadTarget, match="settle_seconds must be"):
            settle_seconds({"settle_seconds": value}, vendor=True)


def test_a_sandbox_is_a_target_with_all_powers_at_one_origin() -> None:
    target = local_sandbox("http://127.0.0.1:8080/base/")
    assert target.urls == dict.fromkeys(APIS, "http://127.0.0.1:8080/base")
    assert target.control == "http://127.0.0.1:8080/base/_sandbox/v1"
    assert (target.powers, target.headers, target.retry.breaker_seconds) == (POWERS, {}, 5)
    assert target.isolates
    assert set(target.credentials) == set(target.data) == set(APIS)
    assert local_sandbox("http://a", "t").headers == {"X-Sandbox-Control-Token": "t"}


def test_a_sandbox_at_a_url_is_disclosed_by_host_and_variable() -> None:
    assert disclosed_sandbox("http://ada:pw@a.example:8080/x", "TOKEN") == "hosts a.example:8080; variables TOKEN"
    assert disclosed_sandbox("a.example", None) == "hosts none; variables none"


def test_the_template_of_some_apis_has_their_tables_alone_with_what_is_optional_commented_out() -> None:
    text = template(["newstore"])
    lines = text.splitlines()
    assert [line for line in lines if line.lstrip("# ").startswith("[newstore")] == [
        "[newstore]",
        *[line for line in lines if "[newstore.credentials." in line],
        *[line for line in lines if "[newstore.login]" in line],
        *[line for line in lines if "[newstore.data]" in line],
    ]
    assert any(line.startswith("[newstore.credentials.full]") for line in lines)
    assert any(line.startswith("# [newstore.login]") for line in lines)
    assert "[vtex" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    commented = [line for line in lines if line.startswith("# [newstore.")]
    assert all("#" in line[2:] and line.index("#", 2) == 48 for line in commented if len(line) > 50)
    all_lines = template().split("# [vtex]", 1)[1].splitlines()
    assert all(not line or line.startswith("#") for line in all_lines)
