// One call: why it was answered so, what would have worked, and the call as code.
import { basePath, call, send } from "./api.js";
import { useReloads } from "./call_log.js";
import * as code from "./code.js";
import { ReasonForm, useReason } from "./dialogs.js";
import { html, useEffect, useRef, useState } from "./html.js";
import { Copy, copyText, Heading, instant, Json, Loaded, Status, useAction, useLoaded } from "./parts.js";
import { texts } from "./texts.js";

const t = texts.calls;

export function CallDetail({ id }) {
  const [reason, setReason] = useState(null);
  const state = useLoaded(async () => {
    const [entry, { credentials }] = await Promise.all([
      call("GET", `/journal/${id}`, { query: { explain: true, reveal: reason } }), // with its explanation: one reveal shows both
      call("GET", "/credentials"),
    ]);
    return { shownFor: reason, entry, why: entry.explanation, credentials }; // the old state stands until the new one is there
  }, [id, reason]);
  const shownFor = state.value?.shownFor ?? null;
  useEffect(() => { if (shownFor !== null) document.querySelector(".detail h2")?.focus(); }, [shownFor]); // what had the focus is gone
  const isMasked = useRef(true);
  isMasked.current = reason === null;
  useReloads(() => { if (isMasked.current) state.reload(); }, { pause: 1000, rest: 10000 }); // what is advised depends on later calls; in clear it would be one more look
  const copying = useClearCopy(state.value, setReason);
  if (state.problem?.status === 404) return html`<p class="quiet">${t.gone}</p>`;
  return html`<${Loaded} of=${state}>${({ entry, why, credentials, shownFor }) => html`
    <div class="row"><${Heading}><${Status} status=${entry.status} /> ${entry.method} ${entry.operation ?? entry.url}</${Heading}> <a class="button" href="#/calls">${t.close}</a></div>
    <p>${why.summary}</p>
    ${why.rule && html`<p><a href=${`#/rules/${why.rule.id}`}>${why.rule.id}</a> (${why.rule.status}): ${why.rule.statement}<br /><span class="quiet">${why.rule.source}</span></p>`}
    ${Object.keys(why.saw).length > 0 && html`<h3>${why.rule ? t.saw : t.sawCall}</h3><dl>${Object.entries(why.saw).map(([name, value]) => html`<dt>${name}</dt><dd>${typeof value === "string" ? value : JSON.stringify(value)}</dd>`)}</dl>`}
    ${why.correction && html`<h3>${t.better}</h3><p>${why.correction.advice}</p>${why.correction.curl && html`<${Code} text=${why.correction.curl} />
      <div class="row"><${Copies} text=${why.correction.curl} labels=${t.copyBetter} isClear=${shownFor !== null} onClear=${() => copying.ask((value) => value.why.correction.curl)} /></div>`}`}
    ${why.nearest.length > 0 && html`<h3>${t.nearest}</h3><ul>${why.nearest.map((near) => html`<li>${near.operation}: <code>${near.method} ${near.path}</code></li>`)}</ul>`}
    <${Actions} entry=${entry} credentials=${credentials[entry.api]} isClear=${shownFor !== null} onClear=${copying.ask} />${copying.notice}
    ${shownFor === null ? html`<p class="quiet">${t.pseudonyms}</p><${ReasonForm} action=${t.reveal} onReason=${setReason} />` : html`<p class="quiet">${t.revealed}: ${shownFor}</p>`}
    <p class="quiet">${instant(entry.time)}, ${entry.elapsed_ms} ms, ${entry.dialect}</p>
    <h3>${t.request}</h3><p class="url"><code>${entry.method} ${entry.url}</code></p>
    <${Message} message=${entry.request} label=${t.request} />
    <h3>${t.response}</h3><${Message} message=${entry.response} label=${t.response} />
  `}</${Loaded}>${copying.dialog}`;
}

// Copying with real values: asks for the reason, shows the call in clear, and then copies what is made of that.
function useClearCopy(value, onReason) {
  const [askReason, dialog] = useReason();
  const [run, notice] = useAction();
  const [wanted, setWanted] = useState(null);
  useEffect(() => {
    if (wanted === null || !value || value.shownFor === null) return;
    setWanted(null);
    run(() => copyText(wanted.text(value)), t.copiedClear);
  }, [wanted, value]);
  const ask = async (text) => {
    const reason = await askReason(t.clearCopy, t.revealAndCopy);
    if (reason === null) return;
    setWanted({ text });
    onReason(reason);
  };
  return { ask, dialog, notice };
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

// Buttons that copy a text: with pseudonyms in it they say so, and real values are offered beside them.
function Copies({ text, labels, isClear, onClear }) {
  if (isClear || !PSEUDONYM.test(text)) return html`<${Copy} text=${text} label=${isClear ? labels.inClear : labels.plain} />`;
  return html`<button type="button" class="plain" onClick=${onClear}>${labels.clear}</button> <${Copy} text=${text} label=${labels.pseudonyms} />`;
}

const FORMS = {
  curl: (request) => code.curl(request),
  pytest: (request, entry) => code.pytest(request, entry),
  JavaScript: (request) => code.javascript(request),
};

// `credentials`: those of the sandbox, to put in the place of pseudonyms.
function Actions({ entry, credentials, isClear, onClear }) {
  const [run, notice] = useAction();
  const [status, setStatus] = useState(502);
  const [form, setForm] = useState("curl");
  const request = isClear ? code.requestOf(entry, true) : code.withCredentials(code.requestOf(entry, false), entry.status, credentials ?? []);
  const again = () => run(async () => {
    const whole = isClear ? entry : await call("GET", `/journal/${entry.id}`, { query: { reveal: t.againReason } });
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
  return html`<h3>${t.actions}</h3>
    <div class="row"><label>${t.copy} <select value=${form} onChange=${(event) => setForm(event.target.value)}>${Object.keys(FORMS).map((each) => html`<option>${each}</option>`)}</select></label>
      <${Copies} text=${FORMS[form](request, entry)} labels=${t.copyCall} isClear=${isClear} onClear=${() => onClear((value) => FORMS[form](code.requestOf(value.entry, true), value.entry))} />
      <button type="button" class="plain" onClick=${again}>${t.again}</button></div>
    ${entry.operation && html`<form class="row" onSubmit=${fail}><button class="plain">${t.fail}</button>
      <label>${t.failWith} <input type="number" min="400" max="599" value=${status} onInput=${(event) => setStatus(event.target.value)} /></label></form>`}
    ${notice}`;
}
