"""FAI-AUTH: app tokens."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import scenario
from pii_sandbox.scenarios.fashionai.customers import KEYS, tells_error


def refused_everywhere(api: ApiClient, credentials: str) -> None:
    """Check that known and unknown values are refused alike: nothing is looked up."""
    for key in KEYS:
        for value in (key.nobody, api.test_datum(key.name)):
            tells_error(key.read(api, value, credentials=credentials, expect=401))


@scenario("FAI-AUTH-1")
def every_read_without_a_token_is_unauthorized(api: ApiClient) -> None:
    refused_everywhere(api, "none")


@scenario("FAI-AUTH-1")
def every_read_with_a_wrong_token_is_unauthorized(api: ApiClient) -> None:
    refused_everywhere(api, "wrong")


@scenario("FAI-AUTH-2")
def the_token_as_a_bearer_token_alone_is_unauthorized(api: ApiClient) -> None:
    token = next(iter(api.target.credentials["fashionai"]["full"].values()))
    for key in KEYS:
        bearer = {"Authorization": f"Bearer {token}"}
        tells_error(key.read(api, api.test_datum(key.name), credentials="none", headers=bearer, expect=401))


@scenario("FAI-AUTH-2", needs={"control"})
def beside_the_token_a_bearer_token_changes_nothing(api: ApiClient) -> None:
    for key in KEYS:
        key.read(api, api.test_datum(key.name), headers={"Authorization": "Bearer nonsense"}, expect=200)
