"""Metrics of a sandbox in the Prometheus text format, version 0.0.4."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pii_sandbox.mockserver.journal.counters import BUCKETS, Counters

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = Mapping[str, str]
Sample = tuple[str, Labels, float]


def exposition(families: Iterable[tuple[str, str, str, Iterable[Sample]]]) -> str:
    """Render metric families: name, type, help and samples (name suffix, labels, value)."""
    lines: list[str] = []
    for name, kind, meaning, samples in families:
        lines += [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
        lines += [f"{name}{suffix}{_with_labels(labels)} {_number(value)}" for suffix, labels, value in samples]
    return "\n".join((*lines, ""))


def response_metrics(counters: Counters, sandbox: str) -> Iterator[tuple[str, str, str, Iterable[Sample]]]:
    """Yield the metric families of requests: totals, rule decisions, durations."""
    requests: defaultdict[tuple[str, str, str], float] = defaultdict(float)
    rules: defaultdict[str, float] = defaultdict(float)
    seconds: defaultdict[str, list[float]] = defaultdict(lambda: [0.0] * (len(BUCKETS) + 2))
    for key, counts in counters.counts():
        number, api = sum(counts[:-1]), key.api or "none"
        requests[api, key.operation_id or "none", str(key.status)] += number
        if key.rule is not None:
            rules[key.rule] += number
        seconds[api] = [total + count for total, count in zip(seconds[api], counts, strict=True)]
    labels = {"sandbox": sandbox}
    yield (
        "pii_sandbox_requests_total",
        "counter",
        "Vendor requests answered, by API, operation and status.",
        [("", {**labels, "api": api, "operation": operation, "status": status}, number)
         for (api, operation, status), number in sorted(requests.items())],
    )  # fmt: skip
    yield (
        "pii_sandbox_rule_decisions_total",
        "counter",
        "Vendor requests that a rule refused, or whose outcome it changed.",
        [("", {**labels, "rule": rule}, number) for rule, number in sorted(rules.items())],
    )
    yield (
        "pii_sandbox_request_seconds",
        "histogram",
        "How long vendor requests took, delays that were asked for included.",
        [sample for api, counts in sorted(seconds.items()) for sample in _histogram({**labels, "api": api}, counts)],
    )


def _histogram(labels: Labels, counts: Sequence[float]) -> Iterator[Sample]:
    total = 0.0
    for bound, number in zip((*map(str, BUCKETS), "+Inf"), counts, strict=False):
        total += number
        yield "_bucket", {**labels, "le": bound}, total
    yield "_sum", labels, counts[-1]
    yield "_count", labels, total


def _with_labels(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{_escape_label(value)}"' for name, value in labels.items()) + "}" if labels else ""


def _escape_label(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
