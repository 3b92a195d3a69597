"""Schemathesis, all checks and all phases, over every document against a running sandbox.

`python -m tests.fuzz [--examples N] [--dialect guide|reference] [DOCUMENT …]`. Exit 1 where a document has a failure.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pii_sandbox import specs

CONFIG = Path(__file__).parents[1] / "schemathesis.toml"
# in this dialect `useCase` stands in for `reason`: neither of them is 400, which OpenAPI cannot say
STAND_IN = """
[[operations]]
include-operation-id = "%s"
[operations.checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "401", "403", "404", "409", "429", "5xx"]
"""
PROCESSES = 2


def documents() -> list[str]:
    """The largest first, so that the processes end at about the same time."""
    names = [name for group in specs.APIS.values() for name in group]
    return sorted(names, key=lambda name: -len(specs.operations(name)))


def start_server(dialect: str) -> tuple[subprocess.Popen[str], str]:
    """A server of its own and its base URL."""
    command = [sys.executable, "-m", "pii_sandbox", "serve", "--port", "0", "--shoppers", "5", "--dialect", dialect]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "COLUMNS": "200"})
    assert server.stdout is not None
    for line in server.stdout:
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            return server, found[0]
    raise SystemExit("the server did not start")


def configuration(name: str, dialect: specs.Dialect) -> str:
    """The project's own, and what a parameter that another stands in for asks for."""
    excused = [operation for operation, facts in specs.operations(name, dialect).items() if facts.stand_ins]
    return CONFIG.read_text("utf-8") + "".join(STAND_IN % operation for operation in excused)


def run_schemathesis(
    url: str, name: str, examples: int, dialect: specs.Dialect, folder: Path
) -> tuple[str, float, int, str]:
    """One run over one document, in a sandbox of its own: name, seconds, exit code, what was printed."""
    config = folder / f"{name}.toml"
    config.write_text(configuration(name, dialect), "utf-8")
    location = f"{url}/~{name.replace('_', '-')}/_sandbox/docs/{name}/openapi.json"
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "run", location]
    command += ["--checks", "all", "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", str(examples)]
    command += ["--seed", "1", "--no-color", "--warnings", "off", "--suppress-health-check", "all"]
    begun = time.monotonic()
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return name, time.monotonic() - begun, run.returncode, run.stdout + run.stderr


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", nargs="*", default=documents(), metavar="DOCUMENT")
    parser.add_argument("--examples", type=int, default=50)
    parser.add_argument("--dialect", choices=specs.DIALECTS, default="guide")
    chosen = parser.parse_args(arguments)
    server, url = start_server(chosen.dialect)
    failed = []
    try:
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(PROCESSES) as pool:
            runs = [
                pool.submit(run_schemathesis, url, name, chosen.examples, chosen.dialect, Path(folder))
                for name in chosen.documents
            ]
            for run in runs:
                name, seconds, code, output = run.result()
                print(f"{name}: {'no failures' if code == 0 else 'FAILURES'} in {seconds:.0f} s", flush=True)
                if code != 0:
                    failed.append(name)
                    print(output)
    finally:
        server.terminate()
        server.wait(10)
    print(f"{len(chosen.documents) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
