"""NS-TOK: tokens that stand in for personal data."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.newstore.data import coded, new_entry
from pii_sandbox.scenarios.newstore.shop import (
    CHANGING,
    UNKNOWN,
    UNKNOWN_DATA,
    added_address,
    are_same,
    new_profile,
    readable_profile,
)


def numbered_values(how_many: int, value: str) -> dict[str, str]:
    return {f"key{number}": value for number in range(how_many)}


def tokenize(api: ApiClient, values: Mapping[str, Any]) -> dict[str, str]:
    """Return a token for each value, by name."""
    response = api.call("tokenize", body={"data": dict(values)}, expect=200).json
    errors = response.get("errors", {})
    holds(errors == {}, "no errors", f"errors for {', '.join(errors)}")
    tokens: dict[str, str] = response.get("tokens", {})
    holds(set(tokens) == set(values), "a token for each value", f"tokens for {', '.join(tokens) or 'none'}")
    return tokens


def detokenize(api: ApiClient, tokens: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return data and errors, by name; check that each token is in one of them."""
    response = api.call("detokenize", body={"tokens": dict(tokens)}, expect=200).json
    data, errors = response.get("data", {}), response.get("errors", {})
    text = sorted([*data, *errors])
    holds(text == sorted(tokens), "each key under data or under errors", ", ".join(text) or "none")
    return data, errors


@scenario("NS-TOK-1")
def detokenize_takes_1_to_25_tokens(api: ApiClient) -> None:
    for how_many in (1, 25):
        detokenize(api, numbered_values(how_many, UNKNOWN))
    for how_many in (0, 26):
        api.call("detokenize", body={"tokens": numbered_values(how_many, UNKNOWN)}, expect=400)


@scenario("NS-TOK-1", needs={"write"})
def tokenize_takes_1_to_25_values(api: ApiClient) -> None:
    for how_many in (1, 25):
        tokenize(api, numbered_values(how_many, "value"))
    for how_many in (0, 26):
        api.call("tokenize", body={"data": numbered_values(how_many, "value")}, expect=400)


@scenario("NS-TOK-2")
def an_unknown_token_is_an_error_of_its_own_key(api: ApiClient) -> None:
    _, errors = detokenize(api, {"token": UNKNOWN, "entry": UNKNOWN_DATA})
    expected = dict.fromkeys(("token", "entry"), "token_not_found_error")
    holds(errors == expected, "token_not_found_error for both keys", errors)


@scenario("NS-TOK-2", needs={"write", "clock"})
def tokens_are_valid_for_30_days_and_the_rest_succeeds_after_them(api: ApiClient) -> None:
    api.sandbox.freeze()
    values = {"text": "foo", "number": 7, "object": {"a": [1, None]}}
    early = tokenize(api, values)
    api.sandbox.advance(days=15)
    late = tokenize(api, {"late": "bar"})
    api.sandbox.advance(days=15, seconds=-60)
    data, _ = detokenize(api, {**early, **late})
    are_same({**values, "late": "bar"}, data, "the values that were tokenized")
    api.sandbox.advance(seconds=120)
    data, errors = detokenize(api, {**early, **late})
    holds(errors == dict.fromkeys(early, "token_not_found_error"), "token_not_found_error after 30 days", errors)
    are_same({"late": "bar"}, data, "the values whose tokens are still valid")


@scenario("NS-TOK-3", assumed=True)
def what_is_empty_is_answered_too(api: ApiClient) -> None:
    response = api.call("detokenize", body={"tokens": {"token": UNKNOWN}}, expect=200).json
    holds(response.get("data") == {}, "data as an object, though it be empty", "none")


@scenario("NS-TOK-3", needs={"write"}, assumed=True)
def that_nothing_failed_is_answered_too(api: ApiClient) -> None:
    tokens = tokenize(api, {"token": "foo"})
    made = api.call("tokenize", body={"data": {"token": "foo"}}, expect=200).json
    read = api.call("detokenize", body={"tokens": tokens}, expect=200).json
    for response in (made, read):
        holds(response.get("errors") == {}, "errors as an object, though it be empty", "none")


@scenario("NS-TOK-3")
def the_id_of_a_profile_is_taken(api: ApiClient) -> None:
    data, errors = detokenize(api, {"profile": readable_profile(api)})
    holds(not errors and data["profile"], "what the profile holds", "nothing")


