"""The pytest module of a reproduction: what it sends and asserts when it is run, and what it imports."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.repro.assertions import Assertion
from pii_sandbox.conformance.repro.python import function
from pii_sandbox.conformance.repro.steps import SANDBOX, Step, environment_reference, variable_reference
from pii_sandbox.conformance.repro.variables import URL
from tests.conformance.repro.reproductions import BASE, SEEN, code_of, step

Handler = Callable[[httpx.Request], httpx.Response]


def play(code: str, patch: pytest.MonkeyPatch, answer: Handler, **variables: str) -> list[httpx.Request]:
    """Run the test of a module; return what it sent. Raises AssertionError where the test fails."""
    sent: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return answer(request)

    pasted: dict[str, Callable[[], None]] = {}
    with patch.context() as patched:
        patched.setattr(httpx, "Client", partial(httpx.Client, transport=httpx.MockTransport(handle)))
        for name, held in {URL: BASE, **variables}.items():
            patched.setenv(name, held)
        exec(compile(code, "pasted", "exec"), pasted)
        next(held for name, held in pasted.items() if name.startswith("test_"))()
    return sent


def json_answer(body: Any = None, status: int = 200) -> Handler:
    return lambda _: httpx.Response(status, json=body)


def fails(code: str, patch: pytest.MonkeyPatch, answer: Handler) -> str:
    """What the test says as it fails; empty where it passes."""
    try:
        play(code, patch, answer)
    except AssertionError as error:
        return str(error)
    return ""


JSON, FORM = {"Content-Type": "application/json"}, {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("sent", "content", "media"),
    [
        (step("GET", "/a?b=c%20d"), b"", None),
        (step("PUT", "/a", kind="json", body={"b": ["{x}", 1, None, True, 1.5], "c": {}}, headers=JSON),
         {"b": ["{x}", 1, None, True, 1.5], "c": {}}, "application/json"),
        (step("PUT", "/a", kind="json", body=["b"], headers={"Content-Type": "application/merge-patch+json"}),
         ["b"], "application/merge-patch+json"),
        (step("PUT", "/a", kind="form", body={"b c": "d&e"}, headers=FORM),
         b"b+c=d%26e", "application/x-www-form-urlencoded"),
        (step("PUT", "/a", kind="form", body={"b": "c"}, headers={"Content-Type": "a/b"}), b"b=c", "a/b"),
        (step("PUT", "/a", kind="text", body="{é}\n\"'\\", headers={"Content-Type": "text/plain"}),
         "{é}\n\"'\\".encode(), "text/plain"),
        (step("PUT", "/a", kind="bytes", body=b"\xff\x00'\"", headers=JSON), b"\xff\x00'\"", "application/json"),
    ],
)  # fmt: skip
def test_a_step_is_sent_as_it_was_whatever_is_in_it(
    sent: Step, content: Any, media: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_of(sent, assertion=Assertion(statuses=(200,)))
    (request,) = play(code, monkeypatch, json_answer())
    assert (request.method, str(request.url)) == (sent.method, BASE + sent.url)
    assert (request.content if isinstance(content, bytes) else json.loads(request.content)) == content
    assert request.headers.get("content-type") == media
    assert "headers=" not in code or sent.kind in {"text", "bytes"} or media not in {*JSON.values(), *FORM.values()}


def test_what_an_answer_gives_and_what_the_environment_holds_is_put_into_later_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other, secret = variable_reference("one"), variable_reference("other"), environment_reference("SECRET")
    steps = [
        step("POST", "/a", takes={"one": ("list", 0, 'i"d'), "other": ("n",)}),
        step("GET", f"/b/{one}/{{c}}?d={secret}", headers={"X-A": f'{{"{secret}"}} and {one}', "X-B": secret}, group=1),
        step("PUT", f"/{one}", kind="json", body={"a": other, "b": [one, f"{other}'s"]}, group=2),
    ]
    code = code_of(*steps, assertion=Assertion(statuses=(200,)))
    answer = json_answer({"list": [{'i"d': "xyz"}], "n": 7})
    first, then, last = play(code, monkeypatch, answer, SECRET="s&3")
    assert str(first.url) == f"{BASE}/a"
    assert str(then.url) == f"{BASE}/b/xyz/%7Bc%7D?d=s%263"
    assert (then.headers["X-A"], then.headers["X-B"]) == ('{"s&3"} and xyz', "s&3")
    assert (str(last.url), json.loads(last.content)) == (f"{BASE}/xyz", {"a": 7, "b": ["xyz", "7's"]})


@pytest.mark.parametrize(
    ("assertion", "statuses", "body", "told"),
    [
        (Assertion(statuses=(404,)), [200, 404], None, ""),
        (Assertion(statuses=(404,)), [404, 200], None, "expected one update; saw two"),
        (Assertion(statuses=(404, 422)), [200, 422], None, ""),
        (Assertion(statuses=(404, 422)), [404, 200], None, "expected one update; saw two"),
        (Assertion(seen=(200,)), [404, 200], None, "expected one update; saw two"),
        (Assertion(seen=(200,)), [200, 404], None, ""),
        (Assertion(seen=(200,), body={"a": ...}), [404, 200], {"a": "b"}, "expected one update; saw two"),
        (Assertion(seen=(200,), body={"a": ...}), [404, 200], {"a": 1, "c": 2}, ""),
        (Assertion(seen=(200,), body={"a": ...}), [200, 404], {"a": "b"}, ""),
        (Assertion(body=[]), [404, 404], [], "expected one update; saw two"),
        (Assertion(body=[]), [404, 404], {}, ""),
    ],
)  # fmt: skip
def test_the_test_fails_as_long_as_the_last_answer_is_as_it_was_seen(
    assertion: Assertion, statuses: list[int], body: Any, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_of(step("GET", "/0"), step("GET", "/1", group=1), assertion=assertion)
    found = fails(code, monkeypatch, lambda call: httpx.Response(statuses[int(call.url.path[1:])], json=body))
    assert found.partition("\n")[0] == told
    assert ("status_code == 404, " in code) is (assertion.statuses == (404,))


@pytest.mark.parametrize(
    ("statuses", "told"),
    [([404, 200, 409], "expected one update; saw two"), ([404, 409, 200], "expected one update; saw two"),
     ([404, 200, 200], ""), ([200, 409, 409], "")],
)  # fmt: skip
def test_calls_of_a_group_are_sent_at_the_same_time_and_their_statuses_compared_in_any_order(
    statuses: list[int], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [step("GET", "/0"), *(step("PUT", f"/{at}", group=1, takes={f"id_{at}": ("id",)}) for at in (1, 2))]
    code = code_of(*steps, assertion=Assertion(seen=(200, 409)))
    found = fails(
        code, monkeypatch, lambda call: httpx.Response(statuses[int(call.url.path[1:])], json={"id": call.url.path})
    )
    assert found.partition("\n")[0] == told
    after = code_of(*steps, step("GET", f"/0?{variable_reference('id_1')}&{variable_reference('id_2')}", group=2))
    *_, last = play(after, monkeypatch, json_answer({"id": "x"}, 404))
    assert last.url.query == b"x&x"
    assert "ThreadPoolExecutor(2)" in code


@pytest.mark.parametrize(
    ("answer", "recorded", "same"),
    [
        ({"a": 1}, {"a": 1}, True), ({"a": 1}, {"a": 2}, False), ({"a": 1, "b": 1}, {"a": 1}, False),
        ({}, {"a": ...}, False), ([], {}, False), ([1, 2], [1, ...], True), ([1], [1, ...], False), ({}, [], False),
        ("a", ..., True), (None, None, True), ("a", "b", False), ({"a": [{"b": 1}]}, {"a": [{"b": ...}]}, True),
    ],
)  # fmt: skip
def test_a_recorded_body_is_the_same_again_but_for_what_passes(
    answer: Any, recorded: Any, same: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_of(step(), assertion=Assertion(seen=(200,), body={"all": recorded}))
    assert bool(fails(code, monkeypatch, json_answer({"all": answer}))) is same


@pytest.mark.parametrize(
    ("steps", "assertion", "imports"),
    [
        ([step()], SEEN, ["import os"]),
        ([step(), step(group=1)], SEEN, ["import os"]),
        ([step(headers={"X-A": "b"})], SEEN, ["import os"]),
        ([step(headers={"X-Sandbox": variable_reference(SANDBOX)})], SEEN, ["import os", "import uuid"]),
        ([step(), step()], SEEN, ["import os", "from concurrent.futures import ThreadPoolExecutor"]),
        ([step(url=f"/{environment_reference('A')}")], SEEN, ["import os", "from urllib.parse import quote"]),
        ([step(url=f"/{variable_reference('a')}")], SEEN, ["import os"]),
        ([step(headers={"X-A": f"b{environment_reference('A')}"})], SEEN, ["import os"]),
        ([step()], Assertion(body=[]), ["import os"]),
    ],
)
def test_a_module_imports_and_defines_what_it_uses_and_no_more(
    steps: Sequence[Step], assertion: Assertion, imports: list[str]
) -> None:
    code = code_of(*steps, assertion=assertion)
    before, _, after = code.partition("\n\nimport httpx\n\n\n")
    assert before.splitlines() == imports
    assert ("def same(" in after) is (assertion.body is not None)
    assert (f"{SANDBOX} = " in after) is ("import uuid" in imports)


@pytest.mark.parametrize(
    ("name", "defined"),
    [("it_is_so", "test_it_is_so"), ("a <b>-é ", "test_a_b_é"), ("--", "test_finding"), ("", "test_finding")],
)
def test_the_test_is_named_after_the_scenario(name: str, defined: str) -> None:
    assert f"\ndef {defined}():\n" in code_of(step(), name=name)


def test_the_docstring_is_the_finding_in_words() -> None:
    words = ['a "quoted"', '"""', "back\\slash", "two\nlines", 'ends "so"']
    module: dict[str, Any] = {}
    exec(compile(function("a", words, [step()], SEEN), "pasted", "exec"), module)
    assert (
        module["test_a"].__doc__
        == """a "quoted

    '''
    back\\slash
    two lines
    ends "so
    """
    )
