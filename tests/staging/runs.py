"""Runs of `check` on a misbehaving host: what they come to, and what they leave behind."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from click.testing import CliRunner

from pii_sandbox.cli.group import main
from tests.conformance.staged_runs import ENVIRONMENT
from tests.staging.weather import MOST_BYTES

TARGET = """
name = "staging"
powers = [{powers}]
settle_seconds = {settle_seconds}
[answers]
wire_bytes = {most_bytes}
[retry]
backoff_seconds = 0.01
breaker_seconds = 0.1
[newstore]
url = "{url}"
[newstore.credentials.full]
Authorization = "Bearer STAGING_NEWSTORE"
[fashionai]
url = "{url}"
[fashionai.credentials.full]
X-FashionAI-APP-Token = "STAGING_FASHIONAI"
[fashionai.data]
user_profile_id = "ddsd23223"
"""
LOGIN = """
[newstore.login]
username = "STAGING_USER"
password = "STAGING_PASSWORD"
"""
LOGINS_ALONE = """
name = "staging"
powers = ["read", "write", "delete"]
settle_seconds = 0
[retry]
backoff_seconds = 0.01
[newstore]
url = "{url}"
[newstore.login]
username = "STAGING_USER"
password = "STAGING_PASSWORD"
[oracle]
url = "{url}"
[oracle.credentials.application]
Authorization = "Bearer STAGING_APPLICATION_KEY"
[oracle.data]
profile_id = "110658"
"""
LOGIN_ENVIRONMENT = {
    "STAGING_USER": "sandbox",
    "STAGING_PASSWORD": "sandbox",
    "STAGING_APPLICATION_KEY": "sandbox-application-key",
}
READING = ("FAI-GET", "FAI-AUTH", "NS-LIST", "NS-ERR")
WRITING = ("NS-GOC", "NS-LOCK", "NS-ADDR", "NS-DATA-1")
COLLECTIONS = (("newstore", "profiles"), ("newstore", "addresses"), ("newstore", "data"))


@dataclass(frozen=True)
class CheckResult:
    """What a run came to."""

    code: int
    output: str
    report: Mapping[str, Any]

    @property
    def outcomes(self) -> Mapping[str, str]:
        return {rule["rule"]: rule["outcome"] for rule in self.report["rules"]}

    @property
    def reasons(self) -> list[str]:
        return [reason for rule in self.report["rules"] for reason in rule["reasons"]]

    @property
    def convicted(self) -> dict[str, str]:
        """Rules that are said to be broken, unstable or other than assumed."""
        return {rule: outcome for rule, outcome in self.outcomes.items() if outcome not in ("conforms", "not checked")}


def check(
    folder: Path,
    url: str,
    *,
    writes: bool,
    settle_seconds: float = 0,
    more: Sequence[str] = ("--only", "scenarios"),
    apis: Sequence[str] = (),
    rules: Sequence[str] = (),
    last: str = "",
    target: str = TARGET,
    environment: Mapping[str, str] = LOGIN_ENVIRONMENT,
) -> CheckResult:
    """What a run of some rules comes to, of all rules of `apis` where they are named. `last` ends the target file."""
    powers = '"read", "write", "delete"' if writes else '"read"'
    file = folder / "staging.toml"
    table = target.format(url=url, powers=powers, settle_seconds=settle_seconds, most_bytes=MOST_BYTES)
    file.write_text(table + last, "utf-8")
    played = apis or (("newstore",) if writes else ("newstore", "fashionai"))
    rules = rules or (() if apis else WRITING if writes else READING)
    chosen = [part for rule in rules for part in ("--rule", rule)]
    chosen += [part for api in played for part in ("--api", api)]
    arguments = ["check", "--target", str(file), "--report", str(folder / "report"), *chosen, *more]
    result = CliRunner().invoke(main, arguments, env={**ENVIRONMENT, **environment})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert (folder / "report" / "report.json").exists(), result.output
    return CheckResult(
        result.exit_code, result.output, json.loads((folder / "report" / "report.json").read_text("utf-8"))
    )


def all_documents(behind: str) -> dict[tuple[str, str], Any]:
    """All that the sandbox holds, after the deletions that the vendor makes later."""
    httpx.post(f"{behind}/_sandbox/v1/clock/advance", json={"days": 1}, trust_env=False)
    with httpx.Client(trust_env=False, base_url=f"{behind}/_sandbox/v1/documents") as client:
        return {(api, name): client.get(f"/{api}/{name}?count=1000").json() for api, name in COLLECTIONS}
