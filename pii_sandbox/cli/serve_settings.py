"""Settings of a settings file for `pii-sandbox serve`: the names of its options.

Apart from the command, since every command reads the settings files and most do without importing the server.
"""

_NAMES = """
    host port uds data durable seed shoppers locale dialect no_auth control_token forwarded_allow_ips max_body
    max_sandboxes evict_idle validate_responses no_compression plain_http_server log_format log_level
    tls tls_port tls_host tls_cert tls_key tls_client_ca
    max_request_line max_header_bytes max_headers request_timeout response_timeout max_connections shutdown_timeout
    cluster reads workers
"""
SERVE_SETTINGS = frozenset(_NAMES.split())
