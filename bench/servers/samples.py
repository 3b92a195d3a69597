"""One shopper, and the schema of a small profile, alike for all who are compared."""

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
SMALL_PROFILE: dict[str, Any] = {
    "type": "object",
    "required": ["email"],
    "properties": {
        "email": {"type": "string", "format": "email"},
        "full_name": {"type": "string", "nullable": True, "maxLength": 256},
        "phone_number": {"type": "string", "nullable": True, "pattern": r"^\+[1-9]\d{1,14}$"},
    },
}
