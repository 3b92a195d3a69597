"""The measured servers, one module each. A new one must be added to this list."""

from bench.contenders import (
    connexion_stock,
    fastapi_plain,
    json_server,
    mockoon,
    prism,
    sandbox,
    starlette_bare,
    wiremock,
)
from bench.contenders.contender import Contender

ALL: dict[str, Contender] = {
    contender.name: contender
    for contender in (
        sandbox.MEMORY,
        sandbox.DATA,
        sandbox.DURABLE,
        sandbox.CHECKED,
        sandbox.HTTPS,
        starlette_bare.STARLETTE,
        starlette_bare.HTTPS,
        fastapi_plain.FASTAPI,
        connexion_stock.CONNEXION,
        prism.PRISM,
        prism.PRISM_NEWSTORE,
        wiremock.WIREMOCK,
        json_server.JSON_SERVER,
        mockoon.MOCKOON,
    )
}
