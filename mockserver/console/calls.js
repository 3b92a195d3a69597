// The list of calls, live, and one call beside it.
import { call, follow, send, basePath } from "./api.js";
import * as code from "./code.js";
import { html, useEffect, useMemo, useRef, useState } from "./html.js";
import { Copy, instant, Json, Loaded, Status, useAction, useLoaded } from "./parts.js";
import { texts } from "./texts.js";

const ROW_PIXELS = 36;
const MOST = 10000; // calls that the list holds; older ones stay in the journal
const t = texts.calls;

// The calls of this page, newest last, whatever view is open. Listeners are told at most once a frame.
export const log = { calls: [], state: "lost", missed: 0, listeners: new Set() };
let arrived = [];
let scheduled = false;
function changed() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    log.calls = [...log.calls, ...arrived].slice(-MOST); // a new list: a paused view keeps the old one
    arrived = [];
    for (const listener of log.listeners) listener();
  });
}

export const startLog = (signal) =>
  follow(
    {
      call: (data) => { arrived.push(data); changed(); },
      gap: ({ missed }) => { log.missed += missed; changed(); },
      restart: () => { log.calls = []; arrived = []; changed(); },
      state: (state) => { log.state = state; changed(); },
    },
    signal,
  );

export function useLog() {
  const [, setRound] = useState(0);
  useEffect(() => {
    const listener = () => setRound((round) => round + 1);
    log.listeners.add(listener);
    return () => log.listeners.delete(listener);
  }, []);
  return log;
}

const words = (entry) =>
  `${entry.method} ${entry.path ?? ""} ${entry.operation ?? ""} ${entry.api ?? ""} ${entry.rule ?? ""} ${entry.status} ${entry.refusal ?? ""} ${entry.fault ? "fault" : ""}`.toLowerCase();

export function Calls({ id, query }) {
  const live = useLog();
  const [paused, setPaused] = useState(null); // the calls as they were
  const [filter, setFilter] = useState(query.get("words") ?? query.get("rule") ?? "");
  const [kind, setKind] = useState("");
  const [run, notice] = useAction();
  const calls = paused ?? live.calls;
  const shown = useMemo(() => {
    const wanted = filter.toLowerCase().split(/\s+/).filter(Boolean);
    return calls.filter((entry) => {
      if (kind && Math.floor(entry.status / 100) !== Number(kind)) return false;
      const text = wanted.length ? words(entry) : "";
      return wanted.every((word) => text.includes(word));
    }).reverse();
  }, [calls, filter, kind]);
  const clear = () => run(async () => { await call("DELETE", "/journal"); live.calls = []; setPaused(null); }, "");
  return html`<div class="split">
    <section class="list" aria-label=${texts.views.calls}>
      <div class="row">
        <label class="grow"><span class="away">${t.filter}</span>
          <input type="search" placeholder=${t.filter} value=${filter} onInput=${(event) => setFilter(event.target.value)} /></label>
        <label>${t.statusKind} <select value=${kind} onChange=${(event) => setKind(event.target.value)}>
          <option value="">${t.any}</option>${[2, 3, 4, 5].map((each) => html`<option value=${each}>${each}xx</option>`)}</select></label>
        <button type="button" class="plain" aria-pressed=${paused !== null} onClick=${() => setPaused(paused ? null : live.calls)}>${paused ? t.resume : t.pause}</button>
        <button type="button" class="plain" onClick=${clear}>${t.clear}</button>
      </div>
      <p class="quiet" role="status">${t.count(shown.length, calls.length)}${paused && live.calls.length > paused.length ? `, ${t.waiting(live.calls.length - paused.length)}` : ""}</p>
      ${live.state === "lost" && html`<p class="problem" role="alert">${t.lost}</p>`}
      ${live.missed > 0 && html`<p class="quiet">${t.missed(live.missed)}</p>`}
      ${notice}
      ${shown.length ? html`<${Rows} calls=${shown} chosen=${id} />` : html`<p class="quiet">${calls.length ? t.none : t.empty}</p>`}
    </section>
    <section class="detail" aria-label=${t.why}>
      ${id ? html`<${Detail} key=${id} id=${id} />` : html`<p class="quiet">${t.choose}</p>`}
    </section>
  </div>`;
}

