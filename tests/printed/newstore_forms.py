"""Forms in which NewStore's page prints answers: samples of generated documentation."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.conformance.staged_runs import ReceivedRequest
from tests.printed.forms import Answer, Object, change_objects

_NUMBERS = itertools.count(1)


def sample_errors(request: ReceivedRequest, answer: Answer) -> None:
    """The sample of every error: only the request's id tells one from another."""
    if answer.status >= 400 and answer.headers.get("content-type", "").startswith("application/problem+json"):
        answer.body = {
            "request_id": f"some-request-id-{next(_NUMBERS)}",
            "message": "An error happened.",
            "type": "about:blank",
            "title": "string",
        }


def update_refused_with_400(request: ReceivedRequest, answer: Answer) -> None:
    """A body that breaks the schema is a bad request on every other call of the page; PATCH lists 422 alone."""
    cannot_be_processed = b"phone" in request.body or b"country" in request.body
    if request.method == "PATCH" and answer.status == 422 and not cannot_be_processed:
        answer.status = 400


def omit_empty(request: ReceivedRequest, answer: Answer) -> None:
    """That the answers of the token operations have `errors`, `tokens` and `data` even if empty is no page's."""
    if request.path.endswith("tokenize") and answer.status == 200:
        answer.body = {name: part for name, part in answer.body.items() if part}


def detokenized_texts(request: ReceivedRequest, answer: Answer) -> None:
    """The sample of detokenize holds a text: what the id of a profile or an address gives has no printed form."""
    if request.path.endswith("/detokenize") and answer.status == 200:
        data = answer.body["data"]
        answer.body["data"] = {
            name: json.dumps(value) if isinstance(value, dict) and "created_at" in value else value
            for name, value in data.items()
        }


def offsets(request: ReceivedRequest, answer: Answer) -> None:
    """RFC 3339 in its other spelling of UTC, which a lock compares as an instant."""

    def with_offsets(value: Object) -> Object:
        return {
            name: inner.replace("Z", "+00:00") if name.endswith("_at") and isinstance(inner, str) else inner
            for name, inner in value.items()
        }

    answer.body = change_objects(answer.body, with_offsets)


class WholeSeconds:
    """The samples have no fractions of seconds: each stamp is shown as a whole second, later than the one before.

    `rewrite_request` gives the sandbox behind, in `last_updated_at`, the stamp that was shown so.
    """

    def __init__(self) -> None:
        self._shown: dict[str, dict[str, str]] = {}  # by the id of a profile or an address: stamp → as it is shown

    def __call__(self, request: ReceivedRequest, answer: Answer) -> None:
        answer.body = change_objects(answer.body, self._to_seconds)

    def rewrite_request(self, request: ReceivedRequest) -> bytes:
        if request.method != "PATCH":
            return request.body
        body = json.loads(request.body)
        stamps = self._shown.get(request.path.rpartition("/")[2], {})
        for stamp, shown in stamps.items():
            if _instant(body.get("last_updated_at")) == _instant(shown):
                return json.dumps({**body, "last_updated_at": stamp}).encode()
        return request.body

    def _to_seconds(self, value: Object) -> Object:
        if not {"id", "created_at", "updated_at"} <= value.keys():
            return value
        stamps = self._shown.setdefault(value["id"], {})
        for name in ("created_at", "updated_at"):
            stamp = value[name]
            if stamp not in stamps:
                at = datetime.fromisoformat(stamp).astimezone(UTC)
                for shown in stamps.values():
                    at = max(at, datetime.fromisoformat(shown) + timedelta(seconds=1))
                stamps[stamp] = f"{at:%Y-%m-%dT%H:%M:%SZ}"
            value = {**value, name: stamps[stamp]}
        return value


def _instant(stamp: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(stamp).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
