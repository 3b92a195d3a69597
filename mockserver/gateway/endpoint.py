"""ASGI endpoint of one operation: authentication, fault injection, validation, handler call, response.

An endpoint is built once per operation, when the application starts.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from connexion.operations.abstract import AbstractOperation

from pii_sandbox.mockserver.call import Call, Handler, Principal, Reply
from pii_sandbox.mockserver.cross_site import is_foreign
from pii_sandbox.mockserver.gateway import (
    bodies,
    content_codings,
    credentials,
    fault_injection,
    parameters,
    responses,
    user_content,
)
from pii_sandbox.mockserver.gateway.options import Options
from pii_sandbox.mockserver.gateway.recorder import ResponseRecorder
from pii_sandbox.mockserver.gateway.request_context import KEY, RequestContext
from pii_sandbox.mockserver.lifetime import sandbox_deleted
from pii_sandbox.mockserver.problems import CrossSite, Problem, UnsupportedCoding
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import StoreError
from pii_sandbox.mockserver.vendor import PresentedCredentials, Vendor
from pii_sandbox.specs import Operation


class Endpoint:
    """Handles the requests of one operation.

    The steps, in this order: credentials, faults, parameters, body, handler, response.
    """

    def __init__(self, operation: AbstractOperation, facts: Operation, vendor: Vendor, options: Options) -> None:
        self.facts = facts
        self.vendor = vendor
        self.options = options
        self.handler: Handler = operation.function
        self.in_thread = facts.operation_id in vendor.in_thread
        self.reads_journal = facts.operation_id in vendor.reads_journal
        self.is_stateless = facts.operation_id in vendor.stateless
        self.outlasts_sandbox = facts.operation_id in vendor.outlasts_sandbox
        self.parameters = parameters.build_parameters(facts.path, operation.parameters)
        self.optional_setting = self.parameters.optional_setting
        self.relaxed_parameters = self.parameters.relaxed()
        self.body = bodies.body_reader(operation.request_body or {})
        self.extract = credentials.extractors(operation.security, operation.security_schemes or {})
        self.may_repeat = credentials.only_in_headers(self.extract, operation.security_schemes or {})
        self.presented: PresentedCredentials | None = None  # by the latest headers, which a client mostly repeats
        self.documented = (
            responses.response_validator(facts.operation_id, operation.responses)
            if options.validate_responses
            else None
        )
        self.fault_facts = {"api": vendor.name, "operation": facts.operation_id, "method": facts.method}

    async def __call__(self, scope: Any, receive: Any, send: ResponseRecorder) -> None:
        context: RequestContext = scope[KEY]
        context.operation = self.facts
        try:
            reply = await self._reply(context, scope, receive)
        except Problem as problem:
            reply = self._refused(context, problem)
        except StoreError:
            if not context.sandbox.lifetime.ended:
                raise
            reply = self._refused(context, sandbox_deleted())
        if context.sandbox.store.unflushed and not self.is_stateless:
            await context.sandbox.flushed()
        context.rule = reply.rule
        if self.vendor.cross_origin is not None:
            reply = self._cors_headers(context, reply)
        if reply.is_user_content:
            reply = user_content.protect(reply, context.headers)
        if self.documented is not None and context.fault is None and not _is_of_server(context):
            self.documented.check(reply)
        if context.fault is None and not reply.delay_seconds:
            await responses.send(reply, send, scope["method"], context.headers if self.options.compression else None)
        else:
            await fault_injection.respond(context.fault, reply, scope, receive, send)

    async def _reply(self, context: RequestContext, scope: Any, receive: Any) -> Reply:
        """Return the handler's reply. Raises the Problem with which a check or the handler refuses the call."""
        context.sandbox.process_expired(context.times[0])
        # read before any check can refuse the call: the journal shows what was sent
        context.body = bodies.received_body(scope, context.headers, self.options.largest_body)
        if context.body is None:
            context.body = await bodies.read_body(receive, context.headers, self.options.largest_body)
            scope[bodies.BODY] = context.body  # for a call that is handled again
        query: bytes = scope["query_string"]
        principal = self._caller(context, query)
        if context.sandbox.admit is not None:
            self._admit_authenticated(context)
        if "content-encoding" in context.headers:
            self._decode_body(context, query)
        if self.vendor.fault_injection and (context.sandbox.faults or fault_injection.HEADER in context.headers):
            context.fault = fault_injection.effect_on(context, self.fault_facts)
            fault_injection.refuse(context.fault)
        call = self._call(context, principal, query)
        if self.in_thread:
            if self.reads_journal:
                await context.sandbox.synchronize_journal()
            with context.sandbox.store.storage.held():
                reply = await asyncio.to_thread(self._handle_in_thread, call, context.sandbox)
            if self.reads_journal:
                await context.sandbox.settle_journal()
        else:
            reply = self.handler(call, context.sandbox)
        if context.sandbox.admit is not None:
            self._admit_answered(context)
        if context.sandbox.lifetime.ended and not self.outlasts_sandbox:
            raise sandbox_deleted()
        return reply

    def _caller(self, context: RequestContext, query: bytes) -> Principal:
        """Authenticate the caller. Raises Unauthenticated or Forbidden.

        Runs before fault injection, so that an unauthenticated call uses up no fault.
        """
        if self.vendor.guard is not None and not self._is_granted(context):
            self.vendor.guard(context.headers)
        if not self.extract:
            return self.vendor.anonymous
        presented = self.presented
        if presented is None or presented.headers is not context.headers or not self.may_repeat:
            presented = self.presented = credentials.presented_credentials(context, query, self.extract)
        return self.vendor.authenticate(presented, self.facts, context.sandbox)

    def _admit_authenticated(self, context: RequestContext) -> None:
        """Admit a request whose credentials are not in its body, before it can fail for another reason."""
        if self.extract and not (self.is_stateless and context.sandbox.is_shared):
            self._admit(context)

    def _admit_answered(self, context: RequestContext) -> None:
        """Admit a request whose credentials, if any, are in its body: the handler has checked them."""
        if not self.extract:
            self._admit(context)

    def _admit(self, context: RequestContext) -> None:
        """Make the provisional sandbox of an accepted request permanent.

        A page of another site creates no sandbox: its reads are served from the provisional one. Raises CrossSite for
        its writes.
        """
        if is_foreign(context.headers) and not self._is_granted(context):
            if self.facts.method == "GET":
                return
            raise CrossSite("a page of another site cannot create a sandbox")
        if context.sandbox.admit is not None and (self.extract or self.facts.method != "GET"):
            context.sandbox = context.sandbox.admit(context.sandbox)

    def _handle_in_thread(self, call: Call, sandbox: Sandbox) -> Reply:
        if self.outlasts_sandbox:
            return self.handler(call, sandbox)
        with sandbox.lifetime.use():
            return self.handler(call, sandbox)

    def _decode_body(self, context: RequestContext, query: bytes) -> None:
        if self.body is None or not context.body:
            return
        codings = context.headers["content-encoding"]
        try:
            context.body = content_codings.decode(context.body, codings, self.options.largest_body)
        except Problem:
            self.parameters.read(context, query)  # their errors are reported first, as with any other body
            raise

    def _refused(self, context: RequestContext, problem: Problem) -> Reply:
        context.refuse(problem)
        reply = self.vendor.render(problem)
        if isinstance(problem, UnsupportedCoding):  # marks the 415 as one about the coding (RFC 9110 15.5.16)
            return replace(reply, headers={**reply.headers, "Accept-Encoding": problem.accepted})
        return reply

    def _is_granted(self, context: RequestContext) -> bool:
        """Return whether the vendor allows the request's origin (CORS)."""
        origin, decide = context.headers.get("origin"), self.vendor.cross_origin
        return origin is not None and decide is not None and bool(decide(origin, context.sandbox).headers)

    def _call(self, context: RequestContext, principal: Principal, query: bytes) -> Call:
        """Validate the request and return the handler's argument.

        Raises Malformed, Unprocessable or UnsupportedMediaType for a request that the document does not allow.
        """
        definitions = self.parameters
        if self.optional_setting is not None and context.sandbox.setting(self.optional_setting):
            definitions = self.relaxed_parameters
        path, query_values, headers = definitions.read(context, query)
        body = None if self.body is None else self.body.read(context.body or b"", context.headers.get("content-type"))
        context.fits = True
        return Call(self.facts, principal, path, query_values, headers, body, context.url)

    def _cors_headers(self, context: RequestContext, reply: Reply) -> Reply:
        """Return the reply with the CORS headers of an allowed origin."""
        origin = context.headers.get("origin")
        if origin is None or self.vendor.cross_origin is None:
            return reply
        granted = self.vendor.cross_origin(origin, context.sandbox).headers
        return replace(reply, headers={**reply.headers, **granted})


def _is_of_server(context: RequestContext) -> bool:
    """Return whether the sandbox, not the API, refused the request: no vendor document lists such a response."""
    return context.refusal is not None and context.refusal.kind in ("CrossSite", "Unavailable")
