"""Environment variables of a reproduction: the documented name of each credential and of each datum of the target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from pii_sandbox.conformance.repro.variables import Variables, variables
from pii_sandbox.conformance.target.model import Target
from tests.conformance.repro.reproductions import TARGET


def target(
    api: str, credentials: Mapping[str, Mapping[str, str]] | None = None, data: Mapping[str, str] | None = None
) -> Target:
    return replace(TARGET, credentials={api: credentials or {}}, data={api: data or {}})


@pytest.mark.parametrize(
    ("api", "kind", "header", "value", "sent", "variable"),
    [
        ("vtex", "full", "X-VTEX-API-AppKey", "k", "k", "VTEX_APP_KEY"),
        ("vtex", "full", "x-vtex-api-appkey", "k", "k", "VTEX_APP_KEY"),
        ("vtex", "user", "VtexIdclientAutCookie", "k", "k", "VTEX_USER_TOKEN"),
        ("vtex", "readonly", "X-VTEX-API-AppToken", "k", "k", "VTEX_READONLY_APP_TOKEN"),
        ("vtex", "partner", "X-VTEX-API-AppKey", "k", "k", "VTEX_PARTNER_APP_KEY"),
        ("vtex", "partner-2", "X-VTEX-API-AppToken", "k", "k", "VTEX_PARTNER_2_APP_TOKEN"),
        ("vtex", "login", "X-VTEX-API-AppKey", "k", "k", "VTEX_APP_KEY"),
        ("newstore", "full", "Authorization", "Bearer k", "k", "NEWSTORE_TOKEN"),
        ("newstore", "full", "Authorization", "basic   k", "k", "NEWSTORE_TOKEN"),
        ("newstore", "full", "Authorization", "Token Bearer k", "Bearer k", "NEWSTORE_TOKEN"),
        ("newstore", "expired", "authorization", "Bearer k", "k", "NEWSTORE_EXPIRED_TOKEN"),
        ("newstore", "full", "X-Gateway-Key", "k", "k", "NEWSTORE_X_GATEWAY_KEY"),
        ("newstore", "partner", "X-Gateway-Key", "k", "k", "NEWSTORE_PARTNER_X_GATEWAY_KEY"),
        ("shop", "full", "Authorization", "Bearer k", "k", "SHOP_AUTHORIZATION"),
        ("newstore", "wrong", "Authorization", "Bearer k", "k", None),
    ],
)  # fmt: skip
def test_a_credential_of_the_target_is_in_the_variable_that_the_documents_name(
    api: str, kind: str, header: str, value: str, sent: str, variable: str | None
) -> None:
    named = variables(target(api, {kind: {header: value}}))
    assert named.credential(api, header.upper(), sent) == variable
    assert named.credential(api, header, "of nobody") is None


def test_a_value_of_several_kinds_is_in_the_variable_of_the_usual_one() -> None:
    key = {"X-VTEX-API-AppKey": "k"}
    for kinds in (("readonly", "full"), ("full", "readonly"), ("wrong", "full")):
        assert variables(target("vtex", dict.fromkeys(kinds, key))).credential("vtex", "X-VTEX-API-AppKey", "k") == (
            "VTEX_APP_KEY"
        )
    assert variables(target("vtex", {"readonly": key, "wrong": key})).credential("vtex", "x-vtex-api-appkey", "k") == (
        "VTEX_READONLY_APP_KEY"
    )


def test_a_credential_keeps_its_variable_in_another_header_and_at_another_api() -> None:
    named = variables(target("newstore", {"full": {"Authorization": "Bearer k"}, "wrong": {"Authorization": "bad"}}))
    assert named.credential("newstore", "X-Token", "k") == "NEWSTORE_TOKEN"
    assert named.credential("vtex", "Authorization", "k") == "NEWSTORE_TOKEN"
    assert named.credential("newstore", "X-Token", "bad") is None
    both = target("vtex", {"full": {"X-VTEX-API-AppKey": "k"}, "wrong": {"VtexIdclientAutCookie": "k"}})
    assert variables(both).credential("vtex", "X-Token", "k") == "VTEX_APP_KEY"


def test_a_value_that_two_apis_share_has_a_variable_at_each() -> None:
    shared = {"full": {"Authorization": "Bearer k"}}
    named = variables(replace(TARGET, credentials={"newstore": shared, "oracle": shared}))
    assert named.credential("newstore", "Authorization", "k") == "NEWSTORE_TOKEN"
    assert named.credential("oracle", "Authorization", "k") == "ORACLE_ACCESS_TOKEN"


def test_without_a_target_each_credential_gets_a_variable_of_its_own() -> None:
    named = variables(None)
    asked = [
        ("newstore", "Authorization", "a", "NEWSTORE_TOKEN"),
        ("newstore", "authorization", "b", "NEWSTORE_TOKEN_2"),
        ("newstore", "AUTHORIZATION", "c", "NEWSTORE_TOKEN_3"),
        ("newstore", "Authorization", "b", "NEWSTORE_TOKEN_2"),
        ("vtex", "Cookie", "a", "NEWSTORE_TOKEN"),
        ("vtex", "X-Sandbox-Control-Token", "d", "PII_SANDBOX_CONTROL_TOKEN"),
        ("vtex", "Cookie", "e", "VTEX_COOKIE"),
        ("shop", "$Api-Key$", "f", "SHOP_API_KEY"),
    ]
    assert [named.credential(api, header, value) for api, header, value, _ in asked] == [name for *_, name in asked]
    assert Variables().credential("newstore", "Authorization", "b") == "NEWSTORE_TOKEN"


@pytest.mark.parametrize(
    ("api", "datum", "variable"),
    [
        ("newstore", "username", "NEWSTORE_USER"),
        ("newstore", "password", "NEWSTORE_PASSWORD"),
        ("newstore", "email", "NEWSTORE_TEST_EMAIL"),
        ("newstore", "profile_id", "NEWSTORE_TEST_PROFILE_ID"),
        ("vtex", "document", "VTEX_TEST_DOCUMENT"),
        ("vtex", "store name", "VTEX_TEST_STORE_NAME"),
        ("shop", "email", "SHOP_TEST_EMAIL"),
    ],
)
def test_a_datum_of_the_target_is_in_the_variable_that_the_documents_name(api: str, datum: str, variable: str) -> None:
    named = variables(target(api, data={datum: "zoraida@zyx.example"}))
    assert named.data == {"zoraida@zyx.example": variable}
    assert named.kept == frozenset()


def test_a_datum_that_a_document_prints_is_kept_as_it_is() -> None:
    printed = TARGET.data["fashionai"]["phone"]
    named = variables(target("fashionai", data={"phone": printed, "email": "zoraida@zyx.example"}))
    assert named.kept == {printed}
    assert named.data == {"zoraida@zyx.example": "FASHIONAI_TEST_EMAIL"}
