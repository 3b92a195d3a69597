"""Explains journal entries: why a call got its response, and a corrected call."""

from pii_sandbox.mockserver.explain.explanation import explanation_of

__all__ = ["explanation_of"]
