"""HTTP errors common to all APIs: unknown paths, other methods, unreadable bodies and queries.

They are only played in a sandbox: no vendor documents its responses to such requests.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.values.scenario import holds

IN_A_SANDBOX = frozenset({"write", "delete", "control"})

LARGEST = 10 * 2**20  # bytes of a body
UNKNOWN_PATH = "/nothing/here"
OTHER_SITE = "https://shop.example.com"
NOT_UTF_8 = "%FF"
NOT_JSON = ("text/plain", "application/json; charset=utf-16", "application/x-www-form-urlencoded")
CHUNKED = {"Transfer-Encoding": "chunked"}
JSON_IN_UTF_8 = ("Application/JSON", "application/json; charset=UTF-8", 'application/json;charset="utf8"')

IsError = Callable[[ApiResponse], None]


@dataclass(frozen=True, eq=False)
class SampleCall:
    """A sample call: an operation and parameters with which it succeeds."""

    operation_id: str
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None

    def call(self, api: ApiClient, expect: int, **how: Any) -> ApiResponse:
        return api.call(self.operation_id, expect=expect, documented=False, **self.params, **how)


def refuses_unknown_paths(api: ApiClient, places: Mapping[SampleCall, str], is_error: IsError) -> None:
    for place in places:
        is_error(place.call(api, 404, url_suffix=UNKNOWN_PATH))
        is_error(place.call(api, 404, url_suffix="/"))
    is_error(next(iter(places)).call(api, 404, url_suffix=UNKNOWN_PATH, headers={"Origin": OTHER_SITE}))


def refuses_other_methods(api: ApiClient, places: Mapping[SampleCall, str], is_error: IsError) -> None:
    """Check that other methods are refused with the Allow header of each call, as in `GET, HEAD`."""
    for place, methods in places.items():
        known = {name.strip() for name in methods.split(",")}
        for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - known):
            refused = place.call(api, 405, method=method)
            is_error(refused)
            allowed = {name.strip() for name in refused.headers.get("allow", "").split(",")}
            holds(allowed == known, f"Allow to name {methods}", ", ".join(sorted(allowed)) or "none")


def answers_head_as_get(api: ApiClient, places: Mapping[SampleCall, str]) -> None:
    for place, methods in places.items():
        if "HEAD" not in methods:
            continue
        read, head = (
            api.call(place.operation_id, method=method, documented=False, **place.params) for method in ("GET", "HEAD")
        )
        holds(head.status == read.status, f"status {read.status} to HEAD, as to GET", f"status {head.status}")
        same = head.headers.get("content-type") == read.headers.get("content-type")
        holds(same, "the Content-Type of GET", str(head.headers.get("content-type")))
        holds(not head.exchange.response_body, "no body in the response to HEAD", "one")


def has_no_length(response: ApiResponse) -> None:
    """Check that a 204 has no Content-Length, not even of 0 (RFC 9110, 8.6)."""
    seen = response.headers.get("content-length", "none")
    holds(seen == "none", "no Content-Length with a 204", seen)


def refuses_large_bodies(api: ApiClient, place: SampleCall, is_error: IsError, at_the_limit: int | None = None) -> None:
    """Check that a body of LARGEST + 1 bytes is refused; one of LARGEST gets the status `at_the_limit`, if given."""
    is_error(place.call(api, 413, content=b" " * (LARGEST + 1), headers={"Content-Type": "application/json"}))
    if at_the_limit is not None:
        place.call(api, at_the_limit, content=b" " * LARGEST, headers={"Content-Type": "application/json"})


def refuses_large_chunked_bodies(api: ApiClient, place: SampleCall, is_error: IsError) -> None:
    """Check that a body of LARGEST + 1 bytes is refused that does not announce its length."""
    is_error(
        place.call(api, 413, content=b" " * (LARGEST + 1), headers={"Content-Type": "application/json", **CHUNKED})
    )


def refuses_other_media_types(api: ApiClient, place: SampleCall, is_error: IsError) -> None:
    for media_type in NOT_JSON:
        is_error(place.call(api, 415, content=b'{"a": 1}', headers={"Content-Type": media_type}))


def reads_coded_bodies(api: ApiClient, place: SampleCall, is_error: IsError, content: bytes, expect: int) -> None:
    """Check that gzip JSON is read, and that an unknown content coding or invalid data is refused."""
    json = {"Content-Type": "application/json"}
    place.call(api, expect, content=gzip.compress(content), headers={**json, "Content-Encoding": "gzip"})
    is_error(place.call(api, 400, content=content, headers={**json, "Content-Encoding": "gzip"}))
    refused = place.call(api, 415, content=content, headers={**json, "Content-Encoding": "nonsense"})
    is_error(refused)
    known = [name.strip() for name in refused.headers.get("accept-encoding", "").split(",")]
    holds("gzip" in known, "gzip in Accept-Encoding of the 415", "none")
    other = place.call(api, 415, content=content, headers={"Content-Type": "text/plain"})
    holds("accept-encoding" not in other.headers, "no Accept-Encoding where the media type is refused", "one")


def _twice(content: bytes) -> bytes:
    return gzip.compress(gzip.compress(content))


def _in_two_members(content: bytes) -> bytes:
    return gzip.compress(content[:5]) + gzip.compress(content[5:])


# by Content-Encoding, whose names have no case and may be several, in the order of coding (RFC 9110, 8.4)
GZIP_FORMS: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    ("identity", bytes),
    ("GZip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("gzip ,, identity", gzip.compress),
    ("gzip, gzip", _twice),
    ("gzip", _in_two_members),
)


def reads_gzip_in_every_form(
    api: ApiClient, place: SampleCall, is_error: IsError, new_content: Callable[[], bytes], expect: int
) -> None:
    """Check that gzip is read by all its names, several times or in several members, and its content limited."""
    json = {"Content-Type": "application/json"}
    for name, encode in GZIP_FORMS:
        place.call(api, expect, content=encode(new_content()), headers={**json, "Content-Encoding": name})
    coded = {**json, "Content-Encoding": "gzip"}
    whole = gzip.compress(new_content())
    for spoilt in (whole[:-1], whole[:-9], whole + b"more", whole + whole[:-1], zlib.compress(new_content())):
        is_error(place.call(api, 400, content=spoilt, headers=coded))
    is_error(place.call(api, 413, content=gzip.compress(b" " * (LARGEST + 1000), 1), headers=coded))
    is_error(place.call(api, 400, content=gzip.compress(b" " * LARGEST, 1), headers=coded))  # read, and no JSON


def reads_codings_of_bodies_alone(
    api: ApiClient, reader: SampleCall, expect: int, writer: SampleCall, is_error: IsError
) -> None:
    """Check that Content-Encoding is ignored without a body, or where the operation has none."""
    coded = {"Content-Encoding": "nonsense"}
    reader.call(api, expect, headers=coded)
    reader.call(api, expect, content=b"ignored", headers=coded)
    is_error(writer.call(api, 400, content=b"", headers={"Content-Type": "application/json", **coded}))


def refuses_unreadable_json(api: ApiClient, place: SampleCall, is_error: IsError) -> None:
    deep = b'{"email": ' + b"[" * 100 + b"]" * 100 + b"}"
    deep_objects = b'{"email": ' * 101 + b"1" + b"}" * 101
    for content in (
        deep_objects,
        b"",
        b"[]",
        b"{",
        b'{"email": NaN}',
        b'{"email": "\xff"}',
        b'{"email": ' + b"9" * 5000 + b"}",
        deep,
        b'{"number": 1234567890123456789, "email": ' + b"[" * 1000 + b"]" * 1000 + b"}",
    ):
        is_error(place.call(api, 400, content=content, headers={"Content-Type": "application/json"}))


def refuses_unreadable_queries(api: ApiClient, place: SampleCall, name: str, value: str, is_error: IsError) -> None:
    """Check that a repeated parameter, or one that is not UTF-8, is refused."""
    plain = SampleCall(place.operation_id, {key: each for key, each in place.params.items() if key != name})
    is_error(plain.call(api, 400, url_suffix=f"?{name}={value}&{name}={value}"))
    is_error(plain.call(api, 400, url_suffix=f"?{name}={value}&other={NOT_UTF_8}"))
