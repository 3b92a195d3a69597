"""docs/how-to/inspect-traffic.md lists every kind of finding."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "how-to" / "inspect-traffic.md").read_text("utf-8")
KINDS = {
    "ignored-retry-after",
    "blind-repeat-after-409",
    "polled-too-fast",
    "unmasked-after-masked",
    "unmasked-in-bulk",
    "boilerplate-reason",
    "personal-data-in-query",
    "walked-into-the-cap",
    "masks-written-back",
    "pseudonyms-written",
    "unmasked-without-on-behalf-of",
    "document-ttl-shortens-lives",
    "unmarked-personal-field",
    "incomplete-custom-field",
}


def test_every_kind_of_finding_is_listed() -> None:
    assert set(re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE, re.MULTILINE)) == KINDS
