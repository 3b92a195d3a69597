"""FAI-ERR: internal failures of the vendor."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import scenario
from pii_sandbox.scenarios.fashionai.customers import KEYS, tells_error


@scenario("FAI-ERR-1", needs={"control"})
def an_internal_failure_is_500_in_the_printed_words(api: ApiClient) -> None:
    for key in KEYS:
        api.sandbox.fault({"status": 500}, operation=key.operation_id)
        failed = key.read(api, api.test_datum(key.name), expect=500)
        tells_error(failed, "Internal server error", "Internal Server Error")
        key.read(api, api.test_datum(key.name), expect=200)
