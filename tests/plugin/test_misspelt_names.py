"""A misspelt name in a test of the plugin is an error at once: a check of it could never fail."""

from __future__ import annotations

import pytest

from tests.sample_projects import Run

pytest_plugins = ["pytester"]


def test_a_misspelt_name_raises_with_the_nearest_one(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makepyfile(
        """
        import pytest

        from pii_sandbox.testing import Refused


        @pytest.mark.parametrize(
            ("pattern", "nearest"),
            [
                ({"operation": "listProfile"}, "listProfiles"),
                ({"operation": "LISTPROFILES"}, "listProfiles"),
                ({"api": "newstor"}, "newstore"),
            ],
        )
        def test_names(sandbox, pattern, nearest):
            with pytest.raises(Refused, match=rf"did you mean {nearest}\\?"):
                sandbox.faults.add(status=503, **pattern)
            with pytest.raises(Refused, match=rf"did you mean {nearest}\\?"):
                sandbox.journal.verify(count=0, **pattern)
            assert sandbox.faults.waiting() == []


        def test_rules(sandbox):
            with pytest.raises(Refused, match=r"did you mean NS-LIST-2\\?"):
                sandbox.journal.verify(count=0, rule="NS-LIST-22")
        """
    )
    run("-q").assert_outcomes(passed=4)
