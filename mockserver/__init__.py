"""Stateful mock server: serves the vendors' OpenAPI documents, five customer-profile APIs, on one port."""
