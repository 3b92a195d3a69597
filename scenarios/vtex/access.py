"""VTEX-AUTH: authentication and permissions of every operation.

Unauthorized calls are harmless even if a target accepts them: reads name unknown ids or lack the reason; writes carry
no JSON, and address only objects that the scenario created.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pii_sandbox import specs
from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.shop import NOBODY, household, required_ids
from pii_sandbox.specs import Dialect, Operation

KEY, TOKEN, USER = "X-VTEX-API-AppKey", "X-VTEX-API-AppToken", "VtexIdclientAutCookie"
WRONG: tuple[Mapping[str, str], ...] = (
    {},
    {KEY: "vtexappkey-nobody", TOKEN: "nothing"},
    {KEY: "vtexappkey-nobody"},
    {TOKEN: "nothing"},
    {USER: "nobody"},
)
KINDS = ("wrong", "expired")  # of credentials, where the target has them
_IDS = ("profileId", "profileVersionId", "addressId", "addressVersionId", "prospectId", "jobId")
NOBODYS = dict.fromkeys(_IDS, NOBODY)


def _of(dialect: Dialect, document: str, *methods: str) -> list[Operation]:
    found = (operation for name in specs.APIS["vtex"] for operation in specs.operations(name, dialect).values())
    return [one for one in found if one.method in methods and one.document.startswith(document)]


def reads(dialect: Dialect) -> list[Operation]:
    return _of(dialect, "vtex", "GET")


def writes(dialect: Dialect) -> list[Operation]:
    return _of(dialect, "vtex_profile_system", "POST", "PATCH")


def deletes(dialect: Dialect) -> list[Operation]:
    return _of(dialect, "vtex", "DELETE")


def erasures(dialect: Dialect) -> list[Operation]:
    return _of(dialect, "vtex_user_rights", "POST")


def schema_writes(dialect: Dialect) -> list[Operation]:
    """Return the writes of the schema, which all users of an account share. Kept apart from the other writes."""
    return _of(dialect, "vtex", "PUT")


def _holds_refused(
    api: ApiClient, found: Iterable[Operation], ids: Mapping[str, str], status: int, credentials: str
) -> None:
    for operation in found:
        _send(api, operation, ids, status, credentials=credentials)


def _holds_unauthenticated(api: ApiClient, found: Iterable[Operation], ids: Mapping[str, str]) -> None:
    """Check that each operation returns 401 for missing, incomplete, invented and expired credentials."""
    kinds = [kind for kind in KINDS if kind in api.target.credentials.get("vtex", {})]
    for operation in found:
        for headers in WRONG:
            _send(api, operation, ids, 401, headers=headers)
        for kind in kinds:
            _send(api, operation, ids, 401, credentials=kind)


def _send(
    api: ApiClient,
    operation: Operation,
    ids: Mapping[str, str],
    status: int,
    *,
    headers: Mapping[str, str] | None = None,
    credentials: str = "none",
) -> None:
    path = required_ids(operation.path, ids)
    if operation.method == "GET":
        api.call(operation.operation_id, expect=status, headers=headers, credentials=credentials, reason="", **path)
        return
    sent = {"Content-Type": "application/json", **(headers or {})}
    api.call(operation.operation_id, expect=status, headers=sent, credentials=credentials, content=b"{", **path)


@scenario("VTEX-AUTH-1")
def no_read_without_valid_credentials(api: ApiClient) -> None:
    _holds_unauthenticated(api, reads(api.target.dialect), NOBODYS)


@scenario("VTEX-AUTH-1", needs={"write"})
def no_write_without_valid_credentials(api: ApiClient) -> None:
    ids = household(api)
    _holds_unauthenticated(api, writes(api.target.dialect), ids)


@scenario("VTEX-AUTH-1", needs={"write", "delete"})
def no_delete_without_valid_credentials(api: ApiClient) -> None:
    ids = household(api)
    _holds_unauthenticated(api, deletes(api.target.dialect), ids)
    api.call("GetAddress", profileId=ids["profileId"], addressId=ids["addressId"], expect=200)
    api.call("GetPurchaseInformation", profileId=ids["profileId"], expect=200)
    api.call("GetProspect", prospectId=ids["prospectId"], expect=200)


@scenario("VTEX-AUTH-1", needs={"erase"})
def no_erasure_without_valid_credentials(api: ApiClient) -> None:
    _holds_unauthenticated(api, erasures(api.target.dialect), {})


@scenario("VTEX-AUTH-1", needs={"write", "control"})
def no_change_of_the_schema_without_valid_credentials(api: ApiClient) -> None:
    _holds_unauthenticated(api, schema_writes(api.target.dialect), {})


@scenario("VTEX-AUTH-1")
def an_application_key_opens(api: ApiClient) -> None:
    api.call("GetProfileSchema", expect=200)


@scenario("VTEX-AUTH-1")
def a_user_token_opens_as_well(api: ApiClient) -> None:
    api.call("GetProfileSchema", credentials="user", expect=200)


@scenario("VTEX-AUTH-1")
def half_of_a_good_key_is_none(api: ApiClient) -> None:
    full = api.target.credentials.get("vtex", {}).get("full", {})
    if not {KEY, TOKEN} <= set(full):
        raise CannotCheck("the target's credentials are no application key with its token")
    for sent in ({KEY: full[KEY]}, {TOKEN: full[TOKEN]}, {**full, KEY: "nothing"}, {**full, TOKEN: "nothing"}):
        api.call("GetProfileSchema", credentials="none", headers=sent, expect=401)


@scenario("VTEX-AUTH-1", needs={"control"})  # the form is assumed: at a vendor it is drift
def a_refusal_has_the_form_of_a_problem(api: ApiClient) -> None:
    problem = api.call("GetProfileSchema", credentials="none", expect=401).json
    text = (problem["type"], problem["title"], problem["status"])
    expected = ("https://tools.ietf.org/html/rfc7235#section-3.1", "Unauthorized", 401)
    holds(text == expected, f"the problem {expected}", f"{text}")


@scenario("VTEX-AUTH-2")
def a_key_without_resources_reads_nothing(api: ApiClient) -> None:
    _holds_refused(api, reads(api.target.dialect), NOBODYS, 403, "unprivileged")


@scenario("VTEX-AUTH-2", needs={"write"})
def a_key_without_resources_writes_nothing(api: ApiClient) -> None:
    _holds_refused(api, writes(api.target.dialect), household(api), 403, "unprivileged")


@scenario("VTEX-AUTH-2", needs={"write", "delete"})
def a_key_without_resources_deletes_nothing(api: ApiClient) -> None:
    ids = household(api)
    _holds_refused(api, deletes(api.target.dialect), ids, 403, "unprivileged")
    api.call("GetAddress", profileId=ids["profileId"], addressId=ids["addressId"], expect=200)


@scenario("VTEX-AUTH-2", needs={"erase"})
def a_key_without_resources_erases_nothing(api: ApiClient) -> None:
    _holds_refused(api, erasures(api.target.dialect), {}, 403, "unprivileged")


@scenario("VTEX-AUTH-2", needs={"write", "control"})
def a_key_without_resources_changes_no_schema(api: ApiClient) -> None:
    _holds_refused(api, schema_writes(api.target.dialect), {}, 403, "unprivileged")


@scenario("VTEX-AUTH-2")
def a_key_for_reading_reads_schemas_and_asks_for_no_erasure(api: ApiClient) -> None:
    api.call("GetProfileSchema", credentials="readonly", expect=200)
    api.call("GetCustomProfileSchema", credentials="readonly", expect=200)
    api.call("GetProfile", credentials="readonly", profileId=NOBODY, expect=404)
    api.call("getErasureJob", credentials="readonly", jobId=NOBODY, expect=403)


@scenario("VTEX-AUTH-2", needs={"write", "control"}, dialect="guide")
def in_the_guide_a_key_for_reading_changes_no_schema(api: ApiClient) -> None:
    _holds_refused(api, schema_writes(api.target.dialect), {}, 403, "readonly")


@scenario("VTEX-AUTH-2", needs={"write"}, dialect="reference")
def in_the_reference_any_resource_opens_every_call(api: ApiClient) -> None:
    ids = household(api)
    api.call("UpdateClientProfile", credentials="readonly", profileId=ids["profileId"], body={}, expect=200)


@scenario("VTEX-AUTH-2", needs={"write"}, dialect="guide")
def a_key_for_reading_reads_profiles_and_writes_nothing(api: ApiClient) -> None:
    ids = household(api)
    api.call("GetProfile", credentials="readonly", profileId=ids["profileId"], expect=200)
    _holds_refused(api, writes(api.target.dialect), ids, 403, "readonly")


@scenario("VTEX-AUTH-2", needs={"write", "delete"}, dialect="guide")
def a_key_for_reading_deletes_nothing(api: ApiClient) -> None:
    ids = household(api)
    _holds_refused(api, deletes(api.target.dialect), ids, 403, "readonly")
    api.call("GetProspect", prospectId=ids["prospectId"], expect=200)


@scenario("VTEX-AUTH-2", needs={"erase"})
def a_key_for_reading_erases_nothing(api: ApiClient) -> None:
    _holds_refused(api, erasures(api.target.dialect), {}, 403, "readonly")
