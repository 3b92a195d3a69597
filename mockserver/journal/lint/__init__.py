"""Lints of the journal: client behaviour that a vendor advises against."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from pii_sandbox.mockserver.journal.exchange import JournalExchange
from pii_sandbox.mockserver.journal.lint import leak_lint, retry_lint, unmasking_lint, write_back_lint
from pii_sandbox.mockserver.journal.lint.finding import MOST_FINDINGS, LintFinding, group_findings

Lint = Callable[[Sequence[JournalExchange]], Iterator[LintFinding]]

LINTS: tuple[Lint, ...] = (
    retry_lint.ignored_retry_after,
    retry_lint.blind_repeats,
    retry_lint.fast_polls,
    unmasking_lint.needless_unmasking,
    unmasking_lint.bulk_unmasking,
    unmasking_lint.boilerplate_reasons,
    leak_lint.personal_data_in_queries,
    leak_lint.paging_beyond_the_cap,
    write_back_lint.masks_written_back,
    write_back_lint.pseudonyms_written,
)

__all__ = ["LINTS", "Lint", "LintFinding", "findings"]


def _findings_of(lint: Lint, exchanges: Sequence[JournalExchange]) -> list[LintFinding]:
    """Return the findings of one lint. An exchange that it cannot parse is left out, and costs no other finding."""
    try:
        return list(lint(exchanges))
    except Exception:
        return list(lint([exchange for exchange in exchanges if _is_readable(lint, exchange)]))


def _is_readable(lint: Lint, exchange: JournalExchange) -> bool:
    try:
        list(lint([exchange]))
    except Exception:
        return False
    return True


def findings(exchanges: Iterable[JournalExchange], further: Sequence[Lint] = ()) -> list[LintFinding]:
    """Return all findings, each with the calls that show it, in the order of their first calls.

    `further`: lints beside those that serve every API.
    """
    arrived = sorted(exchanges, key=lambda exchange: (exchange.system_at, exchange.number))
    grouped = group_findings(finding for lint in (*LINTS, *further) for finding in _findings_of(lint, arrived))
    return sorted(grouped, key=lambda finding: finding.calls[0])[:MOST_FINDINGS]
