"""What was created without a response is found by the run's mark, and nothing but what carries it."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.conformance.cleanup.ledger_entry import Entry
from pii_sandbox.conformance.cleanup.links import PlannedCall
from pii_sandbox.conformance.cleanup.recovery import find_created
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange
from tests.conformance.cleanup.stub_vendor import EMAIL, GONE, OTHER, PROFILE, RUN, STRANGER, exchange, record

PROFILE_ENTRY = Entry(1, "intended", "vtex", "CreateClientProfile", "0f3k2a")
PROSPECT_ENTRY = Entry(1, "intended", "vtex", "CreateProspect", "0f3k2a")
NS_ENTRY = Entry(1, "intended", "newstore", "getOrCreateProfile", "0f3k2a")
BY_EMAIL = PlannedCall("GetProfile", {"profileId": EMAIL, "alternativeKey": "email"})
PROSPECTS = PlannedCall("GetProspects", {})
NS_PROFILES = PlannedCall("listProfiles", {"q": EMAIL})
MASKED = "".join(character if character in "-.@" else "*" for character in EMAIL)
VENDOR_404 = exchange(404, GONE["vtex"])


class Calls:
    """Answers the steps in turn, and keeps them."""

    def __init__(self, *answers: Exchange) -> None:
        self.steps: list[PlannedCall] = []
        self._answers = list(answers)

    def __call__(self, step: PlannedCall) -> Exchange:
        self.steps.append(step)
        return self._answers.pop(0)


def find(entry: Entry, *answers: Exchange) -> tuple[PlannedCall | None, list[PlannedCall]]:
    calls = Calls(*answers)
    return find_created(entry, RUN, "guide", calls), calls.steps


def unmask(number: str) -> PlannedCall:
    return PlannedCall("GetUnmaskedProspect", {"prospectId": number, "reason": "data-validation"})


def delete_prospect(number: str) -> PlannedCall:
    return PlannedCall("DeleteProspect", {"prospectId": number})


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (Entry(2, "intended", "vtex", "CreateClientAddress", "0f3k2a", under=1), "deleted with the object that it"),
        (Entry(2, "intended", "vtex", "CreateClientAddress", under=1), "deleted with the object that it belongs to"),
        (Entry(1, "intended", "vtex", "CreateClientProfile"), "it has no marker by which to find it"),
        (Entry(1, "intended", "newstore", "createData", "0f3k2a"), "no operation lists such objects"),
        (Entry(1, "intended", "newstore", "tokenize", "0f3k2a"), "no operation lists such objects"),
    ],
)
def test_what_cannot_be_found_is_not_looked_for(entry: Entry, why: str) -> None:
    with pytest.raises(CannotCheck, match=why):
        find(entry)


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (VENDOR_404, None),
        (exchange(200, []), None),
        (exchange(200, record()), PlannedCall("DeleteClientProfile", {"profileId": PROFILE})),
        (exchange(200, [record()]), PlannedCall("DeleteClientProfile", {"profileId": PROFILE})),
    ],
)
def test_a_profile_is_found_by_its_email_and_deleted_by_its_id(answer: Exchange, found: PlannedCall | None) -> None:
    assert find(PROFILE_ENTRY, answer) == (found, [BY_EMAIL])


@pytest.mark.parametrize(
    "answer",
    [exchange(401, GONE["vtex"]), exchange(201, record()), exchange(404, {}), exchange(200, {}), exchange(200, b"no")],
)
def test_a_response_that_does_not_show_the_profile_proves_nothing(answer: Exchange) -> None:
    text = rf"whether it was created is not known: GetProfile by email answered {answer.status}"
    with pytest.raises(CannotCheck, match=text):
        find(PROFILE_ENTRY, answer)


@pytest.mark.parametrize(
    ("entry", "answer", "found", "step"),
    [
        (PROSPECT_ENTRY, [], None, PROSPECTS),
        (PROSPECT_ENTRY, [record(email=f"x{EMAIL}"), record(email=EMAIL[1:])], None, PROSPECTS),
        (PROSPECT_ENTRY, [record(OTHER, email="jane@example.org"), record()], delete_prospect(PROFILE), PROSPECTS),
        (NS_ENTRY, {"total": 0, "profiles": []}, None, NS_PROFILES),
        (NS_ENTRY, {"total": 1, "profiles": [{"id": PROFILE, "email": EMAIL}]},
         PlannedCall("requestProfileDeletion", {"profile_id": PROFILE}), NS_PROFILES),
    ],
)  # fmt: skip
def test_an_object_is_found_in_a_list_by_its_email(
    entry: Entry, answer: Any, found: PlannedCall | None, step: PlannedCall
) -> None:
    assert find(entry, exchange(200, answer)) == (found, [step])


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (exchange(500, []), "GetProspects answered 500"),
        (exchange(201, []), "GetProspects answered 201"),
        (exchange(401, [record()]), "GetProspects answered 401"),
        (exchange(200, b"[{"), "answered without valid JSON"),
        (exchange(200, None), "GetProspects answered without a list of objects, which proves nothing"),
        (exchange(200, {"total": 1}), "without a list of objects"),
        (exchange(200, [EMAIL]), "without a list of objects"),
        (exchange(200, [record(), EMAIL]), "without a list of objects"),
        (exchange(200, [{"email": EMAIL}]), "GetProspects lists it without an id by which to delete it"),
    ],
)
def test_a_list_that_is_none_or_does_not_name_the_object_proves_nothing(answer: Exchange, why: str) -> None:
    with pytest.raises(CannotCheck, match=why):
        find(PROSPECT_ENTRY, answer)


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        (exchange(200, record(OTHER)), delete_prospect(OTHER)),
        (exchange(200, record(OTHER, email="jane@example.org")), None),
        (exchange(200, record(OTHER, email=MASKED)), None),
        (VENDOR_404, None),  # gone since
        (exchange(410, {}), None),
        (exchange(404, record(OTHER)), None),
    ],
)
def test_a_masked_object_that_could_be_the_runs_is_looked_at_whole(shown: Exchange, found: PlannedCall | None) -> None:
    listed = exchange(200, [record(STRANGER, email="jane@example.org"), record(OTHER, email=MASKED)])
    assert find(PROSPECT_ENTRY, listed, shown) == (found, [PROSPECTS, unmask(OTHER)])


@pytest.mark.parametrize(
    "email",
    [
        "j***@e******.org",
        "*" * (len(EMAIL) + 1),
        "*" * (len(EMAIL) - 1),
        MASKED.replace("@", "x"),
        "x" + MASKED[1:],
        EMAIL[:-1] + "x",
        "",
    ],
)
def test_a_masked_object_that_cannot_be_the_runs_is_not_unmasked(email: str) -> None:
    assert find(PROSPECT_ENTRY, exchange(200, [record(OTHER, email=email)])) == (None, [PROSPECTS])


@pytest.mark.parametrize("email", ["*" * len(EMAIL), EMAIL[:5] + "*" * len(EMAIL[5:]), EMAIL[:-1] + "*"])
def test_any_mask_of_the_email_could_hide_it(email: str) -> None:
    answers = exchange(200, [record(OTHER, email=email)]), exchange(200, record(OTHER))
    assert find(PROSPECT_ENTRY, *answers)[0] == delete_prospect(OTHER)


@pytest.mark.parametrize(
    ("listed", "shown", "why"),
    [
        (record(OTHER, email=MASKED), [exchange(401, record(OTHER))], "GetUnmaskedProspect answered 401"),
        (record(OTHER, email=MASKED), [exchange(201, record(OTHER))], "GetUnmaskedProspect answered 201"),
        (record(OTHER, email=MASKED), [exchange(200, b"no")], "without valid JSON"),
        ({"email": MASKED}, [], "it may be among what is listed masked"),
    ],
)
def test_a_masked_object_that_is_not_shown_whole_may_be_the_runs(listed: Any, shown: list[Exchange], why: str) -> None:
    with pytest.raises(CannotCheck, match=why):
        find(PROSPECT_ENTRY, exchange(200, [listed]), *shown)


def test_a_masked_object_of_an_api_that_shows_none_whole_may_be_the_runs() -> None:
    listed = exchange(200, {"profiles": [{"id": PROFILE, "email": MASKED}]})
    with pytest.raises(CannotCheck, match="it may be among what is listed masked"):
        find(NS_ENTRY, listed)