// Only the rows in sight are in the page.
function Rows({ calls, chosen }) {
  const box = useRef(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  useEffect(() => {
    const observer = new ResizeObserver(() => setHeight(box.current?.clientHeight ?? 600));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const first = Math.max(0, Math.floor(top / ROW_PIXELS) - 5);
  const rows = calls.slice(first, first + Math.ceil(height / ROW_PIXELS) + 10);
  const move = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = calls.findIndex((entry) => String(entry.id) === document.activeElement.dataset.id);
    const target = calls[Math.min(Math.max(at + step, 0), calls.length - 1)];
    const link = box.current.querySelector(`[data-id="${target.id}"]`);
    if (link) link.focus();
    else box.current.scrollTop += step * ROW_PIXELS;
  };
  return html`<div class="rows" ref=${box} tabindex="0" role="group" aria-label=${texts.views.calls} onScroll=${(event) => setTop(event.target.scrollTop)} onKeyDown=${move}>
    <ol style=${{ height: `${calls.length * ROW_PIXELS}px` }}>
      ${rows.map((entry, offset) => html`<li key=${entry.id} style=${{ top: `${(first + offset) * ROW_PIXELS}px` }} aria-setsize=${calls.length} aria-posinset=${first + offset + 1}>
        <a data-id=${entry.id} href=${`#/calls/${entry.id}`} aria-current=${String(entry.id) === chosen ? "true" : undefined}>
          <span class="time">${entry.time.slice(11, 19)}</span> <${Status} status=${entry.status} />
          <span class="method">${entry.method}</span> <span class="name">${entry.operation ?? "no operation"}</span>
          <span class="rule">${entry.fault ? "fault" : entry.rule ?? ""}</span>
        </a></li>`)}
    </ol></div>`;
}

function Detail({ id }) {
  const [reason, setReason] = useState(null);
  const query = reason === null ? {} : { reveal: reason };
  const state = useLoaded(async () => ({ entry: await call("GET", `/journal/${id}`, { query }), why: await call("GET", `/journal/${id}/explain`, { query }) }), [id, reason]);
  if (state.problem?.status === 404) return html`<p class="quiet">${t.gone}</p>`;
  return html`<${Loaded} of=${state}>${({ entry, why }) => html`
    <div class="row"><h2 class="grow"><${Status} status=${entry.status} /> ${entry.method} ${entry.operation ?? entry.url}</h2> <a class="button" href="#/calls">${t.close}</a></div>
    <p>${why.summary}</p>
    ${why.rule && html`<p><a href=${`#/rules/${why.rule.id}`}>${why.rule.id}</a> (${why.rule.status}): ${why.rule.statement}<br /><span class="quiet">${why.rule.source}</span></p>`}
    ${Object.keys(why.saw).length > 0 && html`<h3>${t.saw}</h3><dl>${Object.entries(why.saw).map(([name, value]) => html`<dt>${name}</dt><dd>${typeof value === "string" ? value : JSON.stringify(value)}</dd>`)}</dl>`}
    ${why.correction && html`<h3>${t.better}</h3><p>${why.correction.advice}</p>${why.correction.curl && html`<${Json} value=${why.correction.curl} label=${t.better} /><${Copy} text=${why.correction.curl} label="curl" />`}`}
    ${why.nearest.length > 0 && html`<h3>${t.nearest}</h3><ul>${why.nearest.map((near) => html`<li>${near.operation}: <code>${near.method} ${near.path}</code></li>`)}</ul>`}
    <${Actions} entry=${entry} />
    <${Reveal} reason=${reason} onReason=${setReason} />
    <p class="quiet">${instant(entry.time)}, ${entry.elapsed_ms} ms, ${entry.dialect}</p>
    <h3>${t.request}</h3><p class="url"><code>${entry.method} ${entry.url}</code></p>
    <${Message} message=${entry.request} label=${t.request} />
    <h3>${t.response}</h3><${Message} message=${entry.response} label=${t.response} />
  `}</${Loaded}>`;
}

function Message({ message, label }) {
  return html`<dl>${Object.entries(message.headers).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
    ${message.body !== null && html`<${Json} value=${message.body} label=${label} />`}`;
}

function Reveal({ reason, onReason }) {
  const [text, setText] = useState("");
  if (reason !== null) return html`<p class="quiet">${t.revealed}: ${reason}</p>`;
  const submit = (event) => { event.preventDefault(); onReason(text.trim()); };
  return html`<form class="row" onSubmit=${submit}><span class="quiet">${t.pseudonyms}</span>
    <label><span class="away">${t.reason}</span><input required pattern=".*\\S.*" placeholder=${t.reason} value=${text} onInput=${(event) => setText(event.target.value)} /></label>
    <button class="plain">${t.reveal}</button></form>`;
}

function Actions({ entry }) {
  const [run, notice] = useAction();
  const [status, setStatus] = useState(502);
  const request = code.requestOf(entry);
  const again = () => run(async () => {
    const clear = code.requestOf(await call("GET", `/journal/${entry.id}`, { query: { reveal: t.againReason } }));
    const url = new URL(clear.url);
    const path = url.pathname.replace(/^\/~[^/]+/, "").slice(url.pathname.startsWith(`${basePath}/`) && !/^\/~/.test(url.pathname) ? basePath.length : 0) + url.search;
    return send({ method: clear.method, path, headers: clear.headers, body: clear.body ?? undefined });
  }, (answer) => t.sent(answer.status));
  const fail = (event) => {
    event.preventDefault();
    const match = entry.operation ? { api: entry.api, operation: entry.operation } : {};
    run(() => call("POST", "/faults", { body: { match, effect: { status: Number(status) }, times: 1 } }), t.failing(entry.operation));
  };
  return html`<div class="row"><span class="quiet">${t.copy}</span>
      <${Copy} text=${code.curl(request)} label="curl" /><${Copy} text=${code.pytest(request, entry.status, entry.operation)} label="pytest" /><${Copy} text=${code.javascript(request)} label="JavaScript" />
      <button type="button" onClick=${again}>${t.again}</button></div>
    ${entry.operation && html`<form class="row" onSubmit=${fail}><button>${t.fail}</button>
      <label>${t.failWith} <input type="number" min="400" max="599" value=${status} onInput=${(event) => setStatus(event.target.value)} /></label></form>`}
    ${notice}`;
}
