"""When each rule was last seen true."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from pii_sandbox.cli.group import main
from pii_sandbox.conformance import private_files
from pii_sandbox.conformance.history import last_seen
from tests.conformance.report import samples


def test_conforming_rules_are_recorded_and_earlier_records_stay(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "folder" / "record.json"
    last_seen.update_last_seen(file, samples.run())
    broken = samples.run(samples.finding("NS-LOCK-1"))
    later = replace(broken, target="production", started_at=samples.BEGIN + timedelta(days=3))
    held = last_seen.update_last_seen(file, later)
    seen = last_seen.read_last_seen(file)
    assert seen["NS-LOCK-1"] == {"staging": date(2026, 1, 31)}
    assert seen["NS-LOCK-2"] == {"staging": date(2026, 1, 31), "production": date(2026, 2, 3)}
    assert "OCC-LANG-1" not in seen
    assert held == len(seen) - 1
    assert [one.name for one in file.parent.iterdir()] == ["record.json"]


@pytest.mark.parametrize("link", ["record.json", ".record.json.new"])
def test_a_record_is_written_through_no_link(link: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    last_seen.update_last_seen(other, samples.run())
    before = other.read_text("utf-8")
    (tmp_path / link).symlink_to(other)
    later = replace(samples.run(), target="production")
    last_seen.update_last_seen(tmp_path / "record.json", later)
    assert other.read_text("utf-8") == before
    assert "production" in (tmp_path / "record.json").read_text("utf-8")


def test_an_older_run_does_not_turn_the_clock_back(tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    last_seen.update_last_seen(file, samples.run())
    last_seen.update_last_seen(file, replace(samples.run(), started_at=samples.BEGIN - timedelta(days=9)))
    assert last_seen.read_last_seen(file)["NS-LOCK-1"] == {"staging": date(2026, 1, 31)}


def test_a_record_has_a_line_for_each_day_in_the_order_of_names(tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    first, second = samples.run().rules[:2]
    run = replace(samples.run(), target="Köln")
    last_seen.update_last_seen(file, replace(run, rules=(second, first)))
    last_seen.update_last_seen(file, replace(run, rules=(first,), target="Aachen"))
    lines = [f'    "{first.rule}": {{', '      "Aachen": "2026-01-31",', '      "Köln": "2026-01-31"', "    },"]
    lines += [f'    "{second.rule}": {{', '      "Köln": "2026-01-31"', "    }"]
    head = ["{", '  "format": "pii-sandbox-record",', '  "version": 1,', '  "last_seen_true": {']
    assert file.read_text("utf-8") == "\n".join([*head, *lines, "  }", "}", ""])


def test_a_record_may_be_read_by_all_who_work_on_the_project(tmp_path: Path) -> None:
    last_seen.update_last_seen(tmp_path / "record.json", samples.run())
    other = tmp_path / "other"
    other.touch(0o644)  # less what the system's mask forbids
    assert (tmp_path / "record.json").stat().st_mode == other.stat().st_mode


@pytest.mark.parametrize("name", ["file/record.json", "folder"])
def test_a_record_that_cannot_be_written_or_read_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(last_seen.BadRecord, match=r"cannot be (written|read)"):
        last_seen.update_last_seen(tmp_path / name, samples.run())


def test_a_record_that_cannot_be_put_in_place_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_files, "replace", refuse)
    with pytest.raises(last_seen.BadRecord, match=r"record.json cannot be written: No space left on device$"):
        last_seen.update_last_seen(tmp_path / "record.json", samples.run())


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ({}, ""),
        ({"staging": date(2026, 1, 31)}, "last seen true at staging on 2026-01-31"),
        (
            {"staging": date(2026, 1, 31), "sandbox": date(2026, 2, 1)},
            "last seen true at staging on 2026-01-31, at sandbox on 2026-02-01",
        ),
    ],
)
def test_when_a_rule_was_last_seen_true_in_words(targets: dict[str, date], words: str) -> None:
    assert last_seen.last_seen_summary(targets) == words


HEAD = '{"format": "pii-sandbox-record", "version": 1'


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", '{"format": "pii-sandbox-record", "version": 2}', '{"format": 1}', f"{HEAD}}}",
        '{"format": "another", "version": 1, "last_seen_true": {}}',
        '{"format": "pii-sandbox-record", "version": 2, "last_seen_true": {}}',
        f'{HEAD}, "last_seen_true": []}}', f'{HEAD}, "last_seen_true": {{"A": {{"staging": 3}}}}}}',
    ],
)  # fmt: skip
def test_a_file_that_is_no_record_is_refused_and_left_alone(text: str, tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    file.write_text(text)
    with pytest.raises(last_seen.BadRecord):
        last_seen.update_last_seen(file, samples.run())
    assert file.read_text() == text


def test_the_rules_tell_when_they_were_last_seen_true(tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    last_seen.update_last_seen(file, samples.run())
    run = CliRunner().invoke
    line = run(main, ["rules", "--api", "oracle", "--record", str(file)]).output.splitlines()[0]
    assert line.endswith("(last seen true at staging on 2026-01-31)")
    assert "at staging on 2026-01-31" in run(main, ["rules", "OCC-GET-1", "--record", str(file)]).output
    explained = json.loads(run(main, ["rules", "OCC-GET-1", "--json", "--record", str(file)]).output)
    assert explained[0]["last_seen_true"] == {"staging": "2026-01-31"}


def test_the_usual_record_is_found_without_being_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "last seen" not in CliRunner().invoke(main, ["rules", "OCC-GET-1"]).output
    last_seen.update_last_seen(Path("pii-sandbox-record.json"), samples.run())
    assert "at staging" in CliRunner().invoke(main, ["rules", "OCC-GET-1"]).output


def test_a_record_that_is_not_there_is_exit_2(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["rules", "--record", str(tmp_path / "none.json")])
    assert result.exit_code == 2
    assert "there is no record" in result.output
