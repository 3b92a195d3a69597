"""Plays the examples against the pii-sandbox that is installed: `python examples/run.py`. Exit 1 where one fails."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
EXAMPLES = {
    "pytest": [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "."],
    "node": ["node", "--test"],
    "curl": ["bash", "run.sh"],
}


@contextmanager
def served() -> Iterator[str]:
    """The URL of a server on a free port, until the block ends."""
    command = [sys.executable, "-m", "pii_sandbox", "serve", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = next((found[0] for line in server.stdout if (found := re.search(r"http://\S+:\d+", line))), None)
        if url is None:
            raise SystemExit("the server did not start")
        yield url
    finally:
        server.terminate()
        server.communicate(timeout=20)


def main() -> int:
    import pii_sandbox  # noqa: PLC0415 — the one that is installed

    print(f"pii-sandbox {pii_sandbox.__version__} from {Path(pii_sandbox.__file__).parent}", flush=True)
    failed = []
    with served() as url:
        for name, command in EXAMPLES.items():
            print(f"== {name}", flush=True)
            variables = {name: value for name, value in os.environ.items() if not name.startswith("PII_SANDBOX_")}
            if shutil.which(command[0]) is None:
                print(f"{command[0]} is not there to play it", flush=True)
                failed.append(name)
                continue
            if name != "pytest":  # which brings a server of its own
                variables["PII_SANDBOX_URL"] = url
            if subprocess.run(command, cwd=HERE / name, env=variables, check=False).returncode:
                failed.append(name)
    print(f"failed: {', '.join(failed)}" if failed else "all examples hold", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
