"""What a client did that its vendor would not like, told from the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from mockserver.journal.exchange import Exchange
from mockserver.journal.lint import disclosure, exposure, patience
from mockserver.journal.lint.finding import MOST_FINDINGS, Finding, grouped

Lint = Callable[[Sequence[Exchange]], Iterator[Finding]]

LINTS: tuple[Lint, ...] = (
    patience.ignored_retry_after,
    patience.blind_repeats,
    patience.fast_polls,
    disclosure.needless_unmasking,
    disclosure.bulk_unmasking,
    disclosure.boilerplate_reasons,
    exposure.personal_data_in_queries,
    exposure.walks_into_the_cap,
)

__all__ = ["LINTS", "Finding", "findings"]


def findings(exchanges: Iterable[Exchange]) -> list[Finding]:
    """All that there is to find, each with the calls that show it, in the order of their first calls."""
    arrived = sorted(exchanges, key=lambda exchange: (exchange.system_at, exchange.number))
    found = grouped(finding for lint in LINTS for finding in lint(arrived))
    return sorted(found, key=lambda finding: finding.calls[0])[:MOST_FINDINGS]
