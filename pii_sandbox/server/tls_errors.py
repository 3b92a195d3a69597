"""The error of everything that has to do with TLS."""

from __future__ import annotations


class TlsError(Exception):
    """TLS cannot be served, or an authority not kept; the message is one line for the user."""
