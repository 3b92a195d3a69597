"""`check` against a sandbox that poses as a vendor and answers in some manner."""

from __future__ import annotations

import functools
import json
import math
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from unittest import mock

import httpx
from click.testing import CliRunner

from pii_sandbox.checking import run
from pii_sandbox.cli.group import main
from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.specs import Dialect
from tests.conformance.staged_runs import ENVIRONMENT, ReceivedRequest, staging, target_file

ONE_KEY = 'user_profile_id = "ddsd23223"\n'
ALL_KEYS = f'{ONE_KEY}phone = "5511999998888"\nemail = "customer@example.com"\ndocument = "12345678900"\n'


class VendorClock:
    """The clock of a run, whose long waits move the vendor's clock instead of passing.

    VTEX asks for 30 seconds between two reads of a job.
    """

    def __init__(self, behind: str) -> None:
        self._behind = behind
        self._ahead_seconds = 0
        self._lock = threading.Lock()

    def now(self) -> float:
        return time.monotonic() + self._ahead_seconds

    def sleep(self, seconds: float) -> None:
        if seconds < 1:
            time.sleep(seconds)
            return
        with self._lock:
            moved = math.ceil(seconds)
            url = f"{self._behind}/_sandbox/v1/clock/advance"
            httpx.post(url, json={"seconds": moved}, trust_env=False).raise_for_status()
            self._ahead_seconds += moved


def outcomes(
    behind: str,
    manner: Callable[[ReceivedRequest], httpx.Response],
    api: str,
    dialect: Dialect,
    rules: Iterable[str],
    folder: Path,
) -> tuple[dict[str, str], str]:
    """The outcome of each rule that was played, all of the API if none is named, and what `check` printed.

    The run is no failure: that is asserted here.
    """
    chosen = tuple(part for rule in rules for part in ("--rule", rule))
    with staging(behind, manner) as host:
        file = target_file(folder, host.url, "read", "write", "delete", "erase", limits="requests_per_second = 500")
        head = f'name = "staging"\ndialect = "{dialect}"'
        data = f'[oracle.data]\nprofile_id = "{_oracle_profile(behind)}"\n'
        text = file.read_text("utf-8").replace('name = "staging"', head).replace(ONE_KEY, ALL_KEYS)
        file.write_text(text + data, "utf-8")
        report = folder / "report"
        arguments = ("--target", str(file), "--report", str(report), "--only", "scenarios", "--api", api)
        clock = VendorClock(behind)
        with mock.patch.object(run, "Sender", functools.partial(Sender, clock=clock.now, sleep=clock.sleep)):
            result = CliRunner().invoke(main, ["check", *arguments, *chosen], env=ENVIRONMENT)
    assert result.exit_code == 0, result.output
    rule_reports = json.loads((report / "report.json").read_text("utf-8"))["rules"]
    return {rule["rule"]: rule["outcome"] for rule in rule_reports}, result.output


def _oracle_profile(behind: str) -> str:
    """The id of a profile that a run may read."""
    documents = httpx.get(f"{behind}/_sandbox/v1/documents/oracle/profiles", trust_env=False).json()["documents"]
    identifier: str = documents[0]["id"]
    return identifier
