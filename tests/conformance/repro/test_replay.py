"""The curl commands and the pytest module of a finding reproduce it, and contain no personal data."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import pytest

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.repro import URL, Reproduction
from pii_sandbox.conformance.run_context import standalone_context
from pii_sandbox.conformance.scenario_runner import play_scenario
from pii_sandbox.conformance.values.findings import Finding
from pii_sandbox.conformance.values.scenario import Scenario, holds
from tests.conformance.report.samples import UncloseableTransport
from tests.conformance.repro.reproductions import BASE, TARGET, reproduce
from tests.in_process import InProcess

CREDENTIALS = {
    "VTEX_APP_KEY": "vtexappkey-sandbox",
    "VTEX_APP_TOKEN": "sandbox-token",
    "NEWSTORE_TOKEN": "sandbox-newstore",
    "FASHIONAI_TOKEN": "fai_test_sandbox",
    "ORACLE_APPLICATION_KEY": "sandbox-application-key",
}


def a_stale_update(api: ApiClient) -> None:
    who = api.new_customer()
    sent = {"email": who.email, "full_name": who.full_name, "phone_number": who.phone}
    created = api.call("getOrCreateProfile", body=sent, expect=201).json
    change = partial(api.call, "updateProfile", profile_id=created["id"])
    change(body={"last_updated_at": created["updated_at"], "full_name": who.last_name}, expect=200)
    change(body={"last_updated_at": created["updated_at"], "full_name": who.first_name}, expect=200)


def a_search_in_capitals(api: ApiClient) -> None:
    who = api.new_customer()
    api.call("getOrCreateProfile", body={"email": who.email, "full_name": who.full_name}, expect=201)
    found = api.call("listProfiles", q=who.email[:28].upper(), expect=200).json
    holds(not found["profiles"], "nobody found", found["profiles"])


def a_masked_read(api: ApiClient) -> None:
    who = api.new_customer()
    names = {"firstName": who.first_name, "lastName": who.last_name}
    sent = {"email": who.email, "document": who.document, "documentType": "CPF", **names}
    api.call("CreateClientProfile", body=sent, expect=201)
    api.sandbox.advance(days=1)
    read = api.call("GetProfile", profileId=who.email, alternativeKey="email", expect=200)
    holds(read.json["document"]["email"] == who.email, "the email in clear", "another one")


def a_printed_customer(api: ApiClient) -> None:
    api.call("getProfileByPhone", phone=f"+{api.test_datum('phone')}", expect=404)


def a_token_that_lives(api: ApiClient) -> None:
    form = {"grant_type": "client_credentials"}
    token = api.call("login", form=form, credentials="application", expect=200).json["access_token"]
    cards = [{"creditCardNumber": "4111111111111111", "nameOnCard": "ZORAIDA QUIXBURY"}]
    api.sandbox.put_document("profiles", "p-991", {"id": "p-991", "email": "zoraida@zyx.example", "creditCards": cards})
    api.call("getProfile", id="p-991", headers={"Authorization": f"Bearer {token}"}, expect=401)


def a_wrong_token(api: ApiClient) -> None:
    api.call("listProfiles", credentials="wrong", expect=200)


def a_body_that_is_no_text(api: ApiClient) -> None:
    headers = {"Content-Type": "application/json"}
    api.call("getOrCreateProfile", content=b'{"email": "zo\xff@x.example"}', headers=headers, expect=201)


BROKEN: dict[Callable[[ApiClient], None], tuple[str, str]] = {
    a_stale_update: ("NS-LOCK-1", "newstore"),
    a_search_in_capitals: ("NS-LIST-3", "newstore"),
    a_masked_read: ("VTEX-MASK-1", "vtex"),
    a_printed_customer: ("FAI-GET-3", "fashionai"),
    a_token_that_lives: ("OCC-AUTH-3", "oracle"),
    a_wrong_token: ("NS-AUTH-2", "newstore"),
    a_body_that_is_no_text: ("NS-GOC-3", "newstore"),
}


def find_violation(play: Callable[[ApiClient], None], transport: InProcess) -> Finding:
    """What a scenario finds that expects what the sandbox does not do."""
    rule, api = BROKEN[play]
    with standalone_context(
        TARGET, "r7k2", 1, lambda _: httpx.Client(transport=UncloseableTransport(transport))
    ) as context:
        result = play_scenario(Scenario(rule, play.__name__, play, frozenset()), api, context)
    assert result.finding is not None, result.reason
    return result.finding


def test_function(code: str, transport: InProcess, patch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The test of a pasted module, on the sandbox in this process."""
    patch.setattr(httpx, "Client", partial(httpx.Client, transport=UncloseableTransport(transport)))
    for name, value in {URL: BASE, **CREDENTIALS}.items():
        patch.setenv(name, value)
    pasted: dict[str, Callable[[], None]] = {}
    exec(compile(code, "pasted", "exec"), pasted)
    return next(value for name, value in pasted.items() if name.startswith("test_"))


