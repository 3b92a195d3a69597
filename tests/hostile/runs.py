"""Runs of `pii-sandbox check` in a process of their own: how they end, how long they take, what memory they need."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.staged_runs import ENVIRONMENT, TARGET

LIMITS = "requests = 5000\nminutes = {minutes}\n[answers]\nseconds = 1.0"
RETRY = "settle_seconds = 0\n[retry]\nattempts = 1\nbackoff_seconds = 0.05\nbreaker_seconds = 1\n[limits]"


@dataclass(frozen=True)
class Run:
    """A run that ended. `output` is what it showed, `folder` holds its reports, `megabytes` is what it took at most."""

    code: int
    seconds: float
    megabytes: float
    output: str
    folder: Path


def target_file(folder: Path, url: str, powers: Sequence[str] = (), minutes: float = 1.0) -> Path:
    file = folder / "hostile.toml"
    listed = ", ".join(f'"{power}"' for power in powers)
    text = TARGET.format(url=url, powers=listed, limits=LIMITS.format(minutes=minutes))
    file.write_text(text.replace("[limits]", RETRY, 1), "utf-8")
    return file


def check(folder: Path, target: Path, *options: str, patience: float) -> Run:
    """Runs `check`; one that does not end within `patience` seconds is killed and fails."""
    reports = folder / "reports"
    command = [sys.executable, "-m", "pii_sandbox", "check", "--target", str(target), "--report", str(reports),
               "--seed", "7", *options]  # fmt: skip
    log = folder / "output.txt"
    began = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **ENVIRONMENT}, cwd=folder
        )
        while True:
            number, status, used = os.wait4(process.pid, os.WNOHANG)
            if number:
                break
            if time.monotonic() - began > patience:
                process.kill()
                process.wait()
                raise AssertionError(f"the run did not end within {patience:g} s:\n{log.read_text('utf-8')[-3000:]}")
            time.sleep(0.05)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(
        process.returncode,
        time.monotonic() - began,
        used.ru_maxrss / 1024,
        log.read_bytes().decode("utf-8", "backslashreplace"),
        reports,
    )
