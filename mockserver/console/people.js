// The people of the sandbox, and what each API holds of one of them.
import { call, send } from "./api.js";
import { html, useMemo, useRef, useState } from "./html.js";
import { basePathOf, bodySchema, example, operations } from "./openapi.js";
import { lineOf } from "./json_lines.js";
import { duration, instant, Json, Loaded, useAction, useLoaded, useQuestion } from "./parts.js";
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
  return html`<div class=${id ? "split open" : "split"}><section class="list" aria-label=${texts.views.people}>
      <form class="row" onSubmit=${open}><label class="grow"><span class="away">${t.search}</span><input type="search" placeholder=${t.search} value=${search} onInput=${(event) => setSearch(event.target.value)} /></label>
        <button disabled=${!search.includes("@")}>${t.byEmail}</button></form>
      <${Maker} onMade=${people.reload} />
      <${Loaded} of=${people}>${(value) => html`<p class="quiet" role="status">${t.count(shown.length, value.total)}</p>
        ${shown.length > 0 && html`<ul class="plain-list scrolls" tabindex="0">${shown.map((person) => html`<li key=${person.number}><a href=${`#/people/${encodeURIComponent(person.email)}`} aria-current=${person.email === id ? "true" : undefined}>
        <strong>${person.full_name}</strong> <span class="quiet">${person.locale}</span><br />${person.email}</a></li>`)}</ul>`}
        ${shown.length === 0 && html`<p class="quiet">${t.nobody}</p>`}
        ${value.total > count && count < 1000 && html`<button class="plain" onClick=${() => setCount(Math.min(count * 2, 1000))}>${t.more} (${value.people.length}/${value.total})</button>`}`}</${Loaded}></section>
    <section class="detail" aria-label=${t.documents}>${id ? html`<${Person} key=${id} email=${id} />` : html`<p class="quiet">${t.choose}</p>`}</section></div>`;
}

// Each API's own erasure of a person, sent as any client would, with the API's first credentials: the one that takes an
// email, else the deletion of each profile that it holds.
async function erase(email, places) {
  const [{ credentials }, all] = await Promise.all([call("GET", "/credentials"), operations()]);
  const answers = [];
  const without = []; // APIs that hold the person and have no erasure
  const request = async ({ api, document, path, method, operation }, body) => {
    const headers = { ...credentials[api][0].headers, ...(body && { "Content-Type": "application/json" }) };
    const answer = await send({ method, path: basePathOf(document) + path, headers, body: body && JSON.stringify(body) });
    answers.push(`${operation.operationId}: ${answer.status}`);
  };
  for (const [api, own] of Map.groupBy(all, (each) => each.api)) {
    const byEmail = own.find(({ document, path, operation }) => operation["x-safety"] === "irreversible" && !path.includes("{") && bodySchema(document, operation).properties?.email);
    const ofProfile = own.find(({ path, method, operation }) => operation["x-safety"] === "delete" && /\/profiles\/\{\w+\}(\/delete)?$/.test(path) && ["DELETE", "POST"].includes(method));
    const held = places.some(({ where }) => where.startsWith(`${api}/`));
    if (byEmail) await request(byEmail, { email });
    else if (!ofProfile && held) without.push(api);
    else if (ofProfile) for (const { id } of places.filter(({ where }) => where === `${api}/profiles`)) await request({ ...ofProfile, path: ofProfile.path.replace(/\{\w+\}/, encodeURIComponent(id)) });
  }
  return `${answers.join(", ")}. ${without.length ? t.noErasure(without) : ""}`;
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

const SNAPSHOT = "snapshot:";
const isInSnapshot = ({ where }) => where.startsWith(SNAPSHOT);

function Person({ email }) {
  const residue = useLoaded(async () => {
    const [found, { due }] = await Promise.all([call("GET", "/residue", { query: { subject: email } }), call("GET", "/due", { query: { count: 1000 } })]);
    return { ...found, due: new Map(due.map((each) => [`${each.api}/${each.collection} ${each.id}`, each])) };
  }, [email]);
  const [masked, setMasked] = useState(true);
  const [run, notice] = useAction();
  const [ask, question] = useQuestion();
  const eraseAll = async () => {
    if (await ask(t.eraseQuestion(email), t.erase)) await run(async () => { const answers = await erase(email, residue.value.places); residue.reload(); return answers; }, (answers) => `${t.erased} ${answers}`);
  };
  const remove = async () => {
    const { places } = residue.value;
    const snapshots = [...new Set(places.filter(isInSnapshot).map(({ where }) => where.slice(SNAPSHOT.length)))];
    if (!(await ask(t.removeQuestion(snapshots), t.remove))) return;
    await run(async () => {
      for (const name of snapshots) await call("DELETE", `/snapshots/${name}`);
      for (const { where, id } of places.filter((each) => !isInSnapshot(each))) {
        const path = where.includes("/") ? `/documents/${where}` : `/${where}`;
        await call("DELETE", `${path}/${encodeURIComponent(id)}`).catch((problem) => { if (problem.status !== 404 && problem.status !== 400) throw problem; });
      }
      residue.reload();
    }, t.removed);
  };
  const jump = (at) => run(async () => { await call("PUT", "/clock", { body: { at } }); residue.reload(); }, texts.time.moved);
  return html`<div class="row"><h2 class="grow">${email}</h2> <a class="button" href="#/people">${t.close}</a></div>${question}
    <${Loaded} of=${residue}>${({ places, due, journal_entries: entries }) => html`
      <p class=${places.length ? "" : "good"} role="status">${t.residue(places.length)} <span class="quiet">${t.journal(entries)}</span></p>
      <div class="row"><button class="plain" onClick=${residue.reload}>${t.look}</button>
        <button class="grave" disabled=${places.length === 0} onClick=${eraseAll}>${t.erase}</button>
        ${places.length > 0 && html`<button class="grave" onClick=${remove}>${t.remove}</button>`}
        <label><input type="checkbox" checked=${masked} onChange=${(event) => setMasked(event.target.checked)} /> ${t.masked}</label></div>${notice}
      <div class="columns">${[...new Set(places.map((place) => place.where.split("/")[0]))].map((api) => html`<div key=${api}><h3>${api}</h3>
        ${places.filter((place) => place.where.split("/")[0] === api).map((place) => html`<${Place} key=${place.where + place.id} place=${place} masked=${masked} due=${due.get(`${place.where} ${place.id}`)} onJump=${jump} onChange=${residue.reload} />`)}</div>`)}</div>`}</${Loaded}>`;
}

// The first character of each run of letters and digits stays. Instants and ids are no personal data.
const PLAIN = /^(\d{4}-\d\d-\d\dT.*|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}|NS-[A-Z]{2}-[\dA-Z-]+)$/;
const maskText = (text) => text.replace(/([\p{L}\p{N}])([\p{L}\p{N}\p{M}]*)/gu, (_, first, rest) => first + "*".repeat([...rest].length));
function maskedCopy(value) {
  if (Array.isArray(value)) return value.map(maskedCopy);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskedCopy(inner)]));
  return typeof value === "string" && !PLAIN.test(value) ? maskText(value) : value;
}

