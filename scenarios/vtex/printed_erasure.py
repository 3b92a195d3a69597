"""VTEX-ERASE-1: the response to an erasure, literally as VTEX prints it. Only in a sandbox, whose time is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.erasing import erase_customer, orders_by_status, parts
from pii_sandbox.scenarios.vtex.shop import holds_values, household

_REASON = "Sensitive information was anonymized rather than deleted to preserve the store metrics."


@scenario("VTEX-ERASE-1", needs={"write", "erase", "control"})
def an_erasure_tells_of_orders_as_it_is_printed(api: ApiClient) -> None:
    person = api.new_customer()
    household(api, person)
    orders_by_status(api, person, "invoiced", "canceled")
    response = erase_customer(api, person.email)
    status = {"status": "anonymized", "reason": _REASON, "evidence": "Anonymized [2] orders", "dryRun": True}
    holds_values(parts(response)["orders"], {"dataStatus": status, "orders": []}, "what is said of orders")
    text: str = response["dataResponse"]
    holds(text.startswith('{\r\n  "VTEX  Checkout": []'), "a text indented by two spaces, with CRLF", "another layout")


@scenario("VTEX-ERASE-1", needs={"erase", "clock", "control"})
def request_time_is_at_minus_three_hours_and_update_at_in_utc(api: ApiClient) -> None:
    api.sandbox.freeze()
    now = datetime.fromisoformat(api.sandbox.control("GET", "/clock")["now"])
    response: dict[str, Any] = erase_customer(api, api.new_customer().email)
    told = datetime.fromisoformat(response["requestTime"])
    holds(told.utcoffset() == timedelta(hours=-3), "a requestTime at -03:00", f"at {told.utcoffset()}")
    holds(told == now, "the sandbox's time as requestTime", "another instant")
    for application in response["applications"]:
        updated = datetime.fromisoformat(application["updateAt"]).replace(tzinfo=UTC)
        holds(updated == now.replace(microsecond=0), "the sandbox's time in UTC as updateAt", "another instant")
