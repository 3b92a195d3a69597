"""The target file that `pii-sandbox target init` writes."""

TEMPLATE = """\
# Where `pii-sandbox check --target FILE` goes, and what it may do there.
#
# Credentials are never written here: where one is needed, write the NAME of an environment variable that holds it.

name = "staging"              # how reports call this target

# What the run may do. "read" is always granted; add no more than the endpoint can bear:
#   write    create objects of its own and change them      delete   delete what it created
#   erase    erase people whom it invented (VTEX data subject rights; cannot be undone)
#   clock, control   a pii-sandbox server alone (needs control_url)
powers = ["read"]

dialect = "guide"             # which of two disagreeing vendor documents the endpoint follows: guide or reference
# control_url = "http://127.0.0.1:8080/_sandbox/v1"
# control_token = "PII_SANDBOX_CONTROL_TOKEN"
# proxy = "http://proxy.example.com:3128"     # or the name of an environment variable that holds the URL

[limits]                      # never passed; leave one out for no limit
requests_per_second = 5
requests = 3000
writes = 300                  # each object counts twice: its making and its undoing
minutes = 15

[tls]                         # certificates are always verified
# ca_file = "ca.pem"          # trust these instead of the usual authorities; paths start at this file's folder
# client_certificate = "client.pem"
# client_key = "client.key"
# allow_http = false          # true: plain HTTP to a host that is not this machine

# One table an API; an API without one is not checked. Hosts that stand in no url are never called.

# [vtex]
# url = "https://ACCOUNT.vtexcommercestable.com.br"
# [vtex.credentials.full]                       # headers, by what they may do
# X-VTEX-API-AppKey = "VTEX_APP_KEY"
# X-VTEX-API-AppToken = "VTEX_APP_TOKEN"
# [vtex.credentials.unprivileged]               # optional: a key without any resource (403)
# X-VTEX-API-AppKey = "VTEX_POOR_APP_KEY"
# X-VTEX-API-AppToken = "VTEX_POOR_APP_TOKEN"
# [vtex.credentials.wrong]                      # optional: refused with 401; made up where it is left out
# X-VTEX-API-AppKey = "VTEX_WRONG_APP_KEY"
# X-VTEX-API-AppToken = "VTEX_WRONG_APP_TOKEN"
# [vtex.data]                                   # what exists there and may be read, or a variable: {env = "NAME"}
# profile_id = "5f2b1e5c-0000-4000-8000-000000000000"
# email = {env = "VTEX_TEST_EMAIL"}

# [newstore]
# url = "https://TENANT.p.newstore.net"
# [newstore.credentials.full]
# Authorization = "Bearer NEWSTORE_TOKEN"       # the word Bearer, then the variable's name
# [newstore.login]                              # optional: for POST /v0/token
# username = "NEWSTORE_USER"
# password = "NEWSTORE_PASSWORD"

# [fashionai]
# url = "https://catalog.api.fashionaiale.com"
# [fashionai.credentials.full]
# X-FashionAI-APP-Token = "FASHIONAI_TOKEN"
# [fashionai.data]
# user_profile_id = {env = "FASHIONAI_TEST_ID"}
# phone = {env = "FASHIONAI_TEST_PHONE"}
# email = {env = "FASHIONAI_TEST_EMAIL"}
# document = {env = "FASHIONAI_TEST_DOCUMENT"}

# [oracle]
# url = "https://SITE.oracleoutsourcing.com"
# [oracle.credentials.full]
# Authorization = "Bearer ORACLE_ACCESS_TOKEN"
# [oracle.credentials.application]
# Authorization = "Bearer ORACLE_APPLICATION_KEY"
# [oracle.data]
# profile_id = "110658"
"""
