from collections.abc import Iterator

import pytest
from shop.newstore import NewStore

from pii_sandbox.testing import Sandbox


@pytest.fixture
def newstore(sandbox: Sandbox) -> Iterator[NewStore]:
    with sandbox.client("newstore") as http:
        yield NewStore(http)


def test_a_failing_server_is_tried_again(newstore: NewStore, sandbox: Sandbox) -> None:
    sandbox.faults.add(status=500, api="newstore", times=2)
    newstore.get_or_create("anna@example.com")
    sandbox.journal.verify(operation="getOrCreateProfile", count=3)


def test_a_lost_answer_creates_nobody_twice(newstore: NewStore, sandbox: Sandbox) -> None:
    profiles = sandbox.documents("newstore", "profiles")
    before = len(profiles)
    sandbox.faults.add(drop=True, operation="getOrCreateProfile", times=1)
    profile_id = newstore.get_or_create("anna@example.com")
    assert len(profiles) == before + 1
    assert profiles[profile_id]["email"] == "anna@example.com"


def test_the_last_writer_wins_in_spite_of_the_lock(newstore: NewStore, sandbox: Sandbox) -> None:
    profile_id = newstore.get_or_create("anna@example.com")
    sandbox.faults.add(status=409, operation="updateProfile", times=1)
    newstore.rename(profile_id, "Anna Berg")
    assert sandbox.documents("newstore", "profiles")[profile_id]["full_name"] == "Anna Berg"
    sandbox.journal.verify_order({"operation": "updateProfile", "status": 409}, {"operation": "getProfile"})


def test_a_deletion_takes_a_minute(newstore: NewStore, sandbox: Sandbox) -> None:
    person = sandbox.people[0]
    with sandbox.snapshot() as snapshot:
        newstore.request_deletion(person.ids["newstore"])
        assert newstore.is_there(person.ids["newstore"])
        sandbox.clock.advance(minutes=1)
        assert not newstore.is_there(person.ids["newstore"])
        assert snapshot.diff()["newstore/profiles"]["removed"] == [person.ids["newstore"]]
    assert newstore.is_there(person.ids["newstore"])
