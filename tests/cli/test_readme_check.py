"""The README's part on checking, as a stranger with a wrong key plays it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from pii_sandbox.cli.group import main
from tests.conformance.staged_runs import staging
from tests.server_process import ServerProcess

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
SECTION = README.partition("## Check a real endpoint\n")[2].partition("\n## ")[0]
HOST = "shop.vtexcommercestable.com.br"


def console() -> tuple[dict[str, str], dict[str, str]]:
    """The variables that the section exports, and what it prints after each command."""
    block = re.search(r"^```console\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)
    assert block is not None
    _, *commands = re.split(r"^\$ ", block[1], flags=re.MULTILINE)
    exported = dict(re.findall(r"(\w+)=(\S+)", commands[0]))
    parts = [command.partition("\n") for command in commands[1:]]
    return exported, {command: output.strip() for command, _, output in parts}


def test_a_wrong_key_is_told_as_the_readme_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sandbox_server: ServerProcess
) -> None:
    monkeypatch.chdir(tmp_path)
    variables, printed = console()
    (init,) = re.findall(r"^pii-sandbox (target init .*?) +#", SECTION, re.MULTILINE)
    assert CliRunner().invoke(main, init.split()).exit_code == 0
    file = tmp_path / "staging.toml"
    assert len(printed) == 2
    with staging(sandbox_server.url) as host:
        file.write_text(file.read_text("utf-8").replace("https://ACCOUNT.vtexcommercestable.com.br", host.url), "utf-8")
        for command, output in printed.items():
            result = CliRunner().invoke(main, command.split()[1:], env=variables)
            assert result.exit_code == 2, result.output
            pattern = re.escape(output.replace(HOST, host.url.removeprefix("http://"))).replace("…", ".+")
            assert re.search(pattern, result.output), result.output
        assert len(host.arrived) == 2, "one read for each command"
        assert host.unsafe_calls() == []
    assert (tmp_path / "report" / "report.html").exists()
    assert all(value not in result.output for value in variables.values())
