"""What a preflight found out about a target, as values; and the target with what cannot be used marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.causes import Cause

CredentialState = Literal["works", "refused", "accepted", "exists", "not there", "unclear", "not tried"]


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of credentials, or one datum, and what a read showed about it.

    `seen` says what was asked and what came back. `cause`: why it cannot be used, None where it can.
    """

    name: str
    standing: CredentialState
    seen: str
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class ApiPreflight:
    """What was found out about one API. `obstacle`: why nothing of it can be checked, None where something can."""

    api: str
    host: str
    requests: int
    obstacle: Cause | None = None
    credentials: tuple[Check, ...] = ()
    data: tuple[Check, ...] = ()

    @property
    def troubles(self) -> tuple[Cause, ...]:
        """All that the user has to look at."""
        if self.obstacle is not None:
            return (self.obstacle,)
        return tuple(check.cause for check in (*self.credentials, *self.data) if check.cause is not None)


def target_with_unusable(target: Target, results: Iterable[ApiPreflight]) -> Target:
    """The target with what cannot be used marked, so that rules that need it are not checked for that cause."""
    found = tuple(results)
    return replace(
        target,
        obstacles={result.api: result.obstacle for result in found if result.obstacle is not None},
        absent={
            result.api: {
                check.name: check.cause for check in (*result.credentials, *result.data) if check.cause is not None
            }
            for result in found
        },
    )
