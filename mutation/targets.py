"""What is mutated: the mock server's behaviour, which scenarios judge, and what tests judge, such as the harness."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mutation.source_mutants import ROOT, SourceMutant, mutants_of

# Decisions of the gateway that a client of a vendor's API sees. Not here: what serves tests and operators (faults,
# recording, forwarding, the event stream, compression of responses, what keeps browsers safe); tests/gateway has it.
_GATEWAY = (
    "bodies",
    "credentials",
    "endpoint",
    "parameters",
    "request_spec",
    "responses",
    "routing",
    "content_codings",
)
_INVENTED_DATA = frozenset({"seeding", "sample_documents", "sample_profiles", "wallet", "words"})
# Has the customer of Fashion.AI's example. (FAI-SEED-1) `sample_profiles` and `words` stay out: a mutant that draws
# other texts keeps what a rule says of them, Portuguese and the same for a seed. (FAI-TEXT-1)
_PRINTED_DATA = frozenset({"mockserver/vendors/fashionai/seeding.py"})
# Code of which a vendor's API shows nothing: documents that the control API reads, writes and finds people in, and what
# it says of a client's calls. `residue` and `search_digests` also tell an erasure at VTEX which prospects need no look
# (VTEX-ERASE-2): that they pass over nobody, tests/rules shows.
_CONTROL_API = frozenset({"public_collections", "stored", "residue", "search_digests", "fields", "lints"})
# Functions of other files that a vendor's API shows nothing of.
_SEEDS = "invents the data of seeded people"
_SAMPLE = "the sample request of the overview page and the start-up banner"
_REBUILD = "makes stored records anew for the control API and for snapshots"
_RULE = "which rule decided, which only the sandbox's own header X-Sandbox-Rule, the journal and `explain` show"
_FAULTS = "what an injected fault matches and leaves open, which no vendor's document tells"
_DEPLOYMENT = "decides for shared, deleted or new sandboxes, other sites and the control API, of which no rule speaks"
_WHOLE = "for bodies that the HTTP protocol of `pii-sandbox serve` hands over, which the server of scenarios does not"
_CODINGS = "other codings than gzip, and those of responses, of which no rule speaks"
OUTSIDE: Mapping[str, Mapping[str, str]] = {
    "mockserver/vendors/fashionai/__init__.py": {"_sample_request": _SAMPLE},
    "mockserver/vendors/fashionai/limits.py": {"rebuild": _REBUILD},
    "mockserver/vendors/fashionai/seeding.py": {"free_id": _SEEDS},
    "mockserver/vendors/newstore/__init__.py": {"_sample_request": _SAMPLE},
    "mockserver/vendors/newstore/credentials.py": {"rebuild": _REBUILD},
    "mockserver/vendors/newstore/upstream.py": {"fault_facts": _FAULTS},
    "mockserver/vendors/oracle/addresses.py": dict.fromkeys(
        ("address_entry", "shipping", "default_shipping", "organization", "contacts", "_company"), _SEEDS
    ),
    "mockserver/vendors/oracle/credentials.py": {"rebuild": _REBUILD},
    "mockserver/vendors/oracle/profiles.py": {"sample_request": _SAMPLE},
    "mockserver/vendors/oracle/views.py": {"_projection_rule": _RULE},
    "mockserver/vendors/vtex/collections.py": {"_is_id": _RULE},
    "mockserver/vendors/vtex/errors.py": {"_title": _FAULTS},
    "mockserver/vendors/vtex/user_rights.py": {"_rule": _RULE},
    "mockserver/vendors/vtex/profiles.py": {"sample_request": _SAMPLE},
    "mockserver/gateway/endpoint.py": dict.fromkeys(
        (
            *("_is_of_server", "Endpoint._is_granted", "Endpoint._handle_in_thread"),
            *("Endpoint._admit", "Endpoint._admit_authenticated", "Endpoint._admit_answered"),
        ),
        _DEPLOYMENT,
    ),
    "mockserver/gateway/bodies.py": {"_within": _WHOLE},
    "mockserver/gateway/content_codings.py": dict.fromkeys(("_inflate", "_unbrotli", "_brotli"), _CODINGS),
    "mockserver/gateway/responses.py": dict.fromkeys(
        ("ResponseValidator.check", "_validator"), "validates the mock's own responses, which `check` does not ask for"
    ),
    "mockserver/gateway/routing.py": {
        "_send_confirmed": _DEPLOYMENT,
        "problem_response": "responds outside all vendors' paths",
        "unbound_endpoint": "is replaced at start-up",
    },
}


def mock_files() -> list[str]:
    """The mechanisms, the vendors without the data that they invent, and the gateway's decisions."""
    gateway = [f"mockserver/gateway/{name}.py" for name in _GATEWAY]
    files = [*_python_files("mockserver/rules"), *_python_files("mockserver/vendors"), *gateway]
    outside = _INVENTED_DATA | _CONTROL_API
    return [file for file in files if file in _PRINTED_DATA or not outside.intersection(_parts(file))]


def control_files() -> list[str]:
    """The files that serve the control API only, and those that do so with a function of `OUTSIDE`."""
    files = [*_python_files("mockserver/rules"), *_python_files("mockserver/vendors")]
    return [*(file for file in files if _CONTROL_API.intersection(_parts(file))), *OUTSIDE]


def harness_files() -> list[str]:
    """The harness, and the package that redacts for it."""
    return [*_python_files("conformance"), *_python_files("redaction")]


def mutants(subject: str) -> list[SourceMutant]:
    """Return all mutants of a subject."""
    known = [mutant for file in SUBJECTS[subject]() for mutant in mutants_of(file)]
    return [mutant for mutant in known if belongs(mutant, subject)]


def belongs(mutant: SourceMutant, subject: str) -> bool:
    """Return whether a mutant of a file of the subject is judged there, and not by the other judge of the same file."""
    if subject == "harness" or mutant.file not in OUTSIDE:
        return True
    return (mutant.function in OUTSIDE[mutant.file]) == (subject == "control")


def _parts(file: str) -> list[str]:
    return file.removesuffix(".py").split("/")


def _python_files(folder: str) -> list[str]:
    return sorted(file.relative_to(ROOT).as_posix() for file in (ROOT / folder).rglob("*.py"))


SUBJECTS: Mapping[str, Callable[[], list[str]]] = {
    "mock": mock_files,
    "control": control_files,
    "harness": harness_files,
}

# What judges those that no scenario judges.
TESTS: Mapping[str, tuple[str, ...]] = {
    "control": ("tests/rules", "tests/vendors", "tests/control", "tests/gateway"),
    "harness": ("tests/conformance", "tests/redaction"),
}
