"""Host names of a run, and reports that do not name them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pii_sandbox.conformance.report.host_names import hide_host_names, hosts
from tests.conformance.report import samples
from tests.conformance.report.samples import exchange
from tests.conformance.report.small_runs import FOUND, breaking, cause, rule, run

URLS = {"vtex": "https://example.net/a", "oracle": "http://shop.example.net:8443/b"}
TARGET = replace(samples.target(), urls=URLS, control="http://control.example.org/_sandbox")


def test_each_api_has_its_host_with_the_port() -> None:
    assert hosts(TARGET) == {"vtex": "example.net", "oracle": "shop.example.net:8443"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://example.net/a", "https://hidden-host/a"),
        ("http://shop.example.net:8443/b", "http://hidden-host/b"),
        ("shop.example.net is away", "hidden-host is away"),
        ("control.example.org", "hidden-host"),
        ("example.com", "example.com"),
    ],
)
def test_hosts_are_hidden_with_their_ports_and_as_parts_of_no_other(text: str, shown: str) -> None:
    call = exchange(
        "vtex", "GetProfile", "GET", "/x", headers={"Origin": text}, response_body=text.encode(), error=text
    )
    result = run(
        breaking(1, replace(FOUND, seen=text, exchanges=(call,))),
        rule(2, "not checked", cause("network", text, failed=(text, 409))),
        facts={"list": [text], text: {"deep": (text, 7, None)}},
        powers=frozenset({text}),
    )
    hidden, target = hide_host_names(result, TARGET)
    (found,) = hidden.rules[0].findings
    (made,) = found.exchanges
    assert (found.seen, made.error, made.request_headers["Origin"]) == (shown, shown, shown)
    assert made.response_body == shown.encode()
    assert hidden.rules[1].causes[0].text == shown
    assert hidden.facts == {"list": [shown], shown: {"deep": (shown, 7, None)}}
    assert hidden.powers == {shown}
    assert (hidden.run_id, hidden.started_at, hidden.complete) == (result.run_id, result.started_at, True)
    assert (target.urls["vtex"], target.control) == ("https://hidden-host/a", "http://hidden-host/_sandbox")


def test_a_target_without_a_control_api_has_none_afterwards() -> None:
    _, target = hide_host_names(run(rule(1, "conforms")), replace(TARGET, control=None))
    assert target.control is None
    assert target.urls == {"vtex": "https://hidden-host/a", "oracle": "http://hidden-host/b"}
