"""Environment variables of a target: credentials, headers and test data."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.conformance.target import environment
from pii_sandbox.conformance.target.tables import BadTarget


@pytest.mark.parametrize(
    ("name", "message"),
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
def test_a_name_that_may_be_a_credential_is_not_repeated(name: Any, message: str) -> None:
    with pytest.raises(BadTarget) as error:
        environment.variable_value(name, "at", {"EMPTY_ONE": ""})
    assert str(error.value) == message


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
    ("value", "message"),
    [
        (True, "must be text or"),
        ([], "must be text or"),
        ({"env": "NAME", "more": 1}, "must be text or"),
        ({"ENV": "NAME"}, "must be text or"),
        ({"env": "A-B"}, "must be the name"),
    ],
)
def test_data_that_is_neither_a_text_nor_a_variable_is_refused(value: Any, message: str) -> None:
    with pytest.raises(BadTarget, match=rf"vtex\.data\.email {message}"):
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
