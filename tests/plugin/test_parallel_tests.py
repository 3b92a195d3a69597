"""Two hundred tests that move time, use up quotas and erase people, eight at a time against one server."""

from __future__ import annotations

import pytest

from tests.sample_projects import Run

pytest_plugins = ["pytester"]

TESTS = 200

SUITE = """
    import pytest

    ERASE = "/api/user-rights/createAndProcessDeleteUserData"

    @pytest.mark.parametrize("number", range({tests}))
    def test_time_quota_and_erasure(sandbox, number):
        at = sandbox.clock.freeze(f"2030-{{1 + number % 12:02}}-{{1 + number % 28:02}}")
        limit = 1 + number % 5
        sandbox.settings["fashionai.limit_per_minute"] = limit
        person = sandbox.people[number % len(sandbox.people)]
        with sandbox.client("fashionai") as client:
            read = f"/api/v1/crm/protected/profile/email/{{person.email}}"
            assert [client.get(read).status_code for _ in range(limit)] == [200] * limit
            refused = client.get(read)
            assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
        with sandbox.client("vtex") as client:
            status = client.post(ERASE, json={{"email": person.email}}).json()["status"]
        left = {{place["where"] for place in sandbox.residue(person.email) if place["where"].startswith("vtex/")}}
        assert left == ({{"vtex/orders"}} if status == "Blocked" else set())
        assert sandbox.clock.now == at
"""


def test_they_do_not_see_each_other(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makepyfile(SUITE.format(tests=TESTS))
    result = run("-q", "-n", "8")
    result.assert_outcomes(passed=TESTS)
