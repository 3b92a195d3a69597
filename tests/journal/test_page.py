"""docs/control-api.md is true: each of its console calls prints what it says, against a fresh server."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.server_process import running_server
from tests.test_readme import BLOCK, MARK, pattern

PAGE = (Path(__file__).parents[2] / "docs" / "control-api.md").read_text("utf-8")


def test_each_call_prints_what_the_page_says() -> None:
    lines = "".join(BLOCK.findall(PAGE)).splitlines()
    commands = [place for place, line in enumerate(lines) if line.startswith("$ ")]
    told = [
        (lines[place][2:], "\n".join(lines[place + 1 : following]))
        for place, following in zip(commands, [*commands[1:], None], strict=True)
    ]
    with running_server() as server:
        script = "\n".join(f"{command}\necho '{MARK}'" for command, _ in told)
        script = script.replace("http://127.0.0.1:8080", server.url)
        run = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, timeout=60)
    responses = [
        response.strip("\n ") for response in run.stdout.replace(server.url, "http://127.0.0.1:8080").split(MARK)
    ]
    for (command, expected), response in zip(told, responses, strict=False):
        assert re.fullmatch(pattern(expected), response, re.DOTALL), f"{command}\nsays {expected}\nprints {response}"


def test_every_kind_of_finding_is_told() -> None:
    told = set(re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE, re.MULTILINE))
    assert told == KINDS


KINDS = {
    "ignored-retry-after",
    "blind-repeat-after-409",
    "polled-too-fast",
    "unmasked-after-masked",
    "unmasked-in-bulk",
    "boilerplate-reason",
    "personal-data-in-query",
    "walked-into-the-cap",
}
