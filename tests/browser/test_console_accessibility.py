"""The console by keyboard, on narrow pages, with reduced motion, and checked by axe for accessibility."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser.console_page import confirm, conflict, open_view, person
from tests.credentials import NEWSTORE
from tests.server_process import ServerProcess

VIEWS = ("calls", "people", "time", "world", "rules", "try")
AXE = Path(__file__).with_name("axe.min.js")


def tab_to(page: Any, name: str) -> None:
    """Press Tab until what has that name or text has the focus."""
    for _ in range(500):
        page.keyboard.press("Tab")
        focused = page.evaluate("""() => {
          const found = document.activeElement;
          return [found.ariaLabel, found.textContent, found.placeholder, found.labels?.[0]?.textContent];
        }""")
        if any(text and text.strip().startswith(name) for text in focused):
            return
    raise AssertionError(f"Tab does not lead to {name}")


def test_a_call_is_found_and_made_to_fail_by_keyboard_alone(page: Any, http: httpx.Client) -> None:
    for _ in range(3):
        http.get("/v1/d/pii/profiles", headers=NEWSTORE)
    page.get_by_text("3 calls").wait_for()
    tab_to(page, "Filter")
    page.keyboard.type("listProfiles")
    tab_to(page, "Clear the journal")
    page.keyboard.press("Tab")  # the list
    page.keyboard.press("Tab")  # its first call
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("region", name="Why").get_by_role("heading", name="200 GET listProfiles").wait_for()
    assert page.evaluate("location.hash") == "#/calls/2"
    page.wait_for_function("() => document.activeElement.localName === 'h2'")  # the call that was opened
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.id") == "2"  # its row
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.dataset.id") == "3"
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.localName === 'h2' && location.hash === '#/calls/3'")
    tab_to(page, "Fail the next one like this")
    page.keyboard.press("Enter")
    page.get_by_text("The next listProfiles fails.").wait_for()
    assert http.get("/v1/d/pii/profiles", headers=NEWSTORE).status_code == 502


def test_a_question_is_answered_by_keyboard_and_gives_the_focus_back(page: Any, http: httpx.Client) -> None:
    tab_to(page, "World")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="People of the seed").wait_for()
    for answer in ("Escape", "Enter"):
        tab_to(page, "Reset everything")
        page.keyboard.press("Enter")
        page.get_by_role("dialog").get_by_text("back to its seed?").wait_for()
        page.keyboard.press(answer)
        page.get_by_role("dialog").wait_for(state="hidden")
        page.wait_for_function("() => document.activeElement.textContent === 'Reset everything'")
    page.get_by_role("region", name="People of the seed").get_by_text("Done.").wait_for()


def test_an_opened_item_replaces_the_list_on_a_narrow_page(page: Any, http: httpx.Client) -> None:
    page.set_viewport_size({"width": 375, "height": 700})
    shopper = http.get("/_sandbox/v1/people").json()["people"][-1]
    open_view(page, "people")
    page.get_by_role("link", name=re.compile(re.escape(shopper["email"]))).click()
    page.get_by_role("heading", name=shopper["email"]).wait_for()
    assert page.get_by_role("searchbox").count() == 0
    page.wait_for_function("() => document.activeElement.id === 'main' && scrollY === 0")
    page.get_by_role("link", name="Close").click()
    page.get_by_role("searchbox").wait_for()


def test_a_long_narrow_page_keeps_the_views_in_sight_and_leads_to_its_sections(page: Any) -> None:
    page.set_viewport_size({"width": 375, "height": 700})
    open_view(page, "world")
    page.get_by_role("heading", name="Audit events").wait_for()
    page.wait_for_function("() => !document.querySelector('main').innerText.includes('Loading…')")

    def top_of(role: str, name: str) -> float:
        return float(page.get_by_role(role, name=name, exact=True).bounding_box()["y"])

    assert top_of("heading", "Settings") > 700
    page.get_by_text("Sections", exact=True).click()
    page.get_by_role("navigation", name="Sections").get_by_role("button", name="Settings").click()
    page.wait_for_function("() => document.activeElement.textContent === 'Settings'")
    bar = page.get_by_role("navigation", name="Views").bounding_box()
    assert bar["y"] == 0
    assert bar["height"] <= top_of("heading", "Settings") < 200
    assert not page.get_by_role("navigation", name="Sections").is_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert not page.get_by_text("Sections", exact=True).is_visible()


def test_reduced_motion_disables_animations(page: Any) -> None:
    button = page.get_by_role("button", name="Open")
    durations = []
    for motion in ("no-preference", "reduce"):
        page.emulate_media(reduced_motion=motion)
        durations.append(button.evaluate("each => getComputedStyle(each).transitionDuration"))
    assert durations == ["0.15s", "0s"]


@pytest.mark.parametrize(("width", "scheme"), [(375, "light"), (1280, "dark"), (2560, "light")])
def test_every_view_fits_the_width_and_has_no_accessibility_violation(
    browser: Any, server: ServerProcess, http: httpx.Client, width: int, scheme: str
) -> None:
    conflict(http)
    shopper = person(http)["email"].replace("@", "%40")
    size = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)  # for axe's own script
    page = context.new_page()
    page.goto(f"{server.url}/_sandbox/?sandbox={http.headers['X-Sandbox']}")
    page.evaluate(AXE.read_text("utf-8"))
    for view in (*VIEWS, "calls/1", f"people/{shopper}", "rules/VTEX-ALT-3", "try/vtex_profile_system.GetProfile"):
        open_view(page, view)
        page.locator(f"nav a[href='#/{view.partition('/')[0]}'][aria-current=page]").wait_for()
        page.locator("main section:visible h2" if "/" in view else "main section:visible").first.wait_for()
        page.wait_for_function("!document.querySelector('main').innerText.includes('Loading…')")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
        violations = page.evaluate("axe.run().then(result => result.violations)")
        assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == [], view
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(375, "dark"), (1280, "light")])
def test_dialogs_verdicts_and_changes_have_no_accessibility_violation(
    browser: Any, server: ServerProcess, http: httpx.Client, width: int, scheme: str
) -> None:
    conflict(http)
    http.post("/_sandbox/v1/snapshots", json={"name": "before"}).raise_for_status()
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{server.url}/_sandbox/?sandbox={http.headers['X-Sandbox']}")
    page.evaluate(AXE.read_text("utf-8"))

    def check(state: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state
        violations = page.evaluate("axe.run().then(result => result.violations)")
        assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == [], state

    open_view(page, "calls/1")
    page.get_by_role("button", name="Copy with real values…", exact=True).click()
    page.get_by_role("dialog").get_by_placeholder("Reason").wait_for()
    check("the reason")
    page.keyboard.press("Escape")
    open_view(page, f"people/{person(http)['email'].replace('@', '%40')}")
    confirm(page, "Erase this person")
    jump = page.get_by_role("button", name="Jump to the next step")
    jump.click()
    page.get_by_role("dialog").get_by_role("button", name="Jump there").click()
    page.get_by_text("What to do next:").wait_for()
    page.get_by_role("button", name="Delete what is left").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete all but the snapshots").wait_for()
    check("what is left, and the question before it is deleted")
    page.keyboard.press("Escape")
    open_view(page, "world")
    page.get_by_role("button", name="Changes since before").click()
    page.get_by_role("region", name="Changes since", exact=True).get_by_role("heading", level=4).first.wait_for()
    if width == 375:
        page.get_by_text("Sections", exact=True).click()
        page.get_by_role("navigation", name="Sections").wait_for()
    check("what has changed")
    context.close()
