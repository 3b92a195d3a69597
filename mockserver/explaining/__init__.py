"""Why a call was answered as it was, and the call that would have done better."""

from mockserver.explaining.explanation import explained

__all__ = ["explained"]
