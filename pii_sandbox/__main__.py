"""The command `pii-sandbox`, also as `python -m pii_sandbox`."""

from __future__ import annotations

import gc
import io
import os
import sys


def run() -> None:
    # objects created at start stay alive: collecting garbage among them takes a sixth of the time to the first response
    gc.disable()
    _fill_standard_descriptors()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a character shows ?
    from pii_sandbox.cli.group import main  # noqa: PLC0415 — importing takes most of the start-up time

    main(prog_name="pii-sandbox")


def _fill_standard_descriptors() -> None:
    """Open the null device for each closed standard stream: libuv aborts if a socket gets its descriptor."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)


if __name__ == "__main__":
    run()
