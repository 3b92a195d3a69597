"""Mockoon: a CRUD route on a data bucket."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.contenders.contender import ANNA, JOHN, JSON, Contender, Load
from bench.contenders.json_server import PEOPLE
from bench.contenders.npm import npm_path


def _environment(port: int) -> dict[str, Any]:
    bucket = {"uuid": "b1", "id": "prof", "name": "profiles", "documentation": "", "value": json.dumps(PEOPLE)}
    response = {
        "uuid": "r1", "body": "{}", "latency": 0, "statusCode": 200, "label": "", "headers": [],
        "bodyType": "DATABUCKET",
        "filePath": "", "databucketID": "prof", "sendFileAsBody": False, "rules": [], "rulesOperator": "OR",
        "disableTemplating": False, "fallbackTo404": False, "default": True, "crudKey": "id", "callbacks": [],
    }  # fmt: skip
    route = {
        "uuid": "c1", "type": "crud", "documentation": "", "method": "", "endpoint": "profiles",
        "responses": [response], "responseMode": None,
    }  # fmt: skip
    return {
        "uuid": "e1", "lastMigration": 33, "name": "bench", "endpointPrefix": "", "latency": 0, "port": port,
        "hostname": "127.0.0.1", "folders": [], "routes": [route], "rootChildren": [{"type": "route", "uuid": "c1"}],
        "proxyMode": False, "proxyHost": "", "proxyRemovePrefix": False, "proxyReqHeaders": [], "proxyResHeaders": [],
        "tlsOptions": {"enabled": False, "type": "CERT", "pfxPath": "", "certPath": "", "keyPath": "", "caPath": "",
                       "passphrase": ""},
        "cors": False, "headers": [{"key": "Content-Type", "value": "application/json"}], "data": [bucket],
        "callbacks": [],
    }  # fmt: skip


def _command(port: int, folder: Path) -> list[str]:
    file = folder / "environment.json"
    file.write_text(json.dumps(_environment(port)))
    return ["node", str(npm_path(".bin/mockoon-cli")), "start", "--data", str(file), "--disable-log-to-file"]


def _loads(url: str) -> dict[str, Load]:
    return {
        "GET masked by email": Load("/profiles?email_eq=sara@example.com"),
        "GET by id": Load("/profiles/sara"),
        "POST profile": Load("/profiles", JSON, JOHN),
        "POST small profile": Load("/profiles", JSON, ANNA),
    }


MOCKOON = Contender("mockoon", _command, _loads, ready="/profiles")
