"""What the vendors' sources print is no broken rule when a vendor answers it.

A sandbox that poses as a vendor answers in the forms of each source; `check` convicts it of nothing. Rules that the
form touches are played here; with PRINTED_LONG set, every rule of the API is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from pii_sandbox.specs import Dialect, catalogue
from tests.conformance.staged_runs import ReceivedRequest
from tests.printed import fashionai_forms, newstore_forms, oracle_forms, sources, vtex_forms
from tests.printed.forms import Form, manner
from tests.printed.vendor_check import outcomes
from tests.server_process import ServerProcess, running_server

VTEX_READS = ("VTEX-META-1", "VTEX-VER-1", "VTEX-VER-2", "VTEX-UNMASK-1", "VTEX-MASK-1", "VTEX-SCHEMA-1", "VTEX-TTL-4")
VTEX_ERASURES = ("VTEX-ERASE-1", "VTEX-ERASE-5", "VTEX-JOB-1", "VTEX-JOB-2")
VTEX_ERRORS = ("VTEX-AUTH-1", "VTEX-ALT-2", "VTEX-ALT-3", "VTEX-PROF-3", "VTEX-ADDR-1", "VTEX-PROSP-1", "VTEX-UNMASK-2")
VTEX_PROFILES = ("VTEX-ALT-1", "VTEX-MASK-2", "VTEX-UNMASK-1", "VTEX-VER-2", "VTEX-PROF-2")
NEWSTORE = ("NS-GOC", "NS-LOCK-1", "NS-LOCK-4", "NS-ERR-1", "NS-DATA-3", "NS-LIST-1", "NS-DEL-1")
NEWSTORE_TOKENS = ("NS-TOK-1", "NS-TOK-2", "NS-TOK-3")
ORACLE = ("OCC-GET", "OCC-AUTH-1")
ORACLE_LINK = frozenset({"OCC-GET-1"})  # that the link to itself is the URL of the call
Manner = Callable[[ReceivedRequest], httpx.Response]


@dataclass(frozen=True)
class Case:
    """A vendor that answers in these forms; `drift`: what is assumed beyond the forms, so that it is told."""

    api: str
    dialect: Dialect
    forms: tuple[Form, ...]
    rules: tuple[str, ...]
    drift: frozenset[str] = frozenset()
    not_checked: frozenset[str] = frozenset()

    def manner(self) -> Manner:
        rewriting = next(
            (form.rewrite_request for form in self.forms if isinstance(form, newstore_forms.WholeSeconds)), None
        )
        return manner(*self.forms, rewriting=rewriting)


CASES = {
    "VTEX, webhook app": Case(
        "vtex", "reference", (vtex_forms.webhook_app_meta, vtex_forms.webhook_app_version), VTEX_READS
    ),
    "VTEX, webhook app, in the guide's dialect": Case("vtex", "guide", (vtex_forms.webhook_app_meta,), VTEX_READS),
    "VTEX, API reference": Case(
        "vtex",
        "reference",
        (vtex_forms.reference_optional, vtex_forms.reference_statuses),
        (*VTEX_READS, *VTEX_ERASURES),
    ),
    "VTEX, API reference, meta": Case("vtex", "reference", (vtex_forms.reference_meta,), VTEX_READS),
    "VTEX, API reference, pending applications": Case(
        "vtex", "reference", (vtex_forms.reference_pending,), VTEX_ERASURES
    ),
    "VTEX, guide, versions as the API reference has them": Case(
        "vtex",
        "guide",
        (vtex_forms.reference_version, vtex_forms.guide_key_name),
        ("VTEX-VER-2", "VTEX-UNMASK-1", *VTEX_ERASURES),
    ),
    "VTEX, guide, one profile, in the reference's dialect": Case(
        "vtex", "reference", (vtex_forms.guide_profile,), VTEX_PROFILES
    ),
    "VTEX, API reference, one profile, in the guide's dialect": Case(
        "vtex", "guide", (vtex_forms.reference_profile,), VTEX_PROFILES
    ),
    "VTEX, errors in the one form that VTEX prints": Case("vtex", "guide", (vtex_forms.own_errors,), VTEX_ERRORS),
    "NewStore, samples": Case(
        "newstore",
        "guide",
        (newstore_forms.sample_errors, newstore_forms.offsets),
        NEWSTORE,
        drift=frozenset({"NS-GOC-3"}),  # that the message of an error names the property
    ),
    "NewStore, 400 for updates": Case("newstore", "guide", (newstore_forms.update_refused_with_400,), NEWSTORE),
    "NewStore, samples of stamps": Case(
        "newstore", "guide", (newstore_forms.WholeSeconds(),), ("NS-LOCK", "NS-GOC-1", "NS-ADDR-1", "NS-LIST-4")
    ),
    "NewStore, samples of tokens": Case(
        "newstore",
        "guide",
        (newstore_forms.detokenized_texts, newstore_forms.omit_empty),
        NEWSTORE_TOKENS,
        drift=frozenset({"NS-TOK-3"}),  # what comes back for an id, and that nothing is left out
    ),
    "Fashion.AI, a preflight without a grant": Case(
        "fashionai", "guide", (fashionai_forms.ignore_preflight,), ("FAI-CORS-1", "FAI-GET", "FAI-SEED-1")
    ),
    "Fashion.AI, the printed example": Case(
        "fashionai",
        "guide",
        (fashionai_forms.printed_profile,),
        ("FAI-GET", "FAI-SEED-1"),
    ),
    "Oracle, the printed example": Case(
        "oracle", "guide", (oracle_forms.printed_profile, oracle_forms.printed_link), ORACLE, drift=ORACLE_LINK
    ),
    "Oracle, the printed example, in the schema's dialect": Case(
        "oracle", "reference", (oracle_forms.printed_profile, oracle_forms.printed_link), ORACLE, drift=ORACLE_LINK
    ),
    "Oracle, open-source client and other pages": Case(
        "oracle",
        "guide",
        (
            oracle_forms.open_source_client,
            oracle_forms.statuses,
            oracle_forms.answer_unauthorized,
            oracle_forms.long_errors,
        ),
        ORACLE,
    ),
    "Oracle, open-source client, in the schema's dialect": Case(
        "oracle", "reference", (oracle_forms.open_source_client,), ORACLE
    ),
}
LONG = bool(os.environ.get("PRINTED_LONG"))


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with running_server("--shoppers", "3") as server:
        yield server


@pytest.fixture(scope="module")
def reference_server() -> Iterator[ServerProcess]:
    with running_server("--shoppers", "3", "--dialect", "reference") as server:
        yield server


@pytest.mark.parametrize("name", CASES)
def test_a_printed_form_breaks_no_rule(
    name: str, server: ServerProcess, reference_server: ServerProcess, tmp_path: Path
) -> None:
    case = CASES[name]
    behind = reference_server if case.dialect == "reference" else server
    found, output = outcomes(behind.url, case.manner(), case.api, case.dialect, () if LONG else case.rules, tmp_path)
    assert set(found.values()) <= {"conforms", "drift", "not checked"}, output
    assert {rule for rule, outcome in found.items() if outcome == "drift"} == case.drift, output
    # of all rules most need a power that a vendor does not have
    assert list(found.values()).count("conforms") >= (1 if LONG else len(found) / 2), output


def test_every_form_is_put_upon_some_answers() -> None:
    modules = (vtex_forms, newstore_forms, fashionai_forms, oracle_forms)
    functions = {
        value
        for module in modules
        for name, value in vars(module).items()
        if getattr(value, "__module__", "") == module.__name__ and not name.startswith("_")
    }
    used = {
        form if not isinstance(form, newstore_forms.WholeSeconds) else newstore_forms.WholeSeconds
        for case in CASES.values()
        for form in case.forms
    }
    assert used == functions


def test_the_table_of_sources_names_every_case_and_no_other() -> None:
    assert {case for row in sources.ROWS for case in row.cases} == set(CASES)
    for row in sources.ROWS:
        assert bool(row.cases) != bool(row.otherwise and row.why), row
        assert row.otherwise != sources.READING or row.why in catalogue.settings_of_rules(), row
