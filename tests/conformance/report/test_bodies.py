"""Bodies in reports: what is outside the documents is told by its size and hash; large ones in an excerpt."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pii_sandbox.conformance.http.excerpt import excerpt, excerpts
from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.report import FORMS, write
from pii_sandbox.conformance.values.findings import Exchange
from tests.conformance.report import samples
from tests.hostile.hostile_texts import as_json

PAGE = b"<html><h1>Bad gateway</h1><p>Session of Jane Canary, Rua Canaria 7, jane.canary@example.org</p></html>"
READ = samples.exchange("vtex", "GetProfile", "GET", f"/api/storage/profile-system/profiles/{samples.UUID}")


def read_exchange(body: bytes, media_type: str = "application/json", **about: object) -> Exchange:
    return replace(READ, response_headers={"content-type": media_type}, response_body=body, **about)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("media_type", "status"),
    [("text/html; charset=utf-8", 502), ("text/html", 200), ("application/json", 502), ("application/json", 200),
     ("", 200), ("text/plain", 404)],
)  # fmt: skip
def test_a_body_outside_the_document_is_told_by_media_type_length_and_hash_alone(
    media_type: str, status: int, tmp_path: Path
) -> None:
    found = samples.finding("VTEX-MASK-1", read_exchange(PAGE, media_type, status=status))
    write(samples.run(found), tmp_path, samples.target())
    digest = hashlib.sha256(PAGE).hexdigest()
    for name in FORMS:
        text = (tmp_path / name).read_text("utf-8")
        assert "Canary" not in text
        assert "Canaria" not in text
    response = json.loads((tmp_path / "report.json").read_text("utf-8"))["findings"][0]["exchanges"][0]["response"]
    assert (
        response["body"] == f"({media_type.partition(';')[0] or 'no media type'}, {len(PAGE)} bytes, sha256 {digest})"
    )


def test_a_body_shown_by_its_hash_stays_so_after_a_resume() -> None:
    once = Redactor().exchange(read_exchange(PAGE, "text/html"))
    assert Redactor().exchange(once) == once


def test_numbers_that_are_no_json_are_shown() -> None:
    redacted = Redactor().exchange(read_exchange(b'{"total": NaN, "size": -Infinity, "count": ' + b"9" * 5000 + b"}"))
    assert json.loads(redacted.response_body) == {"total": "NaN", "size": "-Infinity", "count": "9" * 3_584 + "…"}


def test_the_cookies_of_an_answer_are_named_and_their_values_are_not() -> None:
    headers = {"set-cookie": "session=s3cr3tvalue; Path=/; Expires=Thu, 01 Jan 2032 00:00:00 GMT, other=0therv4lue"}
    redacted = Redactor().exchange(replace(read_exchange(b'{"note": "your session is s3cr3tvalue"}'), response_headers={
        "content-type": "application/json", **headers}))  # fmt: skip
    assert "set-cookie" in redacted.response_headers
    assert not {"s3cr3tvalue", "0therv4lue"} & set(f"{redacted.response_headers} {redacted.response_body!r}".split('"'))
    assert b"s3cr3tvalue" not in redacted.response_body


def test_a_small_answer_is_kept_as_it_is_and_a_large_one_in_an_excerpt() -> None:
    small = read_exchange(b'{"id": "x"}')
    assert excerpt(small) is small
    many = read_exchange(json.dumps([{"id": number} for number in range(9_000)]).encode())
    kept = excerpt(many)
    assert kept.cut == f"{len(many.response_body)} bytes, sha256 {hashlib.sha256(many.response_body).hexdigest()}"
    assert len(json.loads(kept.response_body)) < 5_000
    long = excerpt(read_exchange(json.dumps({"id": "x" * 10**6, "y" * 10**6: 1}).encode()))
    assert len(long.response_body) < 20_000
    assert len(excerpt(read_exchange(b"x" * 10**6, "text/plain")).response_body) == 16 * 1024
    headers = {f"x-{number}": "v" * 9_000 for number in range(200)}
    assert sum(map(len, excerpt(replace(small, response_headers=headers)).response_headers.values())) < 200_000


def test_the_answers_of_a_finding_share_what_it_may_take() -> None:
    small, large = read_exchange(b'{"id": "x"}'), read_exchange(json.dumps([{"note": "x" * 4_000}] * 60).encode())
    assert excerpts([small, large]) == (small, large)
    kept = excerpts([small, *[large] * 9])
    assert kept[0] is small
    assert 200_000 < sum(len(each.response_body) for each in kept) < 300_000
    assert {each.cut for each in kept[1:]} == {excerpt(large, 9_000).cut}
    again = excerpts(kept, 9_000)
    assert max(len(each.response_body) for each in again) < 14_000
    assert again[1].cut == kept[1].cut  # of the answer as it came


def test_no_half_of_a_personal_value_is_shown_at_the_end_of_a_cut_text() -> None:
    text = "word " * 812 + "jane.canary@example.org" + " word" * 9_000
    redacted = Redactor().exchange(excerpt(read_exchange(json.dumps({"note": text}).encode())))
    assert b"jane" not in redacted.response_body
    assert b"canary" not in redacted.response_body


@pytest.mark.parametrize(
    "text",
    ["W" * 10**6, "a" * 60_000 + "!", "1-" * 50_000, "QUFB" * 50_000, "%25" * 50_000, "&amp;" * 50_000, "\\" * 90_000,
     "a@" * 90_000],
    ids=["word", "letters", "digits", "base64", "percents", "entities", "backslashes", "ats"],
)  # fmt: skip
def test_redaction_of_a_long_answer_takes_no_time(text: str) -> None:
    began = time.process_time()
    kept = excerpt(read_exchange(as_json({"id": text, text: text, "email": text, "document": {"firstName": text}})))
    redactor = Redactor()
    redactor.exchange(kept)
    redactor.text(text[:8_192])
    assert time.process_time() - began < 4
