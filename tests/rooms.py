"""The layout of the packages: which room of the code may import which others."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent

STORE = tuple(
    f"pii_sandbox.mockserver.store.{name}"
    for name in ("Change", "Column", "Contains", "Page", "Part", "Record", "Store", "StoreError", "backend", "log")
)

A_VENDOR = (
    "pii_sandbox.mockserver.call",
    "pii_sandbox.mockserver.clock.EARLIEST",
    "pii_sandbox.mockserver.clock.LATEST",
    "pii_sandbox.mockserver.faults",
    "pii_sandbox.mockserver.ids",
    "pii_sandbox.mockserver.journal",
    "pii_sandbox.mockserver.problems",
    "pii_sandbox.mockserver.rules",
    "pii_sandbox.mockserver.sandbox",
    "pii_sandbox.mockserver.setting",
    "pii_sandbox.mockserver.schemas",
    "pii_sandbox.mockserver.seeding.cpf",
    "pii_sandbox.mockserver.seeding.people",
    *STORE,
    "pii_sandbox.mockserver.vendor",
    "pii_sandbox.redaction",
    "pii_sandbox.specs",
)

CONFORMANCE = "pii_sandbox.conformance."
TOP_LEVEL = {"specs": "pii_sandbox.specs", "/redaction": "pii_sandbox.redaction"}
# The rooms of the harness, from its values up to a whole run; /redaction is the package beside it.
CONFORMANCE_ROOMS = {
    "values": "specs",
    "private_files": "",
    "run_ids": "",
    "test_customers": "",
    "target": "values specs",
    "http": "contract target values specs",
    "contract": "values specs",
    "setups": "values",
    "run_context": "cleanup.ledger http setups target values",  # what parts of a run share, and so clean-up too
    "sandbox_control": "run_context values",
    "redaction": "contract http test_customers values /redaction specs",
    "cleanup": "contract http private_files run_context target test_customers values specs",
    "api_client": "cleanup contract http run_context sandbox_control setups target test_customers values specs",
    "rule_selection": "values specs",
    "scenario_runner": "api_client cleanup http.excerpt run_context target values specs",
    "confirmation": "run_context scenario_runner setups values specs",
    "assumption_observer": "scenario_runner values /redaction specs",
    "scheduler": "scenario_runner values",
    "verdicts": "rule_selection scenario_runner values",
    "generated": "api_client contract http target values specs",
    "repro": "redaction target test_customers values /redaction specs",
    "report": "contract history http.excerpt private_files redaction repro target values specs",
    "history": "http private_files redaction report scenario_runner values specs",
    "preflight": "contract http target values specs",
    "session": "cleanup confirmation history http rule_selection run_context scenario_runner scheduler values verdicts",
}

# What each room may import of ours, besides itself. Of rooms within rooms, a file is in the innermost.
ROOMS: dict[str, tuple[str, ...]] = {
    "pii_sandbox.specs": (),
    "pii_sandbox.redaction": ("pii_sandbox.specs",),
    "pii_sandbox.mockserver.__init__": (),
    "pii_sandbox.mockserver.problems": (),
    "pii_sandbox.mockserver.ids": (),
    "pii_sandbox.mockserver.faults": (),
    "pii_sandbox.mockserver.store": (),
    "pii_sandbox.mockserver.seeding": (),
    "pii_sandbox.mockserver.seed_spec": ("pii_sandbox.mockserver.seeding",),
    "pii_sandbox.mockserver.clock": ("pii_sandbox.mockserver.problems",),
    "pii_sandbox.mockserver.schemas": ("pii_sandbox.mockserver.problems",),
    "pii_sandbox.mockserver.rules": (
        "pii_sandbox.mockserver.problems",
        "pii_sandbox.mockserver.store.Part",
        "pii_sandbox.mockserver.store.Record",
        "pii_sandbox.specs.AlternativeKey",
        "pii_sandbox.specs.PropertyPath",
    ),
    "pii_sandbox.mockserver.cross_site": ("pii_sandbox.mockserver.problems",),
    "pii_sandbox.mockserver.setting": ("pii_sandbox.mockserver.problems",),
    "pii_sandbox.mockserver.lifetime": ("pii_sandbox.mockserver.problems",),
    "pii_sandbox.mockserver.snapshots": ("pii_sandbox.mockserver.problems", *STORE),
    "pii_sandbox.mockserver.journal": (
        "pii_sandbox.mockserver.faults",
        "pii_sandbox.mockserver.rules",
        "pii_sandbox.redaction",
        "pii_sandbox.specs",
    ),
    "pii_sandbox.mockserver.sandbox": (
        "pii_sandbox.mockserver.clock",
        "pii_sandbox.mockserver.faults",
        "pii_sandbox.mockserver.ids",
        "pii_sandbox.mockserver.journal",
        "pii_sandbox.mockserver.lifetime",
        "pii_sandbox.mockserver.problems",
        "pii_sandbox.mockserver.seed_spec",
        "pii_sandbox.mockserver.setting",
        "pii_sandbox.mockserver.snapshots",
        *STORE,
        "pii_sandbox.specs",
    ),
    "pii_sandbox.mockserver.call": ("pii_sandbox.mockserver.sandbox", "pii_sandbox.specs"),
    "pii_sandbox.mockserver.vendor": (
        "pii_sandbox.mockserver.call",
        "pii_sandbox.mockserver.journal",
        "pii_sandbox.mockserver.problems",
        "pii_sandbox.mockserver.sandbox",
        *STORE,
        "pii_sandbox.specs",
    ),
    "pii_sandbox.mockserver.vendors": ("pii_sandbox.mockserver.vendor",),
    **{
        f"pii_sandbox.mockserver.vendors.{init.parent.name}": A_VENDOR
        for init in ROOT.glob("mockserver/vendors/*/__init__.py")
    },
    "pii_sandbox.mockserver.gateway": (
        "pii_sandbox.mockserver.call",
        "pii_sandbox.mockserver.cross_site",
        "pii_sandbox.mockserver.faults",
        "pii_sandbox.mockserver.journal",
        "pii_sandbox.mockserver.lifetime",
        "pii_sandbox.mockserver.problems",
        "pii_sandbox.mockserver.sandbox",
        "pii_sandbox.mockserver.schemas",
        "pii_sandbox.mockserver.store.StoreError",
        "pii_sandbox.mockserver.vendor",
        "pii_sandbox.specs",
    ),
    "pii_sandbox.mockserver.docs": ("pii_sandbox.mockserver.call", "pii_sandbox.specs"),
    "pii_sandbox.mockserver.overview": ("pii_sandbox.mockserver.call", "pii_sandbox.specs"),
    "pii_sandbox.mockserver.console": ("pii_sandbox.mockserver.call",),
    "pii_sandbox.mockserver.seed_templates": (
        "pii_sandbox.mockserver.sandbox",
        "pii_sandbox.mockserver.seeding",
        *STORE,
    ),
    "pii_sandbox.mockserver.sandbox_defaults": (
        "pii_sandbox.mockserver.sandbox",
        "pii_sandbox.mockserver.store.backend",
        "pii_sandbox.specs",
    ),
    "pii_sandbox.mockserver.sandboxes": (
        "pii_sandbox.mockserver.clock",
        "pii_sandbox.mockserver.sandbox_defaults",
        "pii_sandbox.mockserver.lifetime",
        "pii_sandbox.mockserver.problems",
        "pii_sandbox.mockserver.sandbox",
        "pii_sandbox.mockserver.setting",
        "pii_sandbox.mockserver.snapshots",
        *STORE,
        "pii_sandbox.mockserver.seed_templates",
        "pii_sandbox.mockserver.vendor",
        "pii_sandbox.specs",
    ),
    "pii_sandbox.mockserver.shared_journal": ("pii_sandbox.mockserver.journal", *STORE),
    "pii_sandbox.mockserver.shared_sandboxes": (
        "pii_sandbox.mockserver.clock",
        "pii_sandbox.mockserver.sandbox",
        "pii_sandbox.mockserver.sandbox_defaults",
        "pii_sandbox.mockserver.sandboxes",
        "pii_sandbox.mockserver.shared_journal",
        "pii_sandbox.mockserver.snapshots",
        *STORE,
        "pii_sandbox.mockserver.vendor",
    ),
    "pii_sandbox.mockserver.cluster": ("pii_sandbox.mockserver.store",),
    "pii_sandbox.mockserver.explain": (
        "pii_sandbox.mockserver.faults",
        "pii_sandbox.mockserver.journal",
        "pii_sandbox.mockserver.problems",
        "pii_sandbox.mockserver.sandbox",
        "pii_sandbox.mockserver.vendor",
        "pii_sandbox.redaction",
        "pii_sandbox.specs",
    ),
    "pii_sandbox.mockserver.record_check": (
        "pii_sandbox.mockserver.problems",
        "pii_sandbox.mockserver.sandbox",
        "pii_sandbox.mockserver.sandboxes",
        "pii_sandbox.mockserver.schemas",
        "pii_sandbox.mockserver.snapshots",
        *STORE,
        "pii_sandbox.mockserver.store.check_and_repair.Documents",
        "pii_sandbox.mockserver.vendor",
        "pii_sandbox.specs",
    ),
    "pii_sandbox.mockserver.control": (
        "pii_sandbox.mockserver.call",
        "pii_sandbox.mockserver.clock",
        "pii_sandbox.mockserver.cross_site",
        "pii_sandbox.mockserver.explain",
        "pii_sandbox.mockserver.faults",
        "pii_sandbox.mockserver.ids",
        "pii_sandbox.mockserver.journal",
        "pii_sandbox.mockserver.problems",
        "pii_sandbox.mockserver.record_check",
        "pii_sandbox.mockserver.rules",
        "pii_sandbox.mockserver.sandbox",
        "pii_sandbox.mockserver.sandboxes",
        "pii_sandbox.mockserver.snapshots",
        *STORE,
        "pii_sandbox.mockserver.store.json_query",
        "pii_sandbox.mockserver.seed_templates",
        "pii_sandbox.mockserver.vendor",
        "pii_sandbox.redaction",
        "pii_sandbox.specs",
    ),
    "pii_sandbox.mockserver.app": ("pii_sandbox.mockserver", "pii_sandbox.specs"),
    **{
        f"{CONFORMANCE}{room}": tuple(TOP_LEVEL.get(name, CONFORMANCE + name) for name in names.split())
        for room, names in CONFORMANCE_ROOMS.items()
    },
    "pii_sandbox.conformance": (),
    "pii_sandbox.scenarios": ("pii_sandbox.conformance", "pii_sandbox.specs"),
    "pii_sandbox": ("pii_sandbox",),
    # the code that it changes is imported by name, in a process of its own
    "mutation": ("pii_sandbox.conformance", "pii_sandbox.scenarios", "pii_sandbox.specs"),
}

# What comes from elsewhere, and the one room that knows it.
KEPT_APART = {
    "connexion": "pii_sandbox.mockserver.gateway",
    "nats": "pii_sandbox.mockserver.cluster",
    "tinydb": "pii_sandbox.mockserver.store",
}
