"""The files of a report: which are written, who may read them, and what is told of those that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from pii_sandbox import specs
from pii_sandbox.conformance import private_files
from pii_sandbox.conformance import report as reporting
from pii_sandbox.conformance.report import FORMS, WriteResult, documents_uri, write, write_report
from tests.conformance.report.small_runs import FOUND, breaking, rule, run, small_report

BROKEN = breaking(1, FOUND)


@pytest.mark.parametrize(("revealed", "asked"), [(None, 0o666), ("ticket 9", 0o600)])
def test_a_report_that_shows_personal_data_is_its_owners_alone(
    revealed: str | None, asked: int, tmp_path: Path
) -> None:
    written = write(run(BROKEN, revealed=revealed), tmp_path / "report")
    other = tmp_path / "other"
    other.touch(asked)  # less what the system's mask forbids
    assert {file.stat().st_mode for file in written.files} == {other.stat().st_mode}


def test_the_forms_and_the_documents_that_they_point_at_are_written(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    for _ in range(2):
        written = write(run(BROKEN), folder)
        document = folder / "documents" / "vtex_profile_system.yaml"
        assert written == WriteResult((*(folder / name for name in FORMS), document))
        assert document.read_bytes() == specs.path("vtex_profile_system").read_bytes()
    assert not written.faulty
    assert not WriteResult(()).faulty
    assert all(file.stat().st_size for file in written.files)


def test_with_documents_elsewhere_none_are_written(tmp_path: Path) -> None:
    written = write(run(BROKEN), tmp_path, sarif_root="specs")
    assert [file.name for file in written.files] == list(FORMS)
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(FORMS)


@pytest.mark.parametrize(
    ("error", "why"), [(OSError(28, "No space left on device"), "No space left on device"), (OSError("gone"), "gone")]
)
def test_files_that_cannot_be_written_are_told_and_are_no_fault(
    error: OSError, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(private_files, "replace", refuse)
    written = write(run(rule(1, "conforms")), tmp_path)
    assert written == WriteResult((), tuple(f"{tmp_path / name} could not be written: {why}" for name in FORMS))


def test_a_form_that_cannot_be_made_is_a_fault_and_keeps_no_other_from_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> str:
        raise RuntimeError("of a person")

    monkeypatch.setattr(reporting, "FORMS", {**FORMS, "junit.xml": fail})
    written = write_report(small_report(run(rule(1, "conforms"))), tmp_path)
    assert [file.name for file in written.files] == [name for name in FORMS if name != "junit.xml"]
    (failure,) = written.failures
    assert written.faulty
    assert "junit.xml: RuntimeError" in failure
    assert "person" not in failure


@pytest.mark.parametrize(
    ("folder", "root", "uri"),
    [
        ("report", None, "report/documents"),
        ("my report", None, "my%20report/documents"),
        ("report", "api/openapi/", "api/openapi"),
        ("report", "api\\openapi", "api/openapi"),
        ("report", "my api", "my%20api"),
        ("report", "https://example.org/a%20b", "https://example.org/a%20b"),
        ("report", "/", "."),
        ("report", "", "."),
        ("../report", None, "file://{above}/report/documents"),
    ],
)
def test_locations_are_relative_to_the_current_folder_where_the_report_is_below_it(
    folder: str, root: str | None, uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    assert documents_uri(Path(folder), root) == uri.format(above=tmp_path)
