"""HTTPS in tests: the sandbox's own URL, and processes whose calls of vendors' hosts arrive in the test's sandbox."""

from __future__ import annotations

import pytest

from tests.https.servers import serve_https
from tests.sample_projects import Run

pytest_plugins = ["pytester"]

PROJECT = """
    import ssl
    import subprocess
    import sys
    import httpx
    import pytest

    PROGRAM = (
        "import requests; print(requests.get('https://myshop.p.newstore.net/v1/d/pii/profiles',"
        "headers={'Authorization': 'Bearer sandbox-newstore'}).json()['pagination_info']['total'])"
    )

    @pytest.mark.parametrize("shoppers", [2, 4])
    def test_by_https(sandbox, shoppers):
        sandbox.seed(shoppers=shoppers)
        context = ssl.create_default_context(cafile=sandbox.ca_file)
        url, headers = f"{sandbox.https_url}/v1/d/pii/profiles", sandbox.headers("newstore")
        answer = httpx.get(url, headers=headers, verify=context)
        assert answer.json()["pagination_info"]["total"] == shoppers

    @pytest.mark.parametrize("shoppers", [3, 5])
    def test_process(sandbox, shoppers):
        sandbox.seed(shoppers=shoppers)
        command = [sys.executable, "-c", PROGRAM]
        told = subprocess.run(command, env=sandbox.environment(), capture_output=True, text=True)
        assert told.stdout.strip() == str(shoppers), told.stderr

    def test_what_runs_in_process_has_no_https(sandbox_app):
        with pytest.raises(RuntimeError, match="no HTTPS"):
            sandbox_app.sandbox.https_url
"""


@pytest.mark.parametrize("arguments", [(), ("-n", "2")])
def test_a_test_and_its_processes_reach_their_sandbox_by_https(
    pytester: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("PII_SANDBOX_STATE_DIR", str(pytester.path / "state"))
    pytester.makepyfile(test_project=PROJECT)
    run("-q", *arguments).assert_outcomes(passed=5)


def test_https_of_a_server_that_runs_already(
    pytester: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = pytester.mkdir("state")
    pytester.makepyfile(test_project=PROJECT)
    with serve_https(state) as server:
        monkeypatch.setenv("PII_SANDBOX_STATE_DIR", str(state))
        monkeypatch.setenv("PII_SANDBOX_URL", server.http.url)
        run("-q", "-k", "test_by_https").assert_outcomes(failed=2, deselected=3)
        monkeypatch.setenv("PII_SANDBOX_HTTPS_URL", server.url)
        run("-q").assert_outcomes(passed=5)
