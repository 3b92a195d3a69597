"""What a run observed beside its verdicts, in words: drift, lag and retries, by operation."""

from __future__ import annotations

from collections.abc import Iterator

from pii_sandbox.conformance.report.summary import plural
from pii_sandbox.conformance.values.observations import Observations

_REASONS = {
    "network": "the connection failed",
    "unavailable": "the host was unavailable",
    "throttled": "the host limited the rate of requests",
    "intermediary": "something other than the API answered",
    "credentials": "the credentials were refused",
    "oversize": "the response was too large",
    "vendor": "the response could not be used",
}


def describe_observations(observations: Observations) -> tuple[str, ...]:
    """One line for each observation: drift first, then lag, then retries, then logins."""
    return (*_drift(observations), *_lag(observations), *_retries(observations), *_logins(observations))


def _drift(observations: Observations) -> Iterator[str]:
    for each in observations.drift:
        yield f"drift, {each.api} {each.operation_id}: {each.what} is in no document"


def _lag(observations: Observations) -> Iterator[str]:
    for (api, operation_id), seconds in sorted(observations.lag_seconds.items()):
        yield f"lag, {api} {operation_id}: a read showed the run's own write after {seconds:.1f} s"


def _logins(observations: Observations) -> Iterator[str]:
    for api, count in sorted(observations.logins.items()):
        times = "once" if count == 1 else plural(count, "time")
        yield f"logins, {api}: a new access token was requested {times}, because the one in use was refused"


def _retries(observations: Observations) -> Iterator[str]:
    for (api, operation_id), by_class in sorted(observations.retries.items()):
        for answer_class, count in sorted(by_class.items()):
            times = "once" if count == 1 else plural(count, "time")
            yield f"retries, {api} {operation_id}: sent again {times}, because {_REASONS[answer_class]}"
