"""A set-up step that failed as a finding shows refers to that finding."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pii_sandbox.conformance.report.finding_references import with_references
from pii_sandbox.conformance.values.findings import Exchange, Finding
from tests.conformance.report.small_runs import CALL, FOUND, breaking, cause, rule, run

FAILED = cause("setup", "no customer (CreateProfile: status 409)", failed=("CreateProfile", 409))
OTHERS = (cause("power", "no power"), cause("setup", "no group", failed=("CreateGroup", 409)))
REFERRING = "no customer (CreateProfile: status 409, see finding {})"


def refused(status: int | None = 409, operation: str | None = "CreateProfile", **about: Any) -> Exchange:
    return replace(CALL, operation_id=operation, status=status, **about)


def found(*exchanges: Exchange, expected: str = "status 201") -> Finding:
    return replace(FOUND, expected=expected, exchanges=exchanges)


FITS = found(CALL, CALL, refused())


def references(*findings: Finding, status: int = 409) -> str:
    failed = replace(FAILED, failed=("CreateProfile", status))
    result = run(breaking(1, *findings), rule(2, "not checked", OTHERS[0], failed, OTHERS[1]))
    _, told = with_references(result).rules
    assert (told.causes[0], told.causes[2]) == OTHERS
    return told.causes[1].text


@pytest.mark.parametrize(
    ("findings", "number"),
    [
        ([FITS], 1),
        ([found(), FITS], 2),
        ([found(refused(None)), FITS], 2),
        ([found(refused(operation=None)), FITS], 2),
        ([found(CALL), FITS, FITS], 2),
        ([found(refused(), CALL, CALL)], None),
        ([found(CALL, refused(), CALL)], None),
        ([found(refused(), expected="status 404")], None),
        ([found(refused(410))], None),
        ([], None),
    ],
)
def test_the_first_finding_whose_last_call_failed_alike_is_named(findings: list[Finding], number: int | None) -> None:
    assert references(*findings) == (FAILED.text if number is None else REFERRING.format(number))


@pytest.mark.parametrize(("status", "refers"), [(499, False), (500, True), (503, True)])
def test_an_error_of_the_server_is_the_same_whatever_the_finding_expected(status: int, refers: bool) -> None:
    told = references(found(refused(status), expected="status 404"), status=status)
    assert told == (REFERRING.format(1) if refers else FAILED.text)


def test_a_finding_of_another_api_is_not_named() -> None:
    result = run(breaking(1, FITS), rule(2, "not checked", FAILED, api="oracle"))
    assert with_references(result) == result
