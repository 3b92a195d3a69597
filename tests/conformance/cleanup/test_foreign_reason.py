"""Which responses prove that the run made the object in them."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from pii_sandbox import specs
from pii_sandbox.conformance.cleanup.ownership_proof import (
    OLDER,
    OTHER_EMAIL,
    OTHER_ID,
    UNDATED,
    UNMARKED,
    RunMark,
    created_at,
    foreign_reason,
    response_value,
    shows_date,
)
from pii_sandbox.conformance.contract import operations
from tests.conformance.cleanup.stub_vendor import BEFORE, BEGAN, EMAIL, PROFILE, RUN, STRANGER, WITHIN, exchange, record

MARK = RunMark(RUN, datetime.fromisoformat(BEGAN))
SENT = datetime.fromisoformat("2026-05-01T10:02:00+00:00")
JANE = "jane@example.org"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (record(), None),
        ([record()], None),
        (record(email="", firstName=f"Check {RUN}"), None),
        (record(email=None, firstName=f"Check {RUN.upper()}."), None),
        ([record(), record(STRANGER)], UNDATED),
        (record(email=JANE), OTHER_EMAIL),
        (record(backupEmail=JANE), OTHER_EMAIL),
        (record(emails=[EMAIL, JANE]), OTHER_EMAIL),
        (record(contacts=[{"Email": JANE}]), OTHER_EMAIL),
        (record(email="", firstName="Jane"), UNMARKED),
        (record(email="", firstName=f"x{RUN}"), UNMARKED),
        (record(email="", **{RUN: "Jane"}), UNMARKED),
        (record(email="", firstName=f"{RUN}6"), UNMARKED),
        (record(created=None), UNDATED),
        (record(created="yesterday"), UNDATED),
        (record(created=BEFORE), OLDER),
    ],
)
def test_an_object_is_the_runs_with_its_mark_without_another_email_and_no_older_than_the_run(
    value: Any, reason: str | None
) -> None:
    assert foreign_reason(exchange(200, value), MARK, dated=True) == reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (f"Check {RUN}".encode(), None),
        (json.dumps(f"Check {RUN}").encode(), None),
        (base64.b64encode(f"Check {RUN}".encode()), None),
        (b"YWJj MTIzNDU=", UNMARKED),  # base64 of the id for readers that skip the space alone
        (b"Check", UNMARKED),
        (b"\xff\xfe", UNMARKED),
        (b"", UNMARKED),
        (base64.b64encode(b"Check \xff"), UNMARKED),
    ],
)
def test_content_that_is_no_object_is_the_runs_with_its_mark_in_clear_or_in_base64(
    body: bytes, reason: str | None
) -> None:
    assert foreign_reason(exchange(200, body), MARK, dated=False) == reason


def test_an_undated_response_proves_nothing_where_the_document_has_a_date() -> None:
    undated = exchange(200, record(created=None))
    assert foreign_reason(undated, MARK, dated=True) == UNDATED
    assert foreign_reason(undated, MARK, dated=False) is None
    assert foreign_reason(exchange(200, record(created=BEFORE)), MARK, dated=False) == OLDER


@pytest.mark.parametrize(
    ("shown", "wanted", "reason"),
    [
        (PROFILE, PROFILE, None),
        (PROFILE.upper(), PROFILE, None),
        (PROFILE, PROFILE.upper(), None),
        (STRANGER, PROFILE, OTHER_ID),
        (STRANGER, None, None),
        (None, PROFILE, None),
        (7, PROFILE, None),
    ],
)
def test_a_response_that_shows_another_id_is_of_another_object(
    shown: Any, wanted: str | None, reason: str | None
) -> None:
    shown_record = {**record(), "id": shown}
    assert foreign_reason(exchange(200, shown_record), MARK, dated=True, wanted_id=wanted) == reason


def test_what_hangs_on_a_marked_object_needs_no_mark_but_may_be_no_older_and_of_nobody_else() -> None:
    unmarked = record(email="", firstName="Jane")
    assert foreign_reason(exchange(200, unmarked), MARK, dated=True, marked=False) is None
    assert foreign_reason(exchange(200, record(email=JANE)), MARK, dated=True, marked=False) == OTHER_EMAIL
    old = record(created=BEFORE, email="")
    assert foreign_reason(exchange(200, old), MARK, dated=True, marked=False) == OLDER


@pytest.mark.parametrize(
    ("date", "sent_at", "oldest"),
    [
        # the vendor's clock says by how much it differs; 5 s may pass unnoticed
        (format_datetime(SENT, usegmt=True), SENT, timedelta(seconds=-5)),
        (format_datetime(SENT - timedelta(hours=1), usegmt=True), SENT, timedelta(hours=-1, seconds=-5)),
        (format_datetime(SENT + timedelta(hours=1), usegmt=True), SENT, timedelta(hours=1, seconds=-5)),
        # it does not say so: a minute
        (None, SENT, timedelta(seconds=-60)),
        ("today", SENT, timedelta(seconds=-60)),
        ("1 May 99999999999999999999 10:02:00 GMT", SENT, timedelta(seconds=-60)),
        ("1 May 2026 10:02:00 +99999999999999999999", SENT, timedelta(seconds=-60)),
        ("Fri, 01 May 2026 10:02:00 -0000", SENT, timedelta(seconds=-60)),
        (format_datetime(SENT, usegmt=True), None, timedelta(seconds=-60)),
    ],
)
def test_an_object_may_look_older_than_the_run_by_no_more_than_clocks_differ(
    date: str | None, sent_at: datetime | None, oldest: timedelta
) -> None:
    headers = {} if date is None else {"DATE": date}
    for created, reason in ((MARK.began_at + oldest, None), (MARK.began_at + oldest - timedelta(seconds=0.01), OLDER)):
        seen = exchange(200, record(created=created.isoformat()), sent_at=sent_at, response_headers=headers)
        assert foreign_reason(seen, MARK, dated=True) == reason, created


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"created_at": WITHIN}, WITHIN),
        ({"creationDate": WITHIN}, WITHIN),
        ({"meta": {"created_at": WITHIN}, "created_at": BEFORE}, WITHIN),
        ({"meta": None, "created_at": WITHIN}, WITHIN),
        ({"creationDate": "yesterday", "created_at": WITHIN}, WITHIN),
        ({"creationDate": 1777629630, "created_at": WITHIN}, WITHIN),
        ({"creationDate": "2026-05-01T10:00:30", "created_at": WITHIN}, WITHIN),
        ({"created_at": "2026-05-01T10:00:30"}, None),
        ({"document": {"created_at": WITHIN}}, None),
        ([{"created_at": WITHIN}, {}], None),
        (WITHIN, None),
        (None, None),
    ],
)
def test_the_date_of_an_object_is_the_first_readable_one_with_a_zone(value: Any, found: str | None) -> None:
    assert created_at(value) == (None if found is None else datetime.fromisoformat(found))


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"id": 1}', {"id": 1}), (b'[{"id": 1}]', {"id": 1}), (b"[]", []), (b"[1, 2]", [1, 2]), (b"[[1]]", [1]),
        (b'"text"', "text"), (b"7", 7), (b"no json", None), (b"", None),
    ],
)  # fmt: skip
def test_of_an_array_of_one_the_one_is_the_object(body: bytes, value: Any) -> None:
    assert response_value(body) == value


TREE = {"properties": {"children": {"items": {"$ref": "#/components/schemas/Tree"}}}}
DATED = {"properties": {"creationDate": {"type": "string"}}}


@pytest.mark.parametrize(
    ("responses", "dated"),
    [
        ({"200": {"properties": {"created_at": {}}}}, True),
        ({"200": {}, "201": DATED}, True),
        ({"200": {"type": "array", "items": {"allOf": [{"type": "object"}, DATED]}}}, True),
        ({"200": {"$ref": "#/components/schemas/Record"}}, True),
        ({"200": {"properties": {"name": {"type": "string"}}}}, False),
        ({"200": {"properties": ["creationDate"]}}, False),
        ({"200": {"$ref": "#/components/schemas/Tree"}}, False),
        ({"200": {"type": "object"}, "404": DATED}, False),
        ({"204": None}, False),
    ],
)
def test_a_response_is_dated_where_the_document_has_a_date_in_a_success(
    responses: dict[str, Any], dated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = {"components": {"schemas": {"Tree": TREE, "Record": DATED}}}
    facts = specs.operations("vtex_profile_system", "guide")
    listed = {code: {"content": {"a/b": {"schema": schema}}} if schema else {} for code, schema in responses.items()}
    monkeypatch.setattr(specs, "operations", lambda name, dialect: facts)
    monkeypatch.setattr(specs, "load", lambda name, dialect: document)
    monkeypatch.setattr(operations, "definition", lambda facts, dialect: {"responses": listed})
    assert shows_date.__wrapped__("vtex_profile_system", "GetProfile", "guide") is dated
