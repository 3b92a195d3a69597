"""Schemathesis's configuration of a group: where its calls go, with which credentials, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pii_sandbox import specs
from pii_sandbox.conformance.generated.engine_settings import engine_settings
from pii_sandbox.conformance.generated.partition import Depth, OperationGroup
from pii_sandbox.conformance.target.model import Target
from tests.conformance.generated.stub_groups import group, ours, transported, vendors
from tests.conformance.stub_transport import json

ONE = group("GetAddress", providers=("CreateClientProfile",), linked=True, depth=Depth(3, 4, 5), seed=9)


def settings(target: Target, one: OperationGroup = ONE, document: Any = None) -> dict[str, Any]:
    return engine_settings(one, target, document or specs.load(one.document, target.dialect))


@pytest.mark.parametrize("slash", ["", "/"])
def test_calls_go_to_the_targets_url_and_no_further(slash: str) -> None:
    made = settings(replace(vendors(), urls={"vtex": f"https://shop.example.com{slash}"}))
    assert made["base-url"] == "https://shop.example.com/api/storage/profile-system"
    assert made["max-redirects"] == 0


def test_how_much_is_generated_is_the_groups_depth_and_nothing_ends_it_early() -> None:
    made = settings(ours())
    assert (made["seed"], made["generation"]["max-examples"], made["continue-on-failure"]) == (9, 3, True)
    stateful = made["phases"]["stateful"]
    assert (stateful["enabled"], stateful["max-steps"], stateful["generation"]) == (True, 5, {"max-examples": 4})
    assert not settings(ours(), replace(ONE, linked=False))["phases"]["stateful"]["enabled"]


def test_the_same_seed_gives_the_same_calls_because_nothing_is_kept_or_learnt() -> None:
    made = settings(ours())
    assert (made["cache"], made["generation"]["database"]) == ({"enabled": False}, "none")
    stateful = made["phases"]["stateful"]
    assert (stateful["inference"], stateful["link-calibration"]) == ({"algorithms": []}, False)


def test_each_operation_gets_examples_boundaries_and_random_calls_and_a_provider_examples_alone() -> None:
    made = settings(ours())
    assert [made["phases"][name]["enabled"] for name in ("examples", "coverage", "fuzzing")] == [True] * 3
    (provider,) = made["operations"]
    assert provider["include-operation-id"] == "CreateClientProfile"
    assert provider["phases"] == {"coverage": {"enabled": False}, "fuzzing": {"enabled": False}}


def test_a_sandbox_gets_undocumented_methods_and_a_vendor_none() -> None:
    assert settings(ours())["phases"]["coverage"] == {"enabled": True}
    assert settings(vendors())["phases"]["coverage"] == {"enabled": True, "unexpected-methods": []}


def test_a_header_has_no_character_that_http_cannot_carry() -> None:
    excluded = set(settings(ours())["generation"]["exclude-header-characters"])
    assert {"\x00", "\n", "\x1f", "\x7f", "\x80", "\xff"} <= excluded
    assert not {" ", "a", "~", "\u0100"} & excluded


BEARER = {"type": "http", "scheme": "bearer"}
KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}
OAUTH = {"type": "oauth2", "flows": {}}


@pytest.mark.parametrize(
    ("schemes", "kinds", "given"),
    [
        ({"a": KEY}, {"full": {"x-key": "k"}}, {"a": {"api_key": "k"}}),
        ({"a": KEY}, {"full": {"X-KEY": "k", "Authorization": "Bearer b"}}, {"a": {"api_key": "k"}}),
        ({"a": BEARER}, {"full": {"authorization": "Bearer b"}}, {"a": {"bearer": "b"}}),
        ({"a": KEY, "b": BEARER}, {"full": {"X-Key": "k", "Authorization": "b"}},
         {"a": {"api_key": "k"}, "b": {"bearer": "b"}}),
        ({"a": BEARER, "b": KEY}, {"full": {"X-Key": "k"}}, {"b": {"api_key": "k"}}),
        ({"a": OAUTH, "b": BEARER}, {"full": {"Authorization": "Bearer b"}}, {"b": {"bearer": "b"}}),
        ({"applicationKey": BEARER, "userToken": BEARER, "a": BEARER},
         {"full": {"Authorization": "Bearer f"}, "application": {"Authorization": "Bearer p"},
          "user": {"Authorization": "Bearer u"}},
         {"applicationKey": {"bearer": "p"}, "userToken": {"bearer": "u"}, "a": {"bearer": "f"}}),
        ({"applicationKey": BEARER, "a": BEARER}, {"full": {"Authorization": "Bearer f"}}, {"a": {"bearer": "f"}}),
    ],
)  # fmt: skip
def test_each_scheme_gets_what_the_target_has_for_it(schemes: Any, kinds: Any, given: Any) -> None:
    target = replace(ours(), credentials={"vtex": kinds})
    document = {"servers": [{"url": "/api"}], "components": {"securitySchemes": schemes}}
    assert settings(target, document=document)["auth"] == {"openapi": given}


@pytest.mark.parametrize("kinds", [{}, {"full": {"X-Other": "a"}}])
def test_a_target_without_what_the_document_asks_for_can_be_generated_for_all_the_same(kinds: Any) -> None:
    with transported(ONE, vendors(credentials={"vtex": kinds}), lambda _: json(401, {})) as (_, schema):
        assert not schema.config.auth.is_defined
