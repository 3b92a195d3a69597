"""Host names of the vendors' own servers, read from a document's `servers`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_VARIABLE = re.compile(r"\{([^{}]+)\}")


def host_patterns(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the HTTPS hosts of a document; a variable that is the first label becomes a wildcard.

    `https://{accountName}.{environment}.com.br/api` gives `*.vtexcommercestable.com.br`: other variables stand for
    their default, as certificates know wildcards in the first label only.
    """
    return tuple(dict.fromkeys(_pattern(server) for server in _https_servers(document)))


def host_examples(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the HTTPS hosts of a document with each variable at its default: names for a hosts file."""
    return tuple(dict.fromkeys(_with_defaults(_host_of(server["url"]), server) for server in _https_servers(document)))


def _https_servers(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [server for server in document.get("servers", ()) if server["url"].startswith("https://")]


def _pattern(server: Mapping[str, Any]) -> str:
    host = _host_of(server["url"])
    first, _, rest = host.partition(".")
    return _with_defaults(f"*.{rest}" if rest and _VARIABLE.fullmatch(first) else host, server)


def _host_of(url: str) -> str:
    """Return the host of a URL template. Not by `hostname` of urlsplit, which lower-cases names of variables."""
    return urlsplit(url).netloc.rpartition("@")[2].partition(":")[0]


def _with_defaults(host: str, server: Mapping[str, Any]) -> str:
    variables = server.get("variables", {})
    return _VARIABLE.sub(lambda variable: str(variables[variable[1]]["default"]), host).lower()
