"""A report in which hostile texts stand wherever something that came back can stand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from pii_sandbox.conformance.report import write
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
    write(samples.run(*findings, generated=generated), folder, samples.target())
