"""The planner makes steps of calls: what is taken from earlier answers, read from the environment, or invented."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pii_sandbox.conformance.repro.placeholder_values import PlaceholderFactory
from pii_sandbox.conformance.repro.steps import (
    SANDBOX,
    Path,
    Planner,
    environment_reference,
    groups,
    leaves,
    plan_steps,
    snake,
    url_quoted,
    variable_reference,
)  # fmt: skip
from pii_sandbox.conformance.repro.variables import variables
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.redaction.schema_marks import SchemaMark
from tests.conformance.report import samples
from tests.conformance.report.samples import exchange
from tests.conformance.repro.reproductions import TARGET

PROFILES = "/v1/d/pii/profiles"
KNOWN = SchemaMark("full_name")


def plan(*exchanges: Exchange, known: Sequence[str] = ()) -> Planner:
    target = replace(TARGET, data={"newstore": {"email": "zoraida@zyx.example", "profile_id": "NS-7"}})
    return plan_steps(exchanges, "guide", PlaceholderFactory([(one, KNOWN) for one in known]), variables(target))


def outside(path: str, at: float = 0, **about: Any) -> Exchange:
    """A call outside the documents, in which all that is sent and answered is of no known meaning."""
    return exchange("newstore", None, "POST", path, at=at, **about)


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ([(0, 1), (0, 1)], [0, 0]),
        ([(0, 1), (1, 1)], [0, 1]),
        ([(0, 1), (0.999, 1)], [0, 1]),
        ([(0, 1), (0.998, 1)], [0, 0]),
        ([(0, 9), (1, 1), (5, 1)], [0, 0, 0]),
        ([(0, 1), (0.5, 9), (5, 1)], [0, 0, 0]),
        ([(0, 1), (2, 1), (2.5, 1), (4, 1)], [0, 1, 1, 3]),
        ([(0, 9), (None, 9), (1, 9), (2, 9)], [0, 1, 2, 2]),
        ([(None, 9), (None, 9)], [0, 1]),
        ([], []),
    ],
)
def test_calls_that_were_under_way_at_the_same_time_are_a_group(
    calls: list[tuple[float | None, float]], expected: list[int]
) -> None:
    made = [
        replace(outside("/a"), sent_at=None if at is None else samples.BEGIN + timedelta(seconds=at),
                elapsed_seconds=seconds)
        for at, seconds in calls
    ]  # fmt: skip
    assert groups(made) == expected
    assert [step.group for step in plan(*made).steps] == expected


def test_texts_and_whole_numbers_of_an_answer_have_places() -> None:
    value = {"id": "a", "list": [7, {"deep": ["b"]}], "truth": True, "ratio": 1.5, "none": None, "empty": {}}
    assert leaves(value) == [(("id",), "a"), (("list", 0), "7"), (("list", 1, "deep", 0), "b")]
    assert leaves("a") == [((), "a")]


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("profileId", "profile_id"), ("X-Request-ID", "x_request_id"), ("address2Line", "address2_line"),
        ("2fa", "_2fa"), ("__a  b__", "a_b"), ("ID", "id"), ("é", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_name_becomes_the_name_of_a_variable(name: str, plain: str) -> None:
    assert snake(name) == plain


def test_a_reference_in_a_url_is_not_quoted() -> None:
    one, other = variable_reference("a"), environment_reference("B")
    assert url_quoted(f"x/ y{one}&{other}é/") == f"x%2F%20y{one}%26{other}%C3%A9%2F"
    assert url_quoted(f"{one}{other}") == f"{one}{other}"
    assert url_quoted("a/b") == "a%2Fb"


def test_a_step_is_the_call_without_what_the_client_adds_itself() -> None:
    headers = {
        "Host": "a", "CONTENT-LENGTH": "3", "accept": "*/*", "Accept-Encoding": "gzip", "Connection": "close",
        "User-Agent": "u", "X-Sandbox": "r7k2-newstore", "If-Match": "W/1", "X-Sandbox-Clock": "1",
    }  # fmt: skip
    call = outside("/a%20b/c?page=x%20y&empty=&page=2", request_body={"a": [1, "b"]}, headers=headers, status=201)
    (step,) = plan(call).steps
    assert (step.method, step.url) == ("POST", "/a%20b/c?page=x%20y&empty=&page=2")
    assert step.headers == {
        "Content-Type": "application/json", "X-Sandbox": variable_reference(SANDBOX), "If-Match": "W/1",
        "X-Sandbox-Clock": "1",
    }  # fmt: skip
    assert (step.kind, step.body, step.exchange, step.takes) == ("json", {"a": [1, "b"]}, call, {})
    assert plan(outside("/a")).steps[0].url == "/a"


ANSWER = {
    "id": "id-11111", "data": [{"orderNumber": "order-22222"}], "class": "class-33333", "os": "os-444444",
    "short": "abcd", "five": "abcde", "number": 77777, "value": "value-5555", "other": {"id": "id-99999"},
    "list": [1, "listed-666"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "takes"),
    [
        ({"profileId": "id-11111"}, {"profile_id": ("id",)}),
        ({"profileId": "value-5555"}, {"profile_id": ("value",)}),
        ({"profileId": "order-22222"}, {"order_number": ("data", 0, "orderNumber")}),
        ({"a": "listed-666"}, {"list": ("list", 1)}),
        ({"a": "class-33333"}, {"class_2": ("class",)}),
        ({"a": "os-444444"}, {"os_2": ("os",)}),
        ({"a": 77777}, {"number": ("number",)}),
        ({"a": "abcde"}, {"five": ("five",)}),
        ({"a": "abcd"}, {}),
        ({"a": "of nobody"}, {}),
        ({"id": "id-11111", "b": "id-11111"}, {"id": ("id",)}),
        ({"a": {"id": "id-11111"}, "b": {"id": "id-99999"}}, {"id": ("id",), "id_2": ("other", "id")}),
        ({"éé": "id-11111"}, {"taken": ("id",)}),
    ],
)
def test_what_an_earlier_answer_gave_is_taken_from_there(sent: dict[str, Any], takes: dict[str, Path]) -> None:
    made, used = plan(outside("/a", response_body=ANSWER), outside("/b", at=1, request_body=sent)).steps
    assert made.takes == takes
    assert used.takes == {}
    names = re.findall(r":(\w+)", str(used.body))
    assert set(names) == set(takes)
    assert used.body.keys() == sent.keys()


def test_a_third_value_of_one_name_is_counted_on() -> None:
    answer = [{"id": f"id-{number}{number}{number}{number}"} for number in range(3)]
    sent = [{"id": one["id"]} for one in answer]
    made, used = plan(outside("/a", response_body=answer), outside("/b", at=1, request_body=sent)).steps
    assert made.takes == {"id": (0, "id"), "id_2": (1, "id"), "id_3": (2, "id")}
    assert used.body == [{"id": variable_reference(name)} for name in ("id", "id_2", "id_3")]


def test_an_answer_that_is_a_text_alone_is_taken_under_the_name_that_it_is_sent_as() -> None:
    made, used = plan(
        outside("/a", response_body="plain-12345"), outside("/b", at=1, request_body={"cartId": "plain-12345"})
    ).steps
    assert made.takes == {"cart_id": ()}
    assert used.body == {"cartId": variable_reference("cart_id")}


def test_of_several_places_the_one_is_taken_whose_name_is_in_the_name_that_it_is_sent_as() -> None:
    answer = {"first": "same-12345", "order": "same-12345", "last": "same-12345"}
    for sent, place in (("orderId", "order"), ("a", "first"), ("lastOrFirst", "first")):
        made, _ = plan(
            outside("/a", response_body=answer), outside("/b", at=1, request_body={sent: "same-12345"})
        ).steps
        assert made.takes == {place: (place,)}


def test_a_value_that_was_sent_before_it_was_answered_is_sent_again_as_it_is() -> None:
    first, then = plan(
        outside("/a", request_body={"tier": "value-1234"}, response_body={"tier": "value-1234"}),
        outside("/b", at=1, request_body={"tier": "value-1234"}),
    ).steps
    assert (first.takes, then.body) == ({}, {"tier": "value-1234"})
    read, sent, again = plan(
        outside("/a", response_body={"tier": "value-1234"}),
        outside("/b", at=0.1, request_body={"tier": "value-1234"}),
        outside("/c", at=1, request_body={"tier": "value-1234"}),
    ).steps
    assert (read.takes, sent.body, again.body) == ({}, {"tier": "value-1234"}, {"tier": "value-1234"})


def test_a_value_stands_in_path_query_header_and_body_alike() -> None:
    made, used = plan(
        outside("/a", response_body={"orderId": "order/2222"}),
        outside("/b/order%2F2222?of=order%2F2222", at=1, headers={"X-Order": "order/2222"},
                request_body=["order/2222"]),
    ).steps  # fmt: skip
    reference = variable_reference("order_id")
    assert made.takes == {"order_id": ("orderId",)}
    assert used.url == f"/b/{reference}?of={reference}"
    assert used.headers["X-Order"] == reference
    assert used.body == [reference]


def test_data_of_the_target_are_read_from_the_environment_even_where_an_answer_gives_them() -> None:
    answer = {"email": "zoraida@zyx.example"}
    planner = plan(
        outside("/a", response_body=answer), outside("/b?email=zoraida%40zyx.example", at=1, request_body=answer)
    )
    email = environment_reference("NEWSTORE_TEST_EMAIL")
    assert planner.steps[1].url == f"/b?email={email}"
    assert planner.steps[1].body == {"email": email}
    assert "zoraida@zyx.example" not in planner.sent


def test_a_credential_is_read_from_the_environment_and_one_of_nobody_is_wrong() -> None:
    for held, expected in (
        ("Bearer sandbox-newstore", f"Bearer {environment_reference('NEWSTORE_TOKEN')}"),
        ("Bearer of-nobody", "Bearer wrong"),
        ("Bearer wrong", "Bearer wrong"),
    ):
        (step,) = plan(exchange("newstore", "listProfiles", "GET", PROFILES, headers={"Authorization": held})).steps
        assert step.headers["Authorization"] == expected


def test_personal_data_are_invented_where_a_document_marks_them_or_another_call_knows_them() -> None:
    sent = {"full_name": "Zoraida Quixbury", "email": "zora@shop.example"}
    marked = exchange("newstore", "getOrCreateProfile", "POST", PROFILES, request_body=sent)
    planner = plan(marked)
    body = planner.steps[0].body
    assert body.keys() == sent.keys()
    assert not {"Zoraida Quixbury", "zora@shop.example"} & set(body.values())
    assert body["email"].endswith("@example.com")
    assert {"Zoraida Quixbury", "zora@shop.example"} <= planner.sent
    call = outside("/a", request_body={"about": "Zoraida Quixbury", "tier": "gold"})
    assert plan(call).steps[0].body == {"about": "Zoraida Quixbury", "tier": "gold"}
    again = plan(call, known=["Zoraida Quixbury"]).steps[0].body
    assert again == {"about": body["full_name"], "tier": "gold"}
