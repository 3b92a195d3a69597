// What a sandbox is made of: dialect, settings, faults, snapshots, seed, audit events; and the other sandboxes.
import { call, createSandbox, openapi, sandboxName, urlOf } from "./api.js";
import { useReloads } from "./call_log.js";
import { useQuestion } from "./dialogs.js";
import { html, useMemo, useState } from "./html.js";
import { operations, resolved } from "./openapi.js";
import { Address, instant, Loaded, useAction, useLoaded } from "./parts.js";
import { Snapshots } from "./snapshots.js";
import { texts } from "./texts.js";

const t = texts.world;

export function World({ names }) {
  const status = useLoaded(() => call("GET", "/status"), []);
  return html`<div class="grid"><div class="wide trio"><${Dialect} status=${status} /><${Seed} status=${status} /><${Sandboxes} names=${names} /></div><${Faults} /><${Snapshots} onChange=${status.reload} />
    <${Settings} status=${status} /><${Counts} status=${status} /><${Credentials} /><${Audit} /></div>`;
}

function Dialect({ status }) {
  const [run, notice] = useAction();
  const set = (dialect) => run(async () => { await call("PUT", "/dialect", { body: { dialect } }); status.reload(); }, t.applied);
  return html`<section aria-labelledby="dialect"><h2 id="dialect">${t.dialect}</h2><p class="quiet">${t.dialectHelp}</p>
    <${Loaded} of=${status}>${(value) => html`<fieldset class="row"><legend class="away">${t.dialect}</legend>${["guide", "reference"].map((each) => html`<label><input type="radio" name="dialect" checked=${value.dialect === each} onChange=${() => set(each)} /> ${each}</label>`)}</fieldset>`}</${Loaded}>${notice}</section>`;
}

function Settings({ status }) {
  const described = useLoaded(async () => { const document = await openapi("sandbox_control"); return resolved(document, document.components.schemas.Settings).properties; }, []);
  const [changes, setChanges] = useState({});
  const [run, notice] = useAction();
  const apply = (event) => {
    event.preventDefault();
    run(async () => {
      const body = Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, parsed(described.value[name], value)]));
      await call("PATCH", "/settings", { body });
      setChanges({}); status.reload();
    }, t.applied);
  };
  return html`<section class="wide" aria-labelledby="settings"><h2 id="settings">${t.settings}</h2>
    <${Loaded} of=${described}>${(properties) => html`<${Loaded} of=${status}>${({ settings }) => html`<form class="settings" onSubmit=${apply}>
      ${Object.entries(properties).map(([name, schema]) => html`<label key=${name}><span><code>${name}</code><br /><span class="quiet">${schema.description}</span></span>
        <${Value} schema=${schema} value=${changes[name] ?? settings[name]} onChange=${(value) => setChanges({ ...changes, [name]: value })} /></label>`)}
      <button disabled=${Object.keys(changes).length === 0}>${t.apply}</button></form>`}</${Loaded}>`}</${Loaded}>${notice}</section>`;
}

// The control that fits a setting's schema: what it cannot be, it does not take.
function Value({ schema, value, onChange }) {
  const set = (event) => onChange(event.target.value);
  if (schema.type === "boolean") return html`<input type="checkbox" checked=${value} onChange=${(event) => onChange(event.target.checked)} />`;
  if (schema.enum) return html`<select value=${value} onChange=${set}>${schema.enum.map((each) => html`<option>${each}</option>`)}</select>`;
  if (schema.type === "array") return html`<textarea rows="2" value=${shown(value)} onInput=${set}></textarea>`;
  const number = schema.type === "integer" || schema.type === "number";
  return html`<input type=${number ? "number" : "text"} step=${schema.type === "integer" ? 1 : "any"} min=${schema.minimum} max=${schema.maximum}
    required=${!schema.nullable} placeholder=${schema.nullable ? t.noLimit : undefined} value=${shown(value)} onInput=${set} />`;
}

const shown = (value) => (Array.isArray(value) ? value.join(", ") : value === null || value === undefined ? "" : String(value));
function parsed(schema, value) {
  if (schema.type === "boolean") return value;
  if (schema.type === "array") return value.split(",").map((item) => item.trim()).filter(Boolean);
  if (value === "" && schema.nullable) return null;
  return schema.type === "integer" || schema.type === "number" ? Number(value) : value;
}

