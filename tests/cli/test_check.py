"""`pii-sandbox check`, `target` and `cleanup` as commands."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pii_sandbox.cli.group import main
from pii_sandbox.conformance import run_ids
from tests.server_process import running_server

FEW = ("--api", "fashionai", "--rule", "FAI-GET", "--depth", "quick")
TARGET = """
[fashionai]
url = "{url}"
[fashionai.credentials.full]
X-FashionAI-APP-Token = "FASHIONAI_TOKEN"
[fashionai.data]
user_profile_id = "ddsd23223"
"""


def run(*arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env=environment)


@pytest.fixture(autouse=True)
def _change_to_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@contextmanager
def constant_server(status: int, body: bytes) -> Iterator[str]:
    """A server that says the same to everybody."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def unused_url() -> str:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


def test_without_url_a_sandbox_of_its_own_is_checked(tmp_path: Path) -> None:
    result = run("check", *FEW, "--report", tmp_path / "report", "--seed", 5)
    assert result.exit_code == 0, result.output
    assert "checked at a private sandbox (Fashion.AI); none breaks" in result.output
    report = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))
    assert report["run"]["seed"] == 5
    assert report["run"]["id"] == run_ids.run_id(5)
    assert {rule["outcome"] for rule in report["rules"]} == {"conforms"}
    assert sorted(file.name for file in (tmp_path / "report").iterdir()) == [
        "junit.xml", "progress.jsonl", "report.html", "report.json", "report.sarif", "summary.md",
    ]  # fmt: skip


def test_a_running_sandbox_is_checked_by_its_url(tmp_path: Path) -> None:
    with running_server("--shoppers", "5", "--dialect", "reference") as server:
        result = run("check", server.url, "--api", "oracle", "--rule", "OCC-GET", "--depth", "quick")
    assert result.exit_code == 0, result.output


def test_a_broken_rule_is_exit_1(tmp_path: Path) -> None:
    with constant_server(200, b"{}") as url:
        (tmp_path / "t.toml").write_text(TARGET.format(url=url), "utf-8")
        result = run("check", "--target", "t.toml", *FEW, FASHIONAI_TOKEN="fai_live_sk_1")
    assert result.exit_code == 1, result.output
    assert " rules checked at 127.0.0.1:" in result.output
    assert re.search(r"; \d+ breaks?[;\n]", result.output)


def test_a_target_is_put_beside_a_sandbox(tmp_path: Path) -> None:
    with constant_server(200, b"{}") as url:
        (tmp_path / "t.toml").write_text(TARGET.format(url=url), "utf-8")
        arguments = ("check", "--target", "t.toml", "--api", "fashionai", "--rule", "FAI-GET-2", "--depth", "quick")
        result = run(*arguments, "--compare", "--report", "report", FASHIONAI_TOKEN="fai_live_sk_1")
    assert result.exit_code == 1, result.output
    assert "differs" in result.output
    assert "status 404" in result.output
    assert "FAI-GET-2" in (tmp_path / "report" / "comparison.md").read_text("utf-8")
    assert "fai_live_sk_1" not in result.output


def test_rules_that_held_are_recorded(tmp_path: Path) -> None:
    assert run("check", *FEW, "--record", "seen.json").exit_code == 0
    result = run("rules", "--api", "fashionai", "--record", "seen.json")
    assert result.exit_code == 0
    assert "last seen true at sandbox on" in result.output


def test_an_accepted_finding_is_exit_0_until_its_day(tmp_path: Path) -> None:
    waiver = '[[waiver]]\nrule = "FAI-GET-2"\ntarget = "*"\nreason = "known"\nexpiry = {day}\n'
    with constant_server(200, b"{}") as url:
        (tmp_path / "t.toml").write_text(TARGET.format(url=url), "utf-8")
        arguments = ("check", "--target", "t.toml", "--api", "fashionai", "--rule", "FAI-GET-2", "--depth", "quick")
        for day, code in (("2999-12-31", 0), ("2020-01-01", 1)):
            (tmp_path / "w.toml").write_text(waiver.format(day=day), "utf-8")
            result = run(*arguments, "--waivers", "w.toml", FASHIONAI_TOKEN="fai_live_sk_1")
            assert result.exit_code == code, result.output


