"""Reproduces findings of a sandbox that is reached in this process; steps made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.repro import Reproducer, Reproduction
from pii_sandbox.conformance.repro.assertions import Assertion
from pii_sandbox.conformance.repro.python import function
from pii_sandbox.conformance.repro.steps import Path, Step
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.values.findings import Finding
from tests.conformance.report.samples import exchange

BASE = "http://sandbox.test"
TARGET = local_sandbox(BASE)
WORDS = ("NS-LOCK-1, it is so", "expected one update", "saw two")  # of a finding
SEEN = Assertion(seen=(200,))


def reproduce(*findings: Finding) -> Reproduction:
    redactor = Redactor("guide", public=["r7k2"])
    for one in findings:
        redactor.learn_finding(one)
    return Reproducer(redactor, TARGET).of(findings[0])


def step(
    method: str = "GET",
    url: str = "/things",
    *,
    kind: str = "empty",
    body: Any = "",
    headers: Mapping[str, str] | None = None,
    takes: Mapping[str, Path] | None = None,
    group: int = 0,
    status: int | None = 200,
    answer: Any = None,
) -> Step:
    """A step as the planner makes it; `status` and `answer` are those of the call that it repeats."""
    call = exchange("newstore", "getProfile", method, url, status=status, response_body=answer)
    return Step(method, url, dict(headers or {}), kind, body, group, call, dict(takes or {}))


def code_of(*steps: Step, assertion: Assertion = SEEN, name: str = "it_is_so") -> str:
    """The pytest module of these steps."""
    return function(name, WORDS, steps, assertion)
