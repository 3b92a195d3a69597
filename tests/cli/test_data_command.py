"""`pii-sandbox data`: what is damaged is told and repaired; `serve` refuses it and says so."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from pii_sandbox.mockserver.store import Record, Store
from tests.cli.in_process import run_command
from tests.server_process import command, environment, running_server

ROOT = Path(__file__).parents[2]


def serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A server that is to refuse to start."""
    variables = {**environment(), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command("serve", "--port", "0", *arguments),
        capture_output=True, text=True, timeout=60, env=variables, check=False,
    )  # fmt: skip


def write_records(path: Path, *names: str) -> list[int]:
    """A file with a record a line; where each line ends."""
    store, ends = Store(path), []
    for name in names:
        store.put("audit", Record(name, {"action": "Nothing", "time": "2030-01-31T12:00:00Z"}))
        ends.append(path.stat().st_size)
    store.close()
    return ends


def damage(path: Path, place: int) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:place] + b"\x00" + content[place + 1 :])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_records(tmp_path / "sound.sandbox", "a", "b")
    ends = write_records(tmp_path / "default.sandbox", "a", "b", "c")
    damage(tmp_path / "default.sandbox", ends[0] + 20)
    (ends,) = [write_records(tmp_path / "sound.snapshots" / "one.snapshot", "a", "b")]
    damage(tmp_path / "sound.snapshots" / "one.snapshot", ends[0] - 3)
    return tmp_path


def test_check_reports_each_file_and_repair_keeps_valid_records(folder: Path) -> None:
    checked = run_command("data", "check", str(folder))
    assert checked.returncode == 1
    assert checked.stdout.splitlines() == [
        "default.sandbox: format 1, 2 records in 2 lines; DAMAGED: bytes 149 to 269",
        "sound.sandbox: format 1, 2 records in 2 lines",
        "sound.snapshots/one.snapshot: format 1, 1 records in 1 lines; DAMAGED: bytes 28 to 148",
        f"2 damaged. `pii-sandbox data repair {folder}` keeps their valid records.",
    ]
    refused = serve("--data", str(folder))
    assert refused.returncode == 2
    assert "default.sandbox is damaged at byte 149" in refused.stderr
    assert "pii-sandbox data repair" in refused.stderr
    repaired = run_command("data", "repair", str(folder))
    assert repaired.returncode == 0
    assert repaired.stdout.splitlines() == [
        "default.sandbox: repaired: bytes 149 to 269 dropped; 2 records remain; "
        "the damaged file is default.sandbox.damaged-1",
        "sound.sandbox: sound",
        "sound.snapshots/one.snapshot: repaired: bytes 28 to 148 dropped; 1 records remain; "
        "the damaged file is one.snapshot.damaged-1",
    ]
    assert run_command("data", "check", str(folder)).returncode == 0
    with running_server("--data", str(folder)):
        in_use = run_command("data", "repair", str(folder))
        assert in_use.returncode == 2
        assert "is in use by another process" in in_use.stderr
        assert run_command("data", "check", str(folder)).returncode == 0


def test_records_that_no_server_wrote_are_reported_and_left_out(tmp_path: Path) -> None:
    file = tmp_path / "default.sandbox"
    store = Store(file)
    store.put("vtex/jobs", Record("j1", {"status": "InProgress", "message": ""}, expires_at=datetime.now(UTC)))
    store.put("newstore/profiles", Record("n1", {"email": 7}))
    store.put("vtex/orders", Record("o1", {"status": "handling"}))
    store.put("another-api/things", Record("t1", {"of": "a plugin that is not installed"}))
    store.put("sandbox", Record("state", {"clock": {}}))
    store.close()
    before = file.read_bytes()
    checked = run_command("data", "check", str(tmp_path))
    assert checked.returncode == 1
    assert checked.stdout.splitlines() == [
        "default.sandbox: format 1, 5 records in 5 lines",
        "  INVALID: sandbox state: the state in it cannot be read: TypeError",
        "  INVALID: vtex/jobs j1: email: must be a text",
        "  INVALID: newstore/profiles n1: email: must be a text",
        f"1 damaged. `pii-sandbox data repair {tmp_path}` keeps their valid records.",
    ]
    assert file.read_bytes() == before
    repaired = run_command("data", "repair", str(tmp_path))
    assert repaired.stdout == (
        "default.sandbox: repaired: no bytes dropped; 2 records remain, 3 left out that no server wrote; "
        "the damaged file is default.sandbox.damaged-1\n"
    )
    assert (tmp_path / "default.sandbox.damaged-1").read_bytes() == before
    assert run_command("data", "check", str(tmp_path)).returncode == 0
    assert run_command("data", "repair", str(tmp_path)).stdout == "default.sandbox: sound\n"
    store = Store(file)
    assert store.counts() == {"vtex/orders": 1, "another-api/things": 1}
    store.close()