function Faults() {
  const faults = useLoaded(async () => (await call("GET", "/faults")).faults, []);
  const known = useLoaded(operations, []);
  const [run, notice] = useAction();
  const [form, setForm] = useState({ effect: "status", value: "502", match: "", times: "1" });
  useReloads(faults.reload); // hits come from calls of others
  const set = (name) => (event) => setForm({ ...form, [name]: event.target.value });
  const hasValue = ["status", "delay_seconds", "drip_seconds"].includes(form.effect);
  const add = (event) => {
    event.preventDefault();
    const [api, operation] = form.match.split(" ");
    const match = { ...(api && { api }), ...(operation && { operation }) };
    const body = { match, effect: { [form.effect]: hasValue ? Number(form.value) : true }, times: form.times === "" ? null : Number(form.times) };
    run(async () => { await call("POST", "/faults", { body }); faults.reload(); }, "");
  };
  const remove = (path) => run(async () => { await call("DELETE", path); faults.reload(); }, t.done);
  const apis = useMemo(() => Map.groupBy(known.value ?? [], (each) => each.api), [known.value]);
  return html`<section class="wide" aria-labelledby="faults"><div class="row"><h2 id="faults" class="grow">${t.faults}</h2><button class="plain" disabled=${!faults.value?.length} onClick=${() => remove("/faults")}>${t.removeAll}</button></div>
    <form class="row" onSubmit=${add}><label>${t.effect} <select value=${form.effect} onChange=${set("effect")}>${Object.entries(t.presets).map(([name, text]) => html`<option value=${name}>${text}</option>`)}</select></label>
      ${hasValue && html`<label>${t.values[form.effect]} <input type="number" step="any" required ...${LIMITS[form.effect]} value=${form.value} onInput=${set("value")} /></label>`}
      <label>${t.calls} <select value=${form.match} onChange=${set("match")}><option value="">${t.every}</option>
        ${[...apis].map(([api, operations]) => html`<optgroup label=${api}><option value=${api}>${t.everyOf(api)}</option>${operations.map((each) => html`<option value=${`${api} ${each.operation.operationId}`}>${api} ${each.operation.operationId}</option>`)}</optgroup>`)}</select></label>
      <label>${t.times} <input type="number" min="1" placeholder=${t.always} value=${form.times} onInput=${set("times")} /></label><button>${t.addFault}</button></form>${notice}
    <${Loaded} of=${faults}>${(value) => value.length === 0 ? html`<p class="quiet">${t.noFaults}</p>` : html`<ul class="plain-list">${value.map((fault) => html`<li key=${fault.id} class="row"><span class="grow">${effectText(fault.effect)}, ${matchText(fault.match)} <span class="quiet">${t.left(fault.times)}</span></span>
      <button class="plain" aria-label=${`${t.remove} ${effectText(fault.effect)}, ${matchText(fault.match)}`} onClick=${() => remove(`/faults/${fault.id}`)}>${t.remove}</button></li>`)}</ul>`}</${Loaded}></section>`;
}

// Values that an effect may have.
const LIMITS = { status: { min: 400, max: 599 }, delay_seconds: { min: 0, max: 60 }, drip_seconds: { min: 0, max: 60 } };

const effectText = (effect) => Object.entries(effect).map(([name, value]) => `${t.presets[name] ?? name}${value === true ? "" : ` ${typeof value === "object" ? JSON.stringify(value) : value}`}`).join(", ");
const matchText = ({ api, operation, ...rest }) =>
  [operation ? `${api ?? ""} ${operation}`.trim() : api ? t.everyOf(api) : t.every, Object.keys(rest).length ? JSON.stringify(rest) : ""].join(" ");

