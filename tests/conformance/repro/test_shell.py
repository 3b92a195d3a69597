"""The shell commands of a reproduction, run by sh with a function in place of curl: what is sent, kept and told."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pii_sandbox.conformance.repro.assertions import Assertion
from pii_sandbox.conformance.repro.shell import shell_commands
from pii_sandbox.conformance.repro.steps import SANDBOX, Step, environment_reference, variable_reference
from pii_sandbox.conformance.repro.variables import URL
from tests.conformance.repro.reproductions import WORDS, step

BASE = "http://shop.test"
NO_STATUS = Assertion()
CURL = r"""
curl() {
    input= status= kept= before=
    for word; do
        case $word in
            @-) input=$(od -An -v -tx1 | tr -d ' \n') ;;
            *http_code*) status=$STATUS ;;
        esac
        if [ "$before" = -o ]; then kept=$word; fi
        before=$word
    done
    printf '%s\036' "$(IFS=$(printf '\037'); printf %s "$*")" "$input" >> "$CALLS"
    if [ -n "$kept" ]; then printf %s "$ANSWER" > "$kept"; else printf %s "$ANSWER"; fi
    if [ -n "$status" ]; then printf '\n%s' "$status"; fi
}
"""


class Run:
    """What the commands did: the words and the standard input of each call, what was told, and the exit status."""

    def __init__(self, script: str, folder: Path, answer: str, status: int, **variables: str) -> None:
        calls = folder / "calls"
        calls.touch()
        environment = {
            URL: BASE,
            "CALLS": str(calls),
            "ANSWER": answer,
            "STATUS": str(status),
            "PATH": "/usr/local/bin:/usr/bin:/bin",
        }
        done = subprocess.run(
            ["sh", "-u"], input=CURL + script, text=True, capture_output=True, check=False, env=environment | variables
        )
        recorded = calls.read_bytes().decode("utf-8", "surrogateescape").split("\036")[:-1]
        self.calls = [words.split("\037") for words in recorded[::2]]
        self.inputs = [bytes.fromhex(content) for content in recorded[1::2]]
        self.told, self.errors, self.code = done.stdout, done.stderr, done.returncode


def run(
    steps: Sequence[Step], folder: Path, assertion: Assertion = NO_STATUS, answer: str = "{}", status: int = 200,
    **variables: str,
) -> Run:  # fmt: skip
    return Run(shell_commands(WORDS, steps, assertion), folder, answer, status, **variables)


@pytest.mark.parametrize(
    ("sent", "words", "content"),
    [
        (step("GET", "/a?b=c%20d"), ["-X", "GET", f"{BASE}/a?b=c%20d"], b""),
        (step("HEAD", "/a"), ["--head", f"{BASE}/a"], b""),
        (step("GET", ""), ["-X", "GET", BASE], b""),
        (step("GET", "/a", headers={"X-A": "it's \"so\" $HOME"}),
         ["-X", "GET", f"{BASE}/a", "-H", "X-A: it's \"so\" $HOME"], b""),
        (step("PUT", "/a", kind="json", body={"é": ["'", 1, None, "$x"]}),
         ["-X", "PUT", f"{BASE}/a", "--data-binary", '{"é": ["\'", 1, null, "$x"]}'], b""),
        (step("POST", "/a", kind="form", body={"a b": "c&d", "e": 7}),
         ["-X", "POST", f"{BASE}/a", "--data-binary", "a%20b=c%26d&e=7"], b""),
        (step("POST", "/a", kind="text", body="one\n\ttwo é"),
         ["-X", "POST", f"{BASE}/a", "--data-binary", "one\n\ttwo é"], b""),
        (step("POST", "/a", kind="text", body="one\x00two\x1b é"),
         ["-X", "POST", f"{BASE}/a", "--data-binary", "@-"], "one\x00two\x1b é".encode()),
        (step("POST", "/a", kind="bytes", body=b"%s\xff\\n\x000'"),
         ["-X", "POST", f"{BASE}/a", "--data-binary", "@-"], b"%s\xff\\n\x000'"),
    ],
)  # fmt: skip
def test_a_step_is_sent_as_it_was_whatever_is_in_it(
    sent: Step, words: list[str], content: bytes, tmp_path: Path
) -> None:
    done = run([sent, step("GET", "/last", group=1)], tmp_path)
    assert done.calls[0] == ["-sS", *words, "-o", "/dev/null"]
    assert done.inputs[0] == content
    assert (done.code, done.errors) == (0, "")


def test_the_comment_tells_what_is_shown_and_only_the_last_answer_is_printed_with_its_status(tmp_path: Path) -> None:
    steps = [step("GET", "/a"), step("GET", "/b", group=1)]
    done = run(steps, tmp_path, answer="the answer", status=418)
    assert done.told == "the answer\n418\n"
    assert [call[-2:] for call in done.calls] == [["-o", "/dev/null"], ["-w", "\\n%{http_code}"]]
    lines = shell_commands(WORDS, steps, NO_STATUS).splitlines()
    assert lines[:3] == [f"# {words}" for words in WORDS]
    assert lines[-1] == "# saw two"


@pytest.mark.parametrize(
    ("statuses", "status", "code", "told"),
    [
        ((404,), 404, 0, ""),
        ((404, 422), 422, 0, ""),
        ((404,), 200, 1, "expected one update; now it is 200\n"),
        ((404, 422), 409, 1, "expected one update; now it is 409\n"),
    ],
)
def test_a_status_other_than_the_expected_is_told_and_fails(
    statuses: tuple[int, ...], status: int, code: int, told: str, tmp_path: Path
) -> None:
    done = run([step()], tmp_path, Assertion(statuses=statuses), answer='{"a": "200\n"}', status=status)
    assert (done.code, done.errors) == (code, told)


def test_what_an_answer_gives_and_what_the_environment_holds_is_put_into_later_calls(tmp_path: Path) -> None:
    one, other, secret = variable_reference("one"), variable_reference("other"), environment_reference("SECRET")
    steps = [
        step("POST", "/a", takes={"one": ("list", 0, "it's"), "other": ("n",)}),
        step("GET", f"/b/{one}/c?d={other}{secret}", headers={"X-A": f"{secret} and {one}", secret: "'"}, group=1),
        step("PUT", f"{one}", kind="json", body=[f"{other}'s"], group=2),
    ]
    answer = {"list": [{"it's": "x y $HOME"}], "n": 7}
    done = run(steps, tmp_path, answer=json.dumps(answer), SECRET="s 3")
    assert "-o" not in done.calls[0]
    assert done.calls[1][3:] == [
        f"{BASE}/b/x y $HOME/c?d=7s 3", "-H", "X-A: s 3 and x y $HOME", "-H", "s 3: '", "-o", "/dev/null",
    ]  # fmt: skip
    assert done.calls[2][3:6] == [f"{BASE}x y $HOME", "--data-binary", '["7\'s"]']


def test_no_empty_quotes_stand_between_variables() -> None:
    one, two = variable_reference("one"), environment_reference("TWO")
    lines = shell_commands(WORDS, [step("GET", f"{one}{two}/a{one}"), step(group=1)], NO_STATUS).splitlines()
    assert f'curl -sS -X GET "${URL}""${{one}}""${{TWO}}"/a"${{one}}" -o /dev/null' in lines


def test_an_answer_is_kept_under_the_number_of_its_call() -> None:
    steps = [step(group=0), step(takes={"two": ("id",)}, group=1), step(group=2)]
    lines = shell_commands(WORDS, steps, NO_STATUS).splitlines()
    assert any(line.startswith("r2=$(curl ") for line in lines)
    assert any(line.startswith('two=$(printf %s "$r2" | python3 ') for line in lines)


def test_calls_of_a_group_run_at_the_same_time_and_tell_their_statuses(tmp_path: Path) -> None:
    steps = [step("GET", "/a"), *(step("PUT", f"/{number}", group=1) for number in range(3))]
    done = run(steps, tmp_path, Assertion(seen=(200, 409, 409)), status=409)
    assert sorted(call[3] for call in done.calls) == [f"{BASE}/{name}" for name in "012a"]
    told = {call[3][-1]: call[-2:] for call in done.calls}
    here = ["-w", " (status %{http_code})\\n"]
    assert told == {"a": ["-o", "/dev/null"], "0": here, "1": here, "2": ["-w", "\\n%{http_code}"]}
    lines = shell_commands(WORDS, steps, NO_STATUS).splitlines()
    assert [line[-2:] == " &" for line in lines[-6:]] == [True, True, False, False, False, False]
    assert lines[-2:] == ["wait", "# saw two"]


@pytest.mark.parametrize(("status", "code", "told"), [(404, 0, ""), (200, 1, "expected one update; now it is 200\n")])
def test_the_last_of_calls_at_the_same_time_is_held_against_the_expected_status(
    status: int, code: int, told: str, tmp_path: Path
) -> None:
    done = run([step("PUT", "/0"), step("PUT", "/1")], tmp_path, Assertion(statuses=(404,)), status=status)
    assert (len(done.calls), done.code, done.errors) == (2, code, told)


def test_what_calls_at_the_same_time_answer_is_put_into_later_calls(tmp_path: Path) -> None:
    one, other = variable_reference("one"), variable_reference("other")
    steps = [
        step("PUT", "/0", takes={"one": ("id",)}), step("PUT", "/1"), step("PUT", "/2", takes={"other": ("n",)}),
        step("GET", f"/{one}/{other}", group=1),
    ]  # fmt: skip
    folder = tmp_path / "temporary"
    folder.mkdir()
    done = run(steps, tmp_path, answer='{"id": "x y", "n": 7}', TMPDIR=str(folder))
    assert f"{BASE}/x y/7" in done.calls[-1]
    assert (done.code, done.errors, list(folder.iterdir())) == (0, "", [])


@pytest.mark.parametrize(
    ("headers", "is_made"), [({"X-Sandbox": variable_reference(SANDBOX)}, True), ({"X-A": "b"}, False)]
)
def test_a_sandbox_is_named_once_and_only_where_one_was_asked_for(
    headers: dict[str, Any], is_made: bool, tmp_path: Path
) -> None:
    done = run([step(headers=headers), step(headers={**headers, "X-B": "c"}, group=1)], tmp_path)
    names = {word for call in done.calls for word in call if word.startswith("X-Sandbox: ")}
    assert len(names) == is_made
    assert all(name.startswith("X-Sandbox: repro-") for name in names)
    assert (f"{SANDBOX}=" in shell_commands(WORDS, [step(headers=headers)], NO_STATUS)) is is_made
