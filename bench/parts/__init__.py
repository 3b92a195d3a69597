"""The parts of the benchmark, one module each with `part(plan)`. A new one must be added to this list."""

from collections.abc import Callable

from bench.claims import ClaimResult
from bench.parts import cluster, conformance, console, journal, many, peers, residue, sandboxes, soak, starts
from bench.plan import Plan

ALL: dict[str, Callable[[Plan], ClaimResult]] = {
    "peers": peers.part,
    "starts": starts.part,
    "many": many.part,
    "sandboxes": sandboxes.part,
    "conformance": conformance.part,
    "journal": journal.part,
    "console": console.part,
    "residue": residue.part,
    "soak": soak.part,
    "cluster": cluster.part,
}
