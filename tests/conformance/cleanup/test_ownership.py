"""What a scenario may change at an endpoint that others use."""

from __future__ import annotations

import base64
import json
import random
from typing import Any

import pytest

from pii_sandbox.conformance.cleanup.ownership import Ownership, email_with_mark, first_mark, marked_email
from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.test_customers import new_customer
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.specs import Operation

RUN = "abc12345"
OURS = "11111111-2222-4333-8444-555555555555"
THEIRS = "99999999-2222-4333-8444-555555555555"
NOBODYS = "00000000-0000-4000-8000-000000000000"
PERSON = new_customer(RUN, random.Random(1))


def vtex(operation_id: str) -> Operation:
    return operations.operation("vtex", operation_id, "guide")


def to_json(body: Any) -> bytes:
    return json.dumps(body).encode()


@pytest.fixture
def ownership() -> Ownership:
    known = Ownership(RUN, {"profile_id": THEIRS, "email": "real.person@example.com"})
    known.add(1, (PERSON.email, PERSON.document, OURS))
    return known


@pytest.mark.parametrize("value", [OURS, OURS.upper(), PERSON.email, PERSON.email.upper(), PERSON.document])
@pytest.mark.parametrize("operation_id", ["UpdateClientProfile", "DeleteClientProfile", "CreateClientAddress"])
def test_an_object_of_the_run_may_be_changed(ownership: Ownership, operation_id: str, value: str) -> None:
    ownership.refuse_unowned(vtex(operation_id), {"profileId": value}, b"{}")


@pytest.mark.parametrize("value", [NOBODYS, f"nobody-{RUN}", email_with_mark("never.made", RUN)])
def test_a_change_of_an_unused_id_may_be_sent(ownership: Ownership, value: str) -> None:
    ownership.refuse_unowned(vtex("DeleteClientProfile"), {"profileId": value}, b"")


@pytest.mark.parametrize(
    "value", [THEIRS, THEIRS.upper(), "real.person@example.com", "12345678900", "5511999998888", "1", "", "../profiles"]
)
@pytest.mark.parametrize("operation_id", ["UpdateClientProfile", "DeleteClientProfile", "CreateClientAddress"])
def test_an_object_of_someone_else_may_not_be_changed(ownership: Ownership, operation_id: str, value: str) -> None:
    with pytest.raises(CannotCheck, match="an object that this run did not create"):
        ownership.refuse_unowned(vtex(operation_id), {"profileId": value}, b"{}")


def test_every_id_in_the_path_has_to_be_ours(ownership: Ownership) -> None:
    with pytest.raises(CannotCheck):
        ownership.refuse_unowned(vtex("DeleteAddress"), {"profileId": OURS, "addressId": THEIRS}, b"")


def test_an_id_that_the_target_showed_is_somebodys(ownership: Ownership) -> None:
    stranger = "77777777-2222-4333-8444-555555555555"
    ownership.refuse_unowned(vtex("DeleteProspect"), {"prospectId": stranger}, b"")
    ownership.note_seen(to_json([{"id": stranger}, {"id": OURS}]))
    with pytest.raises(CannotCheck):
        ownership.refuse_unowned(vtex("DeleteProspect"), {"prospectId": stranger}, b"")
    ownership.refuse_unowned(vtex("DeleteProspect"), {"prospectId": OURS}, b"")


def test_reads_are_free(ownership: Ownership) -> None:
    ownership.refuse_unowned(vtex("GetProfile"), {"profileId": THEIRS}, b"")


def test_shared_objects_are_never_changed(ownership: Ownership) -> None:
    with pytest.raises(CannotCheck, match="all users of the endpoint share"):
        ownership.refuse_unowned(vtex("CreateOrUpdateProfileSchema"), {}, b"{}")


@pytest.mark.parametrize("operation_id", ["createAndProcessDeleteUserData", "createErasureJob"])
@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        ({"email": PERSON.email}, True),
        ({"email": PERSON.email.upper()}, True),
        ({"email": "no address"}, True),
        ({}, True),
        ({"email": "real.person@example.com"}, False),
        ({"email": f"{RUN}@example.com"}, False),
        ({"email": PERSON.email.replace("example.com", "example.org")}, False),
        ({"email": f"x{PERSON.email}"}, False),
        ({"email": f"{PERSON.email},real.person@example.com"}, False),
        ({"email": PERSON.email, "emails": ["real.person@example.com"]}, False),
    ],
)
def test_only_invented_people_are_erased(
    ownership: Ownership, operation_id: str, body: dict[str, Any], allowed: bool
) -> None:
    if allowed:
        ownership.refuse_unowned(vtex(operation_id), {}, to_json(body))
        return
    with pytest.raises(CannotCheck, match="whom this run did not invent"):
        ownership.refuse_unowned(vtex(operation_id), {}, to_json(body))


