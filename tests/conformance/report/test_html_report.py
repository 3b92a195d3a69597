"""The HTML form of a report: self-contained, accessible, and never markup from responses."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pii_sandbox.conformance.report import content, html
from pii_sandbox.conformance.report.content import ShownOperation
from pii_sandbox.conformance.values.findings import RuleResult
from tests.conformance.report import samples
from tests.conformance.report.report_files import READ, RULES, run_result, write_forms
from tests.conformance.report.samples import finding
from tests.conformance.report.small_runs import CALL, FOUND, POWER, breaking, rule, run, small_report


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


def test_the_page_holds_its_style_and_its_script_whole(forms: dict[str, str]) -> None:
    folder = Path(html.__file__).parent / "templates"
    for name, start, end in (("report.css", "<style>", "</style>"), ("report.js", "<script>", "</script>")):
        source = (folder / name).read_text("utf-8").strip()
        assert f"{start}{source}{end}" in forms["report.html"]
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in unescape(forms["report.html"])


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
    html._environment.cache_clear()
    forms = write_forms(result, tmp_path)
    assert "<script>alert" not in forms["report.html"]
    assert forms["report.html"].count("<script>") == 1
    ElementTree.fromstring(forms["junit.xml"])
    json.loads(forms["report.sarif"])
    assert "\x1b" not in "".join(forms.values())
    Page(forms["report.html"])


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('{"a":1}', '{\n  "a": 1\n}'),
        ('"\\u00e9"', '"é"'),
        ("no JSON", "no JSON"),
        ("[" * 2000, "[" * 2000),
        ("x" * 4_000, "x" * 4_000),
        ("x" * 4_001, f"{'x' * 4_000}… (1 characters more, in report.json)"),
        ("x" * 4_100, f"{'x' * 4_000}… (100 characters more, in report.json)"),
    ],
)
def test_a_body_is_shown_as_people_read_it_and_cut_where_it_is_long(body: str, shown: str) -> None:
    assert html.pretty(body) == shown


@pytest.mark.parametrize(("count", "level"), [(1, 1), (2, 1), (3, 2), (9, 2), (10, 3), (29, 3), (30, 4), (3000, 4)])
def test_a_cell_of_the_heat_map_is_stronger_the_more_answers_there_were(count: int, level: int) -> None:
    operation = ShownOperation("vtex", "a", "d", "GET", "/", {200: count}, (200,), (), ())
    assert html.cell(operation, 200) == html.Cell(str(count), "once" if count == 1 else f"{count} times", level, True)


def test_the_heat_map_has_a_column_for_each_status_of_an_api() -> None:
    seen, other = (ShownOperation(api, "a", "d", "GET", "/", {418: 1}, (200,), (), ()) for api in ("vtex", "oracle"))
    operations = (seen, replace(seen, statuses={204: 2}, documented=(404, 200)), replace(other, statuses={299: 1}))
    page = html.text(replace(small_report(run(rule(1, "conforms"))), operations=operations))
    head = page.partition('<table class="heat">')[2].partition("</thead>")[0]
    assert re.findall(r'<th scope="col">(\d+)</th>', head) == ["200", "204", "404", "418"]


@pytest.mark.parametrize(
    ("rules", "tone"),
    [
        ([rule(1, "conforms")], "good"),
        ([rule(1, "conforms"), rule(2, "not checked", POWER)], "part"),
        ([rule(1, "conforms"), rule(2, "breaks")], "bad"),
        ([rule(2, "not checked", POWER)], "none"),
    ],
)
def test_the_colour_of_the_headline_is_good_only_where_every_rule_was_checked(
    rules: list[RuleResult], tone: str
) -> None:
    assert f'<div class="verdict {tone}">' in html.text(small_report(run(*rules)))


@pytest.mark.parametrize(("count", "opened"), [(1, 1), (10, 10), (11, 0)])
def test_of_few_findings_the_last_answer_is_shown_at_once(count: int, opened: int) -> None:
    found = replace(FOUND, exchanges=(CALL, CALL))
    page = html.text(small_report(run(breaking(1, *[found] * count))))
    assert (page.count("<li><details open>"), page.count("<li><details><summary>1. ")) == (opened, count)


@pytest.mark.parametrize(("length", "shown"), [(300, "x" * 300), (301, f"{'x' * 300}…")])
def test_in_print_the_deciding_response_is_shortened(length: int, shown: str) -> None:
    report = small_report(run(breaking(1, FOUND)))
    (found,) = report.findings
    call = replace(found.exchanges[0], response_body="x" * length)
    page = html.text(replace(report, findings=(replace(found, exchanges=(call,)),)))
    assert f"→ 200: {shown}</p>" in page


def test_a_message_is_shown_as_it_was_sent() -> None:
    html._environment.cache_clear()
    call = replace(CALL, request_body=b'{"a": 1}', request_headers={"A": "1", "B": "2"})
    page = html.text(small_report(run(breaking(1, replace(FOUND, exchanges=(call,))))))
    texts = [unescape(text) for text in re.findall(r"<pre><code>(.*?)</code></pre>", page, re.DOTALL)]
    assert texts == [
        'GET https://staging.example.net/x\nA: 1\nB: 2\n\n{\n  "a": 1\n}',
        'status 200\ncontent-type: application/json\n\n{\n  "id": "x"\n}',
    ]


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("plain", "plain"),
        ("`a` is `b` <", "<code>a</code> is <code>b</code> &lt;"),
        ("the `a` and the `b` and `c`", "the <code>a</code> and the <code>b</code> and <code>c</code>"),
    ],
)
def test_what_a_statement_has_between_backticks_is_code(statement: str, shown: str) -> None:
    assert html.with_line_breaks(statement) == shown


def test_a_long_name_may_break_where_its_words_meet() -> None:
    assert html.breakable("getUser<Id>ById") == "get<wbr>User&lt;Id&gt;By<wbr>Id"
