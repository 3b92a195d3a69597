"""What is handed on to repeat a finding fails again, and holds no data of anybody."""

from __future__ import annotations

import ast
import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.repro import URL, Reproducer, Reproduction, placeholder_values, shell
from pii_sandbox.conformance.repro.placeholder_values import PlaceholderFactory
from pii_sandbox.conformance.repro.python import text_literal as python_text
from pii_sandbox.conformance.repro.steps import groups
from pii_sandbox.conformance.run_context import standalone_context
from pii_sandbox.conformance.scenario_runner import play_scenario
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.values.findings import Exchange, Finding
from pii_sandbox.conformance.values.scenario import Scenario, holds
from pii_sandbox.redaction import detectors
from pii_sandbox.redaction.schema_marks import SchemaMark
from tests.conformance.report import samples
from tests.conformance.report.samples import UncloseableTransport, exchange, finding
from tests.in_process import InProcess

BASE = "http://sandbox.test"
TARGET = local_sandbox(BASE)
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
    made = api.call("getOrCreateProfile", body=sent, expect=201).json
    change = partial(api.call, "updateProfile", profile_id=made["id"])
    change(body={"last_updated_at": made["updated_at"], "full_name": who.last_name}, expect=200)
    change(body={"last_updated_at": made["updated_at"], "full_name": who.first_name}, expect=200)


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
        came = play_scenario(Scenario(rule, play.__name__, play, frozenset()), api, context)
    assert came.finding is not None, came.reason
    return came.finding


def reproduce(*findings: Finding) -> Reproduction:
    redactor = Redactor("guide", public=["r7k2"])
    for one in findings:
        redactor.learn_finding(one)
    return Reproducer(redactor, TARGET).of(findings[0])


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
    came = subprocess.run(
        ["sh"], input=reproduce(broken).curl, text=True, capture_output=True, check=False, env=environment
    )
    assert "expected status 200; now it is 409" in came.stderr
    assert came.returncode == 1
    sent = calls.read_text().splitlines()
    assert f"{BASE}/v1/d/pii/profiles/NS-1" in sent[1]
    assert '"last_updated_at": "now"' in sent[2]
    assert "Bearer sandbox-newstore" in sent[2]


def test_calls_at_the_same_time_are_repeated_at_the_same_time() -> None:
    path = f"/v1/d/pii/profiles/{samples.NS_ID}"
    calls = [
        exchange("newstore", "updateProfile", "PATCH", path, sent={"full_name": f"Zoraida {number}"}, at=number / 100)
        for number in range(3)
    ]
    later = exchange("newstore", "getProfile", "GET", path, at=9)
    assert groups([*calls, later]) == [0, 0, 0, 3]
    repeat = reproduce(finding("NS-LOCK-2", *calls, expected="one update to win", seen="statuses [200, 200, 200]"))
    assert "ThreadPoolExecutor(3)" in repeat.pytest
    assert "sorted([r1.status_code, r2.status_code, r3.status_code]) != [200, 200, 200]" in repeat.pytest
    compile(repeat.pytest, "pasted", "exec")
    assert repeat.curl.count(" &\n") == 3


def test_an_answer_to_an_earlier_call_is_taken_from_there() -> None:
    first = exchange("newstore", "createToken", "POST", "/v0/token", sent={"username": "ada", "password": "s3cr3t"},
                     came={"access_token": "tok-12345", "token_type": "Bearer"})  # fmt: skip
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
    made, read = samples.canary_findings()[0].exchanges
    once = Redactor("guide").finding(finding("VTEX-MASK-1", made, read))
    repeat = reproduce(once)
    compile(repeat.pytest, "pasted", "exec")
    assert "@example.com" in repeat.curl
    assert "email#" not in repeat.curl


MARK = SchemaMark("x")


@pytest.mark.parametrize(
    "value",
    [
        "Zoraida.Quixbury@Shop.com.br",
        "839.217.465-82",
        "+5511987651377",
        "5355 2201 9474 6685",
        "1903-07-29",
        "Zoë-2",
        "李明",
        "ZQX/88",
    ],
)
def test_an_invented_literal_has_the_form_of_the_value_and_is_another(value: str) -> None:
    literal = PlaceholderFactory([(value, MARK)]).of(value, MARK)
    assert literal != value
    assert "@" in value or len(literal) == len(value)
    assert [character for character in literal if not character.isalnum()][-1:] == [
        character for character in value if not character.isalnum()
    ][-1:]
    if value.startswith("839"):
        assert detectors.is_cpf(detectors.digits(literal))
    if value.startswith("5355"):
        assert detectors.passes_luhn(detectors.digits(literal))


def test_spellings_and_parts_of_a_value_stay_spellings_and_parts() -> None:
    inventor = PlaceholderFactory([("Zoraida.Quixbury@shop.example", MARK), ("+5511987651377", MARK), ("uixb", MARK)])
    email = inventor.of("Zoraida.Quixbury@shop.example", MARK)
    assert inventor.of("ZORAIDA.QUIXBURY@SHOP.EXAMPLE", MARK) == email.upper()
    phone = inventor.of("+5511987651377", MARK)
    assert detectors.digits(inventor.of("+55 (11) 98765-1377", MARK)) == phone[1:]
    assert inventor.of("Quixbury", MARK).lower() != "quixbury"
    assert inventor.of(12345, MARK) != 12345
    assert isinstance(inventor.of(12345, MARK), int)
    assert inventor.of("BR", SchemaMark("country", choices=("BR", "DE"))) == "DE"
    assert inventor.of(True, MARK) is True


def test_a_part_that_begins_in_one_value_and_ends_in_the_next_is_no_part() -> None:
    factory = PlaceholderFactory([("abcdefgh", MARK), ("ijklmnop", MARK), ("fgh\nijk", MARK), ("defg", MARK)])
    whole = factory.of("abcdefgh", MARK)
    assert factory.of("defg", MARK) == whole[3:7]
    assert factory.of("fgh\nijk", MARK) != f"{whole[5:]}\n{factory.of('ijklmnop', MARK)[:3]}"


def test_literals_are_made_for_what_is_asked_for_and_not_for_all_values_of_large_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []
    genuine = placeholder_values._placeholder

    def counting(text: str, bare: str) -> str:
        made.append(text)
        return genuine(text, bare)

    monkeypatch.setattr(placeholder_values, "_placeholder", counting)
    factory = PlaceholderFactory([(f"Shopper{number} Quixbury", MARK) for number in range(5_000)])
    assert factory.of("4321 quix", MARK) in factory.of("Shopper4321 Quixbury", MARK).lower()
    assert factory.knows("shopper4321 quixbury")
    assert made == ["Shopper4321 Quixbury"]


@pytest.mark.parametrize("value", [-(10**400), 1e308, 1.5e-300, float("inf"), -0.0, 12345.25])
def test_a_number_of_any_form_becomes_another_number(value: float) -> None:
    factory = PlaceholderFactory([(str(value), MARK)])
    literal = factory.of(value, MARK)
    assert type(literal) is type(value)
    assert literal == factory.of(value, MARK)
    assert literal != value or value == 0


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
        exchange("newstore", "getOrCreateProfile", "POST", "/v1/d/pii/profiles", sent=answer, came=answer, status=201),
        exchange("newstore", "updateProfile", "PATCH", path, sent=answer, came=answer, at=1, media_type=f"a/{value}"),
        exchange("newstore", "getProfile", "GET", f"{path}?q={quote(value)}", headers={"X-A": value}, came=value, at=2),
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
