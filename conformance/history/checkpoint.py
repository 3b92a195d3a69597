"""What a run has come to so far, on disk, so that `--resume` can do the rest. Holds nothing in clear.

One JSON object a line: first about the run, then a line for each scenario that was played, and one for the generated
calls. A line that was cut off in mid-write is left out.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pii_sandbox.conformance import private_files
from pii_sandbox.conformance.http.budget import Usage
from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.scenario_runner import ScenarioResult
from pii_sandbox.conformance.values.causes import RESUMABLE, Cause, CauseKind
from pii_sandbox.conformance.values.findings import Coverage, Exchange, Finding
from pii_sandbox.conformance.values.scenario import Scenario

FORMAT = 2
FILE = "progress.jsonl"


class BadCheckpoint(Exception):
    """A folder that holds no run to go on with; the message is one line for the user."""


@dataclass(slots=True)
class Checkpoint:
    """What an earlier part of the run did. `generated` None: the generated calls were not made, or not all.

    `attempts` counts its parts, `usage` is what they used of the target's limits.
    """

    about: Mapping[str, Any]
    attempts: int = 1
    usage: Usage = field(default_factory=Usage)
    plays: list[ScenarioResult] = field(default_factory=list)
    generated: tuple[tuple[Finding, ...], Coverage, int] | None = None


class CheckpointWriter:
    """Notes each scenario as it ends. Safe to share between threads.

    A file that cannot be written any more (a full disk) ends no run: `failure` then says why, and nothing is noted.
    """

    def __init__(self, folder: Path, about: Mapping[str, Any], redactor: Redactor) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.failure: str | None = None
        self._file = folder / FILE
        self._redactor = redactor
        self._lock = threading.Lock()
        self._append({"resumed": True} if self._file.exists() else {"progress": FORMAT, **about})

    def note(self, result: ScenarioResult, usage: Usage) -> None:
        """Notes a scenario, unless it is to be played again by `--resume`, and what the run has used so far."""
        if result.stopped or (result.cause is not None and result.cause.kind in RESUMABLE):
            self._line({"spent": asdict(usage)})
            return
        statuses = [[name, status, count] for (name, status), count in result.statuses.items()]
        self._line(
            {
                "rule": result.scenario.rule,
                "scenario": result.scenario.name,
                "cause": None if result.cause is None else self._cause(result.cause),
                "elapsed_seconds": round(result.elapsed_seconds, 3),
                "statuses": statuses,
                "finding": None if result.finding is None else self._finding(result.finding),
                "spent": asdict(usage),
            }
        )

    def note_generated(self, findings: Iterable[Finding], coverage: Coverage, calls: int, usage: Usage) -> None:
        """Notes that all generated calls were made, and what they came to."""
        statuses = [
            [api, name, status, count]
            for (api, name), seen in coverage.statuses.items()
            for status, count in seen.items()
        ]
        found = [self._finding(finding) for finding in findings]
        self._line({"generated": found, "statuses": statuses, "calls": calls, "spent": asdict(usage)})

    def _cause(self, cause: Cause) -> list[Any]:
        return [cause.kind, self._redactor.sentence(cause.text), cause.first, cause.failed]

    def _finding(self, finding: Finding) -> dict[str, Any]:
        shown = self._redactor.finding(finding)
        fields = {name: getattr(shown, name) for name in _FINDING}
        return {**fields, "exchanges": [_exchange(exchange) for exchange in shown.exchanges]}

    def _line(self, value: Mapping[str, Any]) -> None:
        with self._lock:
            if self.failure is not None:
                return
            try:
                self._append(value)
            except OSError as error:
                why = error.strerror or error
                self.failure = f"{self._file} cannot be written, so this run cannot be resumed: {why}"

    def _append(self, value: Mapping[str, Any]) -> None:
        with private_files.append(self._file) as out:
            out.write(json.dumps(value, ensure_ascii=False) + "\n")
            out.flush()
            os.fsync(out.fileno())


def delete(folder: Path) -> None:
    """Makes room for a new run."""
    (folder / FILE).unlink(missing_ok=True)


def read_checkpoint(folder: Path, registry: Iterable[Scenario]) -> Checkpoint:
    """What was done so far. Raises BadCheckpoint where the folder does not say."""
    file = folder / FILE
    known = {(scenario.rule, scenario.name): scenario for scenario in registry}
    try:
        whole, _, torn = file.read_text("utf-8").rpartition("\n")
        about, *lines = [json.loads(line) for line in whole.split("\n")]  # not at U+2028 within a text
        if about.pop("progress") != FORMAT:
            raise BadCheckpoint(
                f"{file} was written by another version of pii-sandbox; start a new run without --resume"
            )
        past = Checkpoint(about)
        for line in lines:
            if "spent" in line:
                past.usage = Usage(**line["spent"])
            if "resumed" in line:
                past.attempts += 1
            elif "generated" in line:
                past.generated = _generated_result(line)
            elif (line.get("rule"), line.get("scenario")) in known:
                past.plays.append(_scenario_result(known[line["rule"], line["scenario"]], line))
    except OSError as error:
        raise BadCheckpoint(
            f"{folder} contains no run to resume: {error.strerror or error}. Give the --report folder of an earlier run"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadCheckpoint(f"{file} is damaged; start a new run without --resume") from error
    if torn:
        private_files.replace(file, whole + "\n")
    return past


_FINDING = ("rule", "api", "operation_id", "source", "name", "expected", "seen", "standing", "broken", "played")
_BODIES = ("request_body", "response_body")
_PLAIN = (
    "api", "operation_id", "method", "url", "request_headers", "status", "response_headers", "error", "elapsed_seconds",
    "oversize", "surplus", "cut",
)  # fmt: skip


def _exchange(exchange: Exchange) -> dict[str, Any]:
    plain = {name: getattr(exchange, name) for name in _PLAIN}
    bodies = {name: getattr(exchange, name).decode("utf-8", "backslashreplace") for name in _BODIES}
    return {**plain, **bodies, "sent_at": None if exchange.sent_at is None else exchange.sent_at.isoformat()}


def _exchange_of(line: Mapping[str, Any]) -> Exchange:
    bodies = {name: line[name].encode() for name in _BODIES}
    at = None if line["sent_at"] is None else datetime.fromisoformat(line["sent_at"])
    return Exchange(**{name: line[name] for name in _PLAIN}, **bodies, sent_at=at)


def _finding_of(line: Mapping[str, Any]) -> Finding:
    exchanges = tuple(_exchange_of(exchange) for exchange in line["exchanges"])
    return Finding(**{name: line[name] for name in _FINDING}, exchanges=exchanges)


def _scenario_result(scenario: Scenario, line: Mapping[str, Any]) -> ScenarioResult:
    return ScenarioResult(
        scenario,
        None if line["finding"] is None else _finding_of(line["finding"]),
        None if line["cause"] is None else _cause_of(*line["cause"]),
        line["elapsed_seconds"],
        {(name, status): count for name, status, count in line["statuses"]},
    )


def _cause_of(kind: CauseKind, text: str, first: str = "", failed: list[Any] | None = None) -> Cause:
    return Cause(kind, text, first, None if failed is None else (str(failed[0]), int(failed[1])))


def _generated_result(line: Mapping[str, Any]) -> tuple[tuple[Finding, ...], Coverage, int]:
    statuses: dict[tuple[str, str], dict[int, int]] = {}
    for api, name, status, count in line["statuses"]:
        statuses.setdefault((api, name), {})[status] = count
    return tuple(_finding_of(finding) for finding in line["generated"]), Coverage(statuses), line["calls"]