def test_an_id_that_is_an_email_address_is_reported_as_a_pseudonym(tmp_path: Path) -> None:
    store = Store(tmp_path / "default.sandbox")
    store.put("newstore/profiles", Record("anna@example.com", {"email": 7}))
    store.close()
    checked = run_command("data", "check", str(tmp_path))
    assert "  INVALID: newstore/profiles email#" in checked.stdout
    assert "anna@example.com" not in checked.stdout + checked.stderr


def test_records_that_depend_on_an_omitted_record_are_omitted_too(tmp_path: Path) -> None:
    file = tmp_path / "default.sandbox"
    with running_server("--data", str(tmp_path), "--shoppers", "2") as server:
        httpx.post(f"{server.url}/_sandbox/v1/reset").raise_for_status()
    assert run_command("data", "check", str(tmp_path)).returncode == 0
    store = Store(file)
    profile = store.page("vtex/profiles").records[0]
    addresses = store.find_by("vtex/addresses", "profile", profile.id)
    assert addresses
    del profile.value["document"]["email"]
    store.put("vtex/profiles", profile)
    count = store.count("vtex/addresses")
    store.close()
    assert run_command("data", "repair", str(tmp_path)).returncode == 0
    store = Store(file)
    assert store.count("vtex/addresses") == count - len(addresses)
    store.close()


def test_a_file_that_is_no_store_is_reported_and_unchanged(folder: Path) -> None:
    (folder / "other.sandbox").write_text("{}\n")
    assert (
        "other.sandbox: is not a store: no line matches its checksum"
        in run_command("data", "check", str(folder)).stdout
    )
    repaired = run_command("data", "repair", str(folder))
    assert repaired.returncode == 1
    assert "other.sandbox: is not a store" in repaired.stderr
    assert (folder / "other.sandbox").read_text() == "{}\n"


def test_a_torn_end_is_reported_and_no_damage(tmp_path: Path) -> None:
    file = tmp_path / "default.sandbox"
    ends = write_records(file, "a", "b")
    file.write_bytes(file.read_bytes()[:-1])
    checked = run_command("data", "check", str(tmp_path))
    assert checked.returncode == 0
    assert (
        f"the last write was cut short at byte {ends[0]} ({ends[1] - ends[0] - 1} bytes), no damage" in checked.stdout
    )
    assert run_command("data", "repair", str(tmp_path)).stdout == "default.sandbox: sound\n"


def test_a_folder_without_sandboxes_is_another_folder(tmp_path: Path) -> None:
    checked = run_command("data", "check", str(tmp_path))
    assert (checked.returncode, "there is no sandbox in" in checked.stderr) == (2, True)


def test_durable_takes_a_data_folder() -> None:
    refused = serve("--durable")
    assert refused.returncode == 2
    assert "give --data DIR too" in refused.stderr


def test_query_lists_what_matches_and_changes_nothing_while_a_server_writes(tmp_path: Path) -> None:
    with running_server("--data", str(tmp_path), "--shoppers", "3") as server:
        url = f"{server.url}/_sandbox/v1/documents/vtex/orders"
        for number in range(3):
            order = {"orderId": f"{number}", "status": "invoiced", "value": number}
            order["clientProfileData"] = {"email": "ana@example.com"}
            assert httpx.put(f"{url}/{number}", json=order).status_code == 201
        before = (tmp_path / "default.sandbox").read_bytes()
        where = '{"field": "document.value", "one_of": [1, 2]}'
        found = run_command("data", "query", str(tmp_path), "vtex", "orders", "--where", where)
        listed = httpx.get(url, params={"where": where}).json()["documents"]
        assert [json.loads(line) for line in found.stdout.splitlines()] == listed
        assert [entry["id"] for entry in listed] == ["1", "2"]
        assert (tmp_path / "default.sandbox").read_bytes() == before
    assert len(run_command("data", "query", str(tmp_path), "newstore", "profiles").stdout.splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sap", "orders"), "is not one of 'vtex'"),
        (("vtex", "nothing"), "vtex has no collection nothing; it has profiles"),
        (("vtex", "orders", "--sandbox", "other"), "there is no sandbox other in"),
        (("vtex", "orders", "--sandbox", "../sound"), "there is no sandbox ../sound in"),
        (("vtex", "orders", "--sandbox", "sound", "--where", "{"), "where is not JSON"),
        (("vtex", "orders"), "default.sandbox is damaged: `pii-sandbox data check FOLDER`"),
    ],
)
def test_query_refuses_what_cannot_be_read(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    refused = run_command("data", "query", str(folder), *arguments)
    assert refused.returncode == 2
    assert message in " ".join(refused.stderr.split())