function Place({ place, masked, due, onJump, onChange }) {
  const [collection, own] = [place.where, place.id];
  const path = `/documents/${collection}/${encodeURIComponent(own)}`;
  const state = useLoaded(() => (collection.includes("/") ? call("GET", path) : Promise.resolve(null)).catch((problem) => {
    if (problem.status === 404 || problem.status === 400) return null;
    throw problem;
  }), [path]);
  const [isEdited, setEdited] = useState(false);
  const saved = () => { setEdited(false); state.reload(); onChange(); };
  const title = `${collection.split("/").slice(1).join("/") || collection} ${own}`;
  return html`<details open><summary><code>${title}</code></summary>
    ${due && html`<p class="row"><span>${t.ends(duration(due.in_seconds))} <span class="quiet">${instant(due.at)}</span></span> <button class="plain" aria-label=${`${texts.time.jump}: ${own}`} onClick=${() => onJump(due.at)}>${texts.time.jump}</button></p>`}
    <${Loaded} of=${state}>${(stored) => stored === null ? html`<p class="quiet">${isInSnapshot(place) ? t.inSnapshot : place.where === "faults" ? t.inFault : t.internal}: ${place.fields.join(", ")}</p>` : isEdited
      ? html`<${Editor} path=${path} label=${`${t.edit} ${own}`} document=${stored.document} onSaved=${saved} onCancel=${() => setEdited(false)} />`
      : html`<${Json} value=${masked ? { ...stored, document: maskedCopy(stored.document) } : stored} label=${`${collection} ${own}`} />
        <button class="plain" aria-label=${`${t.edit} ${title}`} onClick=${() => setEdited(true)}>${t.edit}</button>`}</${Loaded}></details>`;
}

// A document as text. What its schema refuses is named with its line, and leads there.
function Editor({ path, label, document, onSaved, onCancel }) {
  const [draft, setDraft] = useState(JSON.stringify(document, null, 2));
  const [errors, setErrors] = useState([]);
  const area = useRef(null);
  const save = async () => {
    try {
      await call("PUT", path, { body: JSON.parse(draft) });
      onSaved();
    } catch (problem) {
      setErrors(errorsAt(problem, draft));
    }
  };
  const goTo = (wanted) => {
    const lines = draft.split("\n");
    const line = Math.min(wanted, lines.length);
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.current.focus();
    area.current.setSelectionRange(start, start + lines[line - 1].length);
    area.current.scrollTop = (line - 3) * (area.current.scrollHeight / lines.length);
  };
  return html`<textarea ref=${area} rows="14" aria-label=${label} aria-invalid=${errors.length ? "true" : undefined} value=${draft} onInput=${(event) => setDraft(event.target.value)}></textarea>
    <div role="alert">${errors.length > 0 && html`<ul class="plain-list">${errors.map(({ line, text, field, message }) => html`<li>
      ${line && html`<button type="button" class="plain" onClick=${() => goTo(line)}>${t.line(line)}</button>`} <span class="problem">${field && html`<code>${field}</code>: `}${message}</span>
      ${line && html`<pre>${text}</pre>`}</li>`)}</ul>`}</div>
    <div class="row"><button onClick=${save}>${t.save}</button><button class="plain" onClick=${onCancel}>${texts.cancel}</button></div>`;
}

// Errors of a refused draft: line (null where there is none) with its text, field and message.
function errorsAt(problem, draft) {
  const at = (line) => ({ line, text: line && draft.split("\n")[line - 1].trim() });
  if (problem instanceof SyntaxError) {
    const position = problem.message.match(/position (\d+)/);
    return [{ ...at(position && draft.slice(0, Number(position[1])).split("\n").length), message: `${t.notJson} ${problem.message}` }];
  }
  const errors = Object.entries(problem.errors ?? {}).map(([field, messages]) => ({ ...at(lineOf(draft, field)), field, message: messages.join("; ") }));
  return errors.length ? errors : [{ ...at(null), message: problem.message }];
}
