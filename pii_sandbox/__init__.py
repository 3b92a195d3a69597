"""Where the halves meet: the command, its settings, and what tests use."""

__version__ = "0.1.0"
