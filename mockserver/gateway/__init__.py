"""Connexion on one side, Call and Reply on the other: the only package that knows both.

What depends on the document alone is built once for each operation when the application starts, in Connexion's own
extension points: a router (`routing`), and an endpoint an operation (`endpoint`) made of its parameters, body,
credentials and answers.
"""

import warnings

with warnings.catch_warnings():
    # Connexion imports Starlette's test client, which warns everybody of what nobody here uses, and old parts of
    # jsonschema: not to be the business of tests that turn warnings into errors
    warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="connexion")
    import connexion  # noqa: F401

from pii_sandbox.mockserver.gateway.application import Gateway
from pii_sandbox.mockserver.gateway.bodies import BODY
from pii_sandbox.mockserver.gateway.fault_injection import HANG_UP, ConnectionDropped
from pii_sandbox.mockserver.gateway.options import Options
from pii_sandbox.mockserver.gateway.recorder import ANSWER, ResponseRecorder
from pii_sandbox.mockserver.gateway.request_context import RequestContext

__all__ = ["ANSWER", "BODY", "HANG_UP", "ConnectionDropped", "Gateway", "Options", "RequestContext", "ResponseRecorder"]
