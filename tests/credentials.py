"""The credentials that work out of the box, as headers, typed out."""

VTEX = {"X-VTEX-API-AppKey": "vtexappkey-sandbox", "X-VTEX-API-AppToken": "sandbox-token"}
VTEX_USER = {"VtexIdclientAutCookie": "sandbox-user"}
VTEX_READONLY = {"X-VTEX-API-AppKey": "vtexappkey-readonly", "X-VTEX-API-AppToken": "sandbox-token"}
VTEX_NONE = {"X-VTEX-API-AppKey": "vtexappkey-none", "X-VTEX-API-AppToken": "sandbox-token"}
NEWSTORE = {"Authorization": "Bearer sandbox-newstore"}
NEWSTORE_EXPIRED = {"Authorization": "Bearer sandbox-expired"}
FASHIONAI = {"X-FashionAI-APP-Token": "fai_test_sandbox"}
ORACLE = {"Authorization": "Bearer sandbox-oracle"}
ORACLE_APPLICATION = {"Authorization": "Bearer sandbox-application-key"}
