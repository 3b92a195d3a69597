"""The layout of the pytest module of a reproduction: literals, f-strings, and lines that are broken where too wide."""

from __future__ import annotations

import ast

import pytest

from pii_sandbox.conformance.repro.assertions import Assertion
from pii_sandbox.conformance.repro.python import text_literal, value
from pii_sandbox.conformance.repro.steps import environment_reference, variable_reference
from tests.conformance.repro.reproductions import code_of, step

WIDTH = 100  # of a line that can be broken


def call_lines(code: str) -> list[str]:
    """The lines of the calls, without their indentation."""
    return [line.removeprefix("        ") for line in code.splitlines() if line.startswith("        ")]


def text_of(width: int) -> str:
    """A text whose literal is that wide."""
    return "x" * (width - 2)


@pytest.mark.parametrize("indent", [0, 8])
def test_a_value_is_broken_into_lines_where_it_would_be_too_wide(indent: int) -> None:
    room, pad = WIDTH - 8 - indent, " " * indent
    assert (value(..., indent), value([...], indent)) == ("...", "[...]")
    for node, opening, closing in (([text_of(room - 2)], "[", "]"), ({"a": text_of(room - 7)}, '{"a": ', "}")):
        (text,) = node if isinstance(node, list) else node.values()
        assert value(node, indent) == f'{opening}"{text}"{closing}'
    longer = text_of(room - 1)
    assert value([longer], indent) == f'[\n{pad}    "{longer}",\n{pad}]'
    inner = [text_of(room - 4 - 2)]
    wider = [text_of(room - 4 - 1)]
    assert value([inner, 1], indent) == f'[\n{pad}    ["{inner[0]}"],\n{pad}    1,\n{pad}]'
    assert value({"a": inner}, indent) == f'{{\n{pad}    "a": ["{inner[0]}"],\n{pad}}}'
    broken = f'[\n{pad}        "{wider[0]}",\n{pad}    ]'
    assert value([wider, {}], indent) == f"[\n{pad}    {broken},\n{pad}    {{}},\n{pad}]"
    assert value({"a": wider}, indent) == f'{{\n{pad}    "a": {broken},\n{pad}}}'


@pytest.mark.parametrize("many", [1, 2])
def test_a_call_is_broken_into_lines_where_it_would_be_too_wide(many: int) -> None:
    room = WIDTH - (8 if many == 1 else 16)
    for width, is_broken in ((room, False), (room + 1, True)):
        url = "/" + "x" * (width - len('http.request("GET", "/")'))
        code = code_of(*[step(url=url)] * many)
        assert (f'http.request("GET", "{url}")' in code) is not is_broken
        assert ("http.request(\n" in code) is is_broken


@pytest.mark.parametrize(("kind", "argument"), [("json", "json"), ("form", "data")])
def test_a_broken_call_has_a_line_for_each_argument_and_breaks_those_that_are_too_wide(
    kind: str, argument: str
) -> None:
    room = WIDTH - 8 - 12
    fitting, wide = text_of(room - len('{"a": }')), text_of(room - len('{"a": }') + 1)
    code = code_of(step("PUT", "/a", kind=kind, body={"a": fitting}, headers={"b": fitting}))
    assert call_lines(code) == [
        "r1 = http.request(",
        '    "PUT", "/a",',
        f'    {argument}={{"a": "{fitting}"}},',
        f'    headers={{"b": "{fitting}"}},',
        ")",
    ]
    code = code_of(step("PUT", "/a", kind=kind, body={"a": wide}, headers={"b": wide}))
    assert call_lines(code) == [
        "r1 = http.request(",
        '    "PUT", "/a",',
        f"    {argument}={{",
        f'        "a": "{wide}",',
        "    },",
        "    headers={",
        f'        "b": "{wide}",',
        "    },",
        ")",
    ]


def test_an_expected_body_is_broken_as_others_are() -> None:
    room = WIDTH - 8 - 4
    for width, is_broken in ((room, False), (room + 1, True)):
        text = text_of(width - len("[]"))
        code = code_of(step(), assertion=Assertion(body=[text]))
        assert (f'same(r1.json(), ["{text}"])' in code) is not is_broken
        assert (f'same(r1.json(), [\n        "{text}",\n    ])' in code) is is_broken


def test_a_call_of_several_lines_is_broken_however_narrow_it_is() -> None:
    wide = {"a": [text_of(WIDTH)]}
    code = code_of(step("PUT", "/a", kind="json", body=wide))
    assert '        r1 = http.request(\n            "PUT", "/a",\n            json={\n' in code


@pytest.mark.parametrize(
    ("points", "is_escaped"),
    [
        ([0xD800], True), ([0xDFFF], True), ([0x61, 0xDBFF, 0xE9], True), ([0xE9, 0xE000, 0xD7FF], False),
        ([0x1F600], False), ([0x22, 0x5C], False),
    ],
)  # fmt: skip
def test_a_text_is_a_literal_that_can_be_written_to_a_file(points: list[int], is_escaped: bool) -> None:
    content = "".join(map(chr, points))
    code = text_literal(content)
    code.encode()
    assert ast.literal_eval(code) == content
    assert ("\\u" in code) is is_escaped


def test_a_reference_stands_for_a_name_between_texts_in_braces() -> None:
    one, other = variable_reference("one"), environment_reference("OTHER")
    assert text_literal(one) == "one"
    assert text_literal(other) == 'os.environ["OTHER"]'
    assert text_literal(one, quoted=True) == 'f"{one}"'
    assert text_literal(other, quoted=True) == "f\"{quote(os.environ['OTHER'], safe='')}\""
    assert text_literal(f'"a{one}b\\{{c}}{other}') == ('f"\\"a{one}b\\\\{{c}}{os.environ' + "['OTHER']}\"")
