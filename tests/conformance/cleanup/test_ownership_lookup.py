"""Whose an object is, as the reads tell that are sent just before it is changed or deleted."""

from __future__ import annotations

import pytest

from pii_sandbox import specs
from pii_sandbox.conformance.cleanup import ownership_lookup
from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.cleanup.links import PlannedCall
from pii_sandbox.conformance.cleanup.ownership_lookup import Owner, OwnershipStatus
from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.values.findings import Exchange
from tests.conformance.cleanup.stub_vendor import (
    ABOUT,
    ADDRESS,
    BEFORE,
    EMAIL,
    GONE,
    PROFILE,
    STRANGER,
    exchange,
    record,
)

MARK = Ledger(None, ABOUT).mark
READ = PlannedCall("GetProfile", {"profileId": PROFILE})
DELETE = PlannedCall("DeleteClientProfile", {"profileId": PROFILE})
DELETE_ADDRESS = PlannedCall("DeleteAddress", {"profileId": PROFILE, "addressId": ADDRESS})
VENDOR_404 = exchange(404, GONE["vtex"])


class Reads:
    """Answers every step with one exchange, and keeps the steps."""

    def __init__(self, answer: Exchange = VENDOR_404) -> None:
        self.steps: list[PlannedCall] = []
        self._answer = answer

    def __call__(self, step: PlannedCall) -> Exchange:
        self.steps.append(step)
        return self._answer


def profile_status(answer: Exchange) -> OwnershipStatus:
    return ownership_lookup.object_status("CreateClientProfile", "vtex", DELETE, None, MARK, "guide", Reads(answer))


def address_status(answer: Exchange) -> OwnershipStatus:
    return ownership_lookup.object_status(
        "CreateClientAddress", "vtex", DELETE_ADDRESS, DELETE, MARK, "guide", Reads(answer)
    )


@pytest.mark.parametrize(
    ("answer", "standing", "why"),
    [
        (exchange(200, record()), "ours", "GetUnmaskedProfile answered 200"),
        (exchange(200, record(STRANGER)), "not ours", "it has another id than the one requested"),
        (exchange(200, record(email="jane@example.org")), "not ours", "it contains an email that this run did not"),
        (exchange(200, record(created=BEFORE)), "not ours", "it is older than this run"),
        (exchange(200, record(created=None)), "not ours", "it does not say when it was created"),
        (exchange(200, record(email="")), "not ours", "it does not contain this run's marker"),
        (VENDOR_404, "nobody", "GetUnmaskedProfile answered 404"),
        (exchange(200, b" [] "), "nobody", "GetUnmaskedProfile answered 200"),
        (exchange(200, {}), "not ours", "marker"),
        # none of the vendor's, or none that shows the object
        (exchange(404, {"message": "no Route matched"}), "unknown", "404, which does not show the owner"),
        (exchange(404, GONE["vtex"], answer_class="intermediary"), "unknown", "which does not show the owner"),
        (exchange(200, [], answer_class="credentials"), "not ours", "marker"),
        (exchange(401, GONE["vtex"]), "unknown", "GetUnmaskedProfile answered 401, which does not show the owner"),
        (exchange(500, []), "unknown", "500, which does not show the owner"),
        (exchange(201, record()), "unknown", "201, which does not show the owner"),
        (exchange(202, []), "unknown", "202, which does not show the owner"),
    ],
)
def test_the_unmasked_read_of_an_object_tells_whose_it_is(answer: Exchange, standing: Owner, why: str) -> None:
    seen = profile_status(answer)
    assert (seen.standing, seen.exchange) == (standing, answer)
    assert why in seen.why


@pytest.mark.parametrize(
    ("answer", "standing", "why"),
    [
        (exchange(200, record(ADDRESS, email="", profileId=PROFILE)), "ours", "GetUnmaskedAddress answered 200"),
        (exchange(200, record(ADDRESS, email="", profileId=STRANGER)), "not ours", "it belongs to an object that"),
        (exchange(200, record(ADDRESS, BEFORE, email="", profileId=PROFILE)), "not ours", "it is older than this run"),
        (exchange(200, record(ADDRESS, email="")), "ours", "GetUnmaskedAddress answered 200"),
        (VENDOR_404, "nobody", "GetUnmaskedAddress answered 404"),
    ],
)
def test_what_hangs_on_an_object_of_the_run_is_the_runs_where_it_still_hangs_there(
    answer: Exchange, standing: Owner, why: str
) -> None:
    seen = address_status(answer)
    assert seen.standing == standing
    assert why in seen.why


def test_an_object_that_nothing_shows_is_of_an_unknown_owner_and_is_not_asked_for() -> None:
    read = Reads()
    undo = PlannedCall("none", {})
    seen = ownership_lookup.object_status("tokenize", "newstore", undo, None, MARK, "guide", read)
    assert (seen.standing, seen.why, read.steps) == ("unknown", "no operation shows the owner", [])


@pytest.mark.parametrize("dialect", specs.DIALECTS)
def test_the_owner_of_an_alternative_key_is_asked_for_by_the_read_that_takes_one(dialect: specs.Dialect) -> None:
    read = Reads()
    ownership_lookup.key_status("vtex", "123", "document", dialect, read)
    ownership_lookup.key_status("vtex", EMAIL, "email", dialect, read, unmasked=True)
    unmasked = {"profileId": EMAIL, "alternativeKey": "email", "reason": "data-validation"}
    assert read.steps == [
        PlannedCall("GetProfile", {"profileId": "123", "alternativeKey": "document"}),
        PlannedCall("GetUnmaskedProfile", unmasked),
    ]


