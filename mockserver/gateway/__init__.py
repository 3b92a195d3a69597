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

from mockserver.gateway.application import Gateway
from mockserver.gateway.bodies import BODY
from mockserver.gateway.fault_injection import HANG_UP, Dropped
from mockserver.gateway.options import Options
from mockserver.gateway.recording import ANSWER, Watched
from mockserver.gateway.visit import Visit

__all__ = ["ANSWER", "BODY", "HANG_UP", "Dropped", "Gateway", "Options", "Visit", "Watched"]
