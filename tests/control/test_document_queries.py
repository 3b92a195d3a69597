"""`GET /documents/{api}/{collection}?where=`: stored documents found by a query, in memory and in a data folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from tests.control_client import ControlClient
from tests.in_process import InProcess


@pytest.fixture(scope="module", params=["memory", "file"])
def transport(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    data = None if request.param == "memory" else tmp_path_factory.mktemp("queries") / "data"
    defaults = SandboxDefaults(seeded=SeedSpec(seed=1, shoppers=5), data=data)
    app = App(defaults, Options(validate_responses=True, surface_errors=True))
    transport = InProcess(app)
    yield transport
    transport.close()
    app.sandboxes.close()


@pytest.fixture
def control(http: httpx.Client) -> ControlClient:
    """Of a sandbox with 30 orders, and 5 shoppers at each API."""
    control = ControlClient(http)
    for seeded in control.documents("vtex", "orders"):
        control.call("DELETE", f"/documents/vtex/orders/{seeded['id']}")
    for number in range(30):
        person = {"email": f"shopper{number % 3}@example.com"}
        items = [{"sku": f"sku-{item}", "quantity": item} for item in range(number % 4)]
        order = {
            "orderId": str(number),
            "status": "invoiced",
            "value": number * 100,
            "shippingData": {"items": items},
        }
        control.put("vtex", "orders", str(number), {**order, "clientProfileData": person})
    return control


def ids(page: Any) -> list[str]:
    return [document["id"] for document in page["documents"]]


def find(control: ControlClient, where: Any, **query: Any) -> Any:
    return control.call("GET", "/documents/vtex/orders", where=json.dumps(where), **query)


EMAIL = {"field": "document.clientProfileData.email"}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"field": "id", "==": "7"}, ["7"]),
        ({**EMAIL, "==": "nobody@example.com"}, []),
        ({"and": [{**EMAIL, "==": "shopper1@example.com"}, {"field": "document.value", "<": 800}]}, ["1", "4", "7"]),
        ({"and": [{**EMAIL, "matches": "*2@*"}, {"field": "document.value", ">=": 2600}]}, ["26", "29"]),
        (
            {"field": "document.shippingData.items", "any": {"field": "quantity", ">": 1}},
            [str(number) for number in range(3, 30, 4)],
        ),
        ({"not": {"field": "document.value", ">": 0}}, ["0"]),
    ],
    ids=str,
)
def test_where_finds_documents_oldest_first(control: ControlClient, where: Any, expected: list[str]) -> None:
    page = find(control, where)
    assert ids(page) == expected
    assert page["total"] == len(expected)


def test_a_query_is_paged_and_sees_what_was_written_last(control: ControlClient) -> None:
    assert find(control, {**EMAIL, "==": "shopper0@example.com"}, offset=8, count=1) == {
        "documents": [control.call("GET", "/documents/vtex/orders/24")],
        "total": 10,
    }
    control.call("DELETE", "/documents/vtex/orders/0")
    assert find(control, {**EMAIL, "==": "shopper0@example.com"}, count=1)["total"] == 9


@pytest.mark.parametrize(
    ("api", "collection"),
    [("vtex", "profiles"), ("newstore", "profiles"), ("fashionai", "customers"), ("oracle", "profiles")],
)
def test_each_document_of_every_api_is_found_by_what_is_in_it(
    control: ControlClient, api: str, collection: str
) -> None:
    for stored in control.documents(api, collection):
        where = json.dumps({"field": "document.email", "==": stored["document"]["email"]})
        page = control.call("GET", f"/documents/{api}/{collection}", where=where)
        assert page["documents"] == [stored]


def test_what_a_query_shows_is_not_what_is_stored(control: ControlClient) -> None:
    before = control.documents("vtex", "profiles")
    where = json.dumps({"field": "meta.version", "exists": True})
    assert control.call("GET", "/documents/vtex/profiles", where=where)["documents"] == before
    assert control.documents("vtex", "profiles") == before


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("email", "where is not JSON"),
        ('{"field": "id", "matches": 7}', "where.matches must be text, in which * stands for any characters"),
        ('{"not": {"not": {"field": "id"}}}', "where.not.not must have exactly one of"),
    ],
)
def test_an_invalid_query_is_400_and_says_why(control: ControlClient, where: str, message: str) -> None:
    response = control._http.get("/_sandbox/v1/documents/vtex/orders", params={"where": where})
    assert response.status_code == 400
    problem = response.json()
    assert problem["title"].startswith(message)
    assert problem["errors"]["where"][0].startswith(message)
