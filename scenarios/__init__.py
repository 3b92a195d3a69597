"""Scenarios: for each rule of a vendor, calls and their expected responses. Importing this package registers all.

Scenarios spell out the expected responses, from the vendors' pages and examples; they read no `x-` facts, so that a
wrong fact in a document makes them fail.
"""

from pii_sandbox.scenarios import fashionai, newstore, oracle, vtex

__all__ = ["fashionai", "newstore", "oracle", "vtex"]
