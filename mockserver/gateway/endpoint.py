"""One operation of one document, built once: what a request goes through between the router and its handler."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.operations.abstract import AbstractOperation
from connexion.spec import Specification

from mockserver.call import Call, Caller, Handler, Reply
from mockserver.cross_site import is_foreign
from mockserver.gateway import (
    answers,
    bodies,
    content_codings,
    credentials,
    fault_injection,
    parameters,
    user_content,
)
from mockserver.gateway.options import Options
from mockserver.gateway.recording import Watched
from mockserver.gateway.routing import nowhere
from mockserver.gateway.visit import KEY, Visit
from mockserver.lifetime import deleted
from mockserver.problems import CrossSite, Problem, UnsupportedCoding
from mockserver.sandbox import Sandbox
from mockserver.store import StoreError
from mockserver.vendor import Vendor
from specs import Operation


class Endpoint:
    """Credentials, faults, parameters, body, handler, answer: in this order, each as the document says."""

    def __init__(self, operation: AbstractOperation, facts: Operation, vendor: Vendor, options: Options) -> None:
        self.facts = facts
        self.vendor = vendor
        self.options = options
        self.handler: Handler = operation.function
        self.in_thread = facts.operation_id in vendor.in_thread
        self.outlasts_sandbox = facts.operation_id in vendor.outlasts_sandbox
        self.parameters = parameters.parameters(facts.path, operation.parameters)
        self.body = bodies.body(operation.request_body or {})
        self.extract = credentials.extractors(operation.security, operation.security_schemes or {})
        self.documented = (
            answers.documented(facts.operation_id, operation.responses) if options.validate_answers else None
        )
        self.fault_facts = {"api": vendor.name, "operation": facts.operation_id, "method": facts.method}

    async def __call__(self, scope: Any, receive: Any, send: Watched) -> None:
        visit: Visit = scope[KEY]
        visit.operation = self.facts
        try:
            reply = await self._reply(visit, scope, receive)
        except Problem as problem:
            reply = self._refused(visit, problem)
        except StoreError:
            if not visit.sandbox.lifetime.ended:
                raise
            reply = self._refused(visit, deleted())
        if visit.sandbox.store.pending:
            await visit.sandbox.store.lasting()
        visit.rule = reply.rule
        if self.vendor.cross_origin is not None:
            reply = self._shared_with(visit, reply)
        if reply.is_user_content:
            reply = user_content.protect(reply, visit.headers)
        if self.documented is not None and visit.fault is None and not _is_of_server(visit):
            self.documented.check(reply)
        if visit.fault is None and not reply.delay_seconds:
            await answers.sent(reply, send, scope["method"], visit.headers if self.options.compression else None)
        else:
            await fault_injection.respond(visit.fault, reply, scope, receive, send)

    async def _reply(self, visit: Visit, scope: Any, receive: Any) -> Reply:
        """What the handler answers. Raises the Problem that keeps the call from it, or that it has with the call."""
        visit.sandbox.settle(visit.times[0])
        # before anything can refuse: the journal tells what was sent
        visit.body = bodies.arrived(scope, visit.headers, self.options.largest_body)
        if visit.body is None:
            visit.body = await bodies.read(receive, visit.headers, self.options.largest_body)
        query: bytes = scope["query_string"]
        caller = self._caller(visit, query)
        if visit.sandbox.admit is not None and self.extract:
            self._admit(visit)
        if "content-encoding" in visit.headers:
            self._decode_body(visit, visit.headers["content-encoding"])
        if self.vendor.meets_faults and (visit.sandbox.faults or fault_injection.HEADER in visit.headers):
            visit.fault = fault_injection.effect_on(visit, self.fault_facts)
            fault_injection.refuse(visit.fault)
        call = self._call(visit, caller, query)
        if self.in_thread:
            reply = await asyncio.to_thread(self._handle_in_thread, call, visit.sandbox)
        else:
            reply = self.handler(call, visit.sandbox)
        if visit.sandbox.admit is not None and not self.extract:
            self._admit(visit)  # credentials that are in the body have passed by now
        if visit.sandbox.lifetime.ended and not self.outlasts_sandbox:
            raise deleted()
        return reply

    def _caller(self, visit: Visit, query: bytes) -> Caller:
        """Who calls. Raises Unauthenticated or Forbidden: before faults, so that nothing is kept for such a call."""
        if self.vendor.guard is not None and not self._is_granted(visit):
            self.vendor.guard(visit.headers)
        if not self.extract:
            return self.vendor.anonymous
        return self.vendor.authenticate(credentials.presented(visit, query, self.extract), self.facts, visit.sandbox)

    def _admit(self, visit: Visit) -> None:
        """Keeps the provisional sandbox of a request that has passed all that could turn it away.

        Pages of other sites make no sandbox: their reads are answered all the same. Raises CrossSite for their writes.
        """
        if is_foreign(visit.headers) and not self._is_granted(visit):
            if self.facts.method == "GET":
                return
            raise CrossSite("a page of another site makes no sandbox")
        if visit.sandbox.admit is not None and (self.extract or self.facts.method != "GET"):
            visit.sandbox = visit.sandbox.admit(visit.sandbox)

    def _handle_in_thread(self, call: Call, sandbox: Sandbox) -> Reply:
        if self.outlasts_sandbox:
            return self.handler(call, sandbox)
        with sandbox.lifetime.use():
            return self.handler(call, sandbox)

    def _decode_body(self, visit: Visit, codings: str) -> None:
        if self.body is not None and visit.body:
            visit.body = content_codings.decode(visit.body, codings, self.options.largest_body)

    def _refused(self, visit: Visit, problem: Problem) -> Reply:
        visit.refuse(problem)
        reply = self.vendor.render(problem)
        if isinstance(problem, UnsupportedCoding):  # the header tells this 415 from the other one (RFC 9110 15.5.16)
            return replace(reply, headers={**reply.headers, "Accept-Encoding": problem.accepted})
        return reply

    def _is_granted(self, visit: Visit) -> bool:
        """Whether the vendor lets pages of that origin call (CORS)."""
        origin, decide = visit.headers.get("origin"), self.vendor.cross_origin
        return origin is not None and decide is not None and bool(decide(origin, visit.sandbox).headers)

    def _call(self, visit: Visit, caller: Caller, query: bytes) -> Call:
        """What the handler is given. Raises Malformed and its like for what the document does not allow."""
        path, asked, headers = self.parameters.read(visit, query)
        body = None if self.body is None else self.body.read(visit.body or b"", visit.headers.get("content-type"))
        visit.fits = True
        return Call(self.facts, caller, path, asked, headers, body, visit.url)

    def _shared_with(self, visit: Visit, reply: Reply) -> Reply:
        """The reply with what a granted browser origin is told (CORS)."""
        origin = visit.headers.get("origin")
        if origin is None or self.vendor.cross_origin is None:
            return reply
        granted = self.vendor.cross_origin(origin, visit.sandbox).headers
        return replace(reply, headers={**reply.headers, **granted})


def _is_of_server(visit: Visit) -> bool:
    """Whether the refusal is one that no document of a vendor knows: it concerns the sandbox, not the API."""
    return visit.refusal is not None and visit.refusal.kind in ("CrossSite", "Unavailable")


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
    """The innermost layer of Connexion's stack, which holds the endpoints."""

    api_cls = EndpointAPI

    def __init__(self) -> None:
        super().__init__(nowhere)

    def of(self, document: str, operation_id: str) -> Endpoint:
        """The endpoint of an operation."""
        return self.apis[document][0].operations[operation_id]