@scenario("NS-TOK-3", needs=CHANGING)
def ids_of_all_kinds_are_taken(api: ApiClient) -> None:
    profile = new_profile(api)
    address = added_address(api, profile)
    data_id = new_entry(api, coded(f"kept {api.run_id}"))
    data, errors = detokenize(api, {"profile": profile["id"], "address": address["id"], "entry": data_id})
    holds(not errors and all(data.values()), "what the profile, the address and the entry hold", "less")


@scenario("NS-TOK-3", assumed=True)
def the_id_of_a_profile_gives_the_profile(api: ApiClient) -> None:
    profile_id = readable_profile(api)
    profile = api.call("getProfile", profile_id=profile_id, expect=200).json
    data, _ = detokenize(api, {"profile": profile_id})
    holds(isinstance(data.get("profile"), dict), "the profile as an object", type(data.get("profile")).__name__)
    are_same(profile, data["profile"], "the profile as it is read")


@scenario("NS-TOK-3", needs=CHANGING, assumed=True)
def ids_of_all_kinds_give_what_they_hold(api: ApiClient) -> None:
    content = base64.b64encode(b"%PDF-1.7\x00\xff" + api.run_id.encode()).decode()
    profile = new_profile(api)
    address = added_address(api, profile)
    data_id = new_entry(api, content, "application/pdf")
    data, errors = detokenize(api, {"profile": profile["id"], "address": address["id"], "entry": data_id})
    holds(errors == {}, "no errors", errors)
    for name, made in (("profile", profile), ("address", address)):
        holds(isinstance(data[name], dict), f"the {name} as an object", type(data[name]).__name__)
        are_same(made, data[name], f"the {name} as it was created")
    holds(data["entry"] == content, "the content as it was sent", "something else")


@scenario("NS-TOK-3", needs=CHANGING)
def tokens_and_ids_are_taken_together(api: ApiClient) -> None:
    profile = new_profile(api)
    data, errors = detokenize(api, {"profile": profile["id"], **tokenize(api, {"token": "foo"})})
    holds(errors == {}, "no errors", errors)
    holds(data["profile"], "what the profile holds", "nothing")
    holds(data["token"] == "foo", "the value that was tokenized", "something else")


@scenario("NS-TOK-4", needs={"write", "control"})
def a_value_that_fails_gets_its_error_and_the_others_their_tokens(api: ApiClient) -> None:
    for error in ("retryable_error", "internal_error"):
        api.sandbox.fault({"internal": "NS-TOK-4", "keys": ["b", "c"], "error": error}, operation="tokenize")
        response = api.call("tokenize", body={"data": {"a": 1, "b": 2, "c": 3}}, expect=200).json
        holds(response["errors"] == {"b": error, "c": error}, f"{error} for b and c", response["errors"])
        holds(set(response["tokens"]) == {"a"}, "a token for a alone", ", ".join(response["tokens"]) or "none")
    for fault in ({"internal": "NS-TOK-4"}, {"internal": "NS-TOK-4", "error": "another_error"}):
        api.sandbox.fault(fault, operation="tokenize")
        response = api.call("tokenize", body={"data": {"a": 1, "b": 2}}, expect=200).json
        errors = response["errors"]
        documented = {"retryable_error", "internal_error"}.issuperset(errors.values())
        holds(documented and set(errors) == {"a", "b"}, "one of the two errors for each", errors)
        holds(response["tokens"] == {}, "no tokens", ", ".join(response["tokens"]))


@scenario("NS-TOK-4", needs={"write", "control"})
def a_token_that_fails_gets_its_error_and_the_others_their_data(api: ApiClient) -> None:
    tokens = tokenize(api, {"a": 1, "b": 2})
    for error in ("retryable_error", "internal_error"):
        api.sandbox.fault({"internal": "NS-TOK-4", "keys": ["b"], "error": error}, operation="detokenize")
        data, errors = detokenize(api, tokens)
        holds(errors == {"b": error}, f"{error} for b", errors)
        holds(data == {"a": 1}, "the value of a", "something else")
    data, errors = detokenize(api, tokens)
    holds(errors == {}, "no errors once the fault is over", errors)
