"""json-server: REST on one JSON file."""

from __future__ import annotations

import json
from pathlib import Path

from bench.contenders.contender import ANNA, JOHN, JSON, Contender, Load
from bench.contenders.npm import npm_path
from bench.servers.samples import SARA

SARA_KEPT = {"id": "sara", **SARA}
# as many people as the sandbox begins with, and the one that is read first among them, as there
PEOPLE = [SARA_KEPT, *({**SARA_KEPT, "id": f"p{number}", "email": f"p{number}@example.com"} for number in range(2, 51))]


def _command(port: int, folder: Path) -> list[str]:
    file = folder / "db.json"
    file.write_text(json.dumps({"profiles": PEOPLE}))
    return ["node", str(npm_path(".bin/json-server")), "--quiet", "--port", str(port), str(file)]


def _loads(url: str) -> dict[str, Load]:
    return {
        "GET masked by email": Load("/profiles?email=sara@example.com"),
        "GET by id": Load("/profiles/sara"),
        "POST profile": Load("/profiles", JSON, JOHN),
        "POST small profile": Load("/profiles", JSON, ANNA),
    }


JSON_SERVER = Contender("json-server", _command, _loads)
