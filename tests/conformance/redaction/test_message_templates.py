"""Message templates: which f-strings of the code are messages, and where their constants stand in a text."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from pii_sandbox.conformance.redaction import message_templates
from pii_sandbox.conformance.redaction.message_templates import Template, constant_spans, templates

MODULE = '''
"""No f-string."""
NAME = "not {an} f-string"
def first(a, b):
    raise ValueError(f"no {a} there")
class Second:
    text = f"{NAME}: seen {NAME!r:>10} twice"
    short = f"{NAME} x {NAME}"
    digits = f"{NAME} 12 {NAME}_3"
    joined = f"{NAME}" " of them"
    none = f"{NAME}"
    plain = f"no fields"
    accents = f"é{NAME}ña"
    trailing = f"last of {NAME}"
'''
EXPECTED = {
    Template(("no ", " there"), leads=False, trails=False),
    Template((": seen ", " twice"), leads=True, trails=False),
    Template((" of them",), leads=True, trails=False),
    Template(("no fields",), leads=False, trails=False),
    Template(("é", "ña"), leads=False, trails=False),
    Template(("last of ",), leads=False, trails=True),
}


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[ModuleType]:
    """Modules that take the place of those of this program."""
    modules: list[ModuleType] = []
    monkeypatch.setattr(message_templates, "loaded_modules", lambda: modules)

    for name, text in {"some.py": MODULE, "more.txt": MODULE, "folder.py": None, "last.py": 'f"last {1} word"'}.items():
        file = tmp_path / name
        if text is None:
            file.mkdir()
        else:
            file.write_text(text, "utf-8")
        module = ModuleType(name)
        module.__file__ = str(file)
        modules.append(module)
    modules.append(ModuleType("built-in"))
    modules[-1].__file__ = None
    return modules


def test_templates_are_the_f_strings_with_a_word_in_the_code_that_is_loaded(loaded: list[ModuleType]) -> None:
    assert templates() == EXPECTED | {Template(("last ", " word"), leads=False, trails=False)}
    loaded.pop(3)
    assert templates() == EXPECTED


@pytest.mark.parametrize(
    ("template", "text", "fields"),
    [
        (Template(("a ", " b"), leads=True, trails=True), "1a 2 b3", ["1", "2", "3"]),
        (Template(("a ", " b"), leads=True, trails=True), "a  b", []),
        (Template(("a ", " b"), leads=False, trails=True), "a 2 b", ["2"]),
        (Template(("a ", " b"), leads=False, trails=True), "1a 2 b", None),
        (Template(("a ", " b"), leads=True, trails=False), "1a 2 b", ["1", "2"]),
        (Template(("a ", " b"), leads=True, trails=False), "1a 2 b3", None),
        (Template((" b", " b"), leads=True, trails=False), "1 b2 b3 b", ["1", "2 b3"]),
        (Template(("ab", "b"), leads=False, trails=False), "ab", None),
        (Template(("ab", "b"), leads=False, trails=False), "abb", []),
        (Template(("ab", "cd"), leads=True, trails=True), "cd ab", None),
        (Template(("ab",), leads=False, trails=False), "ab", []),
        (Template(("ab",), leads=False, trails=False), "abab", None),
        (Template(("ab",), leads=False, trails=False), "", None),
    ],
)
def test_the_fields_of_a_message_are_what_stands_between_the_constants(
    template: Template, text: str, fields: list[str] | None
) -> None:
    fit = template.fit(text)
    assert (None if fit is None else [text[start:end] for start, end in fit[1]]) == fields
    if fit is not None:
        assert [text[start:end] for start, end in fit[0]] == list(template.constants)
        assert sorted([*fit[0], *fit[1]])[-1][1] == len(text)


def test_the_anchor_of_a_template_is_its_longest_constant() -> None:
    assert Template(("a", "ccc", "bb"), leads=True, trails=True).anchor == "ccc"


OTHER, NESTED = Template((" out",), leads=False, trails=True), Template(("in ", " out"), leads=False, trails=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in x out", ["in ", " out"]),
        ("x in y out", []),
        ("in in x out out", ["in ", "in ", " out", " out"]),
        ("in " * 4 + "x" + " out" * 4, ["in "] * 4 + [" out"] * 4),
        ("in " * 5 + "x" + " out" * 5, ["in "] * 4 + [" out"] * 4),
        (f"in {'x' * 3_993} out", ["in ", " out"]),
        (f"in {'x' * 3_994} out", []),
    ],
)
def test_messages_in_the_fields_of_messages_are_found_three_deep(
    text: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_templates, "templates", lambda: (OTHER, NESTED, OTHER))
    spans = sorted(constant_spans(text))
    assert [text[start:end] for start, end in spans] == expected
    assert [start for start, _ in spans[: len(expected) // 2]] == [3 * number for number in range(len(expected) // 2)]
