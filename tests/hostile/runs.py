"""Runs of `pii-sandbox check` in a process of their own: how they end, how long they take, what memory they need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conformance.staged_runs import ENVIRONMENT, TARGET
from tests.hostile.campaign import Mode

LIMITS = "requests = {requests}\nminutes = {minutes}\n[answers]\nseconds = 1.0"
RETRY = "[retry]\nattempts = 1\nbackoff_seconds = 0.05\nbreaker_seconds = 1\n[limits]"


@dataclass(frozen=True)
class Run:
    """A run that ended. `output` is what it showed, `folder` holds its reports, `megabytes` is what it took at most."""

    code: int
    seconds: float
    megabytes: float
    output: str
    folder: Path

    @property
    def report(self) -> Any:
        return json.loads((self.folder / "report.json").read_text("utf-8"))


def target_file(folder: Path, url: str, mode: Mode, minutes: float) -> Path:
    file = folder / "hostile.toml"
    listed = ", ".join(f'"{power}"' for power in mode.powers)
    text = TARGET.format(url=url, powers=listed, limits=LIMITS.format(minutes=minutes, requests=mode.requests))
    head = f'control_url = "{url}/_sandbox/v1"\n' if mode.controlled else ""
    file.write_text(head + text.replace("[limits]", RETRY, 1), "utf-8")
    return file


def check(folder: Path, target: Path, *options: str, patience: float) -> Run:
    """Runs `check`; one that does not end within `patience` seconds is killed and fails."""
    reports = folder / "reports"
    return command(folder, "check", "--target", str(target), "--report", str(reports), "--seed", "7", *options,
                   patience=patience)  # fmt: skip


def command(folder: Path, *arguments: str, patience: float) -> Run:
    """Runs a command of pii-sandbox."""
    log = folder / f"{arguments[0]}.txt"
    began = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "pii_sandbox", *arguments],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **ENVIRONMENT},
            cwd=folder,
        )
        megabytes = 0.0
        while (code := process.poll()) is None:
            megabytes = max(megabytes, _peak_megabytes(process.pid))
            if time.monotonic() - began > patience:
                process.kill()
                process.wait()
                raise AssertionError(f"the run did not end within {patience:g} s:\n{log.read_text('utf-8')[-3000:]}")
            time.sleep(0.05)
    output = log.read_bytes().decode("utf-8", "backslashreplace")
    return Run(code, time.monotonic() - began, megabytes, output, folder / "reports")


def _peak_megabytes(pid: int) -> float:
    """What the process took at most so far. The system's account of ended processes counts what its parent had, too."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:  # another system, or it has just ended
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0.0)
