"""Fashion.AI Customer Profiling: its rules, played."""

from pii_sandbox.scenarios.fashionai import browsers, generation, http_errors, limits, reads, tokens

__all__ = ["browsers", "generation", "http_errors", "limits", "reads", "tokens"]
