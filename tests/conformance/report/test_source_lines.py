"""Source lines of operations in the OpenAPI documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from pii_sandbox import specs
from pii_sandbox.conformance.report import source_lines
from pii_sandbox.conformance.report.source_lines import SourceLine, source_line

DOCUMENT = """\
openapi: 3.0.3
paths:
  /a:
    summary: a path
    parameters: [{name: a}]
    get:
      summary: the first
      operationId: getA
    put:
      operationId: putA
components:
  links:
    toA:
      operationId: getA
  callbacks:
    back:
      post:
        operationId: getA
"""


def test_an_operation_stands_where_its_method_does_and_not_where_a_link_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(DOCUMENT, "utf-8")
    monkeypatch.setattr(specs, "path", lambda _: file)
    assert source_lines._lines.__wrapped__("a") == {"getA": 6, "putA": 9}


@pytest.mark.parametrize("operation", [None, "", "noSuchOperation"])
def test_what_is_no_operation_stands_at_the_beginning_of_the_first_document(operation: str | None) -> None:
    assert len(specs.APIS["vtex"]) > 1
    assert source_line("vtex", operation) == SourceLine(specs.APIS["vtex"][0], 1)
