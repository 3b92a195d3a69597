"""Shared by the erasure scenarios: the call, the parts of its response, and orders to anonymise."""

from __future__ import annotations

import json
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.test_customers import TestCustomer
from pii_sandbox.conformance.values.scenario import holds
from pii_sandbox.scenarios.vtex.shop import holds_values

APPLICATIONS = ("chk", "orders", "profileSystemV2", "vid")
PARTS = ["VTEX Checkout", "orders", "Profile System PII API", "VTEX ID"]


def erase_customer(api: ApiClient, email: str) -> dict[str, Any]:
    """Erase the customer with that email; return the response body."""
    response: dict[str, Any] = api.call("createAndProcessDeleteUserData", body={"email": email}, expect=200).json
    return response


def parts(response: dict[str, Any]) -> dict[str, Any]:
    """Return the part of each application, from the JSON text in `dataResponse`."""
    try:
        said: dict[str, Any] = json.loads(response["dataResponse"])
    except ValueError:
        said = {}
    named = {" ".join(name.split()): part for name, part in said.items()}  # VTEX prints two spaces in the first
    holds(list(named) == PARTS, f"a JSON text of {', '.join(PARTS)} in dataResponse", "another text")
    return named


def evidence(response: dict[str, Any]) -> str:
    text: str = parts(response)["orders"]["dataStatus"]["evidence"]
    return text


def statuses(response: dict[str, Any]) -> dict[str, str]:
    return {application["application"]: application["status"] for application in response["applications"]}


def order_of(person: TestCustomer, order_id: str, status: str) -> dict[str, Any]:
    """Return an order in the form of the control API."""
    return {
        "orderId": order_id,
        "status": status,
        "value": 3498,
        "creationDate": "2023-10-23T19:22:12.8989883+00:00",
        "clientProfileData": {
            "email": person.email,
            "firstName": person.first_name,
            "lastName": person.last_name,
            "document": person.document,
            "phone": person.phone,
        },
        "shippingData": {"address": {"receiverName": person.full_name, "street": "Rua Exemplo"}},
    }


def orders_by_status(api: ApiClient, person: TestCustomer, *statuses: str) -> dict[str, dict[str, Any]]:
    """Store an order in each of these statuses; return the orders by id."""
    base = sum(document["id"].startswith("conformance-") for document in api.sandbox.stored_documents("orders"))
    orders = {
        order_id: order_of(person, order_id, status)
        for order_id, status in ((f"conformance-{base + place}", status) for place, status in enumerate(statuses))
    }
    for order_id, order in orders.items():
        api.sandbox.put_document("orders", order_id, order)
    return orders


def stored_order(api: ApiClient, collection: str) -> dict[str, Any]:
    return {document["id"]: document["document"] for document in api.sandbox.stored_documents(collection)}


def holds_anonymized(order: dict[str, Any], before: dict[str, Any]) -> None:
    """Check that the order keeps its facts, without its customer's data."""
    facts = ("orderId", "status", "value", "creationDate")
    holds_values(
        {name: order.get(name) for name in facts}, {name: before[name] for name in facts}, "the anonymized order"
    )
    text = json.dumps(order, ensure_ascii=False)
    customer_data = before["clientProfileData"]
    kept = sorted(name for name, value in customer_data.items() if value in text)
    holds(not kept, "an order without its customer", f"one with {', '.join(kept)}")
    holds("Rua Exemplo" not in text, "an order without an address", "one with it")
