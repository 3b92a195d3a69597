"""What a run observed beside its verdicts: retries, lag, and what answers have beyond the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pii_sandbox.conformance.values.causes import AnswerClass

OperationKey = tuple[str, str]  # API and operation id


@dataclass(frozen=True, slots=True)
class Drift:
    """Something that answers of an operation have and the document does not: never a broken rule.

    `what` says what it is in words (`property $.loyalty.tier`, `header X-Loyalty`, `status 206`).
    """

    api: str
    operation_id: str
    what: str


@dataclass(frozen=True, slots=True)
class Observations:
    """`retries`: how often calls of an operation were sent again, by class of the answer before.

    `lag_seconds`: the longest time after which a read agreed with the run's own write. `logins`: how often a new access
    token was got, by API.
    """

    retries: Mapping[OperationKey, Mapping[AnswerClass, int]] = field(default_factory=dict)
    lag_seconds: Mapping[OperationKey, float] = field(default_factory=dict)
    drift: tuple[Drift, ...] = ()
    logins: Mapping[str, int] = field(default_factory=dict)
