"""Files that hold what a run saw: no link is followed, and nobody else may read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pii_sandbox.conformance import private_files
from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.values.errors import CannotCheck


def test_a_ledger_follows_no_link(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("as it was", "utf-8")
    (tmp_path / "ledger.jsonl").symlink_to(other)
    with pytest.raises(CannotCheck, match="symbolic links"):
        Ledger(tmp_path / "ledger.jsonl", {"run": "abc12345"}).record_intent("vtex", "CreateProspect")
    assert other.read_text("utf-8") == "as it was"


def test_a_ledger_is_its_owners_alone(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl", {"run": "abc12345"})
    ledger.record_intent("vtex", "CreateProspect")
    ledger.close()
    assert (tmp_path / "ledger.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("link", ["report.json", ".report.json.new"])
def test_a_file_that_is_replaced_leaves_what_a_link_points_to(link: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("as it was", "utf-8")
    (tmp_path / link).symlink_to(other)
    private_files.replace(tmp_path / "report.json", "new")
    assert other.read_text("utf-8") == "as it was"
    assert (tmp_path / "report.json").read_text("utf-8") == "new"
    assert not (tmp_path / "report.json").is_symlink()
    assert (tmp_path / "report.json").stat().st_mode & 0o777 == 0o600


def test_a_file_that_others_may_read_is_its_owners_alone_once_it_is_appended_to(tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"
    file.write_text("one\n", "utf-8")
    file.chmod(0o644)
    with private_files.append(file) as out:
        out.write("two\n")
    assert file.read_text("utf-8") == "one\ntwo\n"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_link_that_somebody_puts_there_in_between_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.write_text("as it was", "utf-8")
    monkeypatch.setattr(Path, "unlink", lambda self, missing_ok: self.symlink_to(other))
    with pytest.raises(FileExistsError):
        private_files.replace(tmp_path / "report.json", "new")
    assert other.read_text("utf-8") == "as it was"


def test_a_file_that_cannot_be_replaced_leaves_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "report.json" / "kept").mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        private_files.replace(tmp_path / "report.json", "new")
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]
