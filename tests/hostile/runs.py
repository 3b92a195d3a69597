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
        megabytes = 0.0
        while (code := process.poll()) is None:
            megabytes = max(megabytes, _peak_megabytes(process.pid))
            if time.monotonic() - began > patience:
                process.kill()
                process.wait()
                raise AssertionError(f"the run did not end within {patience:g} s:\n{log.read_text('utf-8')[-3000:]}")
            time.sleep(0.05)
    return Run(
        code,
        time.monotonic() - began,
        megabytes,
        log.read_bytes().decode("utf-8", "backslashreplace"),
        reports,
    )


def _peak_megabytes(pid: int) -> float:
    """What the process took at most so far. The system's account of ended processes counts what its parent had, too."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:  # another system, or it has just ended
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0.0)
