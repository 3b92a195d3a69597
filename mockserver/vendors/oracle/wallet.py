"""Sample cards and loyalty programmes of a person. Card numbers are test numbers that payment gateways publish."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from pii_sandbox.mockserver.seeding.people import Person
from pii_sandbox.mockserver.vendors.oracle import addresses

TEST_CARDS = (
    ("Visa", "4111111111111111"),
    ("Visa", "4012888888881881"),
    ("MasterCard", "5555555555554444"),
    ("American Express", "378282246310005"),
    ("Discover", "6011111111111117"),
)
PROGRAMS = (("prog1", "XTRAREWARDS"), ("prog2", "XTRAMILES"))
FIRST_CARD = 110_000
YEAR_MILLISECONDS = 365 * 24 * 60 * 60 * 1000
FIRST_MEMBERSHIP = 100_000


def sample_instant(draw: Random, year: int) -> str:
    """Draw an instant of that year, in UTC to the millisecond, as in the printed example."""
    at = datetime(year, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(draw.random() * YEAR_MILLISECONDS))
    return at.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def cards(person: Person, draw: Random, year: int) -> list[dict[str, Any]]:
    """Draw no card, one or two, all valid for at least a year after `year`."""
    held = draw.sample(TEST_CARDS, k=draw.choice((0, 1, 1, 2)))
    return [
        {
            **_card(person, *card),
            "id": f"se-usercc{FIRST_CARD + person.number}{index}",
            "repositoryId": f"se-usercc{FIRST_CARD + person.number}{index}",
            **_dates(draw, year),
        }
        for index, card in enumerate(held)
    ]


def _dates(draw: Random, year: int) -> dict[str, Any]:
    saved = sample_instant(draw, 2021)
    return {
        "expirationDayOfMonth": None,
        "expirationMonth": str(draw.randint(1, 12)),
        "expirationYear": str(year + draw.randint(2, 5)),
        "tokenCreatedDate": saved,
        "tokenExpiryDate": None,
        "cardSavedDate": saved,
    }


def _card(person: Person, brand: str, number: str) -> dict[str, Any]:
    return {
        "nickname": brand,
        "nameOnCard": person.full_name.upper(),
        "creditCardType": brand,
        "creditCardNumber": f"{'x' * (len(number) - 4)}{number[-4:]}",  # observed: a client's sample shows them masked
        "iin": number[:6],
        "token": None,
        "gatewayConfigId": None,
        "source": None,
        "cardProps": {"lastFourDigits": number[-4:]},
        "billingAddress": addresses.address_entry(person, person.addresses[0], "Billing"),
    }


def loyalty_programs(person: Person, draw: Random) -> list[dict[str, Any]]:
    """Draw none, one or both of the two loyalty programmes."""
    return [
        {
            "programId": program_id,
            "programName": name,
            "membershipId": f"{name[4:].lower()}-{person.number:06}",
            "repositoryId": FIRST_MEMBERSHIP + 2 * person.number + index,
            "status": "Enrolled",
        }
        for index, (program_id, name) in enumerate(PROGRAMS)
        if draw.random() < 0.5
    ]
