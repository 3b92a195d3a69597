"""A report in which hostile texts stand wherever something that came back can stand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from pii_sandbox.conformance.report import write
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.observations import Drift, Observations
from tests.conformance.report import samples
from tests.hostile.hostile_texts import TEXTS

READ = samples.exchange("vtex", "GetProfile", "GET", f"/api/storage/profile-system/profiles/{samples.UUID}")


def write_hostile_report(folder: Path) -> None:
    findings = [
        samples.finding(
            "VTEX-MASK-1",
            replace(
                READ,
                response_headers={"content-type": "application/json", "x-odd": text[:300]},
                response_body=json.dumps({"reason": text, text: 1}).encode(),
            ),
            expected=text,
            seen=text,
        )
        for text in TEXTS
    ]
    generated = [
        replace(samples.finding("generated:odd", READ, seen=text), source="generated", name="odd") for text in TEXTS[:3]
    ]
    run = samples.run(*findings, generated=generated, facts={"pii-sandbox": "0.1.0", "told": [*TEXTS]})
    causes = tuple(Cause("setup", text) for text in TEXTS)
    rules = tuple(replace(rule, causes=causes) if rule.verdict == "not checked" else rule for rule in run.rules)
    drift = tuple(Drift("vtex", "GetProfile", text) for text in TEXTS)
    write(replace(run, rules=rules, observations=Observations(drift=drift)), folder, samples.target())
