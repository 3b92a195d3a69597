"""Prism: a stateless mock of the same document."""

from __future__ import annotations

import json
from pathlib import Path

import specs
from bench.contenders.contender import JOHN, JSON, Contender, Load
from bench.contenders.npm import installed
from bench.contenders.sandbox import VTEX


def _command(port: int, folder: Path) -> list[str]:
    file = folder / "document.json"
    file.write_text(json.dumps(specs.load("vtex_profile_system")))
    return ["node", str(installed(".bin/prism")), "mock", "-p", str(port), "--verboseLevel", "silent", str(file)]


def _loads(url: str) -> dict[str, Load]:
    return {
        "GET masked by email": Load("/profiles/sara@example.com?alternativeKey=email", VTEX),
        "GET by id": Load("/profiles/70caf394-8534-447e-a0ca-1803c669c771", VTEX),
        "POST profile": Load("/profiles", {**VTEX, **JSON}, JOHN),
    }


PRISM = Contender("prism", _command, _loads)
