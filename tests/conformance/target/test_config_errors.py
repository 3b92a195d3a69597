"""Errors in target files: one line that names the setting and repeats no credential."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pii_sandbox.conformance.target.config import BadTarget, read_target
from tests.conformance.target.config_texts import ENVIRONMENT, VTEX, write_target

SECRET = "EYJHBGCIOIJIUZI1NIJ9"  # as a token may look that somebody pasted


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
    ("text", "message"),
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
def test_an_error_in_a_target_file_is_reported_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadTarget) as refused:
        read_target(write_target(tmp_path, text), ENVIRONMENT)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadTarget, match="cannot be read: No such file or directory"):
        read_target(tmp_path / "none.toml", {})


@pytest.mark.parametrize(
    ("value", "message"),
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
    tmp_path: Path, value: str, message: str
) -> None:
    with pytest.raises(BadTarget, match=message) as refused:
        read_target(write_target(tmp_path, VTEX), {**ENVIRONMENT, "APP_TOKEN": value})
    assert "vtex.credentials.full.X-VTEX-API-AppToken" in str(refused.value)
    assert value.strip() not in str(refused.value)


@pytest.mark.parametrize(
    ("lines", "message"),
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
    certificates: Path, tmp_path: Path, lines: str, message: str
) -> None:
    for name in ("client.pem", "encrypted.key", "server.key"):
        shutil.copy(certificates / name, tmp_path)
    (tmp_path / "empty.pem").touch()
    with pytest.raises(BadTarget) as refused:
        read_target(write_target(tmp_path, f"[tls]\n{lines}\n{VTEX}"), ENVIRONMENT)
    assert message.format(folder=tmp_path) in str(refused.value)
