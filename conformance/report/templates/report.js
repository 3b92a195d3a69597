"use strict";
(() => {
  const filter = document.getElementById("filter");
  if (filter) {
    const rows = [...document.querySelectorAll("tr[data-outcome]")];
    const groups = [...document.querySelectorAll("tbody[data-api]")];
    const told = document.getElementById("shown");
    const apply = () => {
      const outcomes = new Set([...filter.querySelectorAll("input[type=checkbox]:checked")].map((box) => box.value));
      const api = filter.elements.api.value;
      const words = filter.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !outcomes.has(row.dataset.outcome) || !words.every((word) => text.includes(word));
        shown += !row.hidden && (!api || row.closest("tbody").dataset.api === api);
      }
      for (const group of groups) {
        group.hidden = (api && group.dataset.api !== api) || !group.querySelector("tr[data-outcome]:not([hidden])");
      }
      told.textContent = `${shown} of ${rows.length} rules shown`;
    };
    filter.addEventListener("input", apply);
    filter.addEventListener("submit", (event) => event.preventDefault());
    filter.addEventListener("reset", () => setTimeout(apply));
    filter.hidden = false;
    apply();
  }

  const copied = document.getElementById("copied");
  const copy = async (source) => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      return true;
    } catch {
      getSelection().selectAllChildren(source);
      return document.execCommand("copy");
    }
  };
  for (const button of document.querySelectorAll("button[data-copies]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const done = await copy(document.getElementById(button.dataset.copies));
      copied.textContent = "";
      setTimeout(() => { copied.textContent = done ? "Copied" : "Selected: copy it with the keyboard"; });
      const label = button.querySelector("span");
      const before = label.textContent;
      label.textContent = done ? "Copied" : "Selected";
      setTimeout(() => { label.textContent = before; }, 2000);
    });
  }

  const open = () => {
    const hash = decodeURIComponent(location.hash.slice(1));
    const target = hash && document.getElementById(hash);
    if (target && target.tabIndex < 0) target.focus({ preventScroll: true });
  };
  addEventListener("hashchange", open);
})();
