// One call: why it was answered so, what would have worked, and the call as code.
import { basePath, call, send } from "./api.js";
import * as code from "./code.js";
import { html, useState } from "./html.js";
import { Copy, instant, Json, Loaded, Status, useAction, useLoaded } from "./parts.js";
import { texts } from "./texts.js";

const t = texts.calls;

export function CallDetail({ id }) {
  const [reason, setReason] = useState(null);
  const query = reason === null ? {} : { reveal: reason };
  const state = useLoaded(async () => ({
    shownFor: reason, // the old state stands until the new one is there
    entry: await call("GET", `/journal/${id}`, { query }),
    why: await call("GET", `/journal/${id}/explain`, { query }),
    credentials: (await call("GET", "/credentials")).credentials,
  }), [id, reason]);
  if (state.problem?.status === 404) return html`<p class="quiet">${t.gone}</p>`;
  return html`<${Loaded} of=${state}>${({ entry, why, credentials, shownFor }) => html`
    <div class="row"><h2 class="grow"><${Status} status=${entry.status} /> ${entry.method} ${entry.operation ?? entry.url}</h2> <a class="button" href="#/calls">${t.close}</a></div>
    <p>${why.summary}</p>
    ${why.rule && html`<p><a href=${`#/rules/${why.rule.id}`}>${why.rule.id}</a> (${why.rule.status}): ${why.rule.statement}<br /><span class="quiet">${why.rule.source}</span></p>`}
    ${Object.keys(why.saw).length > 0 && html`<h3>${why.rule ? t.saw : t.sawCall}</h3><dl>${Object.entries(why.saw).map(([name, value]) => html`<dt>${name}</dt><dd>${typeof value === "string" ? value : JSON.stringify(value)}</dd>`)}</dl>`}
    ${why.correction && html`<h3>${t.better}</h3><p>${why.correction.advice}</p>${why.correction.curl && html`<${Code} text=${why.correction.curl} /><p><${Copy} text=${why.correction.curl} label=${t.copyBetter} /></p>`}`}
    ${why.nearest.length > 0 && html`<h3>${t.nearest}</h3><ul>${why.nearest.map((near) => html`<li>${near.operation}: <code>${near.method} ${near.path}</code></li>`)}</ul>`}
    <${Actions} entry=${entry} credentials=${credentials[entry.api]} isClear=${shownFor !== null} />
    <${Reveal} reason=${shownFor} onReason=${setReason} />
    <p class="quiet">${instant(entry.time)}, ${entry.elapsed_ms} ms, ${entry.dialect}</p>
    <h3>${t.request}</h3><p class="url"><code>${entry.method} ${entry.url}</code></p>
    <${Message} message=${entry.request} label=${t.request} />
    <h3>${t.response}</h3><${Message} message=${entry.response} label=${t.response} />
  `}</${Loaded}>`;
}

// Words such as `email#7f3a`, by which the server shows personal data.
const PSEUDONYM = /([\w-]+#[0-9a-f]{4,})/;

// A call as code, with its pseudonyms marked, and what they are said beside it.
function Code({ text }) {
  const parts = text.split(PSEUDONYM);
  return html`${parts.length > 1 && html`<p class="warn">${t.marked}</p>`}
    <pre tabindex="0" role="region" aria-label=${t.better}>${parts.map((part, at) => (at % 2 ? html`<mark>${part}</mark>` : part))}</pre>`;
}

function Message({ message, label }) {
  return html`<dl>${Object.entries(message.headers).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
    ${message.body !== null && html`<${Json} value=${message.body} label=${label} />`}`;
}

function Reveal({ reason, onReason }) {
  const [text, setText] = useState("");
  if (reason !== null) return html`<p class="quiet">${t.revealed}: ${reason}</p>`;
  const submit = (event) => { event.preventDefault(); onReason(text.trim()); };
  return html`<form class="row" onSubmit=${submit}><span class="quiet line">${t.pseudonyms}</span>
    <label class="grow wide-input"><span class="away">${t.reason}</span><input required pattern=".*\\S.*" placeholder=${t.reason} value=${text} onInput=${(event) => setText(event.target.value)} /></label>
    <button class="plain">${t.reveal}</button></form>`;
}

// `credentials`: those of the sandbox, to put in the place of pseudonyms.
function Actions({ entry, credentials, isClear }) {
  const [run, notice] = useAction();
  const [status, setStatus] = useState(502);
  const request = isClear ? code.requestOf(entry, true) : code.withCredentials(code.requestOf(entry, false), entry.status, credentials ?? []);
  const again = () => run(async () => {
    const whole = await call("GET", `/journal/${entry.id}`, { query: { reveal: t.againReason } });
    if (code.isIncomplete(whole.request)) throw new Error(t.incomplete);
    const clear = code.requestOf(whole, true);
    const url = new URL(clear.url);
    const path = url.pathname.replace(/^\/~[^/]+/, "").slice(url.pathname.startsWith(`${basePath}/`) && !/^\/~/.test(url.pathname) ? basePath.length : 0) + url.search;
    const body = clear.isBinary ? Uint8Array.from(atob(clear.body), (letter) => letter.charCodeAt(0)) : clear.body ?? undefined;
    return send({ method: clear.method, path, headers: clear.headers, body });
  }, (answer) => t.sent(answer.status));
  const fail = (event) => {
    event.preventDefault();
    const match = entry.operation ? { api: entry.api, operation: entry.operation } : {};
    run(() => call("POST", "/faults", { body: { match, effect: { status: Number(status) }, times: 1 } }), t.failing(entry.operation));
  };
  if (code.isIncomplete(entry.request)) return html`<p class="quiet">${t.incomplete}</p>`;
  return html`<h3>${t.actions}</h3><div class="row"><span class="quiet">${t.copy}</span>
      <${Copy} text=${code.curl(request)} label="curl" /><${Copy} text=${code.pytest(request, entry.status, entry.operation)} label="pytest" /><${Copy} text=${code.javascript(request)} label="JavaScript" />
      <button type="button" class="plain" onClick=${again}>${t.again}</button></div>
    ${entry.operation && html`<form class="row" onSubmit=${fail}><button class="plain">${t.fail}</button>
      <label>${t.failWith} <input type="number" min="400" max="599" value=${status} onInput=${(event) => setStatus(event.target.value)} /></label></form>`}
    ${notice}`;
}
