"""HTTPS, its certificate authority, and the vendors' host names."""
