"""Fashion.AI Customer Profiling: its rules, played."""

from scenarios.fashionai import browsers, generation, limits, reads, tokens

__all__ = ["browsers", "generation", "limits", "reads", "tokens"]
