"""Customers as the control API reads and writes them: Fashion.AI's own API cannot write."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from pii_sandbox import specs
from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.rules import keys
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.fashionai.collections import CUSTOMERS, DOCUMENT, customer_record


class Customers:
    """The collection `customers`: {userProfileId, phone, email, document, profile}."""

    def to_document(self, record: Record) -> Mapping[str, Any]:
        return {"document": record.value}

    def from_document(self, id: str, document: Mapping[str, Any], sandbox: Sandbox) -> Record:
        """Build the customer with that id, which the document may repeat. Duplicate: a key in use. (FAI-GET-1)"""
        customer = {"userProfileId": id, **document}
        _refuse_unfit(customer)
        if customer["userProfileId"] != id:
            raise Malformed("userProfileId is not the id in the path", errors={"userProfileId": ["is another id"]})
        record = customer_record(customer)
        holders = {key: sandbox.store.ids_by(CUSTOMERS, key, value) for key, value in record.keys.items()}
        keys.refuse_duplicate(id, holders, "FAI-GET-1")
        return record

    def delete(self, id: str, sandbox: Sandbox) -> bool:
        return sandbox.store.drop(CUSTOMERS, id)


@functools.cache
def _schema() -> jsonschema_rs.Draft4Validator:
    """The document's `Customer`; its messages do not repeat values, which are personal."""
    components = specs.load(DOCUMENT)["components"]
    customer = {"$ref": "#/components/schemas/Customer", "components": components}
    return jsonschema_rs.Draft4Validator(customer, mask="the value")


def _refuse_unfit(customer: Mapping[str, Any]) -> None:
    """Raise Malformed for a customer that the reads could not return."""
    errors: dict[str, list[str]] = {}
    for error in _schema().iter_errors(dict(customer)):
        errors.setdefault(".".join(map(str, error.instance_path)), []).append(error.message)
    if errors:
        path, messages = next(iter(errors.items()))
        raise Malformed(f"{path or 'document'}: {messages[0]}", errors=errors)
