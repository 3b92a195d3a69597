"""The HTML form of a report: self-contained, accessible, and never markup from responses."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

from pii_sandbox.conformance.report import content, exchanges, html
from tests.conformance.report import samples
from tests.conformance.report.report_files import READ, RULES, run_result, write_forms
from tests.conformance.report.samples import finding


class Page(HTMLParser):
    """What a page refers to, and its ids; raises where tags do not match."""

    EMPTY = frozenset({"meta", "input", "wbr", "br", "link", "img"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_loads_nothing_and_its_links_lead_somewhere(forms: dict[str, str]) -> None:
    page = Page(forms["report.html"])
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in page.tags:
        assert tag not in {"link", "img", "iframe", "object"}
        assert "src" not in attributes
        assert "style" not in attributes, "the page's policy forbids it"
        if "href" in attributes:
            assert str(attributes["href"]).removeprefix("#") in ids
        for name in ("aria-labelledby", "data-copies"):
            assert attributes.get(name) in [None, *ids]
    assert not re.search(r"url\(|@import|https?://(?!staging\.example\.net)", forms["report.html"])


def test_the_page_has_landmarks_captions_and_a_row_for_each_rule(forms: dict[str, str]) -> None:
    page = Page(forms["report.html"])
    tags = [tag for tag, _ in page.tags]
    assert [tags.count(name) for name in ("header", "nav", "main", "footer", "h1")] == [1, 1, 1, 1, 1]
    assert tags.count("caption") == tags.count("table")
    assert sum("data-outcome" in attributes for _, attributes in page.tags) == RULES
    assert ("html", {"lang": "en"}) in page.tags
    assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")


def test_the_heat_map_tells_in_words_what_its_colours_tell() -> None:
    report = content.report(run_result())
    profile = next(entry for entry in report.operations if entry.operation_id == "GetProfile")
    assert html.cell(profile, 200) == html.Cell("12", "12 times", 3, True)
    assert html.cell(profile, 418) == html.Cell("1!", "once, not documented", 1, False)
    assert html.cell(profile, 401) == html.Cell("0", "documented, not seen", 0, True)
    assert html.cell(profile, 299) == html.Cell("", "not documented", 0, False)


def test_response_data_is_never_taken_for_markup(tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script>]]>\x00\x1b[31m\ud800 ``` |"
    odd = replace(READ, response_body=evil.encode("utf-8", "surrogatepass"), error=evil)
    result = samples.run(finding("VTEX-MASK-1", odd, expected=evil, seen=evil), facts={"odd": evil}, revealed=evil)
    forms = write_forms(result, tmp_path)
    assert "<script>alert" not in forms["report.html"]
    assert forms["report.html"].count("<script>") == 1
    ElementTree.fromstring(forms["junit.xml"])
    json.loads(forms["report.sarif"])
    assert "\x1b" not in "".join(forms.values())
    Page(forms["report.html"])


def test_long_bodies_are_cut_and_say_so() -> None:
    assert exchanges.body(b"x" * (exchanges.LONGEST_BODY + 5)).endswith("… (5 characters more)")
    assert html.pretty('{"a":1}') == '{\n  "a": 1\n}'
    assert html.pretty("x" * (html.LONGEST_BODY + 5)).endswith("… (5 characters more, in report.json)")
