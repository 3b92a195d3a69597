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
