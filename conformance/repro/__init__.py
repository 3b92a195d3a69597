"""The smallest sequence that shows a finding, as curl lines and as a pytest function, fit to be handed on.

Personal data become invented literals, credentials environment variables, ids what earlier answers gave. What is data
of the target's own (`Target.data`) becomes an environment variable too, unless the vendor's document prints it.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from textwrap import shorten
from typing import Any

from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.redaction.exchange_fields import ExchangeFields
from pii_sandbox.conformance.repro import python, shell
from pii_sandbox.conformance.repro.assertions import assertion_for
from pii_sandbox.conformance.repro.placeholder_values import PlaceholderFactory
from pii_sandbox.conformance.repro.steps import plan_steps
from pii_sandbox.conformance.repro.variables import URL, Variables, variables
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.faults import fault_text
from pii_sandbox.conformance.values.findings import Exchange, Finding
from pii_sandbox.redaction.schema_marks import SchemaMark
from pii_sandbox.specs import Dialect

__all__ = ["URL", "Reproducer", "Reproduction"]

LONGEST_WORDS = 240
CODE = " ".join([python.SAME, *keyword.kwlist, *dir(builtins), "httpx request headers content concurrent futures pool"])
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Reproduction:
    """Commands that show a finding again; empty where no call was made."""

    curl: str = ""
    pytest: str = ""


@dataclass(frozen=True, slots=True)
class Reproducer:
    """Writes reproductions for one target. The redactor must have learnt the findings."""

    redactor: Redactor
    target: Target | None = None
    _variables: Variables = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_variables", variables(self.target))

    def of(self, finding: Finding) -> Reproduction:
        """The commands, or a comment where they cannot be written; the redactor then knows the fault."""
        if not finding.exchanges:
            return Reproduction()
        try:
            return self._commands(finding)
        except Exception as error:  # the finding itself is worth more
            self.redactor.faults.add("commands to repeat", error)
            return Reproduction(*[f"# {fault_text('commands to repeat', error)}\n"] * 2)

    def _commands(self, finding: Finding) -> Reproduction:
        dialect, names = self.redactor.dialect, self._variables
        placeholders = PlaceholderFactory(_marked_values(finding.exchanges, dialect), [*names.kept, *names.data])
        plan = plan_steps(finding.exchanges, dialect, placeholders, names)
        assertion = assertion_for(finding, plan.steps, placeholders, plan.sent)
        words = [
            f"{URL} is the base URL, here {_base(finding.exchanges[-1].url)}",
            f"expected {finding.expected}",
            f"saw {finding.seen}",
        ]
        words = [shorten(self.redactor.text(word), LONGEST_WORDS, placeholder=" …") for word in words]
        words = [f"{finding.rule}, {finding.name.replace('_', ' ')}", *words]
        ours = set(_WORD.findall(f"{finding.name.replace('_', ' ')} {CODE}"))
        return Reproduction(
            self._safe(shell.shell_commands(words, plan.steps, assertion), ours),
            self._safe(python.function(finding.name, words, plan.steps, assertion), ours),
        )

    def _safe(self, code: str, own_words: set[str]) -> str:
        """The code, held once more against all that is known; what is invented only looks personal.

        `own_words` are words that we wrote there ourselves.
        """
        return self.redactor.text(code, detect=False, spared=self._variables.kept | own_words)


def _marked_values(exchanges: Iterable[Exchange], dialect: Dialect) -> list[tuple[str, SchemaMark]]:
    """Every personal value of the exchanges, as a text."""
    found: dict[str, SchemaMark] = {}

    def touch(value: Any, _name: str, mark: SchemaMark | None) -> Any:
        if mark is not None and mark.name != "credential" and not isinstance(value, bool | None):
            found.setdefault(str(value), mark)
        return value

    for exchange in exchanges:
        reading = ExchangeFields(exchange, dialect)
        reading.path(touch, str)
        reading.query(touch)
        reading.request(touch)
        reading.response(touch)
    return list(found.items())


def _base(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].rpartition('@')[2]}"
