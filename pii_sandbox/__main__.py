"""`python -m pii_sandbox` is the command `pii-sandbox`."""

from pii_sandbox.cli import main

main(prog_name="pii-sandbox")
