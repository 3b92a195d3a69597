from collections.abc import Iterator

import pytest
from shop.vtex import AlreadyThere, Vtex

from pii_sandbox.testing import Sandbox

JOHN = {
    "firstName": "John",
    "lastName": "Doe",
    "email": "john.doe@example.com",
    "document": "12345678911",
    "documentType": "CPF",
}


@pytest.fixture
def vtex(sandbox: Sandbox) -> Iterator[Vtex]:
    with sandbox.client("vtex") as http:
        yield Vtex(http)


def test_a_customer_is_greeted_without_telling_the_name(vtex: Vtex) -> None:
    assert vtex.greeting_name(vtex.create(JOHN)) == "J***"


def test_a_guest_is_forgotten_after_two_days(vtex: Vtex, sandbox: Sandbox) -> None:
    profile_id = vtex.create(JOHN, ttl_days=2)
    sandbox.clock.advance(days=2)
    assert vtex.greeting_name(profile_id) is None
    assert vtex.create(JOHN) != profile_id


def test_nobody_is_created_twice(vtex: Vtex) -> None:
    vtex.create(JOHN)
    with pytest.raises(AlreadyThere):
        vtex.create({**JOHN, "document": "98765432100"})


def test_reading_in_clear_leaves_a_trace(vtex: Vtex, sandbox: Sandbox) -> None:
    assert vtex.email(vtex.create(JOHN), reason="refund of order 1001-01") == "john.doe@example.com"
    assert sandbox.events()[-1]["reason"] == "refund of order 1001-01"


def test_an_erased_customer_is_nowhere(vtex: Vtex, sandbox: Sandbox) -> None:
    vtex.create(JOHN)
    orders = sandbox.documents("vtex", "orders")
    orders["1001-01"] = {"orderId": "1001-01", "status": "handling", "clientProfileData": {"email": JOHN["email"]}}
    assert not vtex.erase(JOHN["email"])
    assert [place["where"] for place in sandbox.residue(JOHN["email"])] == ["vtex/orders"]
    orders["1001-01"] = {**orders["1001-01"], "status": "invoiced"}
    assert vtex.erase(JOHN["email"])
    assert sandbox.residue(JOHN["email"]) == []
