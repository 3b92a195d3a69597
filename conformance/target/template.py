"""The target file that `pii-sandbox target init` writes: a commented head, then one table an API from its facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pii_sandbox.specs.api_facts import Api, CredentialValue, apis, vendors

_HEAD = """\
# The endpoint that `pii-sandbox check --target FILE` checks, and what the run may do there.
#
# This file never contains credentials: write the NAME of the environment variable that contains each.

name = "staging"              # the name of this target in reports

# What the run may do. "read" is always granted; grant only what may be done at the endpoint:
#   write    create objects of its own and change them      delete   delete what it created
#   erase    erase people whom it created (data subject rights; cannot be undone)
#   clock, control   only at a pii-sandbox server (needs control_url)
powers = ["read"]

dialect = "guide"             # which of two disagreeing vendor documents the endpoint follows: guide or reference
# control_url = "http://127.0.0.1:8080/_sandbox/v1"
# control_token = "PII_SANDBOX_CONTROL_TOKEN"
# proxy = "http://proxy.example.com:3128"     # or the name of an environment variable that holds the URL

[limits]                      # never exceeded; leave one out for no limit
requests_per_second = 5
requests = 3000
writes = 300                  # each object counts twice: its creation and its deletion
minutes = 15

[answers]                     # bounds of one response; a response beyond them is not checked
# seconds = 30                # from the request to the last byte
# wire_bytes = 16777216       # as received; decoded_bytes is for the body without its content codings
# decoded_bytes = 16777216
# depth = 200                 # levels of JSON, 200 at most
# values = 200000             # values of JSON
# headers = 200
# header_bytes = 16384        # of one header, its name included

[tls]                         # certificates are always verified
# ca_file = "ca.pem"          # trust these instead of the usual authorities; paths start at this file's folder
# client_certificate = "client.pem"
# client_key = "client.key"
# allow_http = false          # true: plain HTTP to a host that is not this machine

# One table per API; an API without a table is not checked. Only the hosts in these URLs are called.
# `pii-sandbox target check FILE` shows what the credentials give access to and how many rules can be checked.
"""
_COMMENT_COLUMN = 48


def template(names: Iterable[str] | None = None) -> str:
    """The target file for the APIs, ready to fill in; None: the tables of all APIs, all of them commented out.

    Of a table that is to be filled in, what is optional is commented out.
    """
    if names is None:
        tables = ["\n".join(map(_commented_out, _table(api))) for api in map(apis().__getitem__, vendors())]
    else:
        tables = ["\n".join(_ready(apis()[name])) for name in names]
    return "\n\n".join([_HEAD.rstrip(), *tables]) + "\n"


def _ready(api: Api) -> Iterator[str]:
    """The table of an API: its URL and full credentials to fill in, what is optional commented out."""
    table = ""
    for line in _table(api):
        if line.startswith("["):
            table = line
        is_required = table.startswith((f"[{api.name}]", f"[{api.name}.credentials.full]"))
        yield line if is_required else _commented_out(line)


def _commented_out(line: str) -> str:
    return f"# {line}".rstrip()


def _table(api: Api) -> Iterator[str]:
    """The lines of the table of one API."""
    yield f"[{api.name}]"
    yield _with_comment(f'url = "{api.url}"', f"or {api.other_url}") if api.other_url else f'url = "{api.url}"'
    for kind in api.credentials.values():
        yield _with_comment(f"[{api.name}.credentials.{kind.name}]", kind.comment)
        yield from _assignments(kind.headers)
    if api.login is not None and api.login.fields:
        yield _with_comment(f"[{api.name}.login]", api.login.comment)
        yield from _assignments(api.login.fields)
    if api.data:
        yield _with_comment(f"[{api.name}.data]", 'records that exist and may be read, or a variable: {env = "NAME"}')
    for datum in api.data.values():
        value = f'"{datum.example}"' if datum.variable is None else f'{{env = "{datum.variable}"}}'
        yield f"{datum.name} = {value}"


def _assignments(credentials: Mapping[str, CredentialValue]) -> Iterator[str]:
    for name, credential in credentials.items():
        yield f'{name} = "{credential.header(credential.variable)}"'


def _with_comment(line: str, comment: str) -> str:
    return f"{line:<{_COMMENT_COLUMN - 2}}# {comment}" if comment else line
