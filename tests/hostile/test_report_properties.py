"""Reports of arbitrary text and JSON: every form is written, parses, and shows what came as harmless text."""

from __future__ import annotations

import io
import os
import shlex
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.report import FORMS, Live, content, html
from pii_sandbox.conformance.values import text_safety
from pii_sandbox.conformance.values.findings import Exchange, RunResult
from pii_sandbox.conformance.values.observations import Drift, Observations
from tests.conformance.report import samples
from tests.hostile import report_checks
from tests.hostile.hostile_texts import TEXTS, as_json, bodies, texts, words

MEDIA = st.one_of(st.just("application/json"), st.just("text/html"), words)
SENT_MEDIA = st.just("application/json") | MEDIA
CALLS = (
    samples.exchange("vtex", "GetProfile", "GET", f"/api/storage/profile-system/profiles/{samples.UUID}"),
    samples.exchange("vtex", "CreateClientProfile", "POST", "/api/storage/profile-system/profiles"),
    samples.exchange("newstore", "updateProfile", "PATCH", f"/api/v1/customer-profile/profiles/{samples.UUID}"),
    samples.exchange("oracle", "login", "POST", "/ccapp/v1/login"),
)
BASE = CALLS[0]


@st.composite
def exchanges(draw: st.DrawFn) -> Exchange:
    headers = draw(st.dictionaries(words, words, max_size=3))
    sent = draw(st.dictionaries(words, words, max_size=3))
    base = draw(st.sampled_from(CALLS))
    return replace(
        base,
        request_headers={**base.request_headers, "content-type": draw(SENT_MEDIA), **sent},
        request_body=draw(bodies),
        status=draw(st.sampled_from([200, 201, 404, 502])),
        response_headers={"content-type": draw(MEDIA), **headers},
        response_body=draw(bodies),
        error=draw(st.none() | texts),
        url=base.url + draw(st.sampled_from(["", "?x=%00", "?q=%1b%5b", "#frag", "?e=\x1b[31m"])),
    )


@st.composite
def runs(draw: st.DrawFn) -> RunResult:
    received = draw(st.lists(exchanges(), min_size=1, max_size=3))
    found = samples.finding("VTEX-MASK-1", *received, expected=draw(texts), seen=draw(texts))
    check = replace(samples.finding("generated:x", *received, seen=draw(texts)), source="generated", name="x")
    drift = Drift("vtex", "GetProfile", draw(texts))
    facts = {"pii-sandbox": "1", "told": draw(texts), "many": [draw(texts)]}
    return replace(samples.run(found, generated=[check], facts=facts), observations=Observations(drift=(drift,)))


EXAMPLES = 300 if os.environ.get("HOSTILE_KINDS") else 25
LIMITS = settings(
    deadline=None,
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)


@LIMITS
@given(runs())
def test_every_form_holds_whatever_comes_back_as_harmless_text(run: RunResult) -> None:
    report = content.report(run, samples.target())
    assert "faults" not in report.run.facts, report.run.facts["faults"]
    for name, form in FORMS.items():
        report_checks.check(name, form(report))
    for found in report.findings:
        compile(found.repeat.pytest, "repeat", "exec")
        shlex.split(found.repeat.curl, comments=True)


@LIMITS
@given(runs(), texts)
def test_the_terminal_shows_whatever_comes_back_as_harmless_lines(run: RunResult, message: str) -> None:
    out = io.StringIO()
    live = Live(Console(file=out, width=100, color_system=None, highlight=False))
    live.on_start(1)
    live.on_scenario_end("VTEX-1 name", f"breaks: expected {message}, saw {message}")
    live.print_result(run)
    assert all(character.isprintable() or character == "\n" for character in out.getvalue())
    assert "VTEX-1 name: breaks: expected" in out.getvalue().splitlines()[1]


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_shown_with_visible_escapes_and_in_one_line(text: str) -> None:
    printed = text_safety.one_line(text)
    assert printed.isprintable()
    assert len(printed) < 5 * text_safety.LONGEST
    assert not set(printed) & text_safety._SHAPELESS
    printed.encode("utf-8")


@pytest.mark.parametrize("text", [text for text in TEXTS if len(text) < 200])
def test_the_page_shows_an_indented_body_with_visible_escapes(text: str) -> None:
    received = replace(
        BASE, response_headers={"content-type": "application/json"}, response_body=as_json({"reason": text})
    )
    report = content.report(samples.run(samples.finding("VTEX-MASK-1", received)), samples.target())
    report_checks.check("report.html", FORMS["report.html"](report))
    entry = html.pretty(report.findings[0].exchanges[0].response_body)
    assert all(character.isprintable() or character == "\n" for character in entry)


@LIMITS
@given(st.lists(exchanges(), max_size=3), texts)
def test_redaction_takes_whatever_comes_back(received: list[Exchange], message: str) -> None:
    redactor = Redactor()
    redactor.learn(*received)
    redacted: Any = [redactor.exchange(one) for one in received]
    assert len(redacted) == len(received)
    assert isinstance(redactor.text(message), str)
    redactor.json({"a": [message, {message: received[0].status if received else None}]})
