"""Reproduces findings of a sandbox that is reached in this process."""

from __future__ import annotations

from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.repro import Reproducer, Reproduction
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.values.findings import Finding

BASE = "http://sandbox.test"
TARGET = local_sandbox(BASE)


def reproduce(*findings: Finding) -> Reproduction:
    redactor = Redactor("guide", public=["r7k2"])
    for one in findings:
        redactor.learn_finding(one)
    return Reproducer(redactor, TARGET).of(findings[0])
