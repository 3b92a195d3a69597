"""Steps as a pytest function that needs httpx alone."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Any

from pii_sandbox.conformance.repro.assertions import Assertion
from pii_sandbox.conformance.repro.steps import REFERENCE, SANDBOX, Path, Step, variable_reference
from pii_sandbox.conformance.repro.variables import URL

WIDTH = 100

_IDENTIFIER = re.compile(r"\W+")
SAME = '''\
def same(answer, recorded):
    """Whether an answer is as it was; ... stands for what differs from run to run."""
    if isinstance(recorded, dict):
        names = isinstance(answer, dict) and answer.keys() == recorded.keys()
        return names and all(same(answer[name], recorded[name]) for name in recorded)
    if isinstance(recorded, list):
        return isinstance(answer, list) and len(answer) == len(recorded) and all(map(same, answer, recorded))
    return recorded is ... or answer == recorded
'''


def function(name: str, words: Sequence[str], steps: Sequence[Step], assertion: Assertion) -> str:
    """A module with one test; `words` are its docstring, expectation and what was seen last."""
    body = [
        line
        for _, group in groupby(enumerate(steps, 1), key=lambda pair: pair[1].group)
        for line in _request_lines([*group])
    ]
    code = "\n".join(body)
    needs_same = assertion.body is not None
    sandbox = variable_reference(SANDBOX) in "".join("".join(step.headers.values()) for step in steps)
    together = any(one.group == other.group for one, other in pairwise(steps))
    imports = ["import os", *(["import uuid"] if sandbox else [])]
    imports += ["from concurrent.futures import ThreadPoolExecutor"] if together else []
    imports += ["from urllib.parse import quote"] if "quote(" in code else []
    title, *rest = words
    docstring = "\n\n    ".join([_in_docstring(title), "\n    ".join(map(_in_docstring, rest))])
    return "\n".join(
        [
            *imports, "", "import httpx", "", "",
            *([SAME, ""] if needs_same else []),
            f"def test_{_IDENTIFIER.sub('_', name).strip('_') or 'finding'}():",
            f'    """{docstring}\n    """',
            *([f'    {SANDBOX} = f"repro-{{uuid.uuid4().hex[:12]}}"'] if sandbox else []),
            f'    with httpx.Client(base_url=os.environ["{URL}"], timeout=30) as http:',
            code,
            _assertion_lines(assertion, steps, words[-2:]),
            "",
        ]
    )  # fmt: skip


def _request_lines(group: list[tuple[int, Step]]) -> list[str]:
    """The lines that send the steps of one group."""
    if len(group) == 1:
        [(number, step)] = group
        lines = [f"        r{number} = {_call(step, 8)}"]
    else:
        names = ", ".join(f"r{number}" for number, _ in group)
        calls = "".join(f"                lambda: {_call(step, 16)},\n" for _, step in group)
        lines = [
            f"        with ThreadPoolExecutor({len(group)}) as pool:",
            f"            calls = [\n{calls}            ]",
            f"            {names} = pool.map(lambda call: call(), calls)",
        ]
    for number, step in group:
        lines += [f"        {variable} = r{number}.json(){_place(path)}" for variable, path in step.takes.items()]
    return lines


def _call(step: Step, indent: int) -> str:
    arguments = [text_literal(step.method), text_literal(step.url, quoted=True)]
    headers = dict(step.headers)
    match step.kind:
        case "json":
            arguments.append(f"json={value(step.body, indent + 4)}")
            headers = {name: held for name, held in headers.items() if (name.lower(), held) != _JSON}
        case "form":
            arguments.append(f"data={value(step.body, indent + 4)}")
            headers = {name: held for name, held in headers.items() if (name.lower(), held) != _FORM}
        case "text":
            arguments.append(f"content={text_literal(step.body)}.encode()")
        case "bytes":
            arguments.append(f"content={step.body!r}")
    if headers:
        arguments.append(f"headers={value(headers, indent + 4)}")
    line = f"http.request({', '.join(arguments)})"
    if len(line) + indent <= WIDTH and "\n" not in line:
        return line
    pad = " " * indent
    inner = f",\n{pad}    ".join([f"{arguments[0]}, {arguments[1]}", *arguments[2:]])
    return f"http.request(\n{pad}    {inner},\n{pad})"


_JSON = ("content-type", "application/json")
_FORM = ("content-type", "application/x-www-form-urlencoded")


def value(node: Any, indent: int) -> str:
    """A JSON value as Python writes it, over several lines where it is long."""
    if isinstance(node, str):
        return text_literal(node)
    if not isinstance(node, dict | list) or not node:
        return "..." if node is ... else repr(node)
    if isinstance(node, dict):
        parts = [f"{text_literal(name)}: {value(inner, indent + 4)}" for name, inner in node.items()]
        opening, closing = "{", "}"
    else:
        parts = [value(inner, indent + 4) for inner in node]
        opening, closing = "[", "]"
    line = f"{opening}{', '.join(parts)}{closing}"
    if len(line) + indent <= WIDTH - 8 and "\n" not in line:
        return line
    pad = " " * indent
    return f"{opening}\n{pad}    " + f",\n{pad}    ".join(parts) + f",\n{pad}{closing}"


def text_literal(content: str, quoted: bool = False) -> str:
    """A text as Python writes it, an f-string where it refers to something; `quoted`: for a URL."""
    if not REFERENCE.search(content):
        return literal(content)
    if (whole := REFERENCE.fullmatch(content)) is not None and not quoted:
        return whole[1] or f'os.environ["{whole[2]}"]'
    pieces, done = [], 0
    for found in REFERENCE.finditer(content):
        named = found[1] or f"os.environ['{found[2]}']"
        inserted = f"quote({named}, safe='')" if quoted and found[2] else named
        pieces += [_in_braces(content[done : found.start()]), f"{{{inserted}}}"]
        done = found.end()
    return f'f"{"".join(pieces)}{_in_braces(content[done:])}"'


def literal(content: str) -> str:
    return json.dumps(content, ensure_ascii=any("\ud800" <= character <= "\udfff" for character in content))


def _in_braces(content: str) -> str:
    return literal(content)[1:-1].replace("{", "{{").replace("}", "}}")


def _place(path: Path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f"[{literal(part)}]" for part in path)


def _assertion_lines(assertion: Assertion, steps: Sequence[Step], words: Sequence[str]) -> str:
    last = len(steps)
    told = literal("; ".join(words))
    if assertion.statuses:
        first, *others = assertion.statuses
        wanted = f"in {assertion.statuses}" if others else f"== {first}"
        return f"    assert r{last}.status_code {wanted}, {told}"
    if len(assertion.seen) > 1:
        names = ", ".join(f"r{number}.status_code" for number in range(last - len(assertion.seen) + 1, last + 1))
        return f"    assert sorted([{names}]) != {list(assertion.seen)}, {told}"
    held = [f"r{last}.status_code == {status}" for status in assertion.seen]
    if assertion.body is not None:
        held.append(f"same(r{last}.json(), {value(assertion.body, 4)})")
    return f"    assert not ({' and '.join(held)}), {told}"


def _in_docstring(words: str) -> str:
    return words.replace("\\", "\\\\").replace('"""', "'''").replace("\n", " ").rstrip('"')
