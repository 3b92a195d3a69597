"""Adapts Connexion to `Call` and `Reply`: routing, request validation, authentication, fault injection, responses.

No other package imports Connexion. Everything that depends only on the document is built once, when the application
starts, in Connexion's extension points: a router (`routing`), and for each operation an endpoint (`endpoint`) with
its parameters, body, credentials and responses.
"""

import warnings

with warnings.catch_warnings():
    # Connexion imports Starlette's test client, which emits a deprecation warning that does not concern this project,
    # and deprecated parts of jsonschema: neither may fail test suites that turn warnings into errors
    warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="connexion")
    import connexion  # noqa: F401

from pii_sandbox.mockserver.gateway.application import Gateway
from pii_sandbox.mockserver.gateway.bodies import BODY
from pii_sandbox.mockserver.gateway.event_stream import IS_ENDING
from pii_sandbox.mockserver.gateway.fault_injection import HANG_UP, ConnectionDropped
from pii_sandbox.mockserver.gateway.options import Options
from pii_sandbox.mockserver.gateway.recorder import RESPONSE, ResponseRecorder
from pii_sandbox.mockserver.gateway.request_context import RequestContext

__all__ = [
    "BODY",
    "HANG_UP",
    "IS_ENDING",
    "RESPONSE",
    "ConnectionDropped",
    "Gateway",
    "Options",
    "RequestContext",
    "ResponseRecorder",
]
