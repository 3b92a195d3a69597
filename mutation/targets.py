"""What is mutated: the mock server's behaviour, which scenarios judge, and what tests judge, such as the harness."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mutation.source_mutants import ROOT

# Decisions of the gateway that a client of a vendor's API sees. Not here: what serves tests and operators (faults,
# recording, forwarding, the event stream, compression of responses), which tests/gateway is about.
_GATEWAY = (
    "bodies",
    "credentials",
    "endpoint",
    "parameters",
    "request_spec",
    "responses",
    "routing",
    "user_content",
)
_INVENTED_DATA = frozenset({"seeding", "sample_documents", "sample_profiles", "wallet", "words"})
# Code of which a vendor's API shows nothing: documents that the control API reads, writes and finds people in.
_CONTROL_API = frozenset({"public_collections", "stored", "residue", "search_digests"})


def mock_files() -> list[str]:
    """The mechanisms, the vendors without the data that they invent, and the gateway's decisions."""
    gateway = [f"mockserver/gateway/{name}.py" for name in _GATEWAY]
    files = [*_python_files("mockserver/rules"), *_python_files("mockserver/vendors"), *gateway]
    return [file for file in files if not (_INVENTED_DATA | _CONTROL_API).intersection(_parts(file))]


def control_files() -> list[str]:
    """What the vendors' packages and the mechanisms do for the control API only."""
    files = [*_python_files("mockserver/rules"), *_python_files("mockserver/vendors")]
    return [file for file in files if _CONTROL_API.intersection(_parts(file))]


def harness_files() -> list[str]:
    """The harness, and the package that redacts for it."""
    return [*_python_files("conformance"), *_python_files("redaction")]


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
    "control": ("tests/rules", "tests/vendors", "tests/control"),
    "harness": ("tests/conformance", "tests/redaction"),
}
