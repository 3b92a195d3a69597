"""Alternative keys, in bodies, queries and erasures, that someone else has or may have are not used."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from pii_sandbox.conformance.values.errors import CannotCheck
from tests.conformance.cleanup.stub_vendor import EMAIL, PROFILE, RUN, STRANGER, exchange, gone, record
from tests.conformance.cleanup.test_ownership_guard import DOCUMENT, FOREIGN, SHOWN, Guarded, guarded, request

BY_EMAIL = f"GET /profiles/{quote(EMAIL)}?alternativeKey=email"
OWNER_SHOWN = f"GET /profiles/{quote(EMAIL)}/unmask?alternativeKey=email&reason=data-validation"
BY_DOCUMENT = f"GET /profiles/{DOCUMENT}?alternativeKey=document"


@pytest.mark.parametrize(
    "body",
    [
        {"email": EMAIL},
        {"email": EMAIL, "document": ""},
        {"email": EMAIL, "document": 5},
        {"email": EMAIL, "document": f"X-{RUN}"},
        {"email": EMAIL, "phone": DOCUMENT},
        [EMAIL, {"document": DOCUMENT}],
        EMAIL,
    ],
)
def test_a_body_without_a_key_that_someone_could_have_needs_no_look(body: Any) -> None:
    with guarded() as run:
        assert run.check("CreateClientProfile", {}, body) == []


def test_a_body_that_is_no_json_is_sent_where_it_is_to_be_refused() -> None:
    with guarded() as run:
        assert run.check("CreateClientProfile", {}, expected=(400,)) == []


def test_a_key_that_nobody_has_is_looked_for_once() -> None:
    body = {"email": EMAIL, "document": DOCUMENT}
    with guarded() as run:
        assert run.check("CreateClientProfile", {}, body) == [BY_DOCUMENT]
        assert run.check("CreateClientProfile", {}, body) == []


def test_a_key_that_the_run_has_given_to_an_object_is_not_looked_for() -> None:
    with guarded() as run:
        run.ownership.add(1, [DOCUMENT])
        assert run.check("CreateClientProfile", {}, {"email": EMAIL, "document": DOCUMENT}) == []


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (record(STRANGER), "the invented document is already in use at the target, so nothing was sent with it"),
        (httpx.Response(401), "the invented document may be in use at the target: GetProfile by document answered 401"),
    ],
)
@pytest.mark.parametrize("other", [{"email": EMAIL}, {}, {"email": "no address"}])
def test_a_key_that_someone_has_or_may_have_is_not_sent(found: Any, text: str, other: dict[str, str]) -> None:
    with guarded({BY_DOCUMENT: found, SHOWN: record()}) as run:
        run.update(other)  # which is known to be nobody's from now on
        for _ in range(2):
            with pytest.raises(CannotCheck, match=text):
                run.update({**other, "document": DOCUMENT})


def test_an_api_that_looks_nobody_up_by_a_key_is_not_asked() -> None:
    with guarded(api="newstore") as run:
        assert run.check("getOrCreateProfile", {}, {"email": "no address", "full_name": f"Check {RUN}"}) == []


# keys in the query


def by_email(run: Guarded) -> list[str]:
    return run.check("UpdateClientProfile", {"profileId": EMAIL}, {}, query="?alternativeKey=email")


@pytest.mark.parametrize("found", [record(), gone()], ids=["the run's", "nobody's"])
def test_a_key_of_the_run_is_followed_once_until_something_is_changed(found: Any) -> None:
    with guarded({SHOWN: record(), BY_EMAIL: found}) as run:
        assert by_email(run) == [SHOWN, BY_EMAIL]
        assert by_email(run) == []
        run.guard.note_seen(request("GetProspects", {}), exchange(200, []))
        assert by_email(run) == []
        run.guard.note_seen(request("UpdateClientProfile", {"profileId": PROFILE}), exchange(200, record()))
        assert by_email(run) == [BY_EMAIL]


@pytest.mark.parametrize(
    "found",
    [record(STRANGER), {"id": 7}, {}, [record(), record()], httpx.Response(401)],
    ids=["someone else's", "number", "no id", "two", "unknown"],
)
def test_a_key_of_the_run_that_leads_to_someone_else_is_not_used(found: Any) -> None:
    with guarded({SHOWN: record(), BY_EMAIL: found}) as run:
        for _ in range(2):
            with pytest.raises(CannotCheck, match="the email identifies an object that this run did not create"):
                by_email(run)


def test_a_key_where_nothing_can_be_looked_up_is_not_used() -> None:
    with guarded(api="newstore") as run:
        run.ledger.settle(1, "gone")
        with pytest.raises(CannotCheck, match="the email identifies an object that this run did not create"):
            run.check("updateProfile", {"profile_id": PROFILE}, {}, query="?alternativeKey=email")


# erasure


def erase(run: Guarded, body: Any) -> list[str]:
    return run.check("createErasureJob", {}, body)


@pytest.mark.parametrize("found", [record(), gone(), []], ids=["the run's", "nobody's", "empty"])
def test_an_email_is_erased_where_its_owner_is_the_run_or_nobody(found: Any) -> None:
    with guarded({OWNER_SHOWN: found}) as run:
        assert erase(run, {"reason": "no address", "email": EMAIL}) == [OWNER_SHOWN]
        assert erase(run, {"reason": "no address"}) == []


SECOND = EMAIL.replace("0f3k2a", "1")
SECOND_OWNER = OWNER_SHOWN.replace("0f3k2a", "1")


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (FOREIGN, "it contains an email that this run did not invent"),
        (record(created=None), "it does not say when it was created"),
        (httpx.Response(401), "GetUnmaskedProfile by email answered 401, which does not show whether it is in use"),
    ],
)
def test_an_email_is_not_erased_where_its_owner_is_or_may_be_someone_else(found: Any, text: str) -> None:
    whole = f"nothing was erased, because the owner of the email is not proven: {text}"
    with guarded({OWNER_SHOWN: record(), SECOND_OWNER: found}) as run, pytest.raises(CannotCheck, match=whole):
        erase(run, {"reason": "none", "emails": [EMAIL, SECOND]})
