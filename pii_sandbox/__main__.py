"""The command `pii-sandbox`, also as `python -m pii_sandbox`."""

from __future__ import annotations

import gc
import io
import sys


def run() -> None:
    # what starting brings about stays: looking through it for garbage is a sixth of the time to a server's first answer
    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a character shows ? instead
    from pii_sandbox.cli.group import main  # noqa: PLC0415 — importing is most of starting

    main(prog_name="pii-sandbox")


if __name__ == "__main__":
    run()
