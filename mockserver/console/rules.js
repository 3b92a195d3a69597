// The rules of all APIs: what each says, where the vendor says so, and how often it decided a call here.
import { call } from "./api.js";
import { html, useMemo, useState } from "./html.js";
import { Heading, Loaded, useLoaded } from "./parts.js";
import { texts } from "./texts.js";

const t = texts.rules;

export function Rules({ id }) {
  const state = useLoaded(async () => (await call("GET", "/rules")).rules, []);
  return html`<${Loaded} of=${state}>${(rules) => html`<${List} rules=${rules} id=${id} />`}</${Loaded}>`;
}

function List({ rules, id }) {
  const [search, setSearch] = useState("");
  const [status, setStatus] = useState("");
  const shown = useMemo(() => {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    return rules.filter((rule) => (!status || rule.status === status)
      && words.every((word) => `${rule.id} ${rule.api} ${rule.statement} ${rule.operations.join(" ")}`.toLowerCase().includes(word)));
  }, [rules, search, status]);
  const chosen = rules.find((rule) => rule.id === id);
  const statuses = [...new Set(rules.map((rule) => rule.status))].sort();
  return html`<div class=${chosen ? "split open" : "split"}><section class="list" aria-label=${texts.views.rules}>
    <div class="row"><label class="grow"><span class="away">${t.search}</span><input type="search" placeholder=${t.search} value=${search} onInput=${(event) => setSearch(event.target.value)} /></label>
      <label>${t.status} <select value=${status} onChange=${(event) => setStatus(event.target.value)}><option value="">${t.any}</option>${statuses.map((each) => html`<option>${each}</option>`)}</select></label></div>
    <p class="quiet" role="status">${t.count(shown.length, rules.length)}</p>
    <ul class="plain-list scrolls" tabindex="0">${shown.map((rule) => html`<li key=${rule.id}><a href=${`#/rules/${rule.id}`} aria-current=${rule.id === id ? "true" : undefined}>
      <strong>${rule.id}</strong> <span class="quiet">${rule.status}${rule.decided ? `, ${t.decided(rule.decided)}` : ""}</span><br />${rule.statement}</a></li>`)}</ul>
    ${shown.length === 0 && html`<p>${t.none}</p>`}</section>
    <section class="detail" aria-label=${t.source}>${chosen ? html`<div class="row"><${Heading} key=${chosen.id}>${chosen.id}</${Heading}> <a class="button" href="#/rules">${t.close}</a></div><p>${chosen.statement}</p>
      <dl><dt>${t.status}</dt><dd>${chosen.status}</dd><dt>${t.source}</dt><dd>${chosen.source}</dd><dt>${t.operations}</dt><dd>${chosen.operations.join(", ")}</dd></dl>
      <p>${t.it} ${t.decided(chosen.decided)}.${chosen.decided > 0 && html` <a href=${`#/calls?rule=${chosen.id}`}>${t.calls}</a>`}</p>` : html`<p class="quiet">${t.choose}</p>`}</section></div>`;
}
