"""A report full of hostile texts in a real browser: no script runs, nothing is loaded, axe finds no barrier."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pii_sandbox.conformance.report import write
from tests.conformance.report import samples
from tests.hostile.hostile_report import write_hostile_report

NPM = shutil.which("npm")


@pytest.mark.skipif(NPM is None, reason="axe comes from npm")
def test_no_script_runs_nothing_is_loaded_and_axe_finds_no_barrier(browser: Any, tmp_path: Path) -> None:
    write_hostile_report(tmp_path / "report")
    command = [str(NPM), "install", "--no-audit", "--no-fund", "--prefix", str(tmp_path / "npm"), "axe-core@4"]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    seen: list[str] = []

    def note_dialog(dialog: Any) -> None:
        seen.append(dialog.message)
        dialog.dismiss()

    page = browser.new_page(bypass_csp=True)  # so that axe can be put into it, and that nothing but escaping helps
    page.on("dialog", note_dialog)
    page.on("request", lambda request: None if request.url.startswith("file:") else seen.append(request.url))
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.goto((tmp_path / "report" / "report.html").as_uri())
    scripts = page.evaluate("document.querySelectorAll('script').length")
    page.add_script_tag(path=str(tmp_path / "npm" / "node_modules" / "axe-core" / "axe.min.js"))
    violations = page.evaluate("axe.run()")["violations"]
    page.close()
    assert (seen, scripts) == ([], 1)
    assert [(found["id"], found["nodes"][0]["html"][:200]) for found in violations] == []


@pytest.mark.parametrize("width", [375, 1280])
def test_no_long_word_makes_the_page_wider_than_the_window(width: int, browser: Any, tmp_path: Path) -> None:
    write_hostile_report(tmp_path)
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto((tmp_path / "report.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page_width = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert page_width <= width


CUT_CELLS = """
() => [...document.querySelectorAll("td, th")].filter((cell) => {
  const place = cell.getBoundingClientRect();
  if (place.width <= 1 || getComputedStyle(cell.parentElement.parentElement).clipPath !== "none") return false;
  const scrolls = cell.closest(".scroll");
  const left = scrolls ? scrolls.getBoundingClientRect().left + scrolls.clientLeft : 0;
  const end = scrolls ? left + scrolls.scrollWidth : window.innerWidth;
  return place.right > end + 1 || (cell.scrollWidth > cell.clientWidth + 1 && !scrolls);
}).map((cell) => cell.outerHTML.slice(0, 200))
"""


def test_each_column_of_each_table_can_be_read_on_a_phone(browser: Any, tmp_path: Path) -> None:
    write(samples.run(*samples.canary_findings()), tmp_path, samples.target())
    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.goto((tmp_path / "report.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    cells = page.evaluate("document.querySelectorAll('td').length")
    cut = page.evaluate(CUT_CELLS)
    hidden = page.evaluate("""
        () => [...document.querySelectorAll("td")]
          .filter((cell) => cell.textContent.trim() && getComputedStyle(cell).display === "none").length
    """)
    page.close()
    assert cells > 50
    assert (cut, hidden) == ([], 0)
