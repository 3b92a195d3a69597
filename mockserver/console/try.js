// One operation, its parameters and body filled with what works in this sandbox now, sent as a client would.
import { call, send } from "./api.js";
import { log } from "./call_log.js";
import { html, useEffect, useMemo, useState } from "./html.js";
import { basePathOf, operations, resolved } from "./openapi.js";
import { Heading, Json, Loaded, ProblemText, Status, useAction, useLoaded } from "./parts.js";
import { texts } from "./texts.js";
import { credentialFor, valuesFor } from "./try_values.js";

const t = texts.attempt;

export function TryIt({ id }) {
  const state = useLoaded(async () => {
    const [all, people, credentials] = await Promise.all([operations(), call("GET", "/people/stored", { query: { count: 100 } }), call("GET", "/credentials")]);
    // those first whom the most APIs hold: their values work everywhere
    const held = people.people.filter(({ ids }) => Object.keys(ids).length).sort((one, other) => Object.keys(other.ids).length - Object.keys(one.ids).length);
    return { all, people: held.slice(0, 20), credentials: credentials.credentials };
  }, []);
  return html`<${Loaded} of=${state}>${(value) => html`<${Chooser} ...${value} id=${id} />`}</${Loaded}>`;
}

function Chooser({ all, people, credentials, id }) {
  const [search, setSearch] = useState("");
  const shown = all.filter((each) => `${each.api} ${each.operation.operationId} ${each.path} ${each.operation.summary ?? ""}`.toLowerCase().includes(search.toLowerCase()));
  const chosen = all.find((each) => `${each.name}.${each.operation.operationId}` === id);
  return html`<div class=${chosen ? "split open" : "split"}><section class="list" aria-label=${t.operation}><label class="line"><span class="away">${t.find}</span><input type="search" placeholder=${t.find} value=${search} onInput=${(event) => setSearch(event.target.value)} /></label>
      <ul class="plain-list scrolls" tabindex="0">${shown.map((each) => html`<li key=${each.name + each.operation.operationId}><a href=${`#/try/${each.name}.${each.operation.operationId}`} aria-current=${each === chosen ? "true" : undefined}><strong>${each.operation.operationId}</strong> <span class="quiet">${each.api}</span><br /><code>${each.method} ${each.path}</code></a></li>`)}</ul></section>
    <section class="detail" aria-label=${t.send}>${chosen ? html`<${Form} key=${id} chosen=${chosen} people=${people} credentials=${credentials[chosen.api] ?? []} />` : html`<p class="quiet">${t.choose}</p>`}</section></div>`;
}

