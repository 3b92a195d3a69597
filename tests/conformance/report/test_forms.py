"""Each form says what the run came to, and is what such a form has to be."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import jsonschema_rs
import pytest

from pii_sandbox import specs
from pii_sandbox.conformance.report import FORMS, content, exchanges, html, json_report, markdown, source_lines, write
from pii_sandbox.conformance.values.findings import RunResult
from pii_sandbox.conformance.values.observations import Drift, Observations
from pii_sandbox.specs import catalogue
from tests.conformance.report import samples
from tests.conformance.report.samples import exchange, finding

RULES = sum(len(catalogue.rules(api)) for api in catalogue.apis_with_rules())
READ = exchange("vtex", "GetProfile", "GET", f"/api/storage/profile-system/profiles/{samples.UUID}", came={"id": "x"})


def run_result(**about: Any) -> RunResult:
    broken = finding("VTEX-MASK-1", READ, expected="a mask", seen="none | `at` <all>")
    check = replace(finding("generated:status_code_conformance", READ), source="generated", name="status codes")
    result = samples.run(broken, finding("OCC-GET-1", expected="an answer", seen="none"), generated=[check], **about)
    waived = tuple(replace(rule, waived="ticket 4711") if rule.rule == "OCC-GET-1" else rule for rule in result.rules)
    return replace(result, rules=waived)


def write_forms(result: RunResult, folder: Path) -> dict[str, str]:
    files = write(result, folder / "new" / "folder", samples.target()).files
    return {file.name: file.read_text("utf-8") for file in files if file.name in FORMS}


@pytest.fixture
def forms(tmp_path: Path) -> dict[str, str]:
    return write_forms(run_result(), tmp_path)


def test_every_form_is_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_forms(run_result(), tmp_path)
    assert {file.name for file in (tmp_path / "new" / "folder").iterdir()} == {*FORMS, "documents"}


def test_the_json_fits_its_schema_and_counts(forms: dict[str, str]) -> None:
    report = json.loads(forms["report.json"])
    schema = json.loads(json_report.SCHEMA.read_text("utf-8"))
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(report)
    assert report["verdict"] == "does not conform"
    assert report["counts"] == {
        "breaks": 1, "waived": 1, "conforms": RULES - 3, "not_checked": 1, "unstable": 0, "drift": 0,
        "findings": 3, "generated": 1,
    }  # fmt: skip
    assert [found["number"] for found in report["findings"]] == [1, 2, 3]
    rule = next(rule for rule in report["rules"] if rule["rule"] == "VTEX-MASK-1")
    assert (rule["outcome"], rule["findings"]) == ("breaks", [1])
    profile = next(entry for entry in report["coverage"] if entry["operation"] == "GetProfile")
    assert profile["statuses"] == {"200": 12, "404": 3, "418": 1}
    assert 418 not in profile["documented"]


def test_the_schema_refuses_what_is_no_report(forms: dict[str, str]) -> None:
    schema = json.loads(json_report.SCHEMA.read_text("utf-8"))
    report = json.loads(forms["report.json"])
    report["findings"][0].pop("curl")
    assert not jsonschema_rs.validator_for(schema).is_valid(report)


def test_junit_has_a_case_a_rule(forms: dict[str, str]) -> None:
    suites = ElementTree.fromstring(forms["junit.xml"])
    cases = {case.get("name", "").partition(":")[0]: case for case in suites.iter("testcase")}
    assert suites.get("tests") == str(RULES + 1)
    assert suites.get("failures") == "2"
    assert sum(int(suite.get("skipped", "0")) for suite in suites) == 2
    assert cases["VTEX-MASK-1"].find("failure") is not None
    assert cases["OCC-GET-1"].find("skipped") is not None
    skipped = cases["OCC-LANG-1"].find("skipped")
    assert skipped is not None
    assert "the target does not grant the power control" in skipped.get("message", "")
    assert cases["VTEX-TTL-1"].find("failure") is None


def test_sarif_points_at_the_operation_in_its_document(forms: dict[str, str]) -> None:
    run = json.loads(forms["report.sarif"])["runs"][0]
    first, waived, check = run["results"]
    place = first["locations"][0]["physicalLocation"]
    lines = specs.path("vtex_profile_system").read_text("utf-8").splitlines()
    line = place["region"]["startLine"]
    assert place["artifactLocation"]["uri"].endswith("new/folder/documents/vtex_profile_system.yaml")
    assert lines[line - 1].strip() == "get:"
    assert any("operationId: GetProfile" in below for below in lines[line : line + 12])
    assert waived["suppressions"][0]["justification"] == "ticket 4711"
    assert "suppressions" not in first
    for result in (first, waived, check):
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert run["invocations"][0]["exitCode"] == 1


def test_sarif_locations_resolve_beside_the_report_or_below_a_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def uris(folder: Path, sarif_root: str | None = None) -> set[str]:
        written = write(run_result(), folder, samples.target(), sarif_root=sarif_root)
        (file,) = [file for file in written.files if file.name == "report.sarif"]
        results = json.loads(file.read_text("utf-8"))["runs"][0]["results"]
        return {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results}

    monkeypatch.chdir(tmp_path)
    relative = uris(tmp_path / "my report")
    assert relative == {
        "my%20report/documents/vtex_profile_system.yaml",
        "my%20report/documents/oracle_profiles.yaml",
    }
    for uri in relative:
        document = tmp_path / unquote(uri)
        assert document.read_bytes() == specs.path(document.stem).read_bytes()
    assert uris(tmp_path / "other", "api/openapi/") == {
        "api/openapi/vtex_profile_system.yaml",
        "api/openapi/oracle_profiles.yaml",
    }
    assert not (tmp_path / "other" / "documents").exists()
    monkeypatch.chdir("/")
    outside = uris(tmp_path / "third")
    assert all(uri.startswith(str(tmp_path).lstrip("/")) for uri in outside)


def test_sarif_has_what_the_validator_of_microsoft_asks_for(forms: dict[str, str]) -> None:
    driver = json.loads(forms["report.sarif"])["runs"][0]["tool"]["driver"]
    assert all(rule.get("name") != rule["id"] for rule in driver["rules"]), "SARIF1001"
    assert {"name", "version", "informationUri"} <= driver.keys(), "SARIF2005"
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])


DRIFT = Observations(drift=(Drift("vtex", "GetProfile", "property $.document.tier"),))


@pytest.mark.parametrize(("strict", "level"), [(False, "note"), (True, "error")])
def test_drift_is_told_in_every_form_and_is_an_error_of_a_strict_run_alone(
    strict: bool, level: str, tmp_path: Path
) -> None:
    forms = write_forms(replace(samples.run(), observations=DRIFT, strict=strict), tmp_path)
    for name in ("report.html", "summary.md", "junit.xml", "report.json", "report.sarif"):
        assert "$.document.tier" in forms[name], name
    run = json.loads(forms["report.sarif"])["runs"][0]
    (told,) = run["results"]
    assert (told["ruleId"], told["level"]) == ("drift", level)
    assert run["tool"]["driver"]["rules"][told["ruleIndex"]]["id"] == "drift"
    place = told["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place.endswith("documents/vtex_profile_system.yaml")
    assert (tmp_path / "new" / "folder" / "documents" / "vtex_profile_system.yaml").exists()


@pytest.mark.parametrize(("strict", "failures", "code"), [(False, "0", 0), (True, "1", 1)])
def test_an_unstable_finding_of_generated_calls_fails_a_strict_run_alone(
    strict: bool, failures: str, code: int, tmp_path: Path
) -> None:
    check = replace(finding("generated:not_a_server_error", READ), source="generated", standing="unstable", played=3)
    result = replace(samples.run(generated=[check]), strict=strict)
    assert result.exit_code == code
    forms = write_forms(result, tmp_path)
    assert ElementTree.fromstring(forms["junit.xml"]).get("failures") == failures
    assert "1 unstable finding of generated calls" in forms["summary.md"]
    assert "unstable" in forms["report.html"]


def test_a_form_that_cannot_be_written_is_named_and_the_others_are_written(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    (tmp_path / "report.html" / "kept").touch()
    written = write(run_result(), tmp_path, samples.target())
    assert {file.name for file in written.files} >= set(FORMS) - {"report.html"}
    assert written.failures == (f"{tmp_path}/report.html could not be written: Is a directory",)
    assert not list(tmp_path.glob(".*.new"))


@pytest.mark.parametrize("api", catalogue.apis_with_rules())
def test_every_operation_has_its_line(api: str) -> None:
    for document in specs.APIS[api]:
        for operation_id, facts in specs.operations(document).items():
            found = source_lines.source_line(api, operation_id)
            lines = specs.path(found.document).read_text("utf-8").splitlines()
            assert lines[found.line - 1].strip().partition(":")[0] == facts.method.lower()


def test_markdown_is_not_broken_by_what_it_holds(forms: dict[str, str]) -> None:
    text = forms["summary.md"]
    assert text.startswith(f"# {RULES - 1} of {RULES} rules checked at shop.example.com \\(VTEX, ")
    assert "- seen: ``none | `at` <all>``" in text
    assert "- 1 rule: the target does not grant the power control (OCC-LANG-1)" in text
    assert markdown.code("a`b``c") == "```a`b``c```"
    assert markdown.code("`") == "`` ` ``"


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
    profile = next(shown for shown in report.operations if shown.operation_id == "GetProfile")
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


@pytest.mark.parametrize(
    ("about", "words"),
    [({"complete": False}, "cut short"), ({"revealed": "ticket 9"}, "ticket 9")],
)
def test_a_run_that_was_cut_short_or_shows_persons_says_so(about: dict[str, Any], words: str, tmp_path: Path) -> None:
    forms = write_forms(run_result(**about), tmp_path)
    assert words in forms["summary.md"]
    assert words in forms["report.html"]


@pytest.mark.parametrize(
    ("code", "words"), [(0, "none breaks"), (2, "not checked, because the target does not grant the power control")]
)
def test_the_headline_stands_first(code: int, words: str, tmp_path: Path) -> None:
    result = samples.run()
    if code == 2:
        causes = next(rule.causes for rule in result.rules if rule.causes)
        unchecked = (replace(rule, verdict="not checked", causes=causes) for rule in result.rules)
        result = replace(result, rules=tuple(unchecked))
    forms = write_forms(result, tmp_path)
    assert result.exit_code == code
    assert words in forms["summary.md"].splitlines()[0]
    assert words in forms["report.html"].partition("<h1>")[2].partition("</h1>")[0]


def test_a_run_that_was_cut_short_before_anything_broke_does_not_conform_yet(tmp_path: Path) -> None:
    forms = write_forms(samples.run(complete=False), tmp_path)
    assert json.loads(forms["report.json"])["verdict"] == "was not checked to the end"


def test_long_bodies_are_cut_and_say_so() -> None:
    assert exchanges.body(b"x" * (exchanges.LONGEST_BODY + 5)).endswith("… (5 characters more)")
    assert html.pretty('{"a":1}') == '{\n  "a": 1\n}'
    assert html.pretty("x" * (html.LONGEST_BODY + 5)).endswith("… (5 characters more, in report.json)")
