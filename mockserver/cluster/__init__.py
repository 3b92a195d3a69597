"""Sandboxes that several servers share, over a stream of NATS JetStream. Imported by `serve --cluster` alone."""

from pii_sandbox.mockserver.cluster.backend import ClusterBackend
from pii_sandbox.mockserver.cluster.connection import ClusterOptions

__all__ = ["ClusterBackend", "ClusterOptions"]
