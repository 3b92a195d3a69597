"""Documents made by hand."""

from __future__ import annotations

import pytest

from tests.conformance.contract.documents import Documents


@pytest.fixture
def documents(monkeypatch: pytest.MonkeyPatch) -> Documents:
    return Documents(monkeypatch)
