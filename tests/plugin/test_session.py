"""The plugin around the tests: its server, its cost for those who do not use it, lint, reports."""

from __future__ import annotations

import pytest

from tests.sample_projects import ROOT, Run
from tests.server_process import running_server

pytest_plugins = ["pytester"]

HEAVY = (
    "pii_sandbox.mockserver",
    "connexion",
    "httpx",
    "uvicorn",
    "tinydb",
    "faker",
    "click",
    "yaml",
    "pii_sandbox.specs",
)


@pytest.mark.parametrize("arguments", [(), ("-p", "xdist", "-n", "2")])
def test_a_test_run_without_fixtures_imports_no_server(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # others import what they like
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeconftest(
        f"""
        import sys

        def pytest_unconfigure(config):
            loaded = set(sys.modules) & {set(HEAVY)!r}
            print("loaded:", sorted(loaded))
        """
    )
    pytester.makepyfile(f"import sys\ndef test_one(): assert not set(sys.modules) & {set(HEAVY)!r}")
    result = pytester.runpytest_subprocess("-p", "pii_sandbox.pytest_plugin", "-q", "-s", *arguments)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*loaded: []*"])


def test_a_server_that_runs_already_is_used(
    pytester: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile("def test_one(sandbox): assert len(sandbox.people) == 3")
    with running_server("--shoppers", "3", "--control-token", "secret") as server:
        monkeypatch.setenv("PII_SANDBOX_URL", server.url)
        monkeypatch.setenv("PII_SANDBOX_CONTROL_TOKEN", "secret")
        run("-q").assert_outcomes(passed=1)
        run("-q", "-n", "2").assert_outcomes(passed=1)
        monkeypatch.setenv("PII_SANDBOX_CONTROL_TOKEN", "wrong")
        result = run("-q")
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["*401*token*"])


def test_an_unreachable_server_is_reported(
    pytester: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile("def test_one(sandbox): pass")
    monkeypatch.setenv("PII_SANDBOX_URL", "http://127.0.0.1:9")
    result = run("-q")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*no sandbox server at http://127.0.0.1:9: *"])


def test_the_settings_file_of_the_project_counts(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makepyprojecttoml(
        """
        [tool.pytest.ini_options]
        addopts = "-q"

        [tool.pii-sandbox]
        shoppers = 4
        dialect = "reference"

        [tool.pii-sandbox.settings]
        newstore.deletion_seconds = 5
        """
    )
    pytester.makepyfile(
        """
        def test_one(sandbox, sandbox_app):
            for each in (sandbox, sandbox_app.sandbox):
                assert (len(each.people), each.dialect) == (4, "reference")
                assert each.settings["newstore.deletion_seconds"] == 5
        """
    )
    run().assert_outcomes(passed=1)


@pytest.mark.parametrize("arguments", [[], ["-n", "2"]])
def test_a_bad_settings_file_is_reported(pytester: pytest.Pytester, run: Run, arguments: list[str]) -> None:
    pytester.makefile(".toml", **{"pii-sandbox": "colour = 1"})
    pytester.makefile(".ini", pytest="[pytest]")
    pytester.makepyfile("def test_one(sandbox): pass")
    result = run("-q", *arguments)
    assert result.ret != 0
    assert "unknown setting colour" in result.stdout.str()


CARELESS = """
    import pytest

    def test_careless(sandbox):
        sandbox.settings["fashionai.limit_per_minute"] = 1
        with sandbox.client("fashionai") as client:
            statuses = [client.get("/api/v1/crm/protected/profile/document/12345678900").status_code for _ in range(3)]
        assert statuses == [200, 429, 429]

    def test_careful(sandbox):
        with sandbox.client("fashionai") as client:
            assert client.get("/api/v1/crm/protected/profile/document/12345678900").status_code == 200
"""


@pytest.mark.parametrize(
    ("arguments", "passed", "failed"),
    [
        ([], 2, 0),
        (["--sandbox-lint=error"], 1, 1),
        (["-o", "sandbox_lint=error"], 1, 1),
        (["-o", "sandbox_lint=error", "--sandbox-lint=warn", "-W", "default"], 2, 0),
    ],
)
def test_lint_fails_the_test_that_did_it(
    pytester: pytest.Pytester, run: Run, arguments: list[str], passed: int, failed: int
) -> None:
    pytester.makepyfile(CARELESS)
    result = run("-q", *arguments)
    assert result.parseoutcomes().get("passed", 0) == passed
    assert result.parseoutcomes().get("failed", 0) == failed
    assert ("ignored-retry-after" in result.stdout.str()) is bool(failed or "-W" in arguments)


def test_an_unknown_lint_is_reported(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makepyfile(CARELESS)
    assert run("--sandbox-lint=loud").ret == pytest.ExitCode.USAGE_ERROR
    assert run("-o", "sandbox_lint=loud").ret == pytest.ExitCode.USAGE_ERROR


def test_a_failed_test_shows_the_calls_of_its_sandbox(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makepyfile(
        """
        def test_one(sandbox):
            with sandbox.client("newstore") as client:
                client.get("/v1/d/pii/profiles?offset=9999")
                assert client.get("/v1/d/pii/nowhere").status_code == 200
        """
    )
    result = run("-q")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*calls of test_one-*", "*GET /v1/d/pii/profiles 400 NS-LIST-2*", "*GET *404*"])