@pytest.mark.parametrize(
    ("answer", "standing", "why"),
    [
        (VENDOR_404, "nobody", "GetProfile by email answered 404"),
        (exchange(200, []), "nobody", "GetProfile by email answered 200"),
        (exchange(200, record()), "not ours", "GetProfile by email answered 200"),
        (exchange(401, GONE["vtex"]), "unknown", "GetProfile by email answered 401, which does not show whether it is"),
        (exchange(404, b"<h1>nginx</h1>"), "unknown", "answered 404, which does not show whether it is in use"),
        (exchange(201, record()), "unknown", "answered 201"),
    ],
)
def test_an_alternative_key_is_in_use_where_a_record_is_shown(answer: Exchange, standing: Owner, why: str) -> None:
    seen = ownership_lookup.key_status("vtex", EMAIL, "email", "guide", Reads(answer))
    assert (seen.standing, seen.exchange) == (standing, answer)
    assert why in seen.why


def test_a_person_is_looked_up_masked_unless_told_otherwise() -> None:
    reader = ownership_lookup.key_reader("vtex", "guide")
    assert reader is not None
    assert reader.operation_id == "GetProfile"


@pytest.mark.parametrize("api", ["newstore", "fashionai", "oracle"])
@pytest.mark.parametrize("unmasked", [True, False])
def test_an_api_that_looks_nobody_up_by_an_alternative_key_is_not_asked(api: str, unmasked: bool) -> None:
    read = Reads()
    assert ownership_lookup.key_reader(api, "guide", unmasked=unmasked) is None
    seen = ownership_lookup.key_status(api, EMAIL, "email", "guide", read, unmasked=unmasked)
    assert (seen.standing, seen.why, read.steps) == ("unknown", "no operation looks up people by email", [])


@pytest.mark.parametrize(
    ("answer", "standing"),
    [
        (VENDOR_404, "nobody"),
        (exchange(400, {}), "nobody"),  # nobody can have an id of that form
        (exchange(200, []), "nobody"),
        (exchange(200, record()), "not ours"),
        (exchange(200, {}), "not ours"),
        (exchange(400, {}, answer_class="intermediary"), "unknown"),
        (exchange(404, b"<h1>nginx</h1>"), "unknown"),
        (exchange(401, GONE["vtex"]), "unknown"),
        (exchange(201, record()), "unknown"),
    ],
)
def test_a_place_is_nobodys_where_the_vendor_says_so(answer: Exchange, standing: Owner) -> None:
    facts = operations.operation("vtex", "DeleteClientProfile", "guide")
    seen = ownership_lookup.place_status(facts, {"profileId": PROFILE}, "guide", Reads(answer))
    assert (seen.standing, seen.why) == (standing, f"GetProfile answered {answer.status}")
    assert seen.exchange == answer


@pytest.mark.parametrize(
    ("operation_id", "read"),
    [
        ("DeleteClientProfile", "GetProfile"),
        ("CreateClientAddress", "GetProfile"),
        ("DeletePurchaseInformation", "GetProfile"),
        ("DeleteAddress", "GetAddress"),
        ("UpdateClientAddress", "GetAddress"),
        ("DeleteProspect", "GetProspect"),
    ],
)
def test_a_place_is_read_at_the_last_id_of_its_path(operation_id: str, read: str) -> None:
    ids = {"profileId": PROFILE, "addressId": ADDRESS, "prospectId": STRANGER}
    facts = operations.operation("vtex", operation_id, "guide")
    path = {name: value for name, value in ids.items() if "{" + name + "}" in facts.path}
    reads = Reads()
    ownership_lookup.place_status(facts, path, "guide", reads)
    wanted = operations.operation("vtex", read, "guide").path
    assert reads.steps == [PlannedCall(read, {name: path[name] for name in path if "{" + name + "}" in wanted})]


@pytest.mark.parametrize(("api", "operation_id"), [("newstore", "tokenize"), ("sandbox", "deleteSandbox")])
def test_a_place_that_no_operation_reads_is_of_an_unknown_owner(api: str, operation_id: str) -> None:
    reads, facts = Reads(), operations.operation(api, operation_id, "guide")
    seen = ownership_lookup.place_status(facts, {"name": "default"}, "guide", reads)
    assert (seen.standing, seen.why, reads.steps) == ("unknown", "no operation reads the object", [])


@pytest.mark.parametrize(
    ("answer", "says_gone"),
    [
        (VENDOR_404, True),
        (exchange(404, {**GONE["vtex"], "traceId": "none"}), False),
        (exchange(404, b""), False),
        (exchange(410, GONE["vtex"]), False),  # a status that this document does not have
        (exchange(405, GONE["vtex"]), False),
        (exchange(403, GONE["vtex"]), False),
        (exchange(200, record()), False),
        (exchange(404, GONE["vtex"], answer_class="intermediary"), False),
    ],
)
def test_only_the_vendors_own_404_says_that_an_object_is_gone(answer: Exchange, says_gone: bool) -> None:
    facts = operations.operation("vtex", "GetProfile", "guide")
    assert ownership_lookup.says_gone(facts, answer, "guide") is says_gone


def test_a_410_in_a_documented_form_says_that_an_object_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = operations.operation("vtex", "GetProfile", "guide")
    monkeypatch.setattr(operations, "contract_violation", lambda *_: None)
    found = [ownership_lookup.says_gone(facts, exchange(status), "guide") for status in (404, 409, 410, 411)]
    assert found == [True, False, True, False]
