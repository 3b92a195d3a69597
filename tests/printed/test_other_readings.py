"""Where the documents are silent, a vendor may read a rule in the other way: that is drift, and no broken rule.

A sandbox with all settings at the other reading poses as the vendor. The rules that have such a setting are played
here; with PRINTED_LONG set, every rule of the API is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pii_sandbox.specs import catalogue
from tests.conformance.staged_runs import ReceivedRequest
from tests.printed.test_printed_forms import LONG
from tests.printed.vendor_check import outcomes
from tests.server_process import ServerProcess, running_server

OTHER: dict[str, Any] = {
    "vtex.blocked_erasure": "nothing",
    "vtex.reason_optional": True,
    "vtex.key_comparison": "exact",
    "vtex.custom_alternate_keys": True,
    "vtex.job_poll_limit": True,
    "newstore.key_comparison": "exact",
    "newstore.lock_comparison": "text",
    "newstore.content_coding": "base64",
    "newstore.deletion_seconds": 0,
    "fashionai.key_comparison": "exact",
    "oracle.missing_profile_status": "400",
    "oracle.preview_fallback": False,
}
# rules in which the other reading shows at a vendor
DRIFT = {
    "vtex": {"VTEX-UNMASK-2", "VTEX-ALT-5", "VTEX-UNIQ-1"},
    "newstore": {"NS-GOC-1", "NS-LOCK-4", "NS-UNIQ-1", "NS-DATA-1"},
    "fashionai": {"FAI-GET-3"},
    "oracle": set(),
}
# and in which the same keys show: played with PRINTED_LONG alone
DRIFT_BEYOND = {"newstore": {"NS-GOC-2", "NS-ADDR-4"}, "fashionai": {"FAI-GET-4"}}
# documented rules whose scenarios meet the other reading on their way
MORE = {"newstore": ("NS-DEL-1", "NS-DATA-3", "NS-TOK-3")}


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with running_server("--shoppers", "3") as server:
        answer = httpx.patch(f"{server.url}/_sandbox/v1/settings", json=OTHER, trust_env=False)
        assert answer.status_code == 200, answer.text
        yield server


def test_every_setting_that_selects_a_reading_is_at_the_other_one() -> None:
    readings = catalogue.settings_of_rules()
    assert OTHER.keys() == readings.keys()
    assert not {name for name, value in readings.items() if OTHER[name] == value}


@pytest.mark.parametrize("api", catalogue.apis_with_rules())
def test_the_other_reading_breaks_no_rule(api: str, server: ServerProcess, tmp_path: Path) -> None:
    rules = [rule.id for rule in catalogue.rules(api) if rule.setting is not None]
    rules += MORE.get(api, ())
    found, output = outcomes(server.url, ReceivedRequest.pass_on, api, "guide", () if LONG else rules, tmp_path)
    assert set(found.values()) <= {"conforms", "drift", "not checked"}, output
    beyond = DRIFT_BEYOND.get(api, set()) if LONG else set()
    assert {rule for rule, outcome in found.items() if outcome == "drift"} == DRIFT[api] | beyond, output
