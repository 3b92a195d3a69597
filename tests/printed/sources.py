"""What each source of the rules prints of answers, and what replays it: the table behind `test_printed_forms`.

Each row is a source, one form that it prints, and how it is replayed: by cases of `test_printed_forms`; by the sandbox
itself (`SERVED`), which answers so in the dialect that is named, and whose own `check` is 100 %; by the sandbox with a
setting at its other reading (`READING`), in `test_other_readings`; or not at all (`SLIP`), since the rules take it for
a slip of the page.
"""

from __future__ import annotations

from dataclasses import dataclass

SERVED = "served"
SLIP = "slip"
READING = "other reading"


@dataclass(frozen=True)
class Row:
    """`cases`: of `test_printed_forms`. `otherwise`: the dialect, setting or reason is in `why`."""

    source: str
    form: str
    cases: tuple[str, ...] = ()
    otherwise: str = ""
    why: str = ""


def replayed_row(source: str, form: str, *cases: str) -> Row:
    return Row(source, form, cases)


def served_row(source: str, form: str, dialect: str) -> Row:
    return Row(source, form, (), SERVED, dialect)


def reading_row(source: str, form: str, setting: str) -> Row:
    return Row(source, form, (), READING, setting)


def slip_row(source: str, form: str, why: str) -> Row:
    return Row(source, form, (), SLIP, why)


GUIDE, REFERENCE, BOTH = "guide", "reference", "guide and reference"
VTEX_GUIDE = "VTEX, Profile System guide"
VTEX_REFERENCE = "VTEX, Profile System API reference"
VTEX_SCHEMAS = "VTEX, guide on profile schemas"
VTEX_WEBHOOK = "VTEX, README of the webhook app"
VTEX_CLIENT = "VTEX, open-source storefront client"
VTEX_ERASURE = "VTEX, guide on erasing customer data"
VTEX_RIGHTS = "VTEX, Data Subject Rights API reference"
VTEX_JOBS = "VTEX, User Rights API"
NEWSTORE_PAGE = "NewStore, Customer Profile API"
NEWSTORE_SIGN_IN = "NewStore, authentication guide"
NEWSTORE_OTHER = "NewStore, further pages"
FASHIONAI_PAGE = "Fashion.AI, Customer Profiling API"
FASHIONAI_SIGN_IN = "Fashion.AI, authentication guide"
ORACLE_PAGE = "Oracle, getProfile"
ORACLE_ERRORS = "Oracle, page on error messages"
ORACLE_SIGN_IN = "Oracle, page on REST authentication"
ORACLE_OTHER = "Oracle, further pages"
ORACLE_CLIENT = "Oracle client of a payment vendor"

