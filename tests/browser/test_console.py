"""The console's page: sandboxes, tabs, links, lost connections, the control token, widths, accessibility, keyboard."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser.console_page import confirm, conflict, open_view, person
from tests.credentials import NEWSTORE
from tests.server_process import ServerProcess, running_server

VIEWS = ("calls", "people", "time", "world", "rules", "try")
AXE = Path(__file__).with_name("axe.min.js")


def test_a_sandbox_that_is_not_there_is_made_only_when_asked_for(browser: Any, server: ServerProcess) -> None:
    def is_made() -> bool:
        return "mistyped-console" in httpx.get(f"{server.url}/_sandbox/v1/sandboxes").json()["sandboxes"]

    page = browser.new_page()
    page.goto(f"{server.url}/_sandbox/")
    page.get_by_label("Sandbox").fill("mistyped-console")
    page.get_by_role("button", name="Open").click()
    page.get_by_text("There is no sandbox “mistyped-console”.").wait_for()
    assert not is_made()
    page.get_by_role("link", name="default", exact=True).click()  # the way back to one that is there
    page.get_by_role("region", name="Calls").wait_for()
    page.go_back()
    page.get_by_role("button", name="Create it").click()
    page.get_by_text("No call yet").wait_for()
    assert is_made()
    page.close()


@pytest.mark.parametrize("form", ["/_sandbox/?sandbox={}", "/~{}/_sandbox/"])
def test_links_lead_to_a_call_a_rule_a_person_and_an_operation(
    browser: Any, server: ServerProcess, http: httpx.Client, form: str
) -> None:
    conflict(http)
    shopper = person(http)
    base = server.url + form.format(http.headers["X-Sandbox"])
    targets = {
        "calls/1": "409 POST CreateClientProfile",
        "rules/VTEX-UNIQ-1": "VTEX-UNIQ-1",
        f"people/{shopper['email'].replace('@', '%40')}": shopper["email"],
        "try/newstore_customer_profile.getProfile": "getProfile",
    }
    for view, heading in targets.items():
        page = browser.new_page()
        page.goto(f"{base}#/{view}")
        page.get_by_role("heading", name=heading, exact=True).wait_for()
        page.close()


def test_two_tabs_show_two_sandboxes(browser: Any, server: ServerProcess) -> None:
    for name in ("tab-one", "tab-two"):
        httpx.get(f"{server.url}/~{name}/_sandbox/v1/status")
    tabs = [browser.new_page() for _ in range(2)]
    tabs[0].goto(f"{server.url}/~tab-one/_sandbox/")
    tabs[1].goto(f"{server.url}/_sandbox/?sandbox=tab-two")
    for tab in tabs:
        tab.get_by_text("No call yet").wait_for()
    httpx.get(f"{server.url}/~tab-one/v1/d/pii/profiles", headers=NEWSTORE)
    tabs[0].get_by_role("link", name=re.compile("listProfiles")).wait_for()
    assert tabs[1].get_by_text("No call yet").count() == 1
    for tab in tabs:
        tab.close()


class CuttableRelay:
    """A TCP relay to a server. `cut` ends all connections; new ones are refused while it is `away`."""

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        self._target = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: list[socket.socket] = []
        self.away = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            if self.away:
                client.close()
                continue
            server = socket.create_connection(self._target)
            self._open += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._relay, args=(source, sink), daemon=True).start()

    def _relay(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        self._close(sink)

    def _close(self, each: socket.socket) -> None:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        self.away = True
        for each in self._open:
            self._close(each)

    def close(self) -> None:
        self.cut()
        self._listener.close()
        for each in self._open:
            each.close()


def test_the_list_goes_on_after_a_lost_connection_and_misses_no_call(
    browser: Any, server: ServerProcess, http: httpx.Client
) -> None:
    relay = CuttableRelay(server.url)
    page = browser.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{relay.url}/_sandbox/?sandbox={http.headers['X-Sandbox']}")
    http.get("/v1/d/pii/profiles", headers=NEWSTORE)
    page.get_by_text("1 call", exact=True).wait_for()
    relay.cut()
    page.get_by_role("alert").get_by_text("The connection to the server is lost").wait_for()
    for _ in range(2):
        http.get("/v1/d/pii/profiles", headers=NEWSTORE)
    relay.away = False
    page.get_by_text("3 calls").wait_for()
    page.get_by_role("alert").wait_for(state="detached")
    assert page.get_by_role("link", name=re.compile("listProfiles")).count() == 3
    page.close()
    relay.close()


def test_a_server_that_hangs_is_noticed_and_a_second_click_does_nothing(browser: Any) -> None:
    with running_server("--shoppers", "2") as server:
        page = browser.new_page()
        page.set_default_timeout(20_000)
        page.clock.install()
        page.goto(f"{server.url}/_sandbox/#/world")
        faults = page.get_by_role("region", name="Faults")
        faults.get_by_text("No fault waits for a call.").wait_for()
        server.process.send_signal(signal.SIGSTOP)
        try:
            faults.get_by_role("button", name="Add a fault").click()
            page.clock.run_for(1_000)
            faults.get_by_text("Working…").wait_for()
            faults.get_by_role("button", name="Add a fault").click()
            page.clock.run_for(21_000)
            faults.locator(".problem").first.get_by_text(
                "The server has not answered for 20 s. Does it hang?"
            ).wait_for()
            page.clock.run_for(10_000)
            page.get_by_role("alert").get_by_text(
                "The connection to the server is lost, or it does not answer"
            ).wait_for()
        finally:
            server.process.send_signal(signal.SIGCONT)
        page.clock.resume()
        page.get_by_role("alert").wait_for(state="detached")
        assert len(httpx.get(f"{server.url}/_sandbox/v1/faults").json()["faults"]) <= 1
        page.close()


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

    def top(role: str, name: str) -> float:
        return float(page.get_by_role(role, name=name, exact=True).bounding_box()["y"])

    assert top("heading", "Settings") > 700
    page.get_by_text("Sections", exact=True).click()
    page.get_by_role("navigation", name="Sections").get_by_role("button", name="Settings").click()
    page.wait_for_function("() => document.activeElement.textContent === 'Settings'")
    bar = page.get_by_role("navigation", name="Views").bounding_box()
    assert bar["y"] == 0
    assert bar["height"] <= top("heading", "Settings") < 200
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


def test_the_control_token_is_asked_for_and_stays_in_the_tab(browser: Any) -> None:
    with running_server("--shoppers", "2", "--host", "0.0.0.0", "--control-token", "open-sesame") as server:
        url = f"http://127.0.0.1:{server.url.rpartition(':')[2]}/_sandbox/"
        context = browser.new_context()
        page = context.new_page()
        urls: list[str] = []
        page.on("request", lambda request: urls.append(request.url))
        page.goto(url)
        page.get_by_role("textbox", name="Control token").fill("wrong")
        page.get_by_role("button", name="Use it").click()
        page.get_by_text("The server does not take this token.").wait_for()
        page.get_by_role("textbox", name="Control token").fill("open-sesame")
        page.get_by_role("button", name="Use it").click()
        page.get_by_text("No call yet").wait_for()
        page.reload()
        page.get_by_text("No call yet").wait_for()  # not asked again
        assert page.evaluate("() => Object.values(sessionStorage)") == ["open-sesame"]
        assert page.evaluate("() => [Object.values(localStorage), document.cookie]") == [[], ""]
        assert not [each for each in urls if "sesame" in each]
        other = context.new_page()
        other.goto(url)
        other.get_by_role("textbox", name="Control token").wait_for()
        context.close()


def test_ten_thousand_calls_keep_few_rows_in_the_page(page: Any) -> None:
    found = page.evaluate("""async () => {
      const { log } = await import(new URL('call_log.js', location.href.split('?')[0]).href);
      log.calls = Array.from({length: 10000}, (_, at) => (
        {id: at + 1, time: '2030-01-01T00:00:00Z', status: 200, method: 'GET', operation: 'getProfile', api: 'x'}
      ));
      const frame = () => new Promise(requestAnimationFrame);
      for (const listener of log.listeners) listener();
      await frame();
      const box = document.querySelector('.rows');
      let most = 0;
      for (let step = 0; step <= 40; step++) {
        box.scrollTop = step * box.scrollHeight / 40;
        await frame(); await frame();
        most = Math.max(most, box.querySelectorAll('li').length);
      }
      return {most, height: box.scrollHeight, last: box.querySelector('li:last-child a').dataset.id};
    }""")
    assert found["most"] < 100
    assert found["height"] >= 10_000 * 36
    assert found["last"] == "1"  # the oldest, at the end


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


@pytest.mark.parametrize(
    "document", ["vtex_profile_system", "newstore_customer_profile", "fashionai_profiling", "oracle_profiles"]
)
def test_the_first_execute_of_swagger_ui_is_let_in(browser: Any, server: ServerProcess, document: str) -> None:
    page = browser.new_page()
    answers: list[int] = []

    def note(response: Any) -> None:
        if "/_sandbox/" not in response.url:
            answers.append(response.status)

    page.on("response", note)
    page.goto(f"{server.url}/_sandbox/docs/{document}")
    page.locator(".authorization__btn[aria-label*='locked' i]").first.wait_for()
    page.locator(".opblock .opblock-summary-control").first.click()
    page.locator("button.execute").first.click()
    page.locator(".live-responses-table").first.wait_for()
    assert answers
    assert answers[0] not in (401, 403)
    page.close()
