"""What a preflight has found out, as values: what the user has to look at, and what a run must not use."""

from __future__ import annotations

from pii_sandbox.conformance.preflight.results import ApiPreflight, Check, target_with_unusable
from pii_sandbox.conformance.values.causes import Cause
from tests.conformance.stub_transport import vendor

REFUSED = Cause("credential", "refused")
MISSING = Cause("datum", "not found")
AWAY = Cause("network", "away")
FOUND = ApiPreflight(
    "vtex", "shop.example.com", 4, None,
    (Check("full", "works", "200"), Check("user", "refused", "401", REFUSED)),
    (Check("email", "exists", "200"), Check("document", "not there", "404", MISSING)),
)  # fmt: skip


def test_the_user_looks_at_what_cannot_be_used() -> None:
    assert FOUND.troubles == (REFUSED, MISSING)


def test_an_obstacle_is_all_that_the_user_looks_at() -> None:
    checks = (Check("full", "refused", "401", REFUSED),)
    assert ApiPreflight("vtex", "shop.example.com", 1, AWAY, checks).troubles == (AWAY,)


def test_a_target_knows_what_cannot_be_used_of_it() -> None:
    away = ApiPreflight("oracle", "other.example.com", 1, AWAY)
    target = target_with_unusable(vendor(), iter([FOUND, away]))
    assert target.obstacles == {"oracle": AWAY}
    assert target.absent == {"vtex": {"user": REFUSED, "document": MISSING}, "oracle": {}}
