"""The README is true: each of its console calls prints what it says, against a fresh server."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from pii_sandbox import specs
from pii_sandbox.specs import catalogue
from tests.server_process import running_server

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "-- end of the answer --"


def steps(blocks: Iterable[str]) -> list[tuple[str, str]]:
    """Each command of console blocks with what the page says that it prints."""
    found: list[tuple[str, list[str]]] = []
    for line in "".join(blocks).splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return [(command, "\n".join(lines)) for command, lines in found]


def pattern(expected: str) -> str:
    """The expected text as a pattern: `…` stands for anything."""
    return ".*".join(re.escape(part) for part in expected.split("…"))


def test_each_call_prints_what_the_readme_says() -> None:
    told = steps(BLOCK.findall(README))
    with running_server() as server:
        script = "\n".join(f"{command}\necho '{MARK}'" for command, _ in told)
        script = script.replace("http://127.0.0.1:8080", server.url)
        run = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, timeout=60)
    responses = [response.strip("\n ") for response in run.stdout.split(MARK)[:-1]]
    assert len(responses) == len(told)
    for (command, expected), response in zip(told, responses, strict=True):
        printed = re.sub(r" +$", "", response, flags=re.MULTILINE)
        assert re.fullmatch(pattern(expected), printed, re.DOTALL), f"{command}\nsays {expected}\nprints {printed}"


def test_the_table_of_apis_counts_right() -> None:
    rows = re.findall(r"^\| `?(\w+)`? \| .* \| (\d+) \| (\d*) ?\| `(\w+)` \|$", README, re.MULTILINE)
    assert {document: int(count) for _, count, _, document in rows} == {
        name: len(specs.operations(name)) for documents in specs.APIS.values() for name in documents
    }
    told: dict[str, int] = {}
    for api, _, rules, _ in rows:
        told[api] = told.get(api, 0) + int(rules or 0)
    assert {api: told[api] for api in catalogue.apis()} == {api: len(catalogue.rules(api)) for api in catalogue.apis()}


def test_every_link_to_a_file_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (Path(__file__).parents[1] / target).exists(), target
