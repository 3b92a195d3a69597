"""Two sample shoppers, used by all servers."""

from __future__ import annotations

from typing import Any

SARA: dict[str, Any] = {
    "firstName": "Sara",
    "lastName": "da Rocha",
    "email": "sara@example.com",
    "document": "39053344705",
    "documentType": "CPF",
    "birthDate": "1947-10-10",
    "gender": "female",
    "cellPhone": "+5585902635982",
    "customerCode": "C000001",
    "tags": [],
}
ANNA: dict[str, Any] = {
    "email": "anna@example.com",
    "full_name": "Anna Berg",
    "phone_number": "+5511999998888",
    "store_id": "store-2",
    "extended_attributes": {"loyalty_id": {"data_type": "string", "value": "0000000001"}},
}
