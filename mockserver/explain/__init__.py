"""Why a call was answered as it was, and the call that would have done better."""

from pii_sandbox.mockserver.explain.explanation import explanation_of

__all__ = ["explanation_of"]