// The fields show what the people were made of, until others are chosen.
function Seed({ status }) {
  const [changes, setChanges] = useState({});
  const seeded = status.value?.seeded;
  const form = { shoppers: seeded?.shoppers ?? "", seed: seeded?.seed ?? "", locale: seeded?.locale ?? "", ...changes };
  const set = (name) => (event) => setChanges({ ...changes, [name]: event.target.value });
  const done = () => { setChanges({}); status.reload(); };
  const locales = useLoaded(async () => (await openapi("sandbox_control")).paths["/seed"].post.requestBody.content["application/json"].schema.properties.locale.enum.filter(Boolean), []);
  const [run, notice] = useAction();
  const [ask, question] = useQuestion();
  const seed = async (event) => {
    event.preventDefault();
    const body = { shoppers: Number(form.shoppers), seed: Number(form.seed), ...(form.locale && { locale: form.locale }) };
    if (await ask(t.seedQuestion, t.seedIt)) await run(async () => { await call("POST", "/seed", { body }); done(); }, t.done);
  };
  const reset = async () => { if (await ask(t.resetQuestion(sandboxName), t.reset)) await run(async () => { await call("POST", "/reset"); done(); }, t.done); };
  return html`<section aria-labelledby="seed"><h2 id="seed">${t.seed}</h2>${question}<form class="row" onSubmit=${seed}>
    <label>${t.shoppers} <input type="number" required min="0" max="12000" value=${form.shoppers} onInput=${set("shoppers")} /></label><label>${t.seedNumber} <input type="number" required min="0" value=${form.seed} onInput=${set("seed")} /></label>
    <label>${t.locale} <select value=${form.locale} onChange=${set("locale")}><option value="">${t.mixed}</option>${(locales.value ?? []).map((each) => html`<option>${each}</option>`)}</select></label><button>${t.seedIt}</button></form>
    <button class="grave" onClick=${reset}>${t.reset}</button>${notice}</section>`;
}

function Sandboxes({ names }) {
  const [run, notice] = useAction();
  const [ask, question] = useQuestion();
  const [name, setName] = useState("");
  const make = (event) => { event.preventDefault(); run(async () => { await createSandbox(name); location.assign(urlOf(name)); }, t.done); };
  const remove = async (each) => { if (await ask(t.deleteQuestion(each), t.delete)) await run(async () => { await call("DELETE", `/sandboxes/${each}`); names.reload(); }, t.done); };
  return html`<section aria-labelledby="sandboxes"><h2 id="sandboxes">${t.sandboxes}</h2>${question}
    <form class="row" onSubmit=${make}><label>${t.name} <input required pattern="[a-z0-9_.\\-]{1,64}" title=${texts.nameForm} value=${name} onInput=${(event) => setName(event.target.value)} /></label><button>${t.create}</button></form><p class="quiet">${t.name}: ${texts.nameForm}</p>${notice}
    <${Address} name=${/^[a-z0-9_.-]{1,64}$/.test(name) ? name : sandboxName} />
    <ul class="plain-list">${(names.value ?? []).map((each) => html`<li key=${each} class="row"><a class="grow" href=${urlOf(each)}>${each}</a>
    <button class="plain" aria-label=${`${t.delete} ${each}`} disabled=${each === sandboxName} onClick=${() => remove(each)}>${t.delete}</button></li>`)}</ul></section>`;
}

const Counts = ({ status }) => html`<section class="wide" aria-labelledby="counts"><h2 id="counts">${t.counts}</h2><${Loaded} of=${status}>${(value) => html`<dl class="many">${Object.entries(value.documents).flatMap(([api, collections]) => Object.entries(collections).map(([name, count]) => html`<div><dt>${api}/${name}</dt> <dd>${count}</dd></div>`))}</dl>`}</${Loaded}></section>`;

function Credentials() {
  const state = useLoaded(async () => (await call("GET", "/credentials")).credentials, []);
  return html`<section class="wide" aria-labelledby="credentials"><h2 id="credentials">${t.credentials}</h2><${Loaded} of=${state}>${(value) => Object.entries(value).map(([api, list]) => html`<h3>${api}</h3><ul class="plain-list">${list.map((each) => html`<li>${Object.entries(each.headers).map(([name, text]) => html`<code>${name}: ${text}</code> `)}<span class="quiet">${each.allows}</span></li>`)}</ul>`)}</${Loaded}></section>`;
}

function Audit() {
  const state = useLoaded(async () => (await call("GET", "/audit")).events, []);
  return html`<section class="wide" aria-labelledby="audit"><h2 id="audit">${t.audit}</h2><${Loaded} of=${state}>${(events) => events.length === 0 ? html`<p class="quiet">${t.noEvents}</p>` : html`<ul class="plain-list">${events.slice(-50).reverse().map((event) => html`<li><strong>${event.action}</strong> <span class="quiet">${instant(event.time)}</span> ${event.document ?? (event.entries ? t.ofCalls(event.entries) : "")}${event.reason ? html` <q>${event.reason}</q>` : ""}</li>`)}</ul>`}</${Loaded}></section>`;
}
