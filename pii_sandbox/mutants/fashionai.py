"""Broken rules of Fashion.AI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pii_sandbox.mockserver.call import Reply
from pii_sandbox.mockserver.gateway import credentials as gateway_credentials
from pii_sandbox.mockserver.gateway import routing
from pii_sandbox.mockserver.gateway.endpoint import Endpoint
from pii_sandbox.mockserver.gateway.request_context import RequestContext
from pii_sandbox.mockserver.problems import Forbidden, Malformed
from pii_sandbox.mockserver.rules import keys, ratelimit
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.seeding.people import Person
from pii_sandbox.mockserver.vendor import CrossOrigin, PresentedCredentials
from pii_sandbox.mockserver.vendors.fashionai import collections, cors, credentials, errors, limits, profiles, seeding
from pii_sandbox.mockserver.vendors.fashionai.collections import CUSTOMERS
from pii_sandbox.mockserver.vendors.newstore import seeding as newstore_seeding
from pii_sandbox.mutants.mutant import ContainsAll, Mutant, always_return, ignore_setting, replace_with


def _accept_bearer_too(presented: Any) -> Any:
    def replacement(context: RequestContext, query: bytes, extract: Mapping[str, Any]) -> PresentedCredentials:
        credentials: PresentedCredentials = presented(context, query, extract)
        token = context.headers.get("authorization", "").removeprefix("Bearer ")
        return credentials if credentials.values or not token else PresentedCredentials({"fashionaiAppToken": token})

    return replacement


def _prefer_bearer(presented: Any) -> Any:
    def replacement(context: RequestContext, query: bytes, extract: Mapping[str, Any]) -> PresentedCredentials:
        credentials: PresentedCredentials = presented(context, query, extract)
        token = context.headers.get("authorization", "").removeprefix("Bearer ")
        return PresentedCredentials({"fashionaiAppToken": token}) if token and credentials.values else credentials

    return replacement


def _find_other_customer(customer_by: Any) -> Any:
    def replacement(key: str, value: str, sandbox: Sandbox) -> Mapping[str, Any]:
        customer: Mapping[str, Any] = customer_by(key, value, sandbox)
        return sandbox.store.page(CUSTOMERS).records[-1].value if key == "document" else customer

    return replacement


def _allow_any_origin(shared_with: Any) -> Any:
    def replacement(endpoint: Endpoint, context: RequestContext, reply: Reply) -> Reply:
        return replace(reply, headers={**reply.headers, "Access-Control-Allow-Origin": "*"})

    return replacement


def _allow_any_origin_if_set(setting: Any) -> Any:
    def replacement(sandbox: Sandbox, name: str) -> Any:
        value = setting(sandbox, name)
        return ContainsAll(value) if name == cors.SETTING and value else value

    return replacement


def _to_english(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _to_english(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_to_english(inner) for inner in value]
    return "A woman who likes to wear what is comfortable" if isinstance(value, str) else value


def _seed_in_english(printed_customer: Any) -> Any:
    def replacement() -> dict[str, Any]:
        printed: dict[str, Any] = printed_customer()
        return {**printed, "profile": _to_english(printed["profile"])}

    return replacement


def _give_printed_email(profile_of_person: Any) -> Any:
    """The first shopper has it at NewStore."""

    def replacement(person: Person, *rest: Any) -> dict[str, Any]:
        profile: dict[str, Any] = profile_of_person(person, *rest)
        return {**profile, "email": seeding.PRINTED["email"]} if person.number == 1 else profile

    return replacement


MUTANTS = (
    ignore_setting("FAI-GET-3", collections.KEY_COMPARISON, "tolerant"),
    Mutant(
        "FAI-AUTH-1", "a missing or wrong token answers 403", credentials, "Unauthenticated", replace_with(Forbidden)
    ),
    Mutant(
        "FAI-AUTH-2", "Authorization: Bearer does too", gateway_credentials, "presented_credentials", _accept_bearer_too
    ),
    Mutant(
        "FAI-AUTH-2",
        "a bearer token beside the token counts in its place",
        gateway_credentials,
        "presented_credentials",
        _prefer_bearer,
    ),
    Mutant(
        "FAI-ERR-1", "an internal failure says something else", errors, "INTERNAL_MESSAGE", replace_with("It failed")
    ),
    Mutant("FAI-GET-1", "a document finds somebody else's profile", collections, "customer_by", _find_other_customer),
    Mutant("FAI-GET-2", "a value that nobody has answers 400", collections, "NotFound", replace_with(Malformed)),
    Mutant("FAI-GET-2", "the 404 says something else", errors, "_message", always_return("There is no such profile")),
    Mutant(
        "FAI-GET-3", "every key compares exactly", collections, "_search_value", lambda wanted: lambda key, value: value
    ),
    Mutant(
        "FAI-GET-3",
        "an id compares without case and punctuation",
        collections,
        "_search_value",
        lambda wanted: (
            lambda key, value: (
                keys.normalize_key(value, "alphanumeric") if key == "userProfileId" else wanted(key, value)
            )
        ),
    ),
    Mutant(
        "FAI-GET-3",
        "a phone without its country code is taken for a Brazilian one",
        collections,
        "_search_value",
        lambda wanted: lambda key, value: wanted(key, f"55{value}" if len(value) == len("11999998888") else value),
    ),
    Mutant(
        "FAI-GET-4",
        "a value is looked up as it is encoded",
        routing,
        "percent_decode",
        lambda decoded: lambda text: text,
    ),
    Mutant(
        "FAI-LIMIT-1",
        "calls beyond the limit are served",
        ratelimit,
        "admit_call",
        lambda admitted: lambda calls, now, limit, window_seconds: [*calls, now],
    ),
    Mutant(
        "FAI-LIMIT-1",
        "all tokens share one limit",
        credentials,
        "Principal",
        lambda caller: lambda token: caller("all"),
    ),
    Mutant("FAI-LIMIT-2", "a call counts for two minutes", limits, "WINDOW_SECONDS", lambda seconds: 2 * seconds),
    Mutant("FAI-CORS-1", "any origin may read answers", Endpoint, "_cors_headers", _allow_any_origin),
    Mutant(
        "FAI-CORS-1",
        "any origin is granted its preflight",
        routing,
        "_cross_origin",
        lambda decided: (
            lambda context, vendor: CrossOrigin(
                {"Access-Control-Allow-Origin": context.headers.get("origin", "*")}, "FAI-CORS-1"
            )
        ),
    ),
    Mutant(
        "FAI-CORS-2",
        "an authorized domain is granted the preflight alone",
        Endpoint,
        "_cors_headers",
        lambda shared_with: lambda endpoint, context, reply: reply,
    ),
    Mutant("FAI-CORS-2", "one authorized domain lets all others in", Sandbox, "setting", _allow_any_origin_if_set),
    Mutant("FAI-SLOW-1", "a profile takes a second", profiles, "SLOW_SECONDS", replace_with((1.0, 1.5))),
    Mutant(
        "FAI-SEED-1",
        "the printed customer has another phone",
        seeding,
        "PRINTED",
        lambda printed: {**printed, "phone": "5511900000000"},
    ),
    Mutant(
        "FAI-SEED-1",
        "a shopper at NewStore has the printed email",
        newstore_seeding,
        "profile_of_person",
        _give_printed_email,
    ),
    Mutant(
        "FAI-TEXT-1",
        "generated profiles are in English",
        seeding,
        "profile",
        lambda profile: lambda person, seed: _to_english(profile(person, seed)),
    ),
    Mutant("FAI-TEXT-1", "the printed profile is in English", seeding, "printed_customer", _seed_in_english),
    Mutant(
        "FAI-TEXT-1",
        "all generated profiles are one",
        seeding,
        "profile",
        lambda profile: lambda person, seed: seeding.printed_customer()["profile"],
    ),
)
