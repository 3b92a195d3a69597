"""HTTP server: uvicorn with a faster HTTP/1.1 protocol, limits, TLS, and a CONNECT proxy for the vendors' hosts."""
