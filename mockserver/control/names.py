"""Validates the names in patterns of journal queries and faults: API, operation, rule, method, path.

A pattern that no call can match is refused, since a check with it proves nothing and a fault never applies.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from pii_sandbox import specs
from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.vendor import Vendor
from pii_sandbox.specs import DIALECTS, Operation, catalogue

LONGEST = 100  # characters of a name that is compared with others, or repeated in a message
_NAMED = ("api", "operation", "rule")


def refuse_unknown_names(vendors: Mapping[str, Vendor], pattern: Mapping[str, Any], place: str = "") -> None:
    """Raise Malformed, with the nearest name, for a pattern that no call of `vendors` can match.

    `place`: location of the pattern in the request, such as `match.`.
    """
    api, name, rule = (pattern.get(part) for part in _NAMED)
    operations = [(each, facts) for each, vendor in vendors.items() for facts in _operations(vendor)]
    rules = {
        rule.id: rule.api for each in vendors if each in catalogue.apis_with_rules() for rule in catalogue.rules(each)
    }
    known = {"api": set(vendors), "operation": {facts.operation_id for _, facts in operations}, "rule": set(rules)}
    for part in _NAMED:
        if part in pattern and pattern[part] not in known[part]:
            raise _malformed_field(place + part, _unknown(part, pattern[part], known[part]))
    if rule is not None and api not in (None, rules[rule]):
        raise _malformed_field(place + "api", f"{rule} is a rule of {rules[rule]}, not of {api}")
    if name is not None:
        of_name = [(each, facts) for each, facts in operations if facts.operation_id == name]
        _refuse_mismatch(of_name, rules[rule] if rule else api, pattern, place)
    path = str(pattern.get("path", "/"))
    if not path.startswith("/"):
        raise _malformed_field(place + "path", "does not start with /")
    if path.startswith("/~"):
        raise _malformed_field(place + "path", "is compared without the prefix of the sandbox: leave out /~NAME")


def refuse_unserved(vendors: Mapping[str, Vendor], match: Mapping[str, Any], internal: str | None) -> None:
    """Raise Malformed, with the nearest name or path, for the `match` of a fault that would never apply.

    `internal`: the rule whose failure the fault simulates. Only for faults, which apply to operations; the journal also
    has calls without an operation.
    """
    playable = _playable_failures(vendors)
    prefix = unquote(match.get("path", "/"))
    if "?" in prefix or "#" in prefix:
        raise _malformed_field("match.path", "is compared without the query: leave it out")
    served = {
        facts.path
        for each, vendor in vendors.items()
        for facts in _operations(vendor)
        if match.get("api", each) == each
        and match.get("operation", facts.operation_id) == facts.operation_id
        and match.get("method", facts.method) == facts.method
        and (internal is None or facts.operation_id in playable[internal])
    }
    if not served:
        raise _malformed_field("match", "matches no call to which the fault could apply")
    if not any(_can_begin(prefix.split("/"), path.split("/")) for path in served):
        raise _malformed_field("match.path", f"no path of these calls begins with {_nearest_path(prefix, served)}")


def refuse_unplayable(vendors: Mapping[str, Vendor], rule: str) -> None:
    """Raise Malformed, with the nearest id, for a rule whose failure no fault can simulate."""
    playable = _playable_failures(vendors)
    if rule not in playable:
        known = f"the rules whose failure a fault can simulate are {', '.join(sorted(playable))}"
        raise _malformed_field("effect.internal", f"{_unknown('internal failure', rule, playable)} ({known})")


def _playable_failures(vendors: Mapping[str, Vendor]) -> dict[str, Collection[str]]:
    return {rule: names for vendor in vendors.values() for rule, names in vendor.playable_failures.items()}


def _can_begin(prefix: list[str], template: list[str]) -> bool:
    """Return whether a path of that template can start with the prefix; both are split into segments."""
    *complete, last = prefix
    if len(prefix) > len(template):
        return False
    pairs = zip(complete, template[: len(complete)], strict=True)
    fit = all(part == segment or (part and segment.startswith("{")) for part, segment in pairs)
    return fit and template[len(complete)].startswith(("{", last))


def _nearest_path(prefix: str, served: Collection[str]) -> str:
    """Return the prefix for a message, with the nearest prefix of the served paths."""
    if len(prefix) > LONGEST:
        return f"those {len(prefix)} characters"
    depth = prefix.count("/") + 1
    beginnings = sorted({"/".join(path.split("/")[:depth]) for path in served})
    nearest = difflib.get_close_matches(prefix, beginnings, n=1, cutoff=0.5)
    return prefix + (f"; did you mean {nearest[0]}?" if nearest else "")


def _operations(vendor: Vendor) -> Iterator[Operation]:
    for document in vendor.documents:
        for dialect in DIALECTS:
            yield from specs.operations(document, dialect).values()


def _refuse_mismatch(
    found: list[tuple[str, Operation]], api: str | None, pattern: Mapping[str, Any], place: str
) -> None:
    name, method = pattern["operation"], pattern.get("method")
    of_api = [facts for each, facts in found if api in (None, each)]
    if not of_api:
        owners = " and ".join(dict.fromkeys(each for each, _ in found))
        raise _malformed_field(place + "operation", f"{name} is an operation of {owners}, not of {api}")
    methods = dict.fromkeys(facts.method for facts in of_api)
    if method is not None and method not in methods and not (method == "HEAD" and "GET" in methods):
        raise _malformed_field(place + "method", f"{name} is called with {' or '.join(methods)}, not with {method}")


def _unknown(kind: str, name: str, known: Collection[str]) -> str:
    """Return a message about an unknown name, with the nearest known one."""
    if len(name) > LONGEST:
        return f"unknown {kind}: the name has {len(name)} characters"
    folded = {each.casefold(): each for each in sorted(known)}
    nearest = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    return f"unknown {kind} {name}" + (f"; did you mean {folded[nearest[0]]}?" if nearest else "")


def _malformed_field(field: str, meaning: str) -> Malformed:
    return Malformed(f"{field}: {meaning}", errors={field: [meaning]})
