"""The command `pii-sandbox`, also as `python -m pii_sandbox`."""

from __future__ import annotations

import gc
import io
import os
import sys


def run() -> None:
    # what starting brings about stays: looking through it for garbage is a sixth of the time to a server's first answer
    gc.disable()
    _fill_standard_descriptors()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a character shows ? instead
    from pii_sandbox.cli.group import main  # noqa: PLC0415 — importing is most of starting

    main(prog_name="pii-sandbox")


def _fill_standard_descriptors() -> None:
    """Open the null device for each closed standard stream: libuv aborts where a socket gets its number."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)


if __name__ == "__main__":
    run()
