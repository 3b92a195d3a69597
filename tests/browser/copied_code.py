"""The code that the console copies to the clipboard, and runs of it."""

from __future__ import annotations

from typing import Any

import httpx


def copy_text(page: Any, detail: Any, button: str, form: str | None = None) -> str:
    """What a button puts on the clipboard; `form`: as what it is copied."""
    page.evaluate("() => navigator.clipboard.writeText('')")
    if form is not None:
        detail.get_by_role("combobox", name="As").select_option(form)
    detail.get_by_role("button", name=button, exact=True).click()
    return read_clipboard(page)


def read_clipboard(page: Any) -> str:
    """What is on the clipboard, once something is."""
    return str(
        page.evaluate("""async () => {
          for (const end = Date.now() + 20000; Date.now() < end; await new Promise(requestAnimationFrame)) {
            const text = await navigator.clipboard.readText();
            if (text !== '') return text;
          }
          return '';
        }""")
    )


def last_entry(http: httpx.Client) -> dict[str, Any]:
    entry: dict[str, Any] = http.get("/_sandbox/v1/journal/last").json()
    return entry
