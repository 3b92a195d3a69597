"""What a documented format takes."""

from __future__ import annotations

import pytest

from pii_sandbox.mockserver import schemas

ID = "7166b518-67ef-596d-82e5-ab9f9b25e91e"


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (ID, True),
        (ID.upper(), True),
        ("00000000-0000-0000-0000-000000000000", True),
        (ID.replace("-", ""), False),
        (f"{{{ID}}}", False),
        (f"urn:uuid:{ID}", False),
        (f"{ID}\n", False),
        (f" {ID}", False),
        (ID.replace("7", "٧"), False),
        (ID.replace("7", "g"), False),
        ("7166b51867ef-596d-82e5-ab9f9b25-e91e", False),
        ("", False),
    ],
)
def test_a_uuid_is_32_hexadecimal_digits_in_five_groups(text: str, fits: bool) -> None:
    schema = {"type": "string", "format": "uuid"}
    assert schemas.compile_validator(schema).is_valid(text) is fits
    assert schemas.compile_validator(schemas.with_uuid_patterns({"items": [schema]})).is_valid([text]) is fits
