"""The fixtures of the plugin, in a project that installs nothing else."""

from __future__ import annotations

import pytest

from tests.sample_projects import Run, runner

pytest_plugins = ["pytester"]


def test_everything_that_a_sandbox_offers(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside all other plugins that are installed."""
    pytester.makepyfile(
        """
        from datetime import UTC, date, datetime, timedelta

        import httpx
        import pytest
        from tinydb import Query

        PROFILES = "/v1/d/pii/profiles"


        def test_url_and_headers_are_all_that_a_client_needs(sandbox):
            answer = httpx.get(sandbox.base_url("newstore") + PROFILES, headers=sandbox.headers("newstore"))
            assert answer.json()["pagination_info"]["total"] == len(sandbox.people)
            root = sandbox.url.rpartition("/~")[0]
            assert httpx.get(root + PROFILES, headers=sandbox.headers("newstore")).json() == answer.json()


        def test_lesser_credentials(sandbox):
            with sandbox.client("vtex", credential=1) as client:
                assert "readonly" in client.headers["X-VTEX-API-AppKey"]
            with pytest.raises(ValueError, match="unknown API 'sap'; the APIs are vtex"):
                sandbox.headers("sap")


        def test_people_are_known_at_each_vendor(sandbox):
            person = sandbox.people[3]
            assert person.number == 4
            with sandbox.client("newstore") as client:
                assert client.get(f"{PROFILES}/{person.ids['newstore']}").json()["email"] == person.email
            with sandbox.client("fashionai") as client:
                found = client.get(f"/api/v1/crm/protected/profile/document/{person.document}").json()
                assert found["userProfileId"] == person.ids["fashionai"]
            with sandbox.client("oracle") as client:
                assert client.get(f"/ccapp/v1/profiles/{person.ids['oracle']}").json()["email"] == person.email


        def test_clock(sandbox):
            assert abs(sandbox.clock.now - datetime.now(UTC)) < timedelta(minutes=1)
            assert sandbox.clock.freeze("2030-01-31") == datetime(2030, 1, 31, tzinfo=UTC)
            assert sandbox.clock.frozen
            assert sandbox.clock.advance(days=1, hours=2, seconds=3) == datetime(2030, 2, 1, 2, 0, 3, tzinfo=UTC)
            assert sandbox.clock.set(date(2031, 1, 1)) == datetime(2031, 1, 1, tzinfo=UTC)
            assert sandbox.clock.set(datetime(2031, 1, 1, 12)).hour == 12
            sandbox.clock.thaw()
            assert not sandbox.clock.frozen


        def test_seed_and_reset(sandbox):
            before = sandbox.people
            sandbox.seed(shoppers=2, seed=7, locale="pt_BR")
            assert [person.locale for person in sandbox.people] == ["pt_BR", "pt_BR"]
            sandbox.dialect = "reference"
            sandbox.reset()
            assert sandbox.people == before
            assert sandbox.dialect == "guide"


        def test_settings(sandbox):
            assert sandbox.settings["newstore.deletion_seconds"] == 60
            sandbox.settings["newstore.deletion_seconds"] = 5
            sandbox.settings.update({"fashionai.slow": True, "vtex.job_seconds": 1})
            assert dict(sandbox.settings)["fashionai.slow"] is True
            with pytest.raises(Exception, match="400: .*no.such"):
                sandbox.settings["no.such"] = 1


        def test_documents(sandbox):
            orders = sandbox.documents("vtex", "orders")
            orders["1-01"] = {"orderId": "1-01", "status": "handling", "value": 100}
            assert orders["1-01"]["status"] == "handling"
            assert "1-01" in orders
            assert len(orders) == len(list(orders)) == len(orders.values()) == len(orders.items())
            orders["1-02"] = {"orderId": "1-02", "status": "invoiced", "value": 300}
            for query in (
                Query().document.value > 200,
                Query().document.status.test(str.startswith, "inv"),
                {"field": "document.value", ">": 200},
            ):
                assert {"id": "1-02", "document": orders["1-02"]} in orders.search(query)
                assert "1-01" not in [entry["id"] for entry in orders.search(query)]
            with pytest.raises(Exception, match="400: where.> must be text or a number"):
                orders.search({"field": "document.value", ">": None})
            del orders["1-01"]
            with pytest.raises(KeyError):
                orders["1-01"]
            with pytest.raises(KeyError):
                del orders["1-01"]
            assert orders.get("1-01") is None
            orders.clear()
            assert not orders


        def test_faults(sandbox):
            fault = sandbox.faults.add(status=502, api="newstore", headers={"X-A": "1"}, times=2)
            with sandbox.client("newstore") as client:
                assert [client.get(PROFILES, headers={"X-A": "1"}).status_code for _ in range(2)] == [502, 502]
                assert sandbox.faults.waiting() == []
                sandbox.faults.add(drop=True, since="2000-01-01", until=date(2099, 1, 1))
                with pytest.raises(httpx.TransportError):
                    client.get(PROFILES)
                assert sandbox.faults.waiting()[0]["seen"] == 1
                sandbox.faults.clear()
                another = sandbox.faults.add(status=500)
                another.remove()
                assert client.get(PROFILES).status_code == 200


        def test_snapshots(sandbox, tmp_path):
            orders = sandbox.documents("vtex", "orders")
            before = len(orders)
            with sandbox.snapshot() as snapshot:
                orders.clear()
                assert len(snapshot.diff()["vtex/orders"]["removed"]) == before
                sandbox.clock.advance(days=1)
                sandbox.dialect = "reference"
                assert snapshot.changed_state()["dialect"] == {"before": "guide", "now": "reference"}
            assert len(orders) == before
            snapshot.save(tmp_path / "state.json")
            snapshot.delete()
            orders.clear()
            loaded = sandbox.load(tmp_path / "state.json", "loaded")
            assert [each.name for each in sandbox.snapshots()] == ["loaded"]
            loaded.restore()
            assert len(orders) == before


        def test_journal(sandbox, tmp_path):
            email = sandbox.people[0].email
            with sandbox.client("fashionai") as client:
                client.get(f"/api/v1/crm/protected/profile/email/{email}")
                client.get("/api/v1/crm/protected/profile/email/nobody@example.com")
            entries = sandbox.journal.entries(api="fashionai")
            assert [entry["status"] for entry in entries] == [200, 404]
            assert email not in str(entries)
            sandbox.journal.verify(operation="getProfileByEmail", status=200, count=1)
            sandbox.journal.verify(operation="getProfileByEmail", count={"at_least": 2})
            sandbox.journal.verify_order({"status": 200}, {"status": 404})
            with pytest.raises(AssertionError, match="found 1"):
                sandbox.journal.verify(status=404, count=2)
            with pytest.raises(AssertionError, match="call 1: status was 200, expected 500"):
                sandbox.journal.verify(operation="getProfileByEmail", status=500)
            assert sandbox.journal.explain()["rule"]["id"] == "FAI-GET-2"
            sandbox.journal.save_har(tmp_path / "calls.har")
            sandbox.journal.clear()
            assert sandbox.journal.entries() == []


        def test_residue_and_events(sandbox):
            person = sandbox.people[0]
            assert {place["where"] for place in sandbox.residue(person.email)} >= {"vtex/profiles", "oracle/profiles"}
            with sandbox.client("vtex") as client:
                read = f"/api/storage/profile-system/profiles/{person.ids['vtex']}/unmask"
                assert client.get(read, params={"reason": "a test of events"}).status_code == 200
            assert [event["action"] for event in sandbox.events()] == ["GetProfileUnmasked"]


        def test_the_control_api_is_at_hand(sandbox, sandbox_server):
            assert sandbox.call("GET", "/status")["name"] == sandbox.status()["name"] == sandbox.name
            assert sandbox.url == f"{sandbox_server}/~{sandbox.name}"
            assert repr(sandbox) == f"<Sandbox {sandbox.url}>"
        """
    )
    runner(pytester, monkeypatch, autoload=True)("-q").assert_outcomes(passed=12)


def test_a_test_sees_nothing_of_another(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makepyfile(
        """
        import pytest

        names = set()

        @pytest.mark.parametrize("number", range(5))
        def test_each_begins_again(sandbox, number):
            assert sandbox.name not in names
            names.add(sandbox.name)
            assert sandbox.status()["documents"]["vtex"]["profiles"] == 50
            assert not sandbox.clock.frozen
            sandbox.clock.freeze("2040-01-01")
            sandbox.seed(shoppers=1)

        def test_sandboxes_are_deleted_after_the_tests(sandbox):
            assert not names & set(sandbox.call("GET", "/sandboxes")["sandboxes"])
        """
    )
    run("-q").assert_outcomes(passed=6)


def test_the_marker_sets_the_initial_state_of_a_sandbox(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makepyfile(
        """
        from datetime import UTC, datetime

        import pytest

        pytestmark = pytest.mark.sandbox(shoppers=3, dialect="reference")

        def test_of_the_module(sandbox):
            assert (len(sandbox.people), sandbox.dialect) == (3, "reference")

        @pytest.mark.sandbox(shoppers=2, seed=7, locale="pt_BR", at="2030-01-31", frozen=True)
        def test_nearer_ones_add_to_it(sandbox):
            assert (len(sandbox.people), sandbox.dialect) == (2, "reference")
            assert {person.locale for person in sandbox.people} == {"pt_BR"}
            assert sandbox.clock.now == datetime(2030, 1, 31, tzinfo=UTC)

        @pytest.mark.sandbox(at=datetime(2031, 1, 1), settings={"newstore.deletion_seconds": 5})
        def test_a_clock_that_is_not_frozen_runs(sandbox):
            assert sandbox.clock.now > datetime(2031, 1, 1, tzinfo=UTC)
            assert not sandbox.clock.frozen
            assert sandbox.settings["newstore.deletion_seconds"] == 5

        @pytest.mark.sandbox(dialect="guide")
        def test_an_application_too(sandbox_app):
            assert (len(sandbox_app.sandbox.people), sandbox_app.sandbox.dialect) == (3, "guide")
        """
    )
    run("-q", "--strict-markers").assert_outcomes(passed=4)


@pytest.mark.parametrize("mark", ["colour='red'", "'reference'"])
def test_a_marker_with_unknown_arguments_is_reported(pytester: pytest.Pytester, run: Run, mark: str) -> None:
    pytester.makepyfile(
        f"""
        import pytest

        @pytest.mark.sandbox({mark})
        def test_one(sandbox):
            pass
        """
    )
    result = run("-q")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*@pytest.mark.sandbox has no argument *; its arguments are dialect, shoppers, *"])


def test_the_application_serves_clients_without_a_socket(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makepyfile(
        """
        import asyncio
        import warnings

        import httpx
        import pytest

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from starlette.testclient import TestClient

        PROFILES = "/v1/d/pii/profiles"

        def test_httpx(sandbox_app):
            async def played():
                transport = httpx.ASGITransport(app=sandbox_app)
                headers = sandbox_app.sandbox.headers("newstore")
                async with httpx.AsyncClient(transport=transport, base_url="http://any", headers=headers) as client:
                    assert (await client.post(PROFILES, json={"email": "new@example.com"})).status_code == 201
                    sandbox_app.sandbox.clock.advance(days=1)  # within a running loop
                    return (await client.get(PROFILES)).json()["pagination_info"]["total"]

            assert asyncio.run(played()) == 51

        def test_starlette(sandbox_app):
            for _ in range(2):  # the end of a client is not the end of the application
                with TestClient(sandbox_app, headers={"Authorization": "Bearer sandbox-newstore"}) as client:
                    assert client.get(PROFILES).json()["pagination_info"]["total"] == 50

        def test_faults_reach_it(sandbox_app):
            sandbox_app.sandbox.faults.add(drop=True, times=1)
            client = TestClient(sandbox_app, headers={"Authorization": "Bearer sandbox-newstore"})
            with pytest.raises(ConnectionResetError):
                client.get(PROFILES)
            assert client.get(PROFILES).status_code == 200

        def test_another_sandbox_can_be_named(sandbox_app):
            sandbox_app.sandbox.documents("newstore", "profiles").clear()
            client = TestClient(sandbox_app, headers={"Authorization": "Bearer sandbox-newstore"})
            assert client.get(PROFILES).json()["pagination_info"]["total"] == 0
            named = client.get(PROFILES, headers={"X-Sandbox": "other"})
            assert named.json()["pagination_info"]["total"] == 50
        """
    )
    run("-q").assert_outcomes(passed=4)
