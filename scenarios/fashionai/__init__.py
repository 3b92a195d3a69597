"""Scenarios for the rules of Fashion.AI Customer Profiling."""

from pii_sandbox.scenarios.fashionai import browsers, failures, generation, http_errors, limits, reads, tokens

__all__ = ["browsers", "failures", "generation", "http_errors", "limits", "reads", "tokens"]
