"""The command `pii-sandbox`, also as `python -m pii_sandbox`."""

from __future__ import annotations

import gc


def run() -> None:
    # what starting brings about stays: looking through it for garbage is a sixth of the time to a server's first answer
    gc.disable()
    from pii_sandbox.cli import main  # noqa: PLC0415 — importing is most of starting

    main(prog_name="pii-sandbox")


if __name__ == "__main__":
    run()
