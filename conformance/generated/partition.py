"""What is generated: which operations a target's powers allow, split into groups that can be played side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pii_sandbox import specs
from pii_sandbox.conformance.api_client import POWER_OF_SAFETY
from pii_sandbox.conformance.contract import operations as contract_operations
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.findings import Finding
from pii_sandbox.specs import Dialect, Operation


@dataclass(frozen=True, slots=True)
class Depth:
    """How much is generated: examples an operation, sequences a group and steps a sequence, all at most."""

    examples: int
    sequences: int
    steps: int


# None: nothing. The boundaries of each schema are tried at every depth but that one.
DEPTHS: Mapping[str, Depth | None] = {
    "quick": None,
    "standard": Depth(examples=10, sequences=12, steps=8),
    "thorough": Depth(examples=100, sequences=100, steps=12),
}


@dataclass(frozen=True, slots=True)
class OperationGroup:
    """Operations that are generated together. `providers` are only called to make what these need.

    `linked`: the document's links lead from one of them to another. `sandbox` is the name of a sandbox for this group
    alone, None at a target that has none to give.
    """

    number: int
    api: str
    document: str
    operations: tuple[str, ...]
    providers: tuple[str, ...]
    linked: bool
    depth: Depth
    seed: int
    sandbox: str | None


@dataclass(frozen=True, slots=True)
class GroupResult:
    """What came of a group. `is_resumable`: it ended early, for what another time may allow."""

    findings: tuple[Finding, ...]
    statuses: Mapping[tuple[str, int], int]
    calls: int
    notes: tuple[str, ...]
    is_resumable: bool


def exclusion_reason(target: Target, facts: Operation) -> str | None:
    """Why the target gets no generated calls of the operation, None where it does."""
    power = POWER_OF_SAFETY[facts.safety]
    if not target.grants(power):
        return f"the target does not grant the power {power}"
    if target.isolates:
        return None
    if facts.safety != "read":
        return "they change data, which generated calls may do only in a sandbox (power control)"
    if facts.disclosure == "unmasked":
        return "they read personal data unmasked, for which a generated call has no reason"
    return None


def allowed_operations(target: Target, api: str) -> tuple[dict[str, list[Operation]], list[str]]:
    """The operations of an API that are generated, by document, and notes on those that are not."""
    chosen: dict[str, list[Operation]] = {}
    why: dict[str, list[str]] = {}
    for name in specs.APIS[api]:
        for facts in specs.operations(name, target.dialect).values():
            reason = exclusion_reason(target, facts)
            if reason is None:
                chosen.setdefault(name, []).append(facts)
            else:
                why.setdefault(reason, []).append(facts.operation_id)
    return chosen, [
        f"{api}: not generated, because {reason}: {', '.join(left_out)}" for reason, left_out in why.items()
    ]


def partition(
    target: Target, operations: Mapping[str, Mapping[str, Sequence[Operation]]], depth: Depth, seed: int, run_id: str
) -> list[OperationGroup]:
    """The groups for these operations by API and document: one for each group that a document makes of them."""
    found: list[OperationGroup] = []
    for api, by_document in operations.items():
        for name, allowed_here in by_document.items():
            for group in _groups(allowed_here, target.dialect):
                number = len(found)
                sandbox = f"{run_id.lower()}-generated-{number}" if target.isolates else None
                providers = _providers(group, allowed_here, target.dialect)
                together = {facts.operation_id for facts in (*group, *providers)}
                linked = any(
                    together & set(_linked_operations(facts, target.dialect)) for facts in (*group, *providers)
                )
                ids, helping = (tuple(facts.operation_id for facts in some) for some in (group, providers))
                found.append(OperationGroup(number, api, name, ids, helping, linked, depth, seed, sandbox))
    return found


def _groups(operations: Sequence[Operation], dialect: Dialect) -> list[list[Operation]]:
    groups: dict[str, list[Operation]] = {}
    for facts in operations:
        tags = contract_operations.definition(facts, dialect).get("tags", [""])
        groups.setdefault(tags[0], []).append(facts)
    return list(groups.values())


def _providers(group: Sequence[Operation], others: Sequence[Operation], dialect: Dialect) -> list[Operation]:
    """The operations outside a group that create something and link into it."""
    wanted = {facts.operation_id for facts in group}
    outside = [facts for facts in others if facts.safety == "create" and facts.operation_id not in wanted]
    return [facts for facts in outside if wanted & set(_linked_operations(facts, dialect))]


def _linked_operations(facts: Operation, dialect: Dialect) -> Iterator[str]:
    """The operations that a document's links lead to from this one."""
    loaded = specs.load(facts.document, dialect)
    for response in contract_operations.definition(facts, dialect)["responses"].values():
        for link in specs.resolve_reference(loaded, response).get("links", {}).values():
            yield specs.resolve_reference(loaded, link)["operationId"]


def weight(group: OperationGroup, dialect: Dialect) -> int:
    """About how long a group takes, compared with others: what has a body has many boundaries."""
    facts = specs.operations(group.document, dialect)
    bodies = sum(
        "requestBody" in contract_operations.definition(facts[operation], dialect) for operation in group.operations
    )
    return len(group.operations) + 4 * bodies
