"""Fashion.AI Customer Profiling: its rules, played."""

from pii_sandbox.scenarios.fashionai import browsers, generation, limits, reads, tokens

__all__ = ["browsers", "generation", "limits", "reads", "tokens"]
