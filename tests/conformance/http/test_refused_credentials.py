"""What follows a refusal of credentials that opened something before, and a token that expires at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pii_sandbox.conformance.values.errors import CannotCheck
from tests.conformance.http.login_vendor import Vendor, request, vendor_target
from tests.conformance.stub_transport import json, stub_sender


@pytest.mark.parametrize("status", [199, 200, 299, 300, 404])
def test_a_read_that_opened_something_is_repeated_where_its_credentials_are_refused(status: int) -> None:
    """A success shows that they work; a redirect or a refusal shows nothing."""
    given = [status, 401]
    sender = stub_sender(vendor_target(), lambda sent: json(given.pop(0) if len(given) > 1 else given[0], {}))
    read = request("vtex", "GetProfile", {"profileId": "x"}, expected=(status,))
    sender.send(read)
    if 200 <= status < 300:
        with pytest.raises(CannotCheck, match="stopped working after 3 requests"):
            sender.send(replace(read, expected=()))
    else:
        assert sender.send(replace(read, expected=())).answer_class == "credentials"
        assert sender.budget.requests == 2


def test_tokens_that_expire_at_once_end_the_logins_of_a_call() -> None:
    host = Vendor(tokens=[f"new-{number}" for number in range(50)])
    sender = stub_sender(vendor_target(), host)
    listing = request("newstore", "listProfiles", {})
    sender.send(listing)
    host.valid = set()

    def expire(token: str) -> None:
        host.valid = set()

    sender.on_token = expire
    assert sender.send(listing).answer_class == "credentials"
    assert len(host.logins) == 4


def test_a_read_that_is_remembered_is_repeated_where_its_credentials_are_refused() -> None:
    """Although it found nothing: its caller says that its credentials opened it."""
    sender = stub_sender(vendor_target(), lambda sent: json(401, {}))
    read = request("vtex", "GetProfile", {"profileId": "x"})
    sender.remember_read(read)
    with pytest.raises(CannotCheck, match="stopped working after 2 requests"):
        sender.send(read)
