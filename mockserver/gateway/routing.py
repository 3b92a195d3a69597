"""Routes a request to an operation by method and raw path.

Connexion's router matches decoded paths, so `%2F` in an alternative key would split a segment (VTEX-ALT-6), and its
`Allow` header lists one route only. This router matches the raw path segment by segment; a literal segment takes
precedence over a parameter.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from connexion.middleware.abstract import AbstractRoutingAPI, SpecMiddleware
from connexion.operations.abstract import AbstractOperation
from connexion.spec import Specification

from pii_sandbox.mockserver.call import Reply
from pii_sandbox.mockserver.gateway import responses
from pii_sandbox.mockserver.gateway.parameters import percent_decode
from pii_sandbox.mockserver.gateway.request_context import KEY, RequestContext
from pii_sandbox.mockserver.problems import MethodNotAllowed, NotFound, Problem
from pii_sandbox.mockserver.vendor import CrossOrigin, Vendor

Endpoint = Callable[[Any, Any, Any], Awaitable[None]]  # an ASGI application


@dataclass(slots=True)
class Route:
    """The target of a request: vendor, document, operationId, and the endpoint that serves it."""

    vendor: Vendor
    document: str
    operation_id: str
    endpoint: Endpoint


@dataclass(slots=True)
class Node:
    """Node of the path tree. `fixed`: children by literal segment; `any`: the child for a path parameter."""

    fixed: dict[str, Node] = field(default_factory=dict)
    any: Node | None = None
    routes: dict[str, Route] = field(default_factory=dict)
    vendors: dict[str, Vendor] = field(default_factory=dict)

    def allow(self) -> list[str]:
        """Return the allowed methods of this path, sorted; GET includes HEAD."""
        return sorted({*self.routes, *(("HEAD",) if "GET" in self.routes else ())})


class RoutingAPI(AbstractRoutingAPI[AbstractOperation]):
    """Adds the operations of one document to the path tree."""

    def __init__(
        self, specification: Specification, *, tree: Node, vendor: Vendor, document: str, **options: Any
    ) -> None:
        self.tree = tree
        self.routes: list[Route] = []
        self.document = document
        self.vendor = vendor
        super().__init__(specification, **options)

    def make_operation(self, operation: AbstractOperation) -> AbstractOperation:
        return operation

    @staticmethod
    def _framework_path_and_name(operation: AbstractOperation, path: str) -> tuple[str, str]:
        return path, path

    def _add_operation_internal(
        self, method: str, path: str, operation: AbstractOperation, name: str | None = None
    ) -> None:
        node = self.tree
        for segment in _segments(self.base_path + path):
            if segment.startswith("{"):
                node.any = node.any or Node()
                node = node.any
            else:
                node = node.fixed.setdefault(segment, Node())
            node.vendors[self.vendor.name] = self.vendor
        route = Route(self.vendor, self.document, str(operation.operation_id), unbound_endpoint)
        node.routes[method.upper()] = route
        self.routes.append(route)


class Routing(SpecMiddleware):
    """Outermost middleware of Connexion's stack: routes, or responds 404 or 405 in the vendor's form."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.tree = Node()
        self._routes: list[Route] = []

    def add_api(self, specification: Specification, **kwargs: Any) -> RoutingAPI:
        api = RoutingAPI(specification, tree=self.tree, **kwargs)
        self._routes += api.routes
        return api

    def bind_endpoints(self, endpoint: Callable[[str, str], Endpoint]) -> None:
        """Set each route's endpoint to `endpoint(document, operation_id)`. Called once, at start-up."""
        for route in self._routes:
            route.endpoint = endpoint(route.document, route.operation_id)

    def vendor_for_path(self, raw_path: str) -> Vendor | None:
        """Return the vendor with paths under this path's longest known prefix; None if there is none, or several."""
        node, vendor = self.tree, None
        for segment in _segments(raw_path):
            following = node.fixed.get(segment) or node.any
            if following is None:
                break
            node = following
            vendor = next(iter(node.vendors.values())) if len(node.vendors) == 1 else None
        return vendor

    def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        """Return an awaitable for the request; not a coroutine function, because it would only await another one."""
        if scope["type"] != "http":
            return self.app(scope, receive, send)
        context: RequestContext = scope[KEY]
        try:
            route = self._route(context, scope["method"])
        except Problem as problem:
            vendor = context.vendor = self.vendor_for_path(context.raw_path)
            context.refuse(problem)
            reply = self._refusal(context, vendor, problem, scope["method"])
            context.rule = reply.rule
            if context.sandbox.is_shared and "origin" in context.headers:
                return _send_confirmed(context, reply, send, scope["method"])
            return responses.send(reply, send, scope["method"])
        context.vendor = route.vendor
        return route.endpoint(scope, receive, send)

    def _route(self, context: RequestContext, method: str) -> Route:
        node, values = _match_path(self.tree, _segments(context.raw_path))
        if node is None:
            raise NotFound("there is no such path")
        if values:
            context.path_values = [percent_decode(value) for value in values] if "%" in context.raw_path else values
        route = node.routes.get(method)
        if route is None and method == "HEAD":
            route = node.routes.get("GET")
        if route is None:
            raise MethodNotAllowed(f"{method} is not allowed here", allow=node.allow())
        return route

    @staticmethod
    def _refusal(context: RequestContext, vendor: Vendor | None, problem: Problem, method: str) -> Reply:
        if vendor is None:
            return problem_response(problem)
        refused = vendor.render(problem)
        decided = _cross_origin(context, vendor)
        if decided is None:
            return refused
        if method != "OPTIONS" or not isinstance(problem, MethodNotAllowed):  # not a preflight request
            return replace(refused, headers={**refused.headers, **decided.headers})
        if not decided.headers:
            return replace(refused, rule=decided.rule)
        return Reply(204, headers=decided.headers, rule=decided.rule)


