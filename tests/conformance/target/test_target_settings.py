"""Settings of a target one by one: their defaults, the values at their limits, and what errors say and do not say."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from pii_sandbox.conformance.target import environment, login_tokens, urls
from pii_sandbox.conformance.target.answer_bounds import DEFAULT_BOUNDS, AnswerBounds, answer_bounds, size
from pii_sandbox.conformance.target.disclosure import disclosed_sandbox
from pii_sandbox.conformance.target.local_sandbox import APIS, local_sandbox
from pii_sandbox.conformance.target.retry_settings import retry, settle_seconds
from pii_sandbox.conformance.target.tables import BadTarget, refuse_unknown_settings, subtable, typed_setting
from pii_sandbox.conformance.target.template import template
from pii_sandbox.conformance.values.scenario import POWERS

# Bounds of an answer


def test_an_answer_has_the_documented_bounds_unless_the_target_has_others() -> None:
    assert dataclasses.asdict(answer_bounds({})) == {
        "seconds": 30,
        "wire_bytes": 16_777_216,
        "decoded_bytes": 16_777_216,
        "depth": 200,
        "values": 200_000,
        "headers": 200,
        "header_bytes": 16_384,
    }
    assert answer_bounds({}) == DEFAULT_BOUNDS
    bounds = {"seconds": 2**40 - 1, "values": 1, "depth": 200, "headers": 2**40 - 1}
    assert answer_bounds(bounds) == AnswerBounds(seconds=2**40 - 1, values=1, depth=200, headers=2**40 - 1)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("values", 1.5, "answers.values must be a whole number"),
        ("values", True, "answers.values must be a whole number"),
        ("seconds", "1", "answers.seconds must be a number"),
        ("seconds", False, "answers.seconds must be a number"),
        ("seconds", 0, "answers.seconds must be above 0 and below 2^40"),
        ("headers", 2**40, "answers.headers must be above 0 and below 2^40"),
        ("seconds", float("nan"), "answers.seconds must be above 0 and below 2^40"),
        ("depth", 201, "answers.depth must be at most 200"),
    ],
)
def test_a_bound_that_cannot_be_kept_is_refused_by_name(name: str, value: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told.replace("^", r"\^")):
        answer_bounds({"header_bytes": 1, name: value})


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1_023, "1023 bytes"),
        (1_024, "1 KB"),
        (1_025, "1025 bytes"),
        (2_048, "2 KB"),
        (1_047_552, "1023 KB"),
        (1_048_576, "1 MB"),
        (1_048_577, "1048577 bytes"),
        (1_049_600, "1025 KB"),
        (3_145_728, "3 MB"),
    ],
)
def test_sizes_are_told_in_the_largest_unit_that_they_are_a_multiple_of(count: int, text: str) -> None:
    assert size(count) == text


# Tables


def test_a_table_is_read_by_the_type_of_its_settings() -> None:
    table = {"inner": {"a": 1}, "text": "b", "flag": True, "number": 7}
    assert subtable(table, "inner") == {"a": 1}
    assert subtable(table, "none") == {}
    assert typed_setting(table, "text", str, "c", "") == "b"
    assert typed_setting(table, "none", str, "c", "") == "c"
    for refused, told in (
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
        assert str(error.value) == told
    refuse_unknown_settings({"z": 1}, frozenset({"z", "y"}), "")


# Environment variables


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("A_B", "at: the environment variable A_B is not set; set it, and run again"),
        ("A1_2B", "at: the environment variable A1_2B is not set; set it, and run again"),
        ("A_" + "B" * 58, f"at: the environment variable A_{'B' * 58} is not set; set it, and run again"),
        ("A_" + "B" * 59, "at must be the name of an environment variable that is set, not the value itself"),
        ("AB", "at must be the name of an environment variable that is set, not the value itself"),
        ("a_b", "at must be the name of an environment variable that is set, not the value itself"),
        ("A-B", "at must be the name of an environment variable, such as APP_TOKEN, not the value itself"),
        (7, "at must be the name of an environment variable, such as APP_TOKEN, not the value itself"),
        ("EMPTY_ONE", "at: the environment variable is empty; set it to the value"),
    ],
)
def test_a_name_that_may_be_a_credential_is_not_repeated(name: Any, told: str) -> None:
    with pytest.raises(BadTarget) as error:
        environment.variable_value(name, "at", {"EMPTY_ONE": ""})
    assert str(error.value) == told


def test_an_environment_of_placeholders_has_every_variable() -> None:
    anything = environment.AnyVariable(KNOWN="1")
    assert "WHATEVER" in anything
    assert (anything["WHATEVER"], anything["KNOWN"]) == (environment.PLACEHOLDER, "1")


def test_the_place_of_a_letter_that_no_header_carries_is_counted_from_one() -> None:
    with pytest.raises(BadTarget, match="at: character 1 of the environment variable's value is not ASCII"):
        environment.header_value("NAME", "at", {"NAME": "élan"})
    assert environment.header_value("NAME", "at", {"NAME": "elan"}) == "elan"


CREDENTIALS = {"full": {"Authorization": "Bearer TOKEN", "X-Key": "KEY"}, "expired": {"Authorization": "OLD"}}
VARIABLES = {"TOKEN": "t", "KEY": "k", "OLD": "Basic o", "NAME": "n"}


def test_wrong_credentials_are_made_up_from_the_full_ones_with_their_scheme() -> None:
    kinds = environment.credential_headers("vtex", {"credentials": CREDENTIALS}, VARIABLES)
    assert kinds == {
        "full": {"Authorization": "Bearer t", "X-Key": "k"},
        "expired": {"Authorization": "Basic o"},
        "wrong": {"Authorization": "Bearer pii-sandbox-check-wrong", "X-Key": "pii-sandbox-check-wrong"},
    }
    named = {"credentials": {**CREDENTIALS, "wrong": {"X-Key": "NAME"}}, "login": {}}
    assert environment.credential_headers("vtex", named, VARIABLES)["wrong"] == {"X-Key": "n"}
    assert environment.credential_headers("vtex", named, VARIABLES)["login"] == {}
    assert environment.credential_headers("vtex", {}, VARIABLES) == {}


@pytest.mark.parametrize("headers", [{}, "TOKEN", ["TOKEN"]])
def test_credentials_that_are_no_table_of_headers_are_refused(headers: Any) -> None:
    with pytest.raises(BadTarget, match=r"vtex\.credentials\.full must be a table of headers"):
        environment.credential_headers("vtex", {"credentials": {"full": headers}}, VARIABLES)


def test_the_variables_of_credentials_are_those_named_and_of_a_login_its_fields() -> None:
    assert environment.variable_names({"credentials": CREDENTIALS}) == {"full": ("TOKEN", "KEY"), "expired": ("OLD",)}
    login = {"username": "NAME", "password": "KEY"}
    assert environment.variable_names({"login": login}) == {"full": ("NAME", "KEY")}
    both = environment.variable_names({"login": login, "credentials": CREDENTIALS})
    assert both == {"full": ("TOKEN", "KEY"), "expired": ("OLD",)}
    assert environment.variable_names({}) == {}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (True, "must be text or"),
        ([], "must be text or"),
        ({"env": "NAME", "more": 1}, "must be text or"),
        ({"ENV": "NAME"}, "must be text or"),
        ({"env": "A-B"}, "must be the name"),
    ],
)
def test_data_that_is_neither_a_text_nor_a_variable_is_refused(value: Any, told: str) -> None:
    with pytest.raises(BadTarget, match=rf"vtex\.data\.email {told}"):
        environment.readable_data("vtex", {"data": {"email": value}}, VARIABLES)


def test_data_are_texts_numbers_and_values_of_variables() -> None:
    data = {"a": "b", "c": 7, "d": {"env": "NAME"}, "token": {"env": "TOKEN"}}
    assert environment.readable_data("vtex", {"data": data, "login": {"username": "KEY"}}, VARIABLES) == {
        "a": "b",
        "c": "7",
        "d": "n",
        "token": "t",
        "username": "k",
    }
    for name in ("username", "password", "token", "app_token", "app_key", "access_token", "secret"):
        with pytest.raises(BadTarget, match="this file never contains credentials"):
            environment.readable_data("vtex", {"data": {name: "x"}}, VARIABLES)


# Logins, retries, URLs


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
    ("table", "told"),
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
def test_a_retry_setting_that_cannot_be_kept_is_refused(table: dict[str, Any], told: str) -> None:
    with pytest.raises(BadTarget) as error:
        retry({"retry": table})
    assert str(error.value) == told


def test_the_time_to_settle_is_a_number_of_seconds() -> None:
    assert (settle_seconds({}, vendor=True), settle_seconds({}, vendor=False)) == (3.0, 0.0)
    assert settle_seconds({"settle_seconds": 7}, vendor=False) == 7
    for value in (-0.1, True, "1", float("nan")):
        with pytest.raises(BadTarget, match="settle_seconds must be"):
            settle_seconds({"settle_seconds": value}, vendor=True)


@pytest.mark.parametrize(
    ("url", "allowed", "told"),
    [
        ("https://a.example", False, "https://a.example"),
        ("https://a.example:443/b//", False, "https://a.example:443/b"),
        ("http://localhost:80", False, "http://localhost:80"),
        ("http://[::1]:8080", False, "http://[::1]:8080"),
        ("http://127.9.9.9", False, "http://127.9.9.9"),
        ("http://a.example", True, "http://a.example"),
        ("http://a.example", False, "at uses plain HTTP, which sends credentials unencrypted"),
        ("http://10.0.0.1", False, "at uses plain HTTP, which sends credentials unencrypted"),
        ("http://127.0.0.1:443", True, "at uses plain HTTP on port 443, where servers expect TLS"),
        ("https://a.example:0", False, "at has port 0"),
        ("https://a.example#b", False, "at must be an http or https URL without a query"),
        ("https://a.example?b", False, "at must be an http or https URL without a query"),
        ("ftp://a.example", True, "at must be an http or https URL without a query"),
        ("https://", False, "at must be an http or https URL without a query"),
        ("https://a@b.example", False, "at contains a user name or password"),
        ("https://:a@b.example", False, "at contains a user name or password"),
        ("https://[fe80::1%25eth0]", False, "https://[fe80::1%25eth0]"),
        ("https://a%2e.example", False, "at has an invalid host name, or a character"),
        (7, False, "at is missing"),
    ],
)
def test_a_base_url_is_one_that_can_be_called_without_showing_credentials(url: Any, allowed: bool, told: str) -> None:
    if told.startswith("http"):
        assert urls.normalize_base_url(url, "at", allow_http=allowed) == told
        return
    with pytest.raises(BadTarget) as error:
        urls.normalize_base_url(url, "at", allow_http=allowed)
    assert str(error.value).startswith(told)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("localhost.example", False)],
)
def test_this_machine_is_known_by_its_name_and_addresses(host: str, loopback: bool) -> None:
    assert urls.is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("api", "url", "placeholder"),
    [
        ("vtex", "https://ACCOUNT.vtexcommercestable.com.br/", True),
        ("vtex", "https://ACCOUNT.example", False),
        ("vtex", "https://mine.vtexcommercestable.com.br", False),
        ("fashionai", "https://mine.example", False),
    ],
)
def test_a_url_that_still_holds_the_placeholder_of_the_template_is_refused(
    api: str, url: str, placeholder: bool
) -> None:
    if not placeholder:
        assert urls.api_url(api, url, allow_http=False) == url
        return
    with pytest.raises(BadTarget, match="url still contains the placeholder ACCOUNT"):
        urls.api_url(api, url, allow_http=False)


# The sandbox as a target, what is disclosed, the template


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
    whole = template().split("# [vtex]", 1)[1].splitlines()
    assert all(not line or line.startswith("#") for line in whole)