def test_an_email_without_the_mark_is_not_created(ownership: Ownership) -> None:
    ownership.refuse_unowned(vtex("CreateClientProfile"), {}, to_json({"email": PERSON.email}))
    with pytest.raises(CannotCheck, match="without this run's marker"):
        ownership.refuse_unowned(vtex("CreateProspect"), {}, to_json({"contacts": [{"email": "jane@example.com"}]}))


def test_an_update_gives_no_email_of_someone_else_to_an_object_of_the_run(ownership: Ownership) -> None:
    body = {"firstName": "Ada", "contacts": [{"email": PERSON.email}]}
    ownership.refuse_unowned(vtex("UpdateClientProfile"), {"profileId": OURS}, to_json(body))
    body["contacts"] = [{"email": "jane@example.com"}]
    with pytest.raises(CannotCheck, match="an email without this run's marker"):
        ownership.refuse_unowned(vtex("UpdateClientProfile"), {"profileId": OURS}, to_json(body))


@pytest.mark.parametrize("expected", [(), (400,)])
def test_a_create_gives_no_email_of_someone_else_to_a_marked_object(
    ownership: Ownership, expected: tuple[int, ...]
) -> None:
    body = to_json({"email": PERSON.email, "contacts": [{"email": "jane@example.com"}]})
    with pytest.raises(CannotCheck, match="an email without this run's marker"):
        ownership.refuse_unowned(vtex("CreateClientProfile"), {}, body, expected)


def test_an_at_sign_in_an_address_is_no_email_of_the_owner(ownership: Ownership) -> None:
    body = to_json({"complement": "bell @ 2nd floor"})
    ownership.refuse_unowned(vtex("CreateClientAddress"), {"profileId": OURS}, body)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        (f"Check {RUN}", True),
        (f"Check {RUN.upper()}", True),
        (base64.b64encode(f"Check {RUN.upper()}".encode()).decode(), True),
        ("Check", False),
        ("abcd", False),  # base64, of something else
        (base64.b64encode(b"Check").decode(), False),
        ("YWJj MTIzNDU=", False),  # base64 of the id for readers that skip the space, and no base64 for others
    ],
)
def test_an_object_is_created_only_with_the_mark_of_the_run(ownership: Ownership, text: str, marked: bool) -> None:
    body = to_json({"content": ["other", text]})
    if marked:
        ownership.refuse_unowned(vtex("CreateProspect"), {}, body)
        return
    with pytest.raises(CannotCheck, match="would create an object without this run's marker"):
        ownership.refuse_unowned(vtex("CreateProspect"), {}, body)


@pytest.mark.parametrize(
    ("expected", "sent"),
    [((400,), True), ((409, 422), True), ((), False), ((200,), False), ((201, 400), False), ((399,), False)],
)
def test_a_create_without_the_mark_is_sent_only_where_every_status_it_expects_is_a_refusal(
    ownership: Ownership, expected: tuple[int, ...], sent: bool
) -> None:
    if sent:
        ownership.refuse_unowned(vtex("CreateProspect"), {}, b"{}", expected)
        return
    with pytest.raises(CannotCheck, match="without this run's marker"):
        ownership.refuse_unowned(vtex("CreateProspect"), {}, b"{}", expected)


def test_an_id_seen_in_a_response_is_known_as_someone_elses_unless_the_run_made_it(ownership: Ownership) -> None:
    stranger = "77777777-2222-4333-8444-55555555555a"
    ownership.note_seen(to_json([{"id": stranger}, {"id": OURS}]))
    assert ownership.is_theirs([OURS, stranger.upper()])
    assert ownership.is_theirs([THEIRS])
    assert not ownership.is_theirs([OURS, NOBODYS])


def test_a_value_that_two_objects_have_belongs_to_the_first(ownership: Ownership) -> None:
    ownership.add(2, (OURS, "new"))
    assert [ownership.owner(value) for value in (OURS, "NEW", THEIRS)] == [1, 2, None]


def test_a_mark_is_told_apart_and_put_together_again() -> None:
    mark = marked_email(PERSON.email, RUN)
    assert mark is not None
    assert email_with_mark(mark, RUN) == PERSON.email
    assert marked_email(PERSON.email, "abc1234") is None
    assert first_mark(to_json({"contacts": [{"email": PERSON.email}]}), RUN) == mark
    assert first_mark(to_json({"firstName": "Ada", "email": PERSON.email}), RUN) == mark
    assert first_mark(b"{", RUN) is None