function Form({ chosen, people, credentials }) {
  const { api, document, name, path, method, operation, shared } = chosen;
  const parameters = useMemo(() => [...shared, ...(operation.parameters ?? [])].map((each) => resolved(document, each)), [chosen]);
  const content = resolved(document, operation.requestBody).content;
  const types = Object.keys(content ?? {});
  const [number, setNumber] = useState(0);
  const [values, setValues] = useState({});
  const [isReady, setReady] = useState(false);
  const [credential, setCredential] = useState(credentialFor(credentials, path));
  const [type, setType] = useState(types[0]);
  const [body, setBody] = useState("");
  const [answer, setAnswer] = useState(null);
  const [run, notice] = useAction();
  const [unfilled, setUnfilled] = useState(null);
  const fill = (action) => action().then(() => setUnfilled(null), setUnfilled);
  useEffect(() => {
    let current = true;
    fill(async () => {
      const filled = await valuesFor(chosen, parameters, people[number]);
      if (!current) return;
      setValues(filled.values);
      if (filled.body !== undefined) setBody(JSON.stringify(filled.body, null, 2));
    }).then(() => current && setReady(true));
    return () => { current = false; };
  }, [number, chosen]);
  const submit = (event) => {
    event.preventDefault();
    run(async () => {
      const at = (place, each) => values[`${place} ${each}`] ?? "";
      const target = path.replace(/\{([^}]+)\}/g, (_, each) => encodeURIComponent(at("path", each)));
      const query = parameters.filter((each) => each.in === "query" && at("query", each.name) !== "").map((each) => [each.name, at("query", each.name)]);
      const own = parameters.filter((each) => each.in === "header" && at("header", each.name) !== "").map((each) => [each.name, at("header", each.name)]);
      const signed = credential === "none" ? {} : credential === "wrong" ? Object.fromEntries(Object.keys(credentials[0]?.headers ?? {}).map((each) => [each, each === "Authorization" ? "Bearer wrong" : "wrong"])) : credentials[credential]?.headers ?? {};
      const headers = { ...signed, ...Object.fromEntries(own), ...(content ? { "Content-Type": type } : {}) };
      const encoded = !content || body === "" ? undefined : type.includes("urlencoded") ? String(new URLSearchParams(JSON.parse(body))) : body;
      const before = log.calls.at(-1)?.id ?? 0;
      const result = await send({ method, path: basePathOf(document) + target + (query.length ? `?${new URLSearchParams(query)}` : ""), headers, body: encoded });
      const { entries } = await call("GET", "/journal", { query: { since: before, operation: operation.operationId, limit: 1000 } });
      setAnswer({ ...result, id: entries.at(-1)?.id });
    }, "");
  };
  return html`<div class="row"><${Heading}>${operation.operationId}</${Heading}> <a class="button" href="#/try">${t.close}</a></div><p>${operation.summary}</p><p><code>${method} ${path}</code> <a href=${`docs/${name}`}>${t.swagger}</a></p>
    <form class="form" onSubmit=${submit}>
      <fieldset><legend>${t.credentials}</legend>${[...credentials.map((each, at) => [String(at), `${each.allows} (${Object.keys(each.headers)[0]})`]), ["wrong", t.wrong], ["none", t.none]].map(([value, text]) => html`<label class="choice" key=${value}>
        <input type="radio" name="credential" checked=${String(credential) === value} onChange=${() => setCredential(value)} /> <span>${text}</span></label>`)}</fieldset>
      <div class="row">
        <label>${t.person} <select value=${number} onChange=${(event) => setNumber(Number(event.target.value))}>${people.map((person, at) => html`<option value=${at}>${person.full_name ?? person.email}</option>`)}</select></label></div>
      <fieldset><legend>${t.parameters}</legend>${parameters.length === 0 && html`<p class="quiet">${t.noParameters}</p>`}
        ${parameters.map((each) => { const key = `${each.in} ${each.name}`; const options = resolved(document, each.schema).enum; const set = (event) => setValues({ ...values, [key]: event.target.value });
          return html`<label key=${key}><span><code>${each.name}</code> <span class="quiet">${each.in}${each.required ? `, ${t.required}` : ""}</span></span>
            ${options ? html`<select value=${values[key]} onChange=${set}><option value=""></option>${options.map((option) => html`<option>${option}</option>`)}</select>` : html`<textarea class="value" rows="1" value=${values[key] ?? ""} onInput=${set} onKeyDown=${sendByEnter}></textarea>`}</label>`; })}</fieldset>
      ${content && html`<label>${t.bodyType} <select value=${type} onChange=${(event) => setType(event.target.value)}>${types.map((each) => html`<option>${each}</option>`)}</select></label>
        <label>${t.body}<textarea rows="12" value=${body} onInput=${(event) => setBody(event.target.value)}></textarea></label>`}
      <button disabled=${!isReady}>${t.send}</button></form>${unfilled && html`<${ProblemText} problem=${unfilled} />`}${notice}
    ${answer && html`<h3>${t.answer}: <${Status} status=${answer.status} /></h3>${answer.id && html`<p><a href=${`#/calls/${answer.id}`}>${t.openCall}</a></p>`}
      <${Json} value=${pretty(answer.text)} label=${t.answer} /><details><summary>${t.headers}</summary><dl>${answer.headers.map(([each, value]) => html`<dt>${each}</dt><dd>${value}</dd>`)}</dl></details>`}`;
}

// A parameter is one line, shown in several where it is long.
const sendByEnter = (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  event.target.form.requestSubmit();
};

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
