"""What a client did that its vendor would not like, told from the journal."""

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


def findings(exchanges: Iterable[Exchange]) -> list[Finding]:
    """All that there is to find, each with the calls that show it, in the order of their first calls."""
    arrived = sorted(exchanges, key=lambda exchange: (exchange.system_at, exchange.number))
    found = group_findings(finding for lint in LINTS for finding in lint(arrived))
    return sorted(found, key=lambda finding: finding.calls[0])[:MOST_FINDINGS]