ROWS = (
    served_row(VTEX_GUIDE, "one profile as an object, masked and unmasked", GUIDE),
    replayed_row(
        VTEX_GUIDE,
        "the same, `document` before `meta`, at a target of the other dialect",
        "VTEX, guide, one profile, in the reference's dialect",
    ),
    served_row(VTEX_GUIDE, "meta of a profile with lastUpdate, of an address with lastUpdateDate", GUIDE),
    served_row(VTEX_GUIDE, "masks character by character; birthDate and documentType in clear", BOTH),
    slip_row(VTEX_GUIDE, "dates like 13/12/2021T00:00:00Z", "no format of dates; the page's address has the other one"),
    slip_row(VTEX_GUIDE, "the version `abc`", "a placeholder: elsewhere on the page a version is a UUID"),
    served_row(VTEX_REFERENCE, "one profile as an array of one", REFERENCE),
    replayed_row(
        VTEX_REFERENCE,
        "the same at a target of the other dialect",
        "VTEX, API reference, one profile, in the guide's dialect",
    ),
    replayed_row(
        VTEX_REFERENCE,
        "a version of a profile as an array of one",
        "VTEX, guide, versions as the API reference has them",
    ),
    replayed_row(VTEX_REFERENCE, "meta of a profile with lastUpdate alone", "VTEX, API reference, meta"),
    replayed_row(VTEX_REFERENCE, "no expirationDate where it would be null", "VTEX, API reference"),
    replayed_row(VTEX_REFERENCE, "a schema without v-indexed, v-unique and version", "VTEX, API reference"),
    served_row(VTEX_REFERENCE, "the full schema, and cvv2 as null", REFERENCE),
    served_row(VTEX_REFERENCE, "PUT of the schema with 201 and no body, POST of purchase information with 200", BOTH),
    slip_row(VTEX_REFERENCE, "an email masked as one run, in versions", "the rules follow the guide's examples"),
    slip_row(VTEX_REFERENCE, "masks of a fixed length, in prospects", "the rules follow the guide's examples"),
    served_row(VTEX_SCHEMAS, "the custom schema with its version, documentTTL where set", BOTH),
    replayed_row(
        VTEX_WEBHOOK,
        "meta with lastUpdateDate and expirationDate, without lastUpdate",
        "VTEX, webhook app",
        "VTEX, webhook app, in the guide's dialect",
    ),
    replayed_row(VTEX_WEBHOOK, "the unmasked read of a version as an object", "VTEX, webhook app"),
    reading_row(VTEX_WEBHOOK, "an unmasked read without a reason is answered", "vtex.reason_optional"),
    served_row(
        VTEX_CLIENT, "the first of an array of profiles, and what an address holds beside the required", REFERENCE
    ),
    replayed_row(
        VTEX_ERASURE,
        "`VTEX Checkout` with one space, as the page shows it",
        "VTEX, guide, versions as the API reference has them",
    ),
    served_row(
        VTEX_ERASURE, "`VTEX  Checkout` with two, Completed, four times Deleted, times with and without offset", BOTH
    ),
    replayed_row(VTEX_RIGHTS, "Completed as the status of an application", "VTEX, API reference"),
    replayed_row(
        VTEX_RIGHTS, "PendingDeletion as such, in place of Deleted", "VTEX, API reference, pending applications"
    ),
    served_row(VTEX_RIGHTS, "Error, PendingCheck, Blocked and errorDetail, where an application fails", BOTH),
    replayed_row(
        VTEX_JOBS,
        "the message `Job not found`, the one form of an error that VTEX prints in this family",
        "VTEX, errors in the one form that VTEX prints",
    ),
    served_row(VTEX_JOBS, "201 with jobId, then InProgress and Success with a message", BOTH),
    replayed_row(NEWSTORE_PAGE, "one sample for every error", "NewStore, samples"),
    replayed_row(NEWSTORE_PAGE, "422 and no 400 for updates, 400 for other calls", "NewStore, 400 for updates"),
    replayed_row(NEWSTORE_PAGE, "stamps in whole seconds", "NewStore, samples of stamps"),
    replayed_row(
        NEWSTORE_PAGE, "detokenize with a text; no answer without data or errors", "NewStore, samples of tokens"
    ),
    served_row(NEWSTORE_PAGE, "profile, address, pagination_info, ids, data id", BOTH),
    slip_row(
        NEWSTORE_PAGE, "`string` as phone number and country code", "a placeholder, which the page's own text refuses"
    ),
    served_row(NEWSTORE_SIGN_IN, "access_token, token_type, expires_in, and refresh_token", BOTH),
    served_row(NEWSTORE_OTHER, "the value of an attribute as a string, whatever its data_type", BOTH),
    replayed_row(FASHIONAI_PAGE, "the printed profile", "Fashion.AI, the printed example"),
    served_row(FASHIONAI_PAGE, "statusCode, message and error of 404, 401 and 429", BOTH),
    replayed_row(
        FASHIONAI_PAGE, "a browser that is blocked, no status named", "Fashion.AI, a preflight without a grant"
    ),
    served_row(FASHIONAI_SIGN_IN, "401 without the token's header", BOTH),
    replayed_row(ORACLE_PAGE, "the example", "Oracle, the printed example"),
    replayed_row(ORACLE_PAGE, "the example's link to itself, of the administration", "Oracle, the printed example"),
    replayed_row(
        ORACLE_PAGE,
        "the example at a target of the schema's dialect",
        "Oracle, the printed example, in the schema's dialect",
    ),
    served_row(ORACLE_PAGE, "the schema: profileDetail and what stands beside it", REFERENCE),
    replayed_row(ORACLE_ERRORS, "the optional properties of an error", "Oracle, open-source client and other pages"),
    served_row(ORACLE_SIGN_IN, "access_token and token_type, 401 in Oracle's error form", BOTH),
    replayed_row(
        ORACLE_OTHER,
        "400 for what does not exist: codes without statuses",
        "Oracle, open-source client and other pages",
    ),
    reading_row(ORACLE_OTHER, "400 for a missing profile of the sandbox itself", "oracle.missing_profile_status"),
    served_row(ORACLE_OTHER, "the same operations under /ccadmin, expand=roles", BOTH),
    replayed_row(
        ORACLE_CLIENT,
        "further properties, nulls, `active` as a boolean",
        "Oracle, open-source client and other pages",
        "Oracle, open-source client, in the schema's dialect",
    ),
    replayed_row(ORACLE_CLIENT, "any errorCode on 401", "Oracle, open-source client and other pages"),
    served_row(ORACLE_CLIENT, "masked card numbers, `creditCards.cardProps,creditCards.id` as fields", BOTH),
)