test_function.__test__ = False  # type: ignore[attr-defined]  # it is named after what it gives


@pytest.mark.parametrize("play", BROKEN, ids=lambda play: play.__name__)
def test_a_pasted_test_fails_again(
    play: Callable[[ApiClient], None], transport: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    pasted = test_function(reproduce(find_violation(play, transport)).pytest, transport, monkeypatch)
    for _ in range(2):
        with pytest.raises(AssertionError, match="expected"):
            pasted()


def test_a_pasted_test_passes_once_the_rule_holds(transport: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = replace(find_violation(a_stale_update, transport), expected="status 409", seen="status 200")
    test_function(reproduce(broken).pytest, transport, monkeypatch)()
    answer = find_violation(a_search_in_capitals, transport)
    *before, last = answer.exchanges
    other = replace(last, response_body=b'{"profiles": [], "pagination_info": {"count": 0, "total": 0, "offset": 0}}')
    test_function(reproduce(replace(answer, exchanges=(*before, other))).pytest, transport, monkeypatch)()


@pytest.mark.parametrize("play", BROKEN, ids=lambda play: play.__name__)
def test_no_value_that_was_sent_is_in_the_commands(play: Callable[[ApiClient], None], transport: InProcess) -> None:
    broken = find_violation(play, transport)
    commands = "".join(vars_of(reproduce(broken)))
    for one in broken.exchanges:
        sent = (
            json.loads(one.request_body or b"null")
            if one.request_body[:1] == b"{" and b"\xff" not in one.request_body
            else {}
        )
        for name, value in (sent or {}).items():
            if name in {"email", "full_name", "firstName", "lastName", "document", "phone_number"}:
                assert value not in commands
    for value in ("sandbox-token", "sandbox-newstore", "fai_test", "application-key", "4111111111111111"):
        assert value not in commands


def vars_of(repeat: Reproduction) -> tuple[str, str]:
    return repeat.curl, repeat.pytest


@pytest.mark.parametrize("play", BROKEN, ids=lambda play: play.__name__)
def test_the_curl_lines_are_a_shell_script(play: Callable[[ApiClient], None], transport: InProcess) -> None:
    shell = shutil.which("sh")
    assert shell is not None
    script = reproduce(find_violation(play, transport)).curl
    read = subprocess.run([shell, "-n"], input=script, text=True, capture_output=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")


CURL = """#!{python}
import pathlib, sys
pathlib.Path({calls!r}).open("a").write(repr(sys.argv[1:]) + "\\n")
print({answers!r}[len(pathlib.Path({calls!r}).read_text().splitlines()) - 1])
"""


def test_the_curl_lines_hand_ids_on_and_tell_what_is_not_as_expected(transport: InProcess, tmp_path: Path) -> None:
    broken = find_violation(a_stale_update, transport)
    calls, curl = tmp_path / "calls", tmp_path / "curl"
    answers = ['{"id": "NS-1", "created_at": "then", "updated_at": "now"}', "", "{}\n409"]
    curl.write_text(CURL.format(python=os.path.realpath(os.sys.executable), calls=str(calls), answers=answers))  # type: ignore[attr-defined]
    curl.chmod(0o755)
    environment = {**os.environ, **CREDENTIALS, URL: BASE, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    result = subprocess.run(
        ["sh"], input=reproduce(broken).curl, text=True, capture_output=True, check=False, env=environment
    )
    assert "expected status 200; now it is 409" in result.stderr
    assert result.returncode == 1
    sent = calls.read_text().splitlines()
    assert f"{BASE}/v1/d/pii/profiles/NS-1" in sent[1]
    assert '"last_updated_at": "now"' in sent[2]
    assert "Bearer sandbox-newstore" in sent[2]
