"""One operation of one document, built once: what a request goes through between the router and its handler."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.operations.abstract import AbstractOperation
from connexion.spec import Specification

from mockserver.call import Call, Handler, Reply
from mockserver.faults import Effect
from mockserver.gateway import answers, bodies, credentials, mishaps, parameters
from mockserver.gateway.options import Options
from mockserver.gateway.visit import Visit, visit_of
from mockserver.problems import Problem
from mockserver.vendor import Vendor
from specs import Operation


class Endpoint:
    """Faults, credentials, parameters, body, handler, answer: in this order, each as the document says."""

    def __init__(self, operation: AbstractOperation, facts: Operation, vendor: Vendor, options: Options) -> None:
        self.facts = facts
        self.vendor = vendor
        self.options = options
        self.handler: Handler = operation.function
        self.in_thread = facts.operation_id in vendor.in_thread
        self.parameters = parameters.parameters(facts.path, operation.parameters)
        self.body = bodies.body(operation.request_body or {})
        self.extract = credentials.extractors(operation.security, operation.security_schemes or {})
        self.documented = (
            answers.documented(facts.operation_id, operation.responses) if options.validate_answers else None
        )
        self.fault_facts = {"api": vendor.name, "operation": facts.operation_id, "method": facts.method}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        visit = visit_of(scope)
        visit.operation = self.facts
        visit.sandbox.settle(visit.times[0])
        effect: Effect | None = None
        try:
            # before anything can refuse: the journal tells what was sent
            raw = visit.body = await bodies.read(receive, scope["method"], visit.headers, self.options.largest_body)
            if self.vendor.meets_faults:
                effect = visit.fault = mishaps.effect_on(visit, self.fault_facts, scope["path"])
            if effect is not None:
                await mishaps.before(effect)
            reply = await self._answer(visit, scope["query_string"], raw)
        except Problem as problem:
            visit.refuse(problem)
            reply = self.vendor.render(problem)
        if visit.sandbox.store.pending:
            await visit.sandbox.store.lasting()
        visit.rule = reply.rule
        reply = self._shared_with(visit, reply)
        if self.documented is not None and effect is None:
            self.documented.check(reply)
        if reply.delay_seconds:
            await asyncio.sleep(reply.delay_seconds)
        if effect is None or not await mishaps.sent_badly(effect, reply, scope, send):
            await answers.sent(reply, send, scope["method"])

    async def _answer(self, visit: Visit, query: bytes, raw: bytes) -> Reply:
        caller = self.vendor.anonymous
        if self.extract:
            shown = credentials.presented(visit, query, self.extract)
            caller = self.vendor.authenticate(shown, self.facts, visit.sandbox)
        path, asked, headers = self.parameters.read(visit, query)
        body = self.body.read(raw, visit.headers.get("content-type")) if self.body is not None else None
        visit.fits = True
        call = Call(self.facts, caller, path, asked, headers, body, visit.url)
        if self.in_thread:
            return await asyncio.to_thread(self.handler, call, visit.sandbox)
        return self.handler(call, visit.sandbox)

    def _shared_with(self, visit: Visit, reply: Reply) -> Reply:
        """The reply with what a granted browser origin is told (CORS)."""
        origin = visit.headers.get("origin")
        if origin is None or self.vendor.cross_origin is None:
            return reply
        granted = self.vendor.cross_origin(origin, visit.sandbox).headers
        return replace(reply, headers={**reply.headers, **granted})


class EndpointAPI(RoutedAPI[Endpoint]):
    """The endpoints of one document."""

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
        # Connexion finds an API by its base path, and two documents can share one: the document's name tells them apart
        self.base_path = document
        self.vendor = vendor
        self.facts = facts
        self.endpoint_options = endpoint_options
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> Endpoint:
        facts = self.facts[str(operation.operation_id)]
        return Endpoint(operation, facts, self.vendor, self.endpoint_options)


class Endpoints(RoutedMiddleware[EndpointAPI]):
    """The innermost layer of Connexion's stack: hands a routed request to its endpoint."""

    api_cls = EndpointAPI

    def __init__(self) -> None:
        super().__init__(_nowhere)


async def _nowhere(scope: Any, receive: Any, send: Any) -> None:
    raise LookupError(f"routed to no endpoint: {scope.get('path')}")
