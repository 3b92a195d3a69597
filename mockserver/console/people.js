// The people of the sandbox: of the seed and of calls, searched; and one of them beside the list.
import { call, send } from "./api.js";
import { useReloads } from "./call_log.js";
import { html, useState } from "./html.js";
import { maskText } from "./masking.js";
import { basePathOf, bodySchema, example, operations } from "./openapi.js";
import { Loaded, useAction, useLoaded } from "./parts.js";
import { Person } from "./person.js";
import { texts } from "./texts.js";

const PAGE = 200;
const t = texts.people;

export function People({ id }) {
  const [count, setCount] = useState(PAGE);
  const [search, setSearch] = useState("");
  const people = useLoaded(() => call("GET", "/people/stored", { query: { count, search: search.trim() } }), [count, search]);
  useReloads(people.reload, { pause: 2000, rest: 10000, concerns: ({ method }) => method !== "GET" }); // writes make people, and erase them
  const open = (event) => { event.preventDefault(); if (search.includes("@")) location.hash = `#/people/${encodeURIComponent(search.trim())}`; };
  return html`<div class=${id ? "split open" : "split"}><section class="list" aria-label=${texts.views.people}>
      <form class="row" onSubmit=${open}><label class="grow"><span class="away">${t.search}</span><input type="search" placeholder=${t.search} value=${search} onInput=${(event) => setSearch(event.target.value)} /></label>
        <button disabled=${!search.includes("@")}>${t.byEmail}</button></form>
      <${Maker} onMade=${people.reload} />
      <${Loaded} of=${people}>${(value) => html`<p class="quiet" role="status">${t.count(value.total, search.trim() !== "")}</p>
        ${value.people.length > 0 && html`<ul class="plain-list scrolls" tabindex="0">${value.people.map((person) => html`<${Row} key=${person.email} person=${person} isOpen=${person.email === id} />`)}</ul>`}
        ${value.people.length === 0 && html`<p class="quiet">${t.nobody}</p>`}
        ${value.total > count && count < 1000 && html`<button class="plain" onClick=${() => setCount(Math.min(count * 2, 1000))}>${t.more} (${value.people.length}/${value.total})</button>`}`}</${Loaded}></section>
    <section class="detail" aria-label=${t.documents}>${id ? html`<${Person} key=${id} email=${id} onChange=${people.reload} />` : html`<p class="quiet">${t.choose}</p>`}</section></div>`;
}

function Row({ person, isOpen }) {
  const apis = Object.keys(person.ids);
  if (apis.length === 0) return html`<${Departed} person=${person} isOpen=${isOpen} />`;
  return html`<li><a href=${`#/people/${encodeURIComponent(person.email)}`} aria-current=${isOpen ? "true" : undefined}>
    <strong>${person.full_name ?? t.noName}</strong> <span class="quiet">${person.seeded ? t.ofSeed : t.ofCalls}</span><br />${person.email}<br /><span class="quiet">${apis.join(", ")}</span></a></li>`;
}

// Somebody of the seed of whom no API has a profile any more: the list shows neither name nor email of them.
function Departed({ person, isOpen }) {
  const open = () => { location.hash = `#/people/${encodeURIComponent(person.email)}`; };
  return html`<li><button type="button" class="entry" aria-current=${isOpen ? "true" : undefined} onClick=${open}>
    <strong>${person.full_name ? maskText(person.full_name) : t.noName}</strong> <span class="quiet">${t.ofSeed}</span> <span class="tag">${t.noProfile}</span><br />${maskText(person.email)}</button></li>`;
}

function Maker({ onMade }) {
  const [run, notice] = useAction();
  const make = () => run(async () => {
    const { credentials } = await call("GET", "/credentials");
    const email = `person.${Date.now().toString(36)}@example.com`;
    const answers = [];
    for (const { api, document, path, method, operation } of await operations()) {
      const schema = bodySchema(document, operation);
      if (operation["x-safety"] !== "create" || path.includes("{") || !schema.properties?.email || !JSON.stringify(operation.tags ?? operation.operationId).match(/profile/i)) continue;
      const body = { ...example(document, operation), email };
      const answer = await send({ method, path: basePathOf(document) + path, headers: { ...credentials[api][0].headers, "Content-Type": "application/json" }, body: JSON.stringify(body) });
      answers.push(`${api} ${answer.status}`);
    }
    onMade();
    location.hash = `#/people/${encodeURIComponent(email)}`;
    return `${t.made} ${email} (${answers.join(", ")})`;
  }, (text) => text);
  return html`<div><button class="plain" onClick=${make}>${t.make}</button>${notice}</div>`;
}

