"""Builds one Connexion application per dialect from the OpenAPI documents of all vendors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from connexion.middleware.main import API, ConnexionMiddleware
from connexion.resolver import Resolver

from pii_sandbox import specs
from pii_sandbox.mockserver.call import Handler, Reply
from pii_sandbox.mockserver.gateway.endpoints import Endpoints
from pii_sandbox.mockserver.gateway.options import Options
from pii_sandbox.mockserver.gateway.request_spec import PackagedSpecification, without_responses
from pii_sandbox.mockserver.gateway.routing import Routing, problem_response
from pii_sandbox.mockserver.problems import Problem
from pii_sandbox.mockserver.vendor import Vendor
from pii_sandbox.specs import Dialect, SpecError


class Gateway:
    """The ASGI application of one dialect, as `app`. Requests carry their request context in the scope, under `KEY`.

    Raises SpecError for an operation without a handler, or a handler without an operation.
    """

    def __init__(self, vendors: Sequence[Vendor], dialect: Dialect, options: Options) -> None:
        endpoints = Endpoints()
        self._connexion = ConnexionMiddleware(endpoints, middlewares=[cast("Any", self._build_routing)])
        for vendor in vendors:
            _refuse_idle_handlers(vendor, dialect)
            for name in vendor.documents:
                document = specs.load(name, dialect)
                # what Connexion's `add_api` does, except that it would validate the document
                specification = PackagedSpecification(
                    document if options.validate_responses else without_responses(document)
                )
                connexion_options = self._connexion.options.replace(resolver=Resolver(_resolve(vendor, name)))
                self._connexion.apis.append(
                    API(
                        specification,
                        base_path=None,
                        **vars(connexion_options),
                        vendor=vendor,
                        document=name,
                        facts=specs.operations(name, dialect),
                        endpoint_options=options,
                    )
                )
        # Connexion would build its stack at the first request; built here, a missing handler fails the start
        self._connexion.app, self._connexion.middleware_stack = self._connexion._build_middleware_stack()
        self._routing.bind_endpoints(endpoints.of)
        self.app: Any = self._connexion.app

    def _build_routing(self, app: Any) -> Routing:
        self._routing = Routing(app)
        return self._routing

    def render(self, raw_path: str, problem: Problem) -> Reply:
        """Render the problem in the error form of the vendor of `raw_path`; as problem details if there is none."""
        vendor = self._routing.vendor_for_path(raw_path)
        return problem_response(problem) if vendor is None else vendor.render(problem)


def _resolve(vendor: Vendor, document: str) -> Callable[[str], Handler]:
    def handler(operation_id: str) -> Handler:
        if operation_id not in vendor.handlers:
            raise SpecError(f"{document}: operation {operation_id} has no handler in {vendor.name}")
        return vendor.handlers[operation_id]

    return handler


def _refuse_idle_handlers(vendor: Vendor, dialect: Dialect) -> None:
    operations = {operation for name in vendor.documents for operation in specs.operations(name, dialect)}
    idle = sorted(set(vendor.handlers) - operations)
    if idle:
        raise SpecError(f"{vendor.name}: handler {idle[0]} belongs to no operation of {', '.join(vendor.documents)}")
