"""Target files: what each setting is read as."""

from __future__ import annotations

import shutil
from pathlib import Path

from pii_sandbox.conformance.target.answer_bounds import AnswerBounds
from pii_sandbox.conformance.target.config import read_target
from pii_sandbox.conformance.target.disclosure import hosts_and_variables
from pii_sandbox.conformance.target.login_tokens import has_no_token
from pii_sandbox.conformance.target.model import Limits, Retry
from tests.conformance.target.config_texts import ENVIRONMENT, VTEX, write_target


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


def test_a_password_may_hold_any_letter(tmp_path: Path) -> None:
    text = VTEX + '[newstore]\nurl = "https://n.example.com"\n[newstore.login]\nusername = "TOKEN"\npassword = "PASS"\n'
    target = read_target(write_target(tmp_path, text), {**ENVIRONMENT, "PASS": "pässwörd €"})
    assert target.data["newstore"]["password"] == "pässwörd €"


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    file = tmp_path / "target.toml"
    file.write_text(VTEX, "utf-8-sig")
    assert read_target(file, ENVIRONMENT).urls == {"vtex": "https://shop.example.com"}
    assert hosts_and_variables(file) == "hosts shop.example.com; variables APP_KEY, APP_TOKEN"
