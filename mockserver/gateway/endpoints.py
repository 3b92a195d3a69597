"""Connexion's API object and middleware that build and hold the endpoints of each document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.operations.abstract import AbstractOperation
from connexion.spec import Specification

from pii_sandbox.mockserver.gateway.endpoint import Endpoint
from pii_sandbox.mockserver.gateway.event_stream import EventStreamEndpoint
from pii_sandbox.mockserver.gateway.options import Options
from pii_sandbox.mockserver.gateway.routing import unbound_endpoint
from pii_sandbox.mockserver.vendor import Vendor
from pii_sandbox.specs import Operation


class EndpointAPI(RoutedAPI[Endpoint]):
    """Connexion API object that holds the endpoints of one document."""

    def __init__(
        self,
        specification: Specification,
        *,
        vendor: Vendor,
        document: str,
        facts: Mapping[str, Operation],
        endpoint_options: Options,
        **options: Any,
    ) -> None:
        super().__init__(specification, **options)
        # Connexion keys APIs by base path, which two documents can share; the document's name is unique
        self.base_path = document
        self.vendor = vendor
        self.facts = facts
        self.endpoint_options = endpoint_options
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> Endpoint:
        facts = self.facts[str(operation.operation_id)]
        kind = EventStreamEndpoint if facts.operation_id in self.vendor.streams else Endpoint
        return kind(operation, facts, self.vendor, self.endpoint_options)


class Endpoints(RoutedMiddleware[EndpointAPI]):
    """Innermost middleware of Connexion's stack; builds and holds the endpoints."""

    api_cls = EndpointAPI

    def __init__(self) -> None:
        super().__init__(unbound_endpoint)

    def of(self, document: str, operation_id: str) -> Endpoint:
        """Return the endpoint of an operation. Raises KeyError for an unknown document or operationId."""
        return self.apis[document][0].operations[operation_id]
