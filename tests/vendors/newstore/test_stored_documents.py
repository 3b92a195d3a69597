"""Documents of NewStore that the control API stores: their properties, the default times, what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Store
from pii_sandbox.mockserver.vendors.newstore import VENDOR, fields, public_collections
from pii_sandbox.mockserver.vendors.newstore.collections import PROFILES
from tests.vendors.newstore.shop import ADDRESS

ID = "NS-EU-00000000-0000-4000-8000-000000000000"
NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)
ANNA = {"email": "anna@newstore.test"}


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox("stored", Store(), settings=VENDOR.settings)


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (fields.require_text, "", ""),
        (fields.optional_text, None, None),
        (fields.optional_text, "Anna", "Anna"),
        (fields.require_media_type, "text/plain; charset=utf-8", "text/plain; charset=utf-8"),
        (fields.days, None, None),
        (fields.days, 1, 1),
        (fields.days, 365, 365),
    ],
)
def test_a_sound_property_is_read(read: Any, value: Any, expected: Any) -> None:
    assert read({"a": value}, "a") == expected


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (fields.require_text, None),
        (fields.require_text, 1),
        (fields.optional_text, 1),
        (fields.require_media_type, "text"),
        (fields.require_media_type, "text/plain\n"),
        (fields.require_media_type, "text/größer"),
        (fields.days, 0),
        (fields.days, -1),
        (fields.days, True),
        (fields.days, 1.5),
        (fields.days, "1"),
    ],
)
def test_a_property_of_another_form_is_refused_by_its_name(read: Any, value: Any) -> None:
    with pytest.raises(Malformed, match=r"^a: must be") as refusal:
        read({"a": value}, "a")
    assert set(refusal.value.errors) == {"a"}


@pytest.mark.parametrize(
    ("document", "refused"),
    [({}, None), ({"a": 1, "id": ID}, None), ({"a": 1, "b": 2}, "b"), ({"id": "another"}, "id"), ({"id": None}, "id")],
)
def test_the_id_of_the_path_and_known_properties_are_all(document: dict[str, Any], refused: str | None) -> None:
    if refused is None:
        fields.refuse_unknown_properties(document, ID, "a")
        return
    with pytest.raises(Malformed, match=f"^{refused}: is"):
        fields.refuse_unknown_properties(document, ID, "a")


def test_an_instant_has_a_default_and_a_form() -> None:
    assert fields.optional_instant({}, "at", NOW) == NOW
    assert fields.optional_instant({"at": None}, "at", NOW) == NOW
    assert fields.optional_instant({"at": "2001-01-01T00:00:00Z"}, "at", NOW) == datetime(2001, 1, 1, tzinfo=UTC)
    with pytest.raises(Malformed, match=r"^at: must be an RFC 3339 date-time"):
        fields.optional_instant({"at": "2001"}, "at", NOW)


@pytest.mark.parametrize("value", ["gold", 7, 7.5, True])
def test_an_extended_attribute_is_a_text_a_number_or_a_boolean(value: Any) -> None:
    read = fields.attributes({"extended_attributes": {"tier": {"data_type": "x", "value": value}}})
    assert read.keys() == {"tier"}
    assert fields.attributes({"extended_attributes": None}) == fields.attributes({}) == {}


@pytest.mark.parametrize(
    ("attributes", "refused"),
    [
        ([], "extended_attributes"),
        ({"tier": "gold"}, "extended_attributes.tier"),
        ({"tier": ["data_type", "value"]}, "extended_attributes.tier"),
        ({"tier": {"value": 1}}, "extended_attributes.tier"),
        ({"tier": {"data_type": "x", "value": 1, "more": 1}}, "extended_attributes.tier"),
        ({"tier": {"data_type": 5, "value": 1}}, "data_type"),
        ({"tier": {"data_type": "x", "value": None}}, "extended_attributes.tier"),
        ({"tier": {"data_type": "x", "value": [1]}}, "extended_attributes.tier"),
    ],
)
def test_another_extended_attribute_is_refused(attributes: Any, refused: str) -> None:
    with pytest.raises(Malformed) as refusal:
        fields.attributes({"extended_attributes": attributes})
    assert set(refusal.value.errors) == {refused}


def test_a_profile_has_the_display_id_that_it_is_given_and_else_that_of_its_id(sandbox: Sandbox) -> None:
    profiles = public_collections.Profiles()
    assert profiles.from_document(ID, {**ANNA, "display_id": "A-1"}, sandbox).value["display_id"] == "A-1"
    assert ID.endswith(profiles.from_document(ID, ANNA, sandbox).value["display_id"])


def test_a_profile_keeps_the_time_of_its_creation_unless_it_is_given_one(sandbox: Sandbox) -> None:
    profiles = public_collections.Profiles()
    old = {**ANNA, "created_at": "2001-01-01T00:00:00.000000Z", "updated_at": "2999-01-01T00:00:00.000000Z"}
    sandbox.store.put(PROFILES, profiles.from_document(ID, old, sandbox))
    again = profiles.from_document(ID, ANNA, sandbox).value
    assert again["created_at"] == old["created_at"]
    assert again["updated_at"] > old["updated_at"]  # NS-LOCK-3
    given = {"created_at": "2002-01-01T00:00:00.000000Z", "updated_at": "2003-01-01T00:00:00.000000Z"}
    assert profiles.from_document(ID, {**ANNA, **given}, sandbox).value.items() >= given.items()


@pytest.mark.parametrize(
    ("collection", "document"),
    [
        (public_collections.Profiles(), ANNA),
        (public_collections.Addresses(), {**ADDRESS, "profile_id": ID}),
        (public_collections.Data(), {"content_type": "text/plain", "content": "x"}),
        (public_collections.Tokens(), {"value": 1}),
    ],
)
def test_a_property_of_no_such_document_is_refused(sandbox: Sandbox, collection: Any, document: dict[str, Any]) -> None:
    sandbox.store.put(PROFILES, public_collections.Profiles().from_document(ID, ANNA, sandbox))
    assert collection.from_document(ID, document, sandbox).id == ID
    with pytest.raises(Malformed, match=r"^age: is not a property"):
        collection.from_document(ID, {**document, "age": 5}, sandbox)


def test_a_profile_awaits_deletion_only_where_it_is_asked_for(sandbox: Sandbox) -> None:
    profiles = public_collections.Profiles()
    assert profiles.from_document(ID, {**ANNA, "deletion_requested_at": None}, sandbox).expires_at is None
    due = profiles.from_document(ID, {**ANNA, "deletion_requested_at": "2026-11-30T04:00:00Z"}, sandbox)
    assert due.expires_at is not None
    assert due.expires_at > NOW
