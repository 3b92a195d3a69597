"""The checkpoint of a run: what was noted is read back, and what cannot be read is refused in one line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from pii_sandbox.conformance import private_files
from pii_sandbox.conformance.history import checkpoint
from pii_sandbox.conformance.history.checkpoint import BadCheckpoint, Checkpoint, CheckpointWriter
from pii_sandbox.conformance.http.budget import Usage
from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.scenario_runner import ScenarioResult
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.findings import Coverage, Exchange, Finding
from pii_sandbox.conformance.values.scenario import Scenario
from tests.conformance.report import samples

ONE, TWO, THREE = (Scenario("VTEX-TTL-1", name, lambda _: None, frozenset()) for name in ("one", "two", "three"))
EXCHANGES = (
    Exchange(
        "vtex", "GetProfile", "GET", f"{samples.HOST}/a?b=1", {"Accept": "application/json"}, b"", 200,
        {"content-type": "application/json"}, b'{"id": "x"}', None, samples.BEGIN, 0.25, "unpacks to over 16 MB", 3,
        cut="9 bytes",
    ),
    Exchange("vtex", None, "GET", f"{samples.HOST}/b", {}, b'{"id": "y"}', None, error="ConnectError: refused"),
)  # fmt: skip
FINDING = Finding(
    "VTEX-TTL-1", "vtex", "GetProfile", "scenario", "one", "status 404", "status 200", EXCHANGES, "unstable", 2, 3
)
RESULTS = (
    ScenarioResult(ONE, FINDING, None, 0.125, {("GetProfile", 200): 2, ("GetProfile", 404): 1}),
    ScenarioResult(TWO, None, Cause("setup", "no customer", "POST /x", ("CreateProfile", 409)), 1.0),
    ScenarioResult(THREE, None, Cause("power", "the target does not grant it")),
)
USAGE = Usage(7, 2, 1.5)


def writer(folder: Path, redactor: Redactor | None = None) -> CheckpointWriter:
    return CheckpointWriter(folder, {"run": "abc12345"}, redactor or Redactor())


def read(folder: Path, *scenarios: Scenario) -> Checkpoint:
    return checkpoint.read_checkpoint(folder, scenarios or (ONE, TWO, THREE))


def lines(folder: Path) -> list[Any]:
    return [json.loads(line) for line in (folder / checkpoint.FILE).read_text("utf-8").splitlines()]


def note(progress: CheckpointWriter, results: Iterable[ScenarioResult]) -> None:
    for result in results:
        progress.note(result, USAGE)


def test_what_was_noted_is_read_back(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    note(writer(folder), RESULTS)
    past = read(folder)
    assert (past.about, past.attempts, past.usage, past.generated) == ({"run": "abc12345"}, 1, USAGE, None)
    assert past.plays == list(RESULTS)
    causes = [play.cause for play in past.plays]
    assert [cause and (cause.first, cause.failed) for cause in causes] == [
        None, ("POST /x", ("CreateProfile", 409)), ("", None),
    ]  # fmt: skip


def test_elapsed_time_is_kept_to_the_millisecond(tmp_path: Path) -> None:
    writer(tmp_path).note(ScenarioResult(ONE, elapsed_seconds=0.06251), USAGE)
    assert read(tmp_path).plays[0].elapsed_seconds == 0.063


def test_generated_calls_are_read_back(tmp_path: Path) -> None:
    coverage = Coverage({("vtex", "GetProfile"): {200: 4, 404: 1}, ("oracle", "getProfile"): {200: 2}})
    writer(tmp_path).note_generated([FINDING], coverage, 7, USAGE)
    past = read(tmp_path)
    assert past.generated == ((FINDING,), coverage, 7)
    assert (past.usage, past.plays) == (USAGE, [])


def test_each_part_of_a_run_is_counted(tmp_path: Path) -> None:
    for result in RESULTS:
        note(writer(tmp_path), [result])
    past = read(tmp_path)
    assert (past.attempts, past.about, past.plays) == (3, {"run": "abc12345"}, list(RESULTS))
    assert [line for line in lines(tmp_path) if "spent" not in line] == [
        {"progress": 2, "run": "abc12345"}, {"resumed": True}, {"resumed": True},
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["network", "unavailable", "throttled", "credentials", "stopped"])
def test_of_a_scenario_that_is_to_be_played_again_the_usage_alone_is_noted(kind: Any, tmp_path: Path) -> None:
    writer(tmp_path).note(ScenarioResult(ONE, cause=Cause(kind, "it went away")), USAGE)
    past = read(tmp_path)
    assert (past.plays, past.usage) == ([], USAGE)


def test_nothing_personal_is_noted_of_causes_and_generated_calls(tmp_path: Path) -> None:
    progress = writer(tmp_path, Redactor(known_values={"Zoraida": "firstName"}))
    progress.note(ScenarioResult(ONE, cause=Cause("setup", "Zoraida could not be set up")), USAGE)
    path = "/api/storage/profile-system/profiles"
    call = samples.exchange("vtex", "CreateClientProfile", "POST", path, request_body={"lastName": "Zx-Quill"})
    progress.note_generated([samples.finding("VTEX-TTL-1", call, seen="Zx-Quill")], Coverage(), 1, USAGE)
    text = (tmp_path / checkpoint.FILE).read_text("utf-8")
    assert "name#" in text
    assert "Zoraida" not in text
    assert "Zx-Quill" not in text


def test_a_scenario_that_is_no_more_is_left_out(tmp_path: Path) -> None:
    note(writer(tmp_path), RESULTS)
    assert read(tmp_path, TWO).plays == [RESULTS[1]]


def test_each_line_is_on_disk_before_the_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda _: synced.append(len(lines(tmp_path))))
    note(writer(tmp_path), RESULTS)
    assert synced == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("error", "why"), [(OSError(28, "No space left on device"), "No space left on device"), (OSError("gone"), "gone")]
)
def test_a_file_that_cannot_be_written_any_more_is_told_and_gets_no_later_lines(
    error: OSError, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> Any:
        raise error

    progress = writer(tmp_path)
    assert progress.failure is None
    with monkeypatch.context() as patch:
        patch.setattr(private_files, "append", refuse)
        note(progress, RESULTS[:1])
    note(progress, RESULTS[1:])
    assert progress.failure == f"{tmp_path}/progress.jsonl cannot be written, so this run cannot be resumed: {why}"
    assert len(lines(tmp_path)) == 1


def test_a_checkpoint_is_deleted_where_there_is_one(tmp_path: Path) -> None:
    writer(tmp_path)
    for _ in range(2):
        checkpoint.delete(tmp_path)
        assert list(tmp_path.iterdir()) == []


def test_a_line_that_was_cut_off_is_left_out_and_the_next_one_stands_alone(tmp_path: Path) -> None:
    note(writer(tmp_path), RESULTS[:1])
    file = tmp_path / checkpoint.FILE
    whole = file.read_text("utf-8")
    file.write_text(f'{whole}{{"rule": "VT', "utf-8")
    assert read(tmp_path).plays == [RESULTS[0]]
    assert file.read_text("utf-8") == whole
    note(writer(tmp_path), RESULTS[1:])
    assert read(tmp_path).plays == list(RESULTS)


def test_a_checkpoint_whose_lines_are_complete_is_not_written_to(tmp_path: Path) -> None:
    note(writer(tmp_path), RESULTS)
    before = (tmp_path / checkpoint.FILE).stat()
    read(tmp_path)
    after = (tmp_path / checkpoint.FILE).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


HEAD = '{"progress": 2}\n'


@pytest.mark.parametrize(
    "text",
    [
        "", "no\n", "{}\n", "3\n", "[]\n", "[1]\n", f"{HEAD}[]\n", f"{HEAD}3\n",
        f'{HEAD}{{"spent": {{"euros": 3}}}}\n', f'{HEAD}{{"rule": "VTEX-TTL-1", "scenario": "one"}}\n',
    ],
)  # fmt: skip
def test_a_damaged_checkpoint_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / checkpoint.FILE).write_text(text, "utf-8")
    with pytest.raises(BadCheckpoint, match=r"^\S+/progress\.jsonl is damaged; start a new run without --resume$"):
        read(tmp_path)


@pytest.mark.parametrize("number", [1, 3])
def test_the_checkpoint_of_another_version_is_told(number: int, tmp_path: Path) -> None:
    (tmp_path / checkpoint.FILE).write_text(f'{{"progress": {number}}}\n', "utf-8")
    with pytest.raises(BadCheckpoint, match="was written by another version of pii-sandbox; start a new run"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("error", "why"),
    [(FileNotFoundError(2, "No such file or directory"), "No such file or directory"), (OSError("gone"), "gone")],
)
def test_a_folder_without_a_checkpoint_is_told(
    error: OSError, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> str:
        raise error

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(BadCheckpoint) as told:
        read(tmp_path)
    assert str(told.value) == (
        f"{tmp_path} contains no run to resume: {why}. Give the --report folder of an earlier run"
    )
