"""Targets from files: credentials by name alone, powers and hosts as written, errors of one line."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from pii_sandbox.conformance.target.answer_bounds import AnswerBounds
from pii_sandbox.conformance.target.config import BadTarget, read_target
from pii_sandbox.conformance.target.disclosure import hosts_and_variables
from pii_sandbox.conformance.target.local_sandbox import APIS
from pii_sandbox.conformance.target.login_tokens import has_no_token
from pii_sandbox.conformance.target.model import Limits, Retry
from pii_sandbox.conformance.target.template import template

SECRET = "EYJHBGCIOIJIUZI1NIJ9"  # as a token may look that somebody pasted
ENVIRONMENT = {"APP_KEY": "key-1", "APP_TOKEN": "token-1", "EMAIL": "someone@example.com", "TOKEN": "t", "EMPTY": ""}
ENVIRONMENT |= {
    "PROXY": "http://me:hidden@proxy.example.com:3128",
    "FTP": "ftp://proxy.example.com",
    "NO_HOST": "http://",
    "NO_PORT": "http://proxy.example.com:port",
}
FULL = """
[vtex.credentials.full]
X-VTEX-API-AppKey = "APP_KEY"
X-VTEX-API-AppToken = "APP_TOKEN"
"""
VTEX = f'[vtex]\nurl = "https://shop.example.com"\n{FULL}'


def write_target(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "target.toml"
    file.write_text(text, "utf-8")
    return file


def test_a_target_is_read_alone_unless_more_is_granted(tmp_path: Path) -> None:
    target = read_target(write_target(tmp_path, VTEX), ENVIRONMENT)
    assert target.grants("read")
    assert not any(target.grants(power) for power in ("write", "delete", "erase", "clock", "control"))
    assert target.verify is True
    assert target.control is None
    assert target.limits == Limits()


def test_credentials_come_from_the_environment(tmp_path: Path) -> None:
    text = VTEX + '[oracle]\nurl = "https://o.example.com"\n[oracle.credentials.full]\nAuthorization = "Bearer TOKEN"\n'
    target = read_target(write_target(tmp_path, text), ENVIRONMENT)
    assert target.credentials["vtex"]["full"] == {"X-VTEX-API-AppKey": "key-1", "X-VTEX-API-AppToken": "token-1"}
    assert target.credentials["oracle"]["full"] == {"Authorization": "Bearer t"}


def test_wrong_credentials_are_made_up_where_none_are_named(tmp_path: Path) -> None:
    wrong = read_target(write_target(tmp_path, VTEX), ENVIRONMENT).credentials["vtex"]["wrong"]
    assert set(wrong) == {"X-VTEX-API-AppKey", "X-VTEX-API-AppToken"}
    assert not {"key-1", "token-1"} & set(wrong.values())


def test_everything_that_a_file_can_say_is_read(tmp_path: Path, certificates: Path) -> None:
    for name in ("ca.pem", "client.pem", "client.key"):
        shutil.copy(certificates / name, tmp_path)
    text = f"""
    name = "staging"
    powers = ["read", "write", "delete", "erase", "clock", "control"]
    dialect = "reference"
    control_url = "https://shop.example.com/_sandbox/v1/"
    control_token = "TOKEN"
    proxy = "http://proxy.example.com:3128"
    [limits]
    requests_per_second = 2.5
    requests = 100
    writes = 10
    minutes = 5
    [tls]
    ca_file = "ca.pem"
    client_certificate = "client.pem"
    client_key = "client.key"
    {VTEX}
    [vtex.data]
    profile_id = "p-1"
    email = {{env = "EMAIL"}}
    [newstore]
    url = "https://shop.example.com"
    [newstore.login]
    username = "APP_KEY"
    password = "APP_TOKEN"
    """
    target = read_target(write_target(tmp_path, text), ENVIRONMENT)
    assert target.name == "staging"
    assert target.powers == {"read", "write", "delete", "erase", "clock", "control"}
    assert target.dialect == "reference"
    assert target.control == "https://shop.example.com/_sandbox/v1"
    assert target.headers == {"X-Sandbox-Control-Token": "t"}
    assert target.isolates
    assert target.proxy == "http://proxy.example.com:3128"
    assert target.limits == Limits(2.5, 100, 10, 5)
    assert target.verify == str(tmp_path / "ca.pem")
    assert target.client_certificate == (str(tmp_path / "client.pem"), str(tmp_path / "client.key"))
    assert target.data["vtex"] == {"profile_id": "p-1", "email": "someone@example.com"}
    assert target.data["newstore"] == {"username": "key-1", "password": "token-1"}
    assert target.urls == {"vtex": "https://shop.example.com", "newstore": "https://shop.example.com"}


@pytest.mark.parametrize(
    "value",
    [SECRET, "vtexappkey-shop-ABCDEF", "Bearer " + SECRET, "eyJ0eXAi.eyJzdWIi.c2ln", "fai_live_sk_123", "", "EMPTY"],
)
def test_a_credential_that_is_written_out_is_refused_and_not_repeated(tmp_path: Path, value: str) -> None:
    text = f'[vtex]\nurl = "https://s.example.com"\n[vtex.credentials.full]\nX-VTEX-API-AppKey = "{value}"\n'
    with pytest.raises(BadTarget) as refused:
        read_target(write_target(tmp_path, text), ENVIRONMENT)
    assert "vtex.credentials.full.X-VTEX-API-AppKey" in str(refused.value)
    assert not value or value == "EMPTY" or value.removeprefix("Bearer ") not in str(refused.value)


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadTarget, match="the environment variable APP_TOKEN is not set"):
        read_target(write_target(tmp_path, VTEX), {"APP_KEY": "key-1"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1", "unknown setting x"),
        ("z = 1\na = 1\n" + VTEX, "unknown setting a; the settings here are"),
        ("name = 5\n" + VTEX, "name must be text"),
        ("", "configures no API"),
        ("[vtex]", "vtex.url is missing; set it to an http or https URL"),
        ('[vtex]\nurl = "shop.example.com"', "vtex.url must be an http or https URL"),
        ('[vtex]\nurl = "https://shop.example.com/?an=x"', "without a query"),
        ('[vtex]\nurl = "https://a:b@shop.example.com"', "contains a user name or password"),
        ('[vtex]\nurl = "https://shop.example.com:port"', "is not a valid URL"),
        ('[vtex]\nurl = "http://shop.example.com"', "plain HTTP"),
        ('[vtex]\nurl = "https://shop.example.com"\nurls = 1', "unknown setting vtex.urls"),
        ('powers = ["fly"]\n' + VTEX, "powers must be a list with any of"),
        ('powers = "read"\n' + VTEX, "powers must be a list with any of"),
        ('powers = ["write"]\n' + VTEX, "a run deletes what it creates"),
        ('powers = ["clock"]\n' + VTEX, "need a pii-sandbox server; set its control_url"),
        ('control_url = "http://127.0.0.1:1"\npowers = ["clock"]\n' + VTEX, "the power clock needs the power control"),
        ('control_token = "TOKEN"\n' + VTEX, "is of no use without control_url"),
        ('control_url = "http://127.0.0.1:1"\npowers = ["control"]\n' + VTEX, "at one host and port"),
        ('dialect = "klingon"\n' + VTEX, "dialect must be one of guide, reference"),
        ("[limits]\nrequests = 1.5\n" + VTEX, "limits.requests must be a whole number"),
        ("[limits]\nwrites = -1\n" + VTEX, "limits.writes must be 0 or more"),
        ("[limits]\nrequests_per_second = 0\n" + VTEX, "limits.requests_per_second must be above 0"),
        ("[limits]\nminutes = true\n" + VTEX, "limits.minutes must be a number"),
        ("[limits]\nhours = 1\n" + VTEX, "unknown setting limits.hours"),
        ("[tls]\nverified = false\n" + VTEX, "unknown setting tls.verified"),
        ("[tls]\nverify = false\n" + VTEX, "only for hosts on this machine"),
        ("[answers]\nminutes = 1\n" + VTEX, "unknown setting answers.minutes"),
        ("[answers]\ndepth = 1.5\n" + VTEX, "answers.depth must be a whole number"),
        ("[answers]\nseconds = true\n" + VTEX, "answers.seconds must be a number"),
        ("[answers]\nseconds = 0\n" + VTEX, "answers.seconds must be above 0 and below 2^40"),
        ("[answers]\nvalues = 1099511627776\n" + VTEX, "answers.values must be above 0 and below 2^40"),
        ("[answers]\ndepth = 201\n" + VTEX, "answers.depth must be at most 200"),
        ("[retry]\nattempts = 1.5\n" + VTEX, "retry.attempts must be a whole number"),
        ("[retry]\nbackoff_seconds = inf\n" + VTEX, "retry.backoff_seconds must be a finite number"),
        ("[retry]\nbreaker_failures = 0\n" + VTEX, "retry.breaker_failures must be 1 or more"),
        ("[retry]\nattempts = -1\n" + VTEX, "retry.attempts must be 0 or more"),
        ("[retry]\ntries = 1\n" + VTEX, "unknown setting retry.tries"),
        ("settle_seconds = -0.5\n" + VTEX, "settle_seconds must be 0 or more"),
        ("settle_seconds = true\n" + VTEX, "settle_seconds must be a finite number"),
        ('[tls]\nca_file = "none.pem"\n' + VTEX, "there is no file"),
        ('[tls]\nclient_key = "target.toml"\n' + VTEX, "is of no use without tls.client_certificate"),
        ('[tls]\nallow_http = "yes"\n' + VTEX, "tls.allow_http must be true or false"),
        ("vtex = 5", "vtex must be a table"),
        ("[vtex]\nurl = 'https://s.example.com'\n[vtex.credentials]\nfull = 'x'", "must be a table of headers"),
        (VTEX + "[vtex.data]\npassword = 'hunter2'", "this file never contains credentials"),
        (VTEX + "[vtex.data]\nemail = ['a']", "must be text or"),
        (VTEX + "[vtex.login]\npin = 'TOKEN'", "unknown setting vtex.login.pin"),
        ('proxy = "http://me:secret@p.example.com"\n' + VTEX, "contains a user name or password"),
        ("name = ", "is not valid TOML"),
        (
            '[vtex]\nurl = "https://ACCOUNT.vtexcommercestable.com.br"',
            "vtex.url still contains the placeholder ACCOUNT",
        ),
        ('[vtex]\nurl = "https://xn--a.example.com"', "vtex.url has an invalid host name, or a character"),
        ('[vtex]\nurl = "https://-ä.example.com"', "vtex.url has an invalid host name, or a character"),
        ('[vtex]\nurl = "https://shop example.com"', "vtex.url has an invalid host name, or a character"),
        ('[vtex]\nurl = "https://shop%20.example.com"', "vtex.url has an invalid host name, or a character"),
        ('[vtex]\nurl = "https://shop..example.com"', "vtex.url has an invalid host name, or a character"),
        (f'[vtex]\nurl = "https://{"a" * 64}.example.com"', "vtex.url has an invalid host name, or a character"),
        ('[vtex]\nurl = "https://shop.example.com/\\u0007"', "vtex.url has an invalid host name, or a character"),
        ('[vtex]\nurl = "https://shop.example.com:0"', "vtex.url has port 0"),
        ('[vtex]\nurl = "http://shop.example.com:443"', "vtex.url uses plain HTTP on port 443"),
        ("[limits]\nminutes = inf\n" + VTEX, "limits.minutes must be a finite number"),
        ("[limits]\nrequests_per_second = nan\n" + VTEX, "limits.requests_per_second must be a finite number"),
        (VTEX.replace("X-VTEX-API-AppKey", '"App Key"'), "vtex.credentials.full has a header name that HTTP does not"),
        (
            'proxy = "EMAIL"\n' + VTEX,
            "proxy: the value of the environment variable is not an http or https URL",
        ),
        (
            'proxy = "FTP"\n' + VTEX,
            "proxy: the value of the environment variable is not an http or https URL",
        ),
        (
            'proxy = "NO_HOST"\n' + VTEX,
            "proxy: the value of the environment variable is not an http or https URL",
        ),
        (
            'proxy = "NO_PORT"\n' + VTEX,
            "proxy: the value of the environment variable is not an http or https URL",
        ),
    ],
)
def test_an_error_in_a_target_file_is_reported_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadTarget) as refused:
        read_target(write_target(tmp_path, text), ENVIRONMENT)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)


def test_the_least_that_a_limit_may_be_is_taken(tmp_path: Path) -> None:
    text = "settle_seconds = 0\n[limits]\nrequests = 0\nminutes = 0\nrequests_per_second = 0.5\n"
    text += "[retry]\nattempts = 0\nbackoff_seconds = 0\nbreaker_failures = 1\n[answers]\nseconds = 0.5\ndepth = 200\n"
    target = read_target(write_target(tmp_path, text + VTEX), ENVIRONMENT)
    assert target.limits == Limits(0.5, 0, None, 0)
    assert target.retry == Retry(attempts=0, backoff_seconds=0, breaker_failures=1)
    assert target.answers == AnswerBounds(seconds=0.5, depth=200)
    assert target.settle_seconds == 0


def test_a_vendor_has_time_to_settle_and_a_login_and_a_server_of_ours_has_neither(tmp_path: Path) -> None:
    text = '[newstore]\nurl = "https://n.example.com"\n[newstore.login]\nusername = "TOKEN"\npassword = "APP_TOKEN"\n'
    vendor = read_target(write_target(tmp_path, text), ENVIRONMENT)
    ours = read_target(
        write_target(tmp_path, 'control_url = "https://n.example.com/_sandbox/v1"\n' + text), ENVIRONMENT
    )
    assert (vendor.settle_seconds, ours.settle_seconds) == (3, 0)
    assert has_no_token(vendor.credentials["newstore"]["full"])
    assert "full" not in ours.credentials["newstore"]


def test_a_control_api_elsewhere_is_taken_where_it_grants_nothing(tmp_path: Path) -> None:
    target = read_target(
        write_target(tmp_path, 'control_url = "https://elsewhere.example.com/_sandbox/v1"\n' + VTEX), ENVIRONMENT
    )
    assert target.control == "https://elsewhere.example.com/_sandbox/v1"
    assert not target.isolates


def test_a_proxy_with_a_password_comes_from_the_environment(tmp_path: Path) -> None:
    assert read_target(write_target(tmp_path, 'proxy = "PROXY"\n' + VTEX), ENVIRONMENT).proxy == ENVIRONMENT["PROXY"]


def test_a_client_certificate_may_hold_its_key(tmp_path: Path, certificates: Path) -> None:
    both = (certificates / "client.pem").read_text("utf-8") + (certificates / "client.key").read_text("utf-8")
    (tmp_path / "both.pem").write_text(both, "utf-8")
    target = read_target(write_target(tmp_path, '[tls]\nclient_certificate = "both.pem"\n' + VTEX), ENVIRONMENT)
    assert target.client_certificate == str(tmp_path / "both.pem")


def test_plain_http_is_for_this_machine_unless_it_is_permitted(tmp_path: Path) -> None:
    local = VTEX.replace("https://shop.example.com", "http://127.0.0.1:8080/vtex")
    assert read_target(write_target(tmp_path, local), ENVIRONMENT).urls == {"vtex": "http://127.0.0.1:8080/vtex"}
    inside = "[tls]\nallow_http = true\n" + VTEX.replace("https://shop.example.com", "http://sandbox:8080")
    assert read_target(write_target(tmp_path, inside), ENVIRONMENT).urls == {"vtex": "http://sandbox:8080"}


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadTarget, match="cannot be read: No such file or directory"):
        read_target(tmp_path / "none.toml", {})


def test_all_that_the_template_shows_is_understood(tmp_path: Path) -> None:
    lines = template().replace("ACCOUNT", "a").replace("TENANT", "t").replace("SITE", "s").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("# [vtex]"))
    shown = [line.removeprefix("# ") if number >= start else line for number, line in enumerate(lines)]
    names = {
        "VTEX_APP_KEY", "VTEX_APP_TOKEN", "VTEX_UNPRIVILEGED_APP_KEY", "VTEX_UNPRIVILEGED_APP_TOKEN",
        "VTEX_WRONG_APP_KEY",
        "VTEX_WRONG_APP_TOKEN", "VTEX_TEST_EMAIL", "NEWSTORE_TOKEN", "NEWSTORE_USER", "NEWSTORE_PASSWORD",
        "FASHIONAI_TOKEN", "FASHIONAI_TEST_ID", "FASHIONAI_TEST_PHONE", "FASHIONAI_TEST_EMAIL",
        "FASHIONAI_TEST_DOCUMENT", "ORACLE_ACCESS_TOKEN", "ORACLE_APPLICATION_KEY", "VTEX_USER_TOKEN",
        "VTEX_READONLY_APP_KEY", "VTEX_READONLY_APP_TOKEN", "VTEX_TEST_DOCUMENT", "NEWSTORE_EXPIRED_TOKEN",
        "NEWSTORE_WRONG_TOKEN", "NEWSTORE_TEST_PROFILE_ID", "NEWSTORE_TEST_EMAIL", "FASHIONAI_WRONG_TOKEN",
        "ORACLE_WRONG_ACCESS_TOKEN",
    }  # fmt: skip
    target = read_target(write_target(tmp_path, "\n".join(shown)), dict.fromkeys(names, "v"))
    assert set(target.urls) == {"vtex", "newstore", "fashionai", "oracle"}
    assert target.limits.requests_per_second == 5


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("token-1\n", "begins or ends with white space"),
        (" token-1", "begins or ends with white space"),
        ("token\r\nX-Admin: 1", "contains a character that cannot be sent"),
        ("token\udcff", "contains a character that cannot be sent"),
        ("tok€n", "character 4 of the environment variable's value is not ASCII"),
        ("tokén", "character 4 of the environment variable's value is not ASCII"),
    ],
)
def test_a_credential_that_no_header_can_carry_is_refused_with_its_setting(
    tmp_path: Path, value: str, told: str
) -> None:
    with pytest.raises(BadTarget, match=told) as refused:
        read_target(write_target(tmp_path, VTEX), {**ENVIRONMENT, "APP_TOKEN": value})
    assert "vtex.credentials.full.X-VTEX-API-AppToken" in str(refused.value)
    assert value.strip() not in str(refused.value)


def test_a_password_may_hold_any_letter(tmp_path: Path) -> None:
    text = VTEX + '[newstore]\nurl = "https://n.example.com"\n[newstore.login]\nusername = "TOKEN"\npassword = "PASS"\n'
    target = read_target(write_target(tmp_path, text), {**ENVIRONMENT, "PASS": "pässwörd €"})
    assert target.data["newstore"]["password"] == "pässwörd €"


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    file = tmp_path / "target.toml"
    file.write_text(VTEX, "utf-8-sig")
    assert read_target(file, ENVIRONMENT).urls == {"vtex": "https://shop.example.com"}
    assert hosts_and_variables(file) == "hosts shop.example.com; variables APP_KEY, APP_TOKEN"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('ca_file = "empty.pem"', "tls.ca_file: {folder}/empty.pem contains no certificate in PEM format"),
        (
            'client_certificate = "client.pem"',
            "tls.client_certificate: {folder}/client.pem does not contain a certificate with its",
        ),
        (
            'client_certificate = "client.pem"\nclient_key = "encrypted.key"',
            "tls.client_key: {folder}/encrypted.key is encrypted; name a key without a passphrase",
        ),
        (
            'client_certificate = "client.pem"\nclient_key = "server.key"',
            "tls.client_key: the key in {folder}/server.key does not belong to {folder}/client.pem; name the key",
        ),
        (
            'client_certificate = "client.pem"\nclient_key = "empty.pem"',
            "tls.client_key: {folder}/client.pem and {folder}/empty.pem do not contain a certificate with its",
        ),
    ],
)
def test_certificates_and_keys_that_cannot_be_used_are_refused_by_setting_and_file(
    certificates: Path, tmp_path: Path, lines: str, told: str
) -> None:
    for name in ("client.pem", "encrypted.key", "server.key"):
        shutil.copy(certificates / name, tmp_path)
    (tmp_path / "empty.pem").touch()
    with pytest.raises(BadTarget) as refused:
        read_target(write_target(tmp_path, f"[tls]\n{lines}\n{VTEX}"), ENVIRONMENT)
    assert told.format(folder=tmp_path) in str(refused.value)


@pytest.mark.parametrize("api", APIS)
def test_the_template_of_one_api_is_ready_to_fill_in(tmp_path: Path, api: str) -> None:
    text = template([api])
    table = tomllib.loads(text)
    assert set(table) & set(APIS) == {api}
    assert set(table[api]["credentials"]) == {"full"}
    variables = dict.fromkeys(
        (value.removeprefix("Bearer ") for value in table[api]["credentials"]["full"].values()), "v"
    )
    placeholder = table[api]["url"].removeprefix("https://").partition(".")[0]
    filled = text.replace(placeholder, "shop", 1) if placeholder.isupper() else text
    assert set(read_target(write_target(tmp_path, filled), variables).urls) == {api}
