"""The error of TLS configuration."""

from __future__ import annotations


class TlsError(Exception):
    """Invalid TLS configuration, or an authority that cannot be stored; the message is one line for the user."""
