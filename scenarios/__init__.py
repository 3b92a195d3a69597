"""What the vendors' rules mean, played. Importing this package registers every scenario.

Scenarios type out what an answer must be, from the vendors' pages and examples; they read no `x-` facts, so that a fact
that is wrong in a document turns them red.
"""

from pii_sandbox.scenarios import fashionai, newstore, oracle, vtex

__all__ = ["fashionai", "newstore", "oracle", "vtex"]
