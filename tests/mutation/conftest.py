"""The tests of the mutation tester need cosmic-ray (dependency group `mutation`): without it they are left out."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("cosmic_ray") else ["test_*.py"]
