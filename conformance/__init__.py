"""Holds the answers of an API against its documents and its rules; knows HTTP and `specs`, and no server."""
