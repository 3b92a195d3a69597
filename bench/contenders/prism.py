"""Prism: a stateless mock server of the same documents, one process each."""

from __future__ import annotations

import functools
import json
from pathlib import Path

from bench.contenders.contender import ANNA, JOHN, JSON, Contender, Load
from bench.contenders.npm import npm_path
from bench.contenders.sandbox import NEWSTORE, NEWSTORE_PROFILES, VTEX
from pii_sandbox import specs

ID = "NS-EU-01FXX4RSTKMVBFPBVZFPGM97ZW-01FXX4S1V1R8M4PF9H1S1D82CX"


def _command(document: str, port: int, folder: Path) -> list[str]:
    file = folder / "document.json"
    file.write_text(json.dumps(specs.load(document)))
    return ["node", str(npm_path(".bin/prism")), "mock", "-p", str(port), "--verboseLevel", "silent", str(file)]


def _vtex(url: str) -> dict[str, Load]:
    return {
        "GET masked by email": Load("/profiles/sara@example.com?alternativeKey=email", VTEX),
        "POST profile": Load("/profiles", {**VTEX, **JSON}, JOHN),
    }


def _newstore(url: str) -> dict[str, Load]:
    return {
        "GET by id": Load(f"{NEWSTORE_PROFILES}/{ID}", NEWSTORE),
        "POST small profile": Load(NEWSTORE_PROFILES, {**NEWSTORE, **JSON}, ANNA),
    }


PRISM = Contender("prism", functools.partial(_command, "vtex_profile_system"), _vtex)
PRISM_NEWSTORE = Contender("prism, NewStore", functools.partial(_command, "newstore_customer_profile"), _newstore)
