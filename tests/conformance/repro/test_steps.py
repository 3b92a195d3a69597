"""Steps of a reproduction: concurrent calls, values taken from responses, environment variables, escaping."""

from __future__ import annotations

import ast
import shlex
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.repro import Reproducer, Reproduction, shell
from pii_sandbox.conformance.repro.python import text_literal as python_text
from pii_sandbox.conformance.repro.steps import groups
from pii_sandbox.conformance.values.findings import Exchange, Finding
from tests.conformance.report import samples
from tests.conformance.report.samples import exchange, finding
from tests.conformance.repro.reproductions import reproduce


def test_calls_at_the_same_time_are_repeated_at_the_same_time() -> None:
    path = f"/v1/d/pii/profiles/{samples.NS_ID}"
    calls = [
        exchange(
            "newstore", "updateProfile", "PATCH", path, request_body={"full_name": f"Zoraida {number}"}, at=number / 100
        )
        for number in range(3)
    ]
    later = exchange("newstore", "getProfile", "GET", path, at=9)
    assert groups([*calls, later]) == [0, 0, 0, 3]
    repeat = reproduce(finding("NS-LOCK-2", *calls, expected="one update to win", seen="statuses [200, 200, 200]"))
    assert "ThreadPoolExecutor(3)" in repeat.pytest
    assert "sorted([r1.status_code, r2.status_code, r3.status_code]) != [200, 200, 200]" in repeat.pytest
    compile(repeat.pytest, "pasted", "exec")
    assert repeat.curl.count(" &\n") == 2  # and the last one, whose answer is judged


def test_an_answer_to_an_earlier_call_is_taken_from_there() -> None:
    first = exchange(
        "newstore",
        "createToken",
        "POST",
        "/v0/token",
        request_body={"username": "ada", "password": "s3cr3t"},
        response_body={"access_token": "tok-12345", "token_type": "Bearer"},
    )
    then = exchange(
        "newstore", "listProfiles", "GET", "/v1/d/pii/profiles", headers={"Authorization": "Bearer tok-12345"}, at=1
    )
    repeat = reproduce(finding("NS-AUTH-3", first, then))
    assert 'access_token = r1.json()["access_token"]' in repeat.pytest
    assert 'f"Bearer {access_token}"' in repeat.pytest
    assert "s3cr3t" not in repeat.pytest + repeat.curl


def test_what_the_target_says_may_be_read_is_an_environment_variable() -> None:
    target = replace(samples.target(), data={"fashionai": {"email": "ada@lovelace.example"}})
    path = "/api/v1/crm/protected/profile/email/ada%40lovelace.example"
    broken = finding("FAI-GET-1", exchange("fashionai", "getProfileByEmail", "GET", path))
    redactor = Redactor("guide")
    redactor.learn_finding(broken)
    repeat = Reproducer(redactor, target).of(broken)
    assert "quote(os.environ['FASHIONAI_TEST_EMAIL'], safe='')" in repeat.pytest
    assert '"${FASHIONAI_TEST_EMAIL}"' in repeat.curl


def test_a_finding_without_calls_has_nothing_to_repeat() -> None:
    assert reproduce(finding("NS-LOCK-2")) == Reproduction()


def test_a_finding_that_is_redacted_already_can_still_be_repeated() -> None:
    created, read = samples.canary_findings()[0].exchanges
    once = Redactor("guide").finding(finding("VTEX-MASK-1", created, read))
    repeat = reproduce(once)
    compile(repeat.pytest, "pasted", "exec")
    assert "@example.com" in repeat.curl
    assert "email#" not in repeat.curl


def test_times_that_are_not_known_are_one_after_the_other() -> None:
    calls = [replace(exchange("oracle", "getProfile", "GET", "/"), sent_at=None) for _ in range(2)]
    assert groups(calls) == [0, 1]
    overlapping: list[Exchange] = [
        replace(calls[0], sent_at=samples.BEGIN + timedelta(seconds=at)) for at in (0, 0.1, 3)
    ]
    assert groups(overlapping) == [0, 0, 2]


FORGED = (
    "\ue000__import__('os').system('id')\ue001", "\ue002HOME\ue003", "'); import subprocess; subprocess.run('id') #",
    '"""', "\n    import subprocess\n    subprocess.run('id')\n", "{__import__('os')}", "\\", "#\r\nimport subprocess",
    "\x1b[2J", "\ufdd0\U000f0000",
)  # fmt: skip


def identifiers(code: str) -> set[str]:
    """All names, of whatever kind, that are no literal in a module."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        for value in (getattr(node, name, None) for name in ("id", "attr", "name", "arg", "module")):
            found |= {value} if isinstance(value, str) else set()
    return found


def hostile_finding(value: str) -> Finding:
    """A finding in which all that came from outside is that value: ids, bodies, headers, a message, a media type."""
    path = f"/v1/d/pii/profiles/{quote(value, safe='')}"
    answer = {"id": value, value: value, "email": value, "full_name": value}
    return finding(
        "NS-LOCK-1",
        exchange(
            "newstore",
            "getOrCreateProfile",
            "POST",
            "/v1/d/pii/profiles",
            request_body=answer,
            response_body=answer,
            status=201,
        ),
        exchange(
            "newstore",
            "updateProfile",
            "PATCH",
            path,
            request_body=answer,
            response_body=answer,
            at=1,
            media_type=f"a/{value}",
        ),
        exchange(
            "newstore",
            "getProfile",
            "GET",
            f"{path}?q={quote(value)}",
            headers={"X-A": value},
            response_body=value,
            at=2,
        ),
        expected=value,
        seen=value,
    )


@pytest.mark.parametrize("forged", FORGED)
def test_response_data_becomes_only_literals_in_a_generated_test(forged: str) -> None:
    harmless = reproduce(hostile_finding("harmless"))
    hostile = reproduce(hostile_finding(forged))
    assert {"httpx", "os"} < identifiers(harmless.pytest)
    assert identifiers(hostile.pytest) <= identifiers(harmless.pytest)


@pytest.mark.parametrize("forged", ["\ue000os\ue001", "\ue002HOME\ue003", '"\ue000__import__\ue001"'])
def test_what_looks_like_a_reference_in_an_answer_is_a_literal(forged: str) -> None:
    code = python_text(forged)
    assert ast.literal_eval(code) == forged
    assert shlex.split(shell._word(forged)) == [forged]
