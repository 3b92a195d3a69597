"""The difference between a sandbox and its snapshot."""

from __future__ import annotations

import httpx

from tests.control.snapshot_calls import PROFILES, diff, save_snapshot
from tests.control_client import ControlClient
from tests.credentials import NEWSTORE


def test_the_difference_lists_ids_by_collection(http: httpx.Client, control: ControlClient) -> None:
    save_snapshot(control)
    assert diff(control) == {"collections": {}, "properties": {}, "state": {}}
    removed, changed = (stored["id"] for stored in control.documents("newstore", "profiles")[:2])
    control.call("DELETE", f"/documents/newstore/profiles/{removed}")
    profile = http.get(f"{PROFILES}/{changed}", headers=NEWSTORE).json()
    change = {"full_name": "Other", "last_updated_at": profile["updated_at"]}
    assert http.patch(f"{PROFILES}/{changed}", headers=NEWSTORE, json=change).status_code == 200
    added = http.post(PROFILES, headers=NEWSTORE, json={"email": "new@example.com"}).json()["id"]
    found = diff(control)["collections"]["newstore/profiles"]
    assert found == {"added": [added], "changed": [changed], "removed": [removed]}


def test_the_difference_names_the_changed_properties_of_a_document_without_their_values(control: ControlClient) -> None:
    stored = control.documents("oracle", "profiles")[0]
    document = {**stored["document"], "shippingAddresses": [{"city": "Bari"}, {"city": "Rome"}], "note": "a"}
    control.put("oracle", "profiles", stored["id"], document)
    save_snapshot(control)
    now = {name: value for name, value in document.items() if name != "note"}
    now |= {"firstName": "Other", "shippingAddresses": [{"city": "Bari"}, {"city": "Oslo"}, {}], "a@example.com": 1}
    control.put("oracle", "profiles", stored["id"], now)
    found = diff(control)["properties"]
    assert found.keys() == {"oracle/profiles"}
    paths = {"document.firstName", "document.note", "document.*"}
    paths |= {"document.shippingAddresses.1.city", "document.shippingAddresses.2"}
    assert set(found["oracle/profiles"][stored["id"]]) == paths


def test_the_difference_separates_state_from_documents(control: ControlClient) -> None:
    save_snapshot(control)
    control.dialect("reference")
    control.settings({"fashionai.slow": True})
    control.fault({"effect": {"status": 500}})
    state = diff(control)["state"]
    assert state["dialect"] == {"before": "guide", "now": "reference"}
    assert state["settings"]["now"] == {"fashionai.slow": True}
    assert state["faults"]["before"] == []
    assert set(state) == {"dialect", "settings", "faults"}
