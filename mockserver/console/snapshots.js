// Snapshots: saved, restored, downloaded, uploaded, and what has changed since one.
import { call } from "./api.js";
import { useQuestion } from "./dialogs.js";
import { html, useState } from "./html.js";
import { Json, Loaded, useAction, useLoaded } from "./parts.js";
import { texts } from "./texts.js";

const t = texts.world;
const MOST = 50; // ids of a kind that are listed; the JSON has all

// `onChange`: told when the sandbox may be another one.
export function Snapshots({ onChange }) {
  const list = useLoaded(async () => (await call("GET", "/snapshots")).snapshots, []);
  const [name, setName] = useState("");
  const [diff, setDiff] = useState(null);
  const [run, notice] = useAction();
  const [ask, question] = useQuestion();
  const then = (action, text = t.done) => run(async () => { const result = await action(); list.reload(); onChange(); return result; }, text);
  const compare = (each) => run(async () => setDiff({ name: each, ...(await call("GET", `/snapshots/${each}/diff`)) }), "");
  const restore = async (each) => { if (await ask(t.restoreQuestion(each), t.restore)) { setDiff(null); await then(() => call("POST", `/snapshots/${each}/restore`)); } };
  const remove = async (each) => { if (!(await ask(t.removeQuestion(each), t.remove))) return; if (diff?.name === each) setDiff(null); then(() => call("DELETE", `/snapshots/${each}`)); };
  const download = (each) => run(async () => {
    const file = new Blob([JSON.stringify(await call("GET", `/snapshots/${each}`))], { type: "application/json" });
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: `${each}.json` });
    link.click();
    URL.revokeObjectURL(link.href);
  }, t.done);
  const upload = (event) => {
    const [file] = event.target.files;
    if (file) then(async () => call("PUT", `/snapshots/${file.name.replace(/\.json$/, "").toLowerCase().replace(/[^a-z0-9_.-]/g, "-")}`, { body: JSON.parse(await file.text()) }));
  };
  const button = (text, each, action) => html`<button class="plain" aria-label=${`${text} ${each}`} onClick=${() => action(each)}>${text}</button>`;
  return html`<section class="wide" aria-labelledby="snapshots"><h2 id="snapshots">${t.snapshots}</h2>${question}
    <form class="row" onSubmit=${(event) => { event.preventDefault(); then(() => call("POST", "/snapshots", { body: { name } })); }}><label>${t.name} <input required pattern="[a-z0-9_.\\-]{1,64}" title=${texts.nameForm} value=${name} onInput=${(event) => setName(event.target.value)} /></label><button>${t.save}</button>
      <label>${t.upload} <input type="file" accept="application/json" onChange=${upload} /></label></form>
    <${Loaded} of=${list}>${(value) => value.length === 0 ? html`<p class="quiet">${t.noSnapshots}</p>` : html`<ul class="plain-list">${value.map((each) => html`<li key=${each.name} class="row"><strong class="grow">${each.name}</strong>
      ${button(t.diff, each.name, compare)}${button(t.restore, each.name, restore)}${button(t.download, each.name, download)}${button(t.remove, each.name, remove)}</li>`)}</ul>`}</${Loaded}>
    ${diff && html`<${Diff} ...${diff} />`}${notice}</section>`;
}

// What has changed, by collection and by part of the state; as JSON behind a fold.
function Diff({ name, collections, properties, state }) {
  const changed = Object.entries(collections);
  const parts = Object.entries(state);
  return html`<div role="region" aria-label=${t.diff}><h3>${t.diff} ${name}</h3>
    ${changed.length + parts.length === 0 ? html`<p>${t.noChange}</p>` : html`
      ${changed.map(([collection, change]) => html`<div key=${collection} class="change"><h4>${collection}</h4><p class="quiet">${t.changes(change)}</p>
        <ul>${["added", "removed", "changed"].flatMap((kind) => change[kind].slice(0, MOST).map((id) => html`<li key=${kind + id}><span class=${`kind ${kind}`}>${t.kinds[kind]}</span> <code>${id}</code>
          ${kind === "changed" && html`<br />${properties[collection]?.[id]?.map((path, at) => html`${at ? ", " : ""}<code>${path}</code>`)}`}</li>`))}
        ${["added", "removed", "changed"].filter((kind) => change[kind].length > MOST).map((kind) => html`<li class="quiet">${t.furtherIds(change[kind].length - MOST, t.kinds[kind])}</li>`)}</ul></div>`)}
      ${parts.map(([part, { before, now }]) => html`<div key=${part} class="change"><h4>${t.stateParts[part] ?? part}</h4><dl><dt>${t.before}</dt><dd>${shown(before)}</dd><dt>${t.now}</dt><dd>${shown(now)}</dd></dl></div>`)}
      <details><summary>${t.asJson}</summary><${Json} value=${{ collections, properties, state }} label=${t.asJson} /></details>`}</div>`;
}

// A part of the state: a text as it is, `name: value` for each of an object's properties.
function shown(value) {
  if (Array.isArray(value)) return value.length === 0 ? t.none : html`<ul>${value.map((each) => html`<li>${JSON.stringify(each)}</li>`)}</ul>`;
  if (value === null || typeof value !== "object") return String(value ?? t.none);
  const entries = Object.entries(value);
  return entries.length === 0 ? t.none : entries.map(([name, inner]) => html`<div>${name}: ${typeof inner === "string" ? inner : JSON.stringify(inner)}</div>`);
}
