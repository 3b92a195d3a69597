"""What the README states beside its commands: the table of APIs."""

from __future__ import annotations

import re

from pii_sandbox import specs
from pii_sandbox.specs import catalogue
from tests.docs.pages import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def test_the_table_of_apis_counts_right() -> None:
    rows = re.findall(r"^\| `?(\w+)`? \| .* \| (\d+) \| (\d*) ?\| `(\w+)` \|$", README, re.MULTILINE)
    assert {document: int(count) for _, count, _, document in rows} == {
        name: len(specs.operations(name)) for documents in specs.APIS.values() for name in documents
    }
    told: dict[str, int] = {}
    for api, _, rules, _ in rows:
        told[api] = told.get(api, 0) + int(rules or 0)
    assert {api: told[api] for api in catalogue.apis()} == {api: len(catalogue.rules(api)) for api in catalogue.apis()}


def test_the_speeds_are_those_that_were_measured() -> None:
    measured = (ROOT / "bench" / "RESULTS.md").read_text("utf-8")
    text = " ".join(README.split())
    found = re.search(r"masked reads at ([\d.]+) times .* Starlette application and ([\d.]+) times that of Prism", text)
    assert found
    for factor, server in zip(found.groups(), ("starlette", "prism"), strict=True):
        row = re.search(
            rf"^\| GET one masked VTEX profile by email \| .* \| ([\d.]+) × {server} \|", measured, re.MULTILINE
        )
        assert row
        assert float(factor) == round(float(row[1]), 1)


def test_the_readme_says_how_many_rules_there_are() -> None:
    counts = re.findall(r"all (\d+) rules", README)
    assert counts
    assert set(counts) == {str(sum(len(catalogue.rules(api)) for api in catalogue.apis()))}
