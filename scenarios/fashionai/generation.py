"""FAI-SLOW, FAI-SEED and FAI-TEXT: how profiles are generated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.fashionai.customers import (
    KEYS,
    PRINTED_KEYS,
    PRINTED_PROFILE,
    USER_PROFILE_ID,
    known_profile,
)

SHOPPERS = 4
SOON_GENERATED = "slowcheck257"  # an id whose profile takes little more than 3 s
# function words of one language that the other does not have
PORTUGUESE = frozenset({"com", "da", "de", "dos", "e", "em", "na", "os", "ou", "para", "por", "que", "se", "um", "uma"})
ENGLISH = frozenset({"and", "from", "in", "is", "of", "that", "the", "to", "what", "who", "with"})


@scenario("FAI-SLOW-1", needs={"control"}, waits=True)
def a_profile_takes_3_to_8_seconds_where_that_is_simulated(api: ApiClient) -> None:
    """The only scenario that waits, for a single call."""
    customer = {"email": api.new_customer().email, "profile": dict(PRINTED_PROFILE)}
    api.sandbox.put_document("customers", SOON_GENERATED, customer)
    api.sandbox.fault({"status": 500}, operation="getProfileByPhone")  # of another operation: it slows nothing
    at_once = USER_PROFILE_ID.read(api, SOON_GENERATED, expect=200)
    seconds = at_once.exchange.elapsed_seconds
    holds(seconds < 3, "less than 3 s, for nothing is simulated unless asked", f"{seconds:.1f} s")
    api.sandbox.setting("fashionai.slow", True)
    slow = USER_PROFILE_ID.read(api, SOON_GENERATED, expect=200)
    seconds = slow.exchange.elapsed_seconds
    holds(3 <= seconds < 8.5, "3 to 8 s", f"{seconds:.1f} s")
    holds(slow.json == at_once.json, "the same profile", "another")


def seed(api: ApiClient, number: int, shoppers: int = SHOPPERS) -> None:
    api.sandbox.control("POST", "/seed", {"shoppers": shoppers, "seed": number})


@scenario("FAI-SEED-1", needs={"control"})
def the_customer_that_the_vendor_prints_is_always_seeded(api: ApiClient) -> None:
    expected = {"userProfileId": PRINTED_KEYS["user_profile_id"], "profile": PRINTED_PROFILE}
    for number in (1, 2):
        seed(api, number)
        for key in KEYS:
            body = key.read(api, PRINTED_KEYS[key.name], expect=200).json
            holds(body == expected, f"the printed answer by {key.name}", "another")


@scenario("FAI-SEED-1", needs={"control"})
def the_customer_that_the_vendor_prints_is_seeded_at_fashion_ai_alone(api: ApiClient) -> None:
    seed(api, 1)
    for place in ("vtex/profiles", "newstore/profiles", "oracle/profiles"):
        listed = api.sandbox.control("GET", f"/documents/{place}?count=1000")["documents"]
        holds(listed, f"somebody seeded in {place}", "nobody")
        found = sum(PRINTED_KEYS["email"] in str(stored["document"]) for stored in listed)
        holds(not found, f"nobody with the printed email among {place}", f"{found}")


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a response body."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def is_portuguese(profile: Any) -> None:
    """Check the language by function words, which every text has."""
    words = [word.lower() for text in texts(profile) for word in re.findall(r"[^\W\d_]+", text)]
    portuguese = sum(word in PORTUGUESE for word in words)
    english = sum(word in ENGLISH for word in words)
    told = f"{portuguese} small words of Portuguese and {english} of English among {len(words)}"
    holds(portuguese >= 5 and portuguese > 5 * english, "a profile in Portuguese", told)


@scenario("FAI-TEXT-1")
def a_profile_is_in_portuguese(api: ApiClient) -> None:
    is_portuguese(known_profile(api)["profile"])


def generated_profiles(api: ApiClient, number: int, shoppers: int) -> dict[str, Any]:
    """Return the response bodies of the seeded shoppers' profiles, by id."""
    seed(api, number, shoppers)
    ids = [stored["id"] for stored in api.sandbox.stored_documents("customers")]
    read = (USER_PROFILE_ID.read(api, user_profile_id, expect=200).json for user_profile_id in ids)
    return {body["userProfileId"]: body["profile"] for body in read if body["profile"] != PRINTED_PROFILE}


@scenario("FAI-TEXT-1", needs={"control"})
def generated_profiles_are_in_portuguese_and_the_same_for_a_seed(api: ApiClient) -> None:
    """One more shopper makes the sandbox generate all profiles again, whatever it has cached."""
    first = generated_profiles(api, 1, SHOPPERS)
    holds(len(first) == SHOPPERS, f"{SHOPPERS} generated profiles", f"{len(first)}")
    for profile in first.values():
        is_portuguese(profile)
    other = generated_profiles(api, 2, SHOPPERS)
    holds(list(other.values()) != list(first.values()), "other profiles for another seed", "the same")
    again = generated_profiles(api, 1, SHOPPERS + 1)
    same = sum(again.get(user_profile_id) == profile for user_profile_id, profile in first.items())
    holds(same == SHOPPERS, f"the same {SHOPPERS} profiles for the same seed", f"{same} that are the same")
