"""The figures of the README: how fast the server is, and how many rules there are."""

from __future__ import annotations

import re

from pii_sandbox.specs import catalogue
from tests.docs.pages import ROOT

README = (ROOT / "README.md").read_text("utf-8")


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
    assert set(counts) == {str(sum(len(catalogue.rules(api)) for api in catalogue.apis_with_rules()))}