def test_a_target_that_is_away_is_exit_2(tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text(TARGET.format(url=unused_url()), "utf-8")
    result = run("check", "--target", "t.toml", *FEW, FASHIONAI_TOKEN="fai_live_sk_1")
    assert result.exit_code == 2, result.output
    assert re.search(r"0 of \d+ rules checked at 127.0.0.1:\d+ \(Fashion.AI\); \d+ not checked, because", result.output)


def test_an_unreachable_url_is_exit_2() -> None:
    result = run("check", unused_url(), *FEW)
    assert result.exit_code == 2
    assert "no server responds at" in result.output


def test_a_url_that_is_no_sandbox_is_exit_2() -> None:
    with constant_server(404, b"{}") as url:
        result = run("check", url, *FEW)
    assert result.exit_code == 2
    assert "is not a pii-sandbox server" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ftp://a"], "not an http or https URL"),
        (["http://127.0.0.1:1", "--target", "t.toml"], "not both"),
        (["--rule", "NO-SUCH-1"], "unknown rule NO-SUCH-1"),
        (["--skip", "NO-SUCH-1"], "unknown rule NO-SUCH-1"),
        (["--target", "none.toml"], "does not exist"),
        (["--target", "t.toml"], "the environment variable FASHIONAI_TOKEN is not set"),
        (["--depth", "deep"], "'deep' is not one of"),
        (["--seed", "-1"], "-1 is not in the range"),
        (["--resume", "none"], "contains no run to resume"),
        (["--resume", "none", "--api", "vtex"], "leave out --api"),
        (["--resume", "none", "--seed", "3"], "leave out --seed"),
        (["--reveal-pii", " "], "needs a reason"),
        (["--waivers", "t.toml", *FEW], "[[waiver]]"),
        (["--report", "t.toml/report", *FEW], "Not a directory"),
    ],
)
def test_a_wrong_usage_is_exit_2_and_reported(arguments: list[str], message: str, tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text(TARGET.format(url="https://f.example.com"), "utf-8")
    result = run("check", *arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())


def test_settings_come_from_the_environment_and_from_files(tmp_path: Path) -> None:
    (tmp_path / "pii-sandbox.toml").write_text('[check]\nrule = ["FAI-GET-1"]\ndepth = "quick"\n', "utf-8")
    result = run("check", "--plan", "--verbose", PII_SANDBOX_CHECK_API="fashionai")
    assert result.exit_code == 0, result.output
    assert "FAI-GET-1" in result.output
    assert "FAI-GET-2" not in result.output
    assert "VTEX" not in result.output
    (tmp_path / "pii-sandbox.toml").write_text("[check]\nspeed = 5\n", "utf-8")
    assert "unknown setting check.speed; " in run("check", "--plan").output


def test_a_project_file_names_no_url(tmp_path: Path) -> None:
    (tmp_path / "pii-sandbox.toml").write_text('[check]\nurl = "http://127.0.0.1:9"\n', "utf-8")
    result = run("check", "--plan")
    assert result.exit_code == 2
    assert "must not set the URL to check" in result.output


@pytest.mark.parametrize("key", ["reveal_pii", "reveal-pii"])
def test_a_project_file_reveals_nobody(key: str, tmp_path: Path) -> None:
    (tmp_path / "pii-sandbox.toml").write_text(f'[check]\n{key} = "because"\n', "utf-8")
    result = run("check", "--plan")
    assert result.exit_code == 2
    assert "must not set reveal_pii" in result.output


def test_hosts_and_variables_of_a_target_are_reported_first(tmp_path: Path) -> None:
    (tmp_path / "pii-sandbox.toml").write_text('[check]\ntarget = "t.toml"\n', "utf-8")
    text = '[vtex]\nurl = "https://evil.example.com"\n[vtex.credentials.full]\nX-Key = "HOME_TOKEN"\n'
    (tmp_path / "t.toml").write_text(text, "utf-8")
    output = run("check", "--plan").output
    assert output.startswith("target t.toml: hosts evil.example.com; variables HOME_TOKEN")


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ({"target_file": "t.toml"}, "target t.toml: hosts 127.0.0.1:1; variables HOME_TOKEN"),
        (
            {"sandbox": "http://user:secret@127.0.0.1:1", "control": "http://127.0.0.1:1/_sandbox/v1"},
            "sandbox of ledger.jsonl: hosts 127.0.0.1:1; variables PII_SANDBOX_CONTROL_TOKEN",
        ),
    ],
)
def test_cleanup_reports_first_what_a_ledger_makes_it_send_where(
    about: dict[str, str], message: str, tmp_path: Path
) -> None:
    text = '[vtex]\nurl = "http://127.0.0.1:1"\n[vtex.credentials.full]\nX-Key = "HOME_TOKEN"\n'
    (tmp_path / "t.toml").write_text(text, "utf-8")
    head = {"ledger": 1, "run": "a", "urls": {"vtex": "http://127.0.0.1:1"}, **about}
    (tmp_path / "ledger.jsonl").write_text(json.dumps(head) + "\n", "utf-8")
    output = run("cleanup", "ledger.jsonl", HOME_TOKEN="x", PII_SANDBOX_CONTROL_TOKEN="y").output
    assert output.startswith(message)
    assert "secret" not in output.partition("\n")[0]


