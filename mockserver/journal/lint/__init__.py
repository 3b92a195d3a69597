"""Lints of the journal: client behaviour that a vendor advises against."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from pii_sandbox.mockserver.journal.exchange import Exchange
from pii_sandbox.mockserver.journal.lint import leak_lint, retry_lint, unmasking_lint
from pii_sandbox.mockserver.journal.lint.finding import MOST_FINDINGS, Finding, group_findings

Lint = Callable[[Sequence[Exchange]], Iterator[Finding]]

LINTS: tuple[Lint, ...] = (
    retry_lint.ignored_retry_after,
    retry_lint.blind_repeats,
    retry_lint.fast_polls,
    unmasking_lint.needless_unmasking,
    unmasking_lint.bulk_unmasking,
    unmasking_lint.boilerplate_reasons,
    leak_lint.personal_data_in_queries,
    leak_lint.walks_into_the_cap,
)

__all__ = ["LINTS", "Finding", "findings"]


def _found(lint: Lint, exchanges: Sequence[Exchange]) -> list[Finding]:
    """What a lint finds among those that it can read: one that cannot be shown takes no findings of others away."""
    try:
        return list(lint(exchanges))
    except Exception:
        return list(lint([exchange for exchange in exchanges if _is_readable(lint, exchange)]))


def _is_readable(lint: Lint, exchange: Exchange) -> bool:
    try:
        list(lint([exchange]))
    except Exception:
        return False
    return True


def findings(exchanges: Iterable[Exchange]) -> list[Finding]:
    """Return all findings, each with the calls that show it, in the order of their first calls."""
    arrived = sorted(exchanges, key=lambda exchange: (exchange.system_at, exchange.number))
    found = group_findings(finding for lint in LINTS for finding in _found(lint, arrived))
    return sorted(found, key=lambda finding: finding.calls[0])[:MOST_FINDINGS]
