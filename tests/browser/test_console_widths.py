"""Nothing of the console is cut: texts, values, placeholders and choices fit, at three widths, in each view."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.browser.console_page import LIST, PROFILES, conflict, list_profiles, open_view, person
from tests.credentials import NEWSTORE, VTEX
from tests.server_process import ServerProcess

# What of a page does not fit: text that reaches out of an element around it, a field's value or placeholder that is
# wider than the field, the chosen option of a list that is.
CUT = """() => {
  const found = [];
  const shown = (each) => each.checkVisibility() && !each.closest('.away, .skip, datalist, option, dialog:not([open])');
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement;
    if (!node.data.trim() || !shown(holder) || holder.closest('select, textarea')) continue;
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      for (let around = holder; around !== document.body; around = around.parentElement) {
        if (['inline', 'contents'].includes(getComputedStyle(around).display)) continue;
        const outer = around.getBoundingClientRect();
        const isWide = box.right > outer.right + 1 || box.left < outer.left - 1;
        const isHigh = box.bottom > outer.bottom + 1 || box.top < outer.top - 1;
        if (isWide || (isHigh && around.matches('.rows a'))) {
          found.push(`${around.tagName}.${around.className}: ${node.data.trim()}`);
          break;
        }
      }
    }
  }
  const measure = document.createElement('canvas').getContext('2d');
  const width = (text, style) => { measure.font = style.font; return measure.measureText(text).width; };
  for (const field of document.querySelectorAll('input, select, textarea')) {
    if (!shown(field) || ['checkbox', 'radio', 'file', 'datetime-local'].includes(field.type)) continue;
    const style = getComputedStyle(field);
    const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    if (field.localName === 'select') {
      const text = field.selectedOptions[0]?.label ?? '';
      if (width(text, style) > room + 1) found.push(`select: ${text}`);
      continue;
    }
    if (field.scrollWidth > field.clientWidth + 1) found.push(`${field.localName}: ${field.value}`);
    const empty = field.placeholder;
    if (empty && width(empty, style) > room + 1) found.push(`placeholder: ${empty}`);
  }
  return found;
}"""


def world_of_long_texts(http: httpx.Client) -> dict[str, Any]:
    """Calls with long names and rules, faults, a snapshot, an erasure under way, an end; the person of the erasure."""
    conflict(http)
    list_profiles(http)
    shopper = person(http)
    ana = {
        "firstName": "Ana",
        "lastName": "Lee",
        "email": "ana.lee@example.org",
        "document": "1",
        "documentType": "CPF",
    }
    http.post(f"{PROFILES}?ttl=2", json=ana, headers=VTEX).raise_for_status()
    http.post(f"{LIST}/{shopper['ids']['newstore']}/delete", headers=NEWSTORE).raise_for_status()
    http.post(f"{LIST}/{shopper['ids']['newstore']}/delete", headers=NEWSTORE)
    http.get(f"{PROFILES}/{shopper['ids']['vtex']}/unmask", headers=VTEX)
    http.get("/api/storage/profile-system/no/such/path/at-all-in-any-document-of-these-four-apis")
    http.post("/_sandbox/v1/snapshots", json={"name": "before-the-nightly-run"}).raise_for_status()
    effect = {"effect": {"status": 502}, "match": {"api": "newstore", "operation": "requestProfileDeletion"}}
    http.post("/_sandbox/v1/faults", json={**effect, "times": 3}).raise_for_status()
    http.post("/_sandbox/v1/faults", json={"effect": {"delay_seconds": 3}, "match": {"api": "oracle"}})
    return shopper


@pytest.mark.parametrize("width", [375, 1280, 2560])
def test_no_text_value_or_placeholder_is_cut(
    browser: Any, server: ServerProcess, http: httpx.Client, width: int
) -> None:
    email = world_of_long_texts(http)["email"].replace("@", "%40")
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_default_timeout(20_000)
    page.goto(f"{server.url}/_sandbox/?sandbox={http.headers['X-Sandbox']}")
    views = ("calls", "calls/1", "calls/2", "people", f"people/{email}", "time", "world", "rules", "rules/VTEX-ALT-3")
    operations = (
        "vtex_profile_system.CreateClientProfile",
        "oracle_profiles.login",
        "newstore_customer_profile.getAddress",
    )
    cut = {}
    for view in (*views, "try", *(f"try/{operation}" for operation in operations)):
        open_view(page, view)
        page.locator(f"nav a[href='#/{view.partition('/')[0]}'][aria-current=page]").wait_for()
        page.locator("main section:visible h2" if "/" in view else "main section:visible").first.wait_for()
        page.wait_for_function("() => !document.querySelector('main').innerText.includes('Loading…')")
        if view.startswith("try/"):  # once the fields are filled
            page.locator("form.form button:enabled").wait_for()
        found = page.evaluate(CUT)
        if found:
            cut[view] = found
    page.close()
    assert cut == {}


def test_text_that_is_cut_off_is_detected(page: Any) -> None:
    """The check itself: a list, a text and a placeholder that are made too narrow."""
    open_view(page, "world")
    page.get_by_role("heading", name="Faults").wait_for()
    page.get_by_label("Effect").wait_for()
    assert page.evaluate(CUT) == []
    page.get_by_label("Effect").evaluate("each => { each.style.width = '4rem' }")
    page.get_by_label("Times").evaluate("each => { each.value = ''; each.placeholder = 'as often as it is met' }")
    page.get_by_role("button", name="Add a fault").evaluate(
        "each => { each.style.cssText = 'width: 3rem; white-space: nowrap; padding: 0' }"
    )
    found = page.evaluate(CUT)
    for wanted in ("select: Error status", "placeholder: as often as it is met", "Add a fault"):
        assert any(wanted in each for each in found), (wanted, found)
