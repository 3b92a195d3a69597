"""What a sandbox did so far in the text form of Prometheus, version 0.0.4."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pii_sandbox.mockserver.journal.counters import BUCKETS, Counters

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = Mapping[str, str]
Sample = tuple[str, Labels, float]


def exposition(families: Iterable[tuple[str, str, str, Iterable[Sample]]]) -> str:
    """Families of name, type, help and samples (suffix of the name, labels, value)."""
    lines: list[str] = []
    for name, kind, meaning, samples in families:
        lines += [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
        lines += [f"{name}{suffix}{_with_labels(labels)} {_number(value)}" for suffix, labels, value in samples]
    return "\n".join((*lines, ""))


def response_metrics(counters: Counters, sandbox: str) -> Iterator[tuple[str, str, str, Iterable[Sample]]]:
    """The families about requests: how many, by which rule, how long they took."""
    requests: defaultdict[tuple[str, str, str], float] = defaultdict(float)
    rules: defaultdict[str, float] = defaultdict(float)
    seconds: defaultdict[str, list[float]] = defaultdict(lambda: [0.0] * (len(BUCKETS) + 2))
    for answered, counts in counters.counts():
        number, api = sum(counts[:-1]), answered.api or "none"
        requests[api, answered.operation_id or "none", str(answered.status)] += number
        if answered.rule is not None:
            rules[answered.rule] += number
        seconds[api] = [known + more for known, more in zip(seconds[api], counts, strict=True)]
    own = {"sandbox": sandbox}
    yield (
        "pii_sandbox_requests_total",
        "counter",
        "Vendor requests answered, by API, operation and status.",
        [("", {**own, "api": api, "operation": operation, "status": status}, number)
         for (api, operation, status), number in sorted(requests.items())],
    )  # fmt: skip
    yield (
        "pii_sandbox_rule_decisions_total",
        "counter",
        "Vendor requests that a rule refused, or whose outcome it changed.",
        [("", {**own, "rule": rule}, number) for rule, number in sorted(rules.items())],
    )
    yield (
        "pii_sandbox_request_seconds",
        "histogram",
        "How long vendor requests took, delays that were asked for included.",
        [sample for api, counts in sorted(seconds.items()) for sample in _histogram({**own, "api": api}, counts)],
    )


def _histogram(labels: Labels, counts: Sequence[float]) -> Iterator[Sample]:
    total = 0.0
    for bound, number in zip((*map(str, BUCKETS), "+Inf"), counts, strict=False):
        total += number
        yield "_bucket", {**labels, "le": bound}, total
    yield "_sum", labels, counts[-1]
    yield "_count", labels, total


def _with_labels(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}" if labels else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
