"""Which failures that Schemathesis sees become findings."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from schemathesis.core.failures import ServerError
from schemathesis.openapi.checks import MissingContentType, MissingHeaders, RejectedPositiveData, UndefinedStatusCode

from pii_sandbox.conformance.generated import engine
from tests.conformance.generated.stub_groups import answers, group, transported, vendors


def test_the_documents_failures_are_filtered() -> None:
    with transported(group("listProfiles"), vendors(), answers(404)) as (_, schema):
        (decide,) = schema.hooks.get_all_by_name("filter_failure")
        assert decide(None, STATUS, *_called("listProfiles", 404)) is True


SCHEMA = MissingContentType(operation="", message="", media_types=[])
STATUS = UndefinedStatusCode(
    operation="", status_code=206, defined_status_codes=[], allowed_status_codes=[], message=""
)
HEADERS = MissingHeaders(operation="", message="", missing_headers=[])
SERVER = ServerError(operation="", status_code=500)
REFUSED = RejectedPositiveData(operation="", message="", status_code=400, allowed_statuses=[])


@pytest.mark.parametrize(
    ("failure", "status", "drifts", "counts"),
    [
        (SCHEMA, 200, None, True),
        (SCHEMA, 200, False, True),
        (SCHEMA, 200, True, False),
        (STATUS, 206, True, False),
        (STATUS, 206, False, True),
        (HEADERS, 200, True, True),
        (SERVER, 500, True, True),
        (SCHEMA, 399, False, True),
        (SCHEMA, 400, False, False),
        (SCHEMA, 404, False, False),
        (STATUS, 404, False, True),
        (REFUSED, 400, False, True),
    ],
)
def test_what_a_vendor_adds_and_what_checks_of_ours_hold_is_dropped(
    failure: Any, status: int, drifts: bool | None, counts: bool
) -> None:
    assert is_kept(failure, status, "offset=1&count=1", drifts=drifts) is counts


@pytest.mark.parametrize(("failure", "status", "counts"), [(REFUSED, 400, False), (REFUSED, 401, True),
                                                           (REFUSED, 399, True), (SERVER, 400, True)])  # fmt: skip
def test_a_400_that_a_rule_asks_for_is_dropped(failure: Any, status: int, counts: bool) -> None:
    assert is_kept(failure, status, "offset=10000&count=10", drifts=False) is counts


def is_kept(failure: Any, status: int, query: str, *, drifts: bool | None) -> bool:
    """Whether a failure of listing profiles becomes a finding. `drifts` None: the call is not known."""
    seen = {} if drifts is None else {"a-case": SimpleNamespace(drifts=drifts)}
    decide = engine.failure_filter("newstore", "guide", SimpleNamespace(seen=seen))  # type: ignore[arg-type]
    kept = decide(None, failure, *_called("listProfiles", status, f"/v0/d/customer-profiles?{query}"))
    assert isinstance(kept, bool)
    return kept


def _called(operation_id: str, status: int, path: str = "/") -> tuple[Any, Any]:
    """A case and the response to it, as far as the hook looks at them."""
    operation = SimpleNamespace(definition=SimpleNamespace(raw={"operationId": operation_id}))
    request = SimpleNamespace(url=f"http://there.test{path}", body=None)
    return SimpleNamespace(id="a-case", operation=operation), SimpleNamespace(status_code=status, request=request)
