from shop.oracle import Oracle

from pii_sandbox.testing import Sandbox

KEY = "sandbox-application-key"


def test_the_client_logs_in_again_when_its_token_has_run_out(sandbox: Sandbox) -> None:
    person = sandbox.people[0]
    with sandbox.client("oracle") as http:
        shop = Oracle(http, KEY)
        assert shop.profile(person.ids["oracle"])["email"] == person.email
        sandbox.clock.advance(minutes=5)
        assert shop.profile(person.ids["oracle"])["firstName"] == person.first_name
    sandbox.journal.verify(operation="login", count=2)
