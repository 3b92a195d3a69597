"""Checks on written reports: each form parses, is what its readers take, and holds hostile text as harmless text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

from pii_sandbox.conformance.report import json_report

FORMS = ("report.json", "junit.xml", "report.sarif", "summary.md", "report.html")
# after Jenkins' junit-10.xsd: the attributes that an element may have (those with * it must), and what may stand in it
JUNIT: Mapping[str, tuple[str, str]] = {
    "testsuites": ("name time tests failures errors", "testsuite"),
    "testsuite": (
        "name* tests* failures* errors* group time skipped timestamp hostname id package file log url",
        "testsuite properties testcase system-out system-err",
    ),
    "properties": ("", "property"),
    "property": ("name* value*", ""),
    "testcase": (
        "name* time classname group",
        "skipped error failure rerunFailure rerunError flakyFailure flakyError system-out system-err",
    ),
    "skipped": ("type message", ""),
    "error": ("type message", ""),
    "failure": ("type message", ""),
    "system-out": ("", ""),
    "system-err": ("", ""),
}


def check_folder(folder: Path) -> None:
    """Every form is there and passes its check."""
    for name in FORMS:
        check(name, (folder / name).read_bytes().decode("utf-8"))


def check(name: str, text: str) -> None:
    """Raises AssertionError, or the parser's error, where the text is not what that form is to be."""
    unseen = {character for character in text if not (character.isprintable() or character in "\n\t")}
    assert not unseen, f"{name} holds {unseen!r}"
    _CHECKS[name](text)


def _json(text: str) -> None:
    report = json.loads(text, parse_constant=_no_json)
    assert report["format"] == json_report.FORMAT


def _sarif(text: str) -> None:
    (run,) = json.loads(text, parse_constant=_no_json)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def _no_json(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _junit(text: str) -> None:
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuites"
    for element in root.iter():
        attributes, children = JUNIT[element.tag]
        known = {name.rstrip("*") for name in attributes.split()}
        must = {name.rstrip("*") for name in attributes.split() if name.endswith("*")}
        assert must <= set(element.attrib) <= known, f"{element.tag} has {sorted(element.attrib)}"
        assert {child.tag for child in element} <= set(children.split())


def _markdown(text: str) -> None:
    assert text.startswith("# ")
    # nothing that came back begins a line: the lines are those of the report
    begins = ("#", "|", "-", ">", "<details>", "</details>", "```", "")
    fenced: str | None = None
    for line in text.splitlines():
        if fenced is not None:
            fenced = None if line == fenced else fenced
        elif line.startswith("```"):
            fenced = line[: len(line) - len(line.lstrip("`"))]
        else:
            assert line == "" or line.startswith(begins[:-1]) or line[0].isalpha() or line[0] == "\\", line[:80]
    assert fenced is None


class _Page(HTMLParser):
    """Tags that match, one script, and no handlers."""

    EMPTY = frozenset({"meta", "input", "wbr", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"img", "iframe", "object", "link", "base"}, tag
        assert not any(name.startswith("on") or name == "src" for name, _ in attrs)
        assert all((value or "").startswith("#") for name, value in attrs if name == "href")
        self.scripts += tag == "script"
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _html(text: str) -> None:
    page = _Page()
    page.feed(text)
    page.close()
    assert page.open == []
    assert page.scripts == 1


_CHECKS = {
    "report.json": _json, "report.sarif": _sarif, "junit.xml": _junit, "summary.md": _markdown, "report.html": _html,
}  # fmt: skip
