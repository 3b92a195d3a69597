"""VTEX-PROF-4: long, deep and over-64-bit custom data is returned unchanged. Only in a sandbox."""

from __future__ import annotations

from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import scenario
from pii_sandbox.scenarios.http_requests import IN_A_SANDBOX
from pii_sandbox.scenarios.vtex.shop import customer, holds_values, unmasked_document


def holds_round_trip(api: ApiClient, **custom: Any) -> None:
    stored = unmasked_document(api, customer(api, **custom)["id"])
    holds_values({name: stored.get(name) for name in custom}, custom, "the custom data as it was sent")


@scenario("VTEX-PROF-4", needs=IN_A_SANDBOX)
def numbers_beyond_64_bits_are_exact(api: ApiClient) -> None:
    holds_round_trip(api, conformanceNumbers=[2**63, 2**64, -(2**63) - 1, 10**30 + 1, 123456789012345678])
    for number in (
        2**64,
        -(2**63) - 1,
        -(10**19) + 1,
    ):  # each in a call of its own: a neighbour must not be what makes it exact
        holds_round_trip(api, conformanceNumber=number)


@scenario("VTEX-PROF-4", needs=IN_A_SANDBOX)
def a_text_of_several_hundred_kilobytes_is_whole(api: ApiClient) -> None:
    holds_round_trip(api, conformanceText="".join(f"{number:07d}" for number in range(60_000)))


@scenario("VTEX-PROF-4", needs=IN_A_SANDBOX)
def a_hundred_levels_are_kept_lists_and_objects_alike(api: ApiClient) -> None:
    """One level is the profile itself; VTEX-HTTP-2 covers deeper bodies."""
    lists: Any = 1
    objects: Any = 1
    for _ in range(99):
        lists, objects = [lists], {"in": objects}
    holds_round_trip(api, conformanceLists=lists)
    holds_round_trip(api, conformanceObjects=objects)


@scenario("VTEX-PROF-4", needs=IN_A_SANDBOX)
def many_brackets_side_by_side_are_no_depth(api: ApiClient) -> None:
    rows = [[number] for number in range(200)]
    holds_round_trip(api, conformanceRows=rows)
    deep: Any = 1
    for _ in range(99):
        deep = [deep]
    holds_round_trip(api, conformanceRows=rows, conformanceLists=deep)