def test_control_characters_of_a_ledger_and_of_a_target_reach_no_terminal(tmp_path: Path) -> None:
    (tmp_path / "evil\x1b[2J.toml").write_text('[vtex]\nurl = "no url\x1b[2J"\n'.replace("\x1b", "\\u001b"), "utf-8")
    url = "http://127.0.0.1:1"
    head = {"ledger": 1, "run": "a", "urls": {}, "sandbox": url, "control": f"{url}/_sandbox/v1"}
    entry = {"entry": 1, "state": "made", "sandbox": "a-\x1b[2J\nforged"}
    (tmp_path / "ledger.jsonl").write_text("".join(json.dumps(line) + "\n" for line in (head, entry)), "utf-8")
    for arguments in (
        ("check", "--target", "evil\x1b[2J.toml"),
        ("target", "check", "evil\x1b[2J.toml"),
        ("cleanup", "ledger.jsonl"),
        ("cleanup", "ledger.jsonl", "--target", "evil\x1b[2J.toml"),
    ):
        result = CliRunner().invoke(main, arguments, color=True)
        assert result.exit_code in (1, 2)
        assert r"\x1b[2J" in result.output
        assert "\x1b" not in result.output
        assert "\nforged" not in result.output


def test_a_target_file_is_written_once(tmp_path: Path) -> None:
    result = run("target", "init")
    assert result.exit_code == 0
    assert "pii-sandbox target check target.toml" in result.output
    again = run("target", "init", tmp_path / "target.toml")
    assert again.exit_code == 2
    assert "already exists" in again.output
    assert "cannot be written" in run("target", "init", tmp_path / "no" / "folder.toml").output


def test_a_target_file_of_one_api_goes_to_a_file_or_to_standard_output(tmp_path: Path) -> None:
    shown = run("target", "init", "--api", "vtex", "--output", "-")
    assert shown.exit_code == 0
    assert "\n[vtex]\n" in shown.output
    assert "newstore" not in shown.output
    assert run("target", "init", "--api", "vtex", "--output", "vtex.toml").exit_code == 0
    assert (tmp_path / "vtex.toml").read_text("utf-8") == shown.output
    assert not (tmp_path / "target.toml").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no ledger\n", "is not a ledger"),
        ('{"ledger": 1, "run": "a", "urls": {}}\n', "names no target"),
        ('{"ledger": 1, "run": "a", "target_file": "none.toml"}\n', "none.toml cannot be read"),
        (
            '{"ledger": 1, "run": "a", "urls": {"vtex": "https://v.example.com"}, "sandbox": "http://127.0.0.1:1"}\n'
            '{"entry": 1, "state": "made", "api": "vtex", "operation": "CreateProspect"}\n',
            "of a run at another URL of vtex",
        ),
    ],
)
def test_a_ledger_that_cannot_be_used_is_exit_2_and_reported(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "ledger.jsonl").write_text(text, "utf-8")
    result = run("cleanup", "ledger.jsonl")
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())


def test_objects_that_could_not_be_deleted_are_exit_1(tmp_path: Path) -> None:
    (tmp_path / "ledger.jsonl").write_text(
        '{"ledger": 1, "run": "a", "urls": {"vtex": "http://127.0.0.1:1"}, "sandbox": "http://127.0.0.1:1"}\n'
        '{"entry": 1, "state": "intended", "api": "vtex", "operation": "CreateProspect", "mark": "b"}\n',
        "utf-8",
    )
    result = run("cleanup", "ledger.jsonl")
    assert result.exit_code == 1
    assert "cannot be reached" in result.output
    assert "0 gone, 0 to be deleted by the vendor, 1 left" in result.output
