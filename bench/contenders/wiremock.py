"""WireMock: stubs, warmed up for 30 s on all processors, its request journal on and bounded."""

from __future__ import annotations

import json
from pathlib import Path

from bench.contenders.contender import ANNA, JOHN, JSON, Contender, Load
from bench.contenders.json_server import SARA_KEPT
from bench.contenders.npm import npm_path


def _command(port: int, folder: Path) -> list[str]:
    mappings = folder / "mappings"
    mappings.mkdir(parents=True, exist_ok=True)
    answer = {"status": 200, "jsonBody": SARA_KEPT, "headers": {"Content-Type": "application/json"}}
    stubs = {
        "get": {"request": {"method": "GET", "urlPathPattern": "/profiles/.*"}, "response": answer},
        "post": {
            "request": {
                "method": "POST",
                "urlPath": "/profiles",
                "bodyPatterns": [{"matchesJsonPath": "$.email"}],
            },
            "response": {**answer, "status": 201},
        },
    }
    for name, stub in stubs.items():
        (mappings / f"{name}.json").write_text(json.dumps(stub))
    jar = next((npm_path("wiremock") / "build").glob("wiremock-standalone-*.jar"))
    return [
        "java", "-jar", str(jar), "--port", str(port), "--root-dir", str(folder), "--disable-banner",
        "--max-request-journal-entries", "1000", "--container-threads", "40",
    ]  # fmt: skip


def _loads(url: str) -> dict[str, Load]:
    return {
        "GET masked by email": Load("/profiles/sara@example.com?alternativeKey=email"),
        "GET by id": Load("/profiles/sara"),
        "POST profile": Load("/profiles", JSON, JOHN),
        "POST small profile": Load("/profiles", JSON, ANNA),
    }


WIREMOCK = Contender("wiremock", _command, _loads, warm_seconds=30, ready="/__admin/health", all_cores=True)
