"""The console's page: sandboxes, tabs, links, the control token, long lists, Swagger UI."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.browser.console_page import conflict, person
from tests.credentials import NEWSTORE
from tests.server_process import ServerProcess, running_server


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
