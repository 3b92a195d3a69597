"""NS-TOK: tokenize and detokenize."""

from __future__ import annotations

from typing import Any

import pytest

from tests.control_client import ControlClient
from tests.vendors.newstore.shop import UNKNOWN, UNKNOWN_DATA, Shop, refusal_message

OPERATIONS = [("/tokenize", "data"), ("/detokenize", "tokens")]


@pytest.mark.rule("NS-TOK-1")
@pytest.mark.parametrize(("path", "property"), OPERATIONS)
@pytest.mark.parametrize("count", [0, 26])
def test_ns_tok_1_none_and_more_than_25_properties_are_refused(
    shop: Shop, path: str, property: str, count: int
) -> None:
    body = {property: {f"key{number}": "x" for number in range(count)}}
    assert property in refusal_message(shop.post(path, body), 400, "NS-TOK-1")


@pytest.mark.rule("NS-TOK-1")
@pytest.mark.parametrize(("path", "property"), OPERATIONS)
@pytest.mark.parametrize("body", [{}, {"other": {"a": "b"}}, []])
def test_ns_tok_1_a_body_without_them_is_refused(shop: Shop, path: str, property: str, body: Any) -> None:
    refusal_message(shop.post(path, body), 400, "NS-TOK-1")


@pytest.mark.rule("NS-TOK-1")
@pytest.mark.parametrize("count", [1, 25])
def test_ns_tok_1_from_1_to_25_properties_are_taken(shop: Shop, count: int) -> None:
    values = {f"key{number}": f"value {number}" for number in range(count)}
    response = shop.post("/tokenize", {"data": values})
    assert response.status_code == 200
    assert response.json()["tokens"].keys() == values.keys()
    assert len(set(response.json()["tokens"].values())) == count
    again = shop.post("/detokenize", {"tokens": response.json()["tokens"]})
    assert again.json() == {"data": values, "errors": {}}


@pytest.mark.rule("NS-TOK-3")
@pytest.mark.parametrize("value", ["foo", "", 5, 1.5, True, None, ["a", {"b": None}], {"c": [1]}])
def test_ns_tok_3_any_value_can_be_tokenized(shop: Shop, value: Any) -> None:
    tokens = shop.tokens(it=value)
    assert shop.post("/detokenize", {"tokens": tokens}).json() == {"data": {"it": value}, "errors": {}}


@pytest.mark.rule("NS-TOK-2")
def test_ns_tok_2_a_token_is_valid_for_30_days(shop: Shop, control: ControlClient) -> None:
    old = shop.tokens(old="john.doe@example.org")
    control.advance(days=30, seconds=-60)
    fresh = shop.tokens(fresh="jane.doe@example.org")
    response = shop.post("/detokenize", {"tokens": {**old, **fresh}}).json()
    assert response == {"data": {"old": "john.doe@example.org", "fresh": "jane.doe@example.org"}, "errors": {}}
    control.advance(seconds=120)
    late = shop.post("/detokenize", {"tokens": {**old, **fresh}})
    assert late.status_code == 200
    assert late.headers["X-Sandbox-Rule"] == "NS-TOK-2"
    assert late.json() == {"data": {"fresh": "jane.doe@example.org"}, "errors": {"old": "token_not_found_error"}}


@pytest.mark.rule("NS-TOK-2")
@pytest.mark.parametrize("token", [UNKNOWN, UNKNOWN_DATA, "nonsense", ""])
def test_ns_tok_2_an_unknown_token_is_an_error_of_its_own(shop: Shop, token: str) -> None:
    response = shop.post("/detokenize", {"tokens": {"lost": token}})
    assert response.status_code == 200
    assert response.json() == {"data": {}, "errors": {"lost": "token_not_found_error"}}


@pytest.mark.rule("NS-TOK-3")
def test_ns_tok_3_ids_of_profiles_addresses_and_data_are_taken_too(shop: Shop) -> None:
    profile = shop.profile(full_name="Ada Lovelace")
    address = shop.address(profile)
    data_id = shop.data("Grüße")
    tokens = {"who": profile["id"], "where": address["id"], "what": data_id, **shop.tokens(mail="a@b.test")}
    assert shop.post("/detokenize", {"tokens": tokens}).json() == {
        "data": {
            "who": profile,
            "where": address,
            "what": "Grüße",
            "mail": "a@b.test",
        },
        "errors": {},
    }


@pytest.mark.rule("NS-TOK-3")
def test_ns_tok_3_tokens_data_and_errors_are_always_present(shop: Shop) -> None:
    assert set(shop.post("/tokenize", {"data": {"a": 1}}).json()) == {"tokens", "errors"}
    assert set(shop.post("/detokenize", {"tokens": {"a": UNKNOWN}}).json()) == {"data", "errors"}


@pytest.mark.rule("NS-TOK-4")
@pytest.mark.parametrize("error", ["retryable_error", "internal_error"])
def test_ns_tok_4_a_fault_fails_the_keys_that_it_names(shop: Shop, control: ControlClient, error: str) -> None:
    fault = {"internal": "NS-TOK-4", "keys": ["key1", "absent"], "error": error}
    control.fault({"match": {"api": "newstore", "operation": "tokenize"}, "effect": fault, "times": 1})
    body = {"data": {"key1": "foo", "key2": "bar"}}
    response = shop.post("/tokenize", body)
    assert response.status_code == 200
    assert response.headers["X-Sandbox-Rule"] == "NS-TOK-4"
    assert response.json()["tokens"].keys() == {"key2"}
    assert response.json()["errors"] == {"key1": error}
    assert shop.post("/tokenize", body).json()["errors"] == {}


@pytest.mark.rule("NS-TOK-4")
def test_ns_tok_4_detokenize_fails_in_the_same_way(shop: Shop, control: ControlClient) -> None:
    tokens = shop.tokens(key1="foo", key2="bar")
    control.fault(
        {"match": {}, "effect": {"internal": "NS-TOK-4", "keys": ["key1"], "error": "retryable_error"}, "times": 1}
    )
    response = shop.post("/detokenize", {"tokens": {**tokens, "key3": UNKNOWN}})
    assert response.json() == {
        "data": {"key2": "bar"},
        "errors": {"key1": "retryable_error", "key3": "token_not_found_error"},
    }


@pytest.mark.rule("NS-TOK-4")
def test_ns_tok_4_a_fault_that_names_nothing_fails_all_with_an_internal_error(
    shop: Shop, control: ControlClient
) -> None:
    control.fault({"match": {"path": "/v1/d/pii/tokenize"}, "effect": {"internal": "NS-TOK-4"}, "times": 1})
    response = shop.post("/tokenize", {"data": {"a": 1, "b": 2}}).json()
    assert response == {"tokens": {}, "errors": {"a": "internal_error", "b": "internal_error"}}
