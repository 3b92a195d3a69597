// The people of the sandbox, and what each API holds of one of them.
import { call, send } from "./api.js";
import { html, useMemo, useState } from "./html.js";
import { basePathOf, bodySchema, example, operations } from "./openapi.js";
import { Json, Loaded, ProblemText, useAction, useLoaded, useQuestion } from "./parts.js";
import { texts } from "./texts.js";

const PAGE = 200;
const t = texts.people;

export function People({ id }) {
  const [count, setCount] = useState(PAGE);
  const people = useLoaded(() => call("GET", "/people", { query: { count } }), [count]);
  const [search, setSearch] = useState("");
  const shown = useMemo(() => {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    return (people.value?.people ?? []).filter((person) => {
      const text = `${person.full_name} ${person.email} ${person.document} ${person.phone} ${Object.values(person.ids).join(" ")}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }, [people.value, search]);
  const open = (event) => { event.preventDefault(); if (search.includes("@")) location.hash = `#/people/${encodeURIComponent(search.trim())}`; };
  return html`<div class="split"><section class="list" aria-label=${texts.views.people}>
      <form class="row" onSubmit=${open}><label class="grow"><span class="away">${t.search}</span><input type="search" placeholder=${t.search} value=${search} onInput=${(event) => setSearch(event.target.value)} /></label>
        <button disabled=${!search.includes("@")}>${t.byEmail}</button></form>
      <${Maker} onMade=${people.reload} />
      <${Loaded} of=${people}>${(value) => html`<ul class="plain-list scrolls" tabindex="0">${shown.map((person) => html`<li key=${person.number}><a href=${`#/people/${encodeURIComponent(person.email)}`} aria-current=${person.email === id ? "true" : undefined}>
        <strong>${person.full_name}</strong> <span class="quiet">${person.locale}</span><br />${person.email}</a></li>`)}</ul>
        ${value.total > count && count < 1000 && html`<button class="plain" onClick=${() => setCount(Math.min(count * 2, 1000))}>${t.more} (${value.people.length}/${value.total})</button>`}`}</${Loaded}></section>
    <section class="detail" aria-label=${t.documents}>${id ? html`<${Person} key=${id} email=${id} />` : html`<p class="quiet">${t.choose}</p>`}</section></div>`;
}

// The first erasure of each API that takes a person's email, sent as any client would, with the API's first credentials.
async function erase(email) {
  const { credentials } = await call("GET", "/credentials");
  const answers = [];
  const erased = new Set();
  for (const { api, document, path, method, operation } of await operations()) {
    if (erased.has(api) || operation["x-safety"] !== "irreversible" || path.includes("{") || !bodySchema(document, operation).properties?.email) continue;
    const answer = await send({ method, path: basePathOf(document) + path, headers: { ...credentials[api][0].headers, "Content-Type": "application/json" }, body: JSON.stringify({ email }) });
    erased.add(api);
    answers.push(`${operation.operationId}: ${answer.status}`);
  }
  return answers.join(", ");
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

function Person({ email }) {
  const residue = useLoaded(() => call("GET", "/residue", { query: { subject: email } }), [email]);
  const [masked, setMasked] = useState(true);
  const [run, notice] = useAction();
  const [ask, question] = useQuestion();
  const eraseAll = async () => {
    if (await ask(t.eraseQuestion(email), t.erase)) await run(async () => { const answers = await erase(email); residue.reload(); return answers; }, (answers) => `${t.erased} ${answers}`);
  };
  const remove = async () => {
    if (!(await ask(t.removeQuestion, t.remove))) return;
    await run(async () => {
      for (const place of residue.value.places.filter((each) => each.where.includes("/"))) {
        await call("DELETE", `/documents/${place.where}/${encodeURIComponent(place.id)}`).catch((problem) => { if (problem.status !== 404 && problem.status !== 400) throw problem; });
      }
      residue.reload();
    }, t.removed);
  };
  return html`<h2>${email}</h2>${question}
    <${Loaded} of=${residue}>${({ places, journal_entries: entries }) => html`
      <p class=${places.length ? "" : "good"} role="status">${t.residue(places.length)} <span class="quiet">${t.journal(entries)}</span></p>
      <div class="row"><button class="plain" onClick=${residue.reload}>${t.look}</button>
        <button class="grave" disabled=${places.length === 0} onClick=${eraseAll}>${t.erase}</button>
        ${places.length > 0 && html`<button class="grave" onClick=${remove}>${t.remove}</button>`}
        <label><input type="checkbox" checked=${masked} onChange=${(event) => setMasked(event.target.checked)} /> ${t.masked}</label></div>${notice}
      <div class="columns">${[...new Set(places.map((place) => place.where.split("/")[0]))].map((api) => html`<div key=${api}><h3>${api}</h3>
        ${places.filter((place) => place.where.split("/")[0] === api).map((place) => html`<${Place} key=${place.where + place.id} place=${place} masked=${masked} onChange=${residue.reload} />`)}</div>`)}</div>`}</${Loaded}>`;
}

// The first character of each run of letters and digits stays; dates, ids and numbers are left as they are.
const maskText = (text) => text.replace(/([\p{L}\p{N}])([\p{L}\p{N}\p{M}]*)/gu, (_, first, rest) => first + "*".repeat([...rest].length));
function maskedCopy(value, fields, path = []) {
  if (Array.isArray(value)) return value.map((item) => maskedCopy(item, fields, path));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskedCopy(inner, fields, [...path, name])]));
  return typeof value === "string" && path[0] === "document" ? maskText(value) : value;
}

function Place({ place, masked, onChange }) {
  const [collection, own] = [place.where, place.id];
  const state = useLoaded(() => (collection.includes("/") ? call("GET", `/documents/${collection}/${encodeURIComponent(own)}`) : Promise.resolve(null)).catch((problem) => {
    if (problem.status === 404 || problem.status === 400) return null;
    throw problem;
  }), [collection, own]);
  const [draft, setDraft] = useState(null);
  const [problem, setProblem] = useState(null);
  const save = async () => {
    try {
      const stored = await call("PUT", `/documents/${collection}/${encodeURIComponent(own)}`, { body: JSON.parse(draft) });
      setDraft(null); setProblem(null); state.reload(); onChange();
      return stored;
    } catch (error) {
      setProblem(error instanceof SyntaxError ? new Error(`${t.notJson} ${error.message}`) : error);
      return null;
    }
  };
  const marks = Object.keys(problem?.errors ?? {});
  return html`<details open><summary><code>${collection.split("/").slice(1).join("/") || collection} ${own}</code></summary>
    <${Loaded} of=${state}>${(stored) => stored === null ? html`<p class="quiet">${t.internal}: ${place.fields.join(", ")}</p>` : draft === null
      ? html`<${Json} value=${masked ? maskedCopy(stored, place.fields) : stored} label=${`${collection} ${own}`} /><button class="plain" onClick=${() => setDraft(JSON.stringify(stored.document, null, 2))}>${t.edit}</button>`
      : html`<textarea rows="14" aria-label=${`${t.edit} ${own}`} aria-invalid=${problem ? "true" : undefined} value=${draft} onInput=${(event) => setDraft(event.target.value)}></textarea>
        ${problem && html`<${ProblemText} problem=${problem} /><${Marked} text=${draft} fields=${marks} />`}
        <div class="row"><button onClick=${save}>${t.save}</button><button class="plain" onClick=${() => { setDraft(null); setProblem(null); }}>${texts.cancel}</button></div>`}</${Loaded}></details>`;
}

// The lines of the text on which the fields stand that the schema refuses.
function Marked({ text, fields }) {
  const names = fields.map((field) => field.split(/[.\/]/).pop());
  const lines = text.split("\n").map((line, at) => [at + 1, line]).filter(([, line]) => names.some((name) => name && line.includes(`"${name}"`)));
  return lines.length ? html`<pre class="problem" tabindex="0" role="region" aria-label="lines">${lines.map(([at, line]) => `${at}: ${line}`).join("\n")}</pre>` : null;
}
