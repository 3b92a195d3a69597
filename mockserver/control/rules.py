"""The rules that the sandbox keeps, with how often each of them decided a call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.journal.counters import BUCKETS
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.sandboxes import Sandboxes
from pii_sandbox.specs import catalogue


def list_rules(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    decided: Counter[str] = Counter()
    for key, histogram in sandbox.counters.counts():
        if key.rule is not None:
            decided[key.rule] += int(sum(histogram[: len(BUCKETS) + 1]))
    rules = [
        {
            "id": rule.id,
            "api": rule.api,
            "statement": rule.statement,
            "status": rule.status,
            "source": rule.citation,
            "operations": list(rule.operations),
            "decided": decided[rule.id],
        }
        for api in catalogue.apis_with_rules()
        for rule in catalogue.rules(api)
    ]
    return Reply(200, {"rules": rules})


HANDLERS: Mapping[str, Callable[..., Reply]] = {"listRules": list_rules}