async def _send_confirmed(context: RequestContext, reply: Reply, send: Any, method: str) -> None:
    """Send a response that depends on the settings of a shared sandbox, once these are known to be the latest."""
    await context.sandbox.flushed()
    await responses.send(reply, send, method)


def _cross_origin(context: RequestContext, vendor: Vendor) -> CrossOrigin | None:
    origin = context.headers.get("origin")
    return vendor.cross_origin(origin, context.sandbox) if origin and vendor.cross_origin else None


def problem_response(problem: Problem) -> Reply:
    """Return problem details (RFC 9457) for a problem outside all vendors' paths."""
    status = 405 if isinstance(problem, MethodNotAllowed) else 404 if isinstance(problem, NotFound) else 400
    headers = {"Allow": ", ".join(problem.allow)} if isinstance(problem, MethodNotAllowed) else {}
    body = {"type": "about:blank", "title": problem.message, "status": status}
    return Reply(status, body, media_type="application/problem+json", headers=headers, rule=problem.rule)


def _segments(path: str) -> list[str]:
    return path.removeprefix("/").split("/")


def _match_path(tree: Node, segments: list[str]) -> tuple[Node | None, list[str]]:
    """Return the node that the segments match (None if there is none) and the values of its path parameters.

    Walks without backtracking first, which suffices for nearly all paths.
    """
    node = tree
    values: list[str] = []
    for segment in segments:
        following = node.fixed.get(segment)
        if following is None:
            if node.any is None or not segment or (node.fixed and "%" in segment):
                break
            following = node.any
            values.append(segment)
        node = following
    else:
        if node.routes:
            return node, values
    values = []
    return _backtrack(tree, segments, 0, values), values


def _backtrack(node: Node, segments: list[str], at: int, values: list[str]) -> Node | None:
    """Return the matching node with the most literal segments, or None; append its path parameters to `values`."""
    if at == len(segments):
        return node if node.routes else None
    segment = segments[at]
    fixed = node.fixed.get(segment) or (node.fixed.get(_without_empty_query(segment)) if "%" in segment else None)
    match = None if fixed is None else _backtrack(fixed, segments, at + 1, values)
    if match is None and node.any is not None and segment:
        values.append(segment)
        match = _backtrack(node.any, segments, at + 1, values)
        if match is None:
            values.pop()
    return match


async def unbound_endpoint(scope: Any, receive: Any, send: Any) -> None:
    """Stand in for an endpoint until `bind_endpoints` sets it. Raises LookupError."""
    raise LookupError(f"routed to no endpoint: {scope.get('path')}")


def _without_empty_query(segment: str) -> str:
    """Decode a needlessly percent-encoded segment (`%75nmask`), so that it matches the literal one."""
    return percent_decode(segment)
