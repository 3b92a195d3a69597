"""The journal as HAR, and the counts for Prometheus."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx

from tests.control_client import ControlClient
from tests.credentials import FASHIONAI, NEWSTORE
from tests.journal.calls import CUSTOMERS, NEWSTORE_PROFILES, create_anna, create_john, unmask


def test_an_archive_has_what_har_requires(http: httpx.Client, control: ControlClient) -> None:
    create_john(http)
    http.post("/v0/token", data={"grant_type": "password", "username": "sandbox", "password": "wrong"})
    log = control.call("GET", "/journal.har")["log"]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "pii-sandbox")
    for entry in log["entries"]:
        assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= set(entry)
        request_fields = {
            "method",
            "url",
            "httpVersion",
            "cookies",
            "headers",
            "queryString",
            "headersSize",
            "bodySize",
        }
        assert request_fields | {"postData"} == set(entry["request"])
        response_fields = {"status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL"}
        assert response_fields | {"headersSize", "bodySize"} == set(entry["response"])
        assert sum(entry["timings"].values()) == entry["time"]
    created, refused = log["entries"]
    assert (created["response"]["status"], created["response"]["statusText"]) == (201, "Created")
    assert '"email": "email#' in created["request"]["postData"]["text"]
    assert "password=credential%23" in refused["request"]["postData"]["text"]
    assert refused["_sandbox"]["rule"] == "NS-AUTH-2"


def test_a_url_in_an_archive_is_whole(http: httpx.Client, control: ControlClient) -> None:
    http.get(f"{CUSTOMERS}/email/customer@example.com", headers=FASHIONAI, params={"to": "customer@example.com"})
    request = control.call("GET", "/journal.har")["log"]["entries"][0]["request"]
    parts = urlsplit(request["url"])
    assert parts.fragment == ""
    assert re.fullmatch(rf"{CUSTOMERS}/email/email%23[0-9a-f]{{4}}", parts.path)
    assert request["queryString"][0]["name"] == "to"
    assert request["queryString"][0]["value"].startswith("email#")


def test_an_archive_can_be_chosen_and_revealed(http: httpx.Client, control: ControlClient) -> None:
    create_anna(http)
    create_john(http)
    log = control.call("GET", "/journal.har", api="newstore", reveal="a bug of ours")["log"]
    assert len(log["entries"]) == 1
    assert "anna@example.com" in log["entries"][0]["request"]["postData"]["text"]
    assert [event["action"] for event in control.events()] == ["JournalRevealed"]


def metrics(http: httpx.Client) -> dict[str, float]:
    """Samples by name and labels; every line is held against the text form."""
    response = http.get("/_sandbox/v1/metrics")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples: dict[str, float] = {}
    families: dict[str, str] = {}
    for line in response.text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert name not in families
            families[name] = kind
        elif not line.startswith("# HELP "):
            found = re.fullmatch(r'([a-z_]+)((?:\{(?:[a-z]+="[^"\\\n]*",?)*\})?) ([0-9.e+-]+|\+Inf)', line)
            assert found, line
            assert any(found[1].startswith(name) for name in families), line
            assert found[1] + found[2] not in samples
            samples[found[1] + found[2]] = float(found[3])
    return samples


def test_requests_rules_and_times_are_counted(http: httpx.Client, control: ControlClient) -> None:
    profile = create_john(http)
    for _ in range(2):
        unmask(http, profile)
    create_anna(http)
    http.get("/nowhere")
    label, metrics_text = f'sandbox="{http.headers["X-Sandbox"]}"', metrics(http)
    metric = f'pii_sandbox_requests_total{{{label},api="vtex",operation="GetUnmaskedProfile",status="400"}}'
    assert metrics_text[metric] == 2
    assert metrics_text[f'pii_sandbox_requests_total{{{label},api="none",operation="none",status="404"}}'] == 1
    assert metrics_text[f'pii_sandbox_rule_decisions_total{{{label},rule="VTEX-UNMASK-2"}}'] == 2
    assert metrics_text[f'pii_sandbox_request_seconds_bucket{{{label},api="vtex",le="+Inf"}}'] == 3
    assert metrics_text[f'pii_sandbox_request_seconds_count{{{label},api="vtex"}}'] == 3
    assert metrics_text[f'pii_sandbox_request_seconds_sum{{{label},api="vtex"}}'] > 0
    assert metrics_text[f'pii_sandbox_documents{{{label},api="vtex",collection="profiles"}}'] == 6
    assert metrics_text[f"pii_sandbox_journal_entries{{{label}}}"] == 5
    assert metrics_text["pii_sandbox_sandboxes"] >= 1


def test_buckets_add_up(http: httpx.Client, control: ControlClient) -> None:
    create_anna(http)
    http.get(NEWSTORE_PROFILES, headers={**NEWSTORE, "X-Sandbox-Fault": "delay_seconds=0.03"})
    label = f'sandbox="{http.headers["X-Sandbox"]}"'
    metrics_text = metrics(http)
    counts = [value for name, value in metrics_text.items() if name.startswith("pii_sandbox_request_seconds_bucket")]
    assert counts == sorted(counts)
    assert counts[-1] == 2
    assert metrics_text[f'pii_sandbox_request_seconds_bucket{{{label},api="newstore",le="0.025"}}'] == 1


def test_counts_go_on_where_the_journal_ends(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"journal.entries": 1})
    for _ in range(4):
        create_anna(http)
    control.call("DELETE", "/journal")
    label, metrics_text = f'sandbox="{http.headers["X-Sandbox"]}"', metrics(http)
    assert metrics_text[f'pii_sandbox_request_seconds_count{{{label},api="newstore"}}'] == 4
    assert metrics_text[f"pii_sandbox_journal_entries{{{label}}}"] == 0
