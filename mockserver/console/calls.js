// The list of calls, live, with the call that is open beside it.
import { call } from "./api.js";
import { CallDetail } from "./call.js";
import { useLog, useReloads } from "./call_log.js";
import { useQuestion } from "./dialogs.js";
import { html, useEffect, useMemo, useRef, useState } from "./html.js";
import { ProblemText, Status, useAction, useLoaded } from "./parts.js";
import { texts } from "./texts.js";

const narrow = matchMedia("(max-width: 110rem)"); // there a row has two lines
const t = texts.calls;

// Text in which the filter's words are looked for; made once for an entry.
const words = (entry) => (entry.words ??=
  `${entry.method} ${entry.path ?? ""} ${entry.operation ?? ""} ${entry.api ?? ""} ${entry.rule ?? ""} ${entry.status} ${entry.refusal ?? ""} ${entry.fault ? "fault" : ""}`.toLowerCase());

export function Calls({ id, query }) {
  const live = useLog();
  const [subject, setSubject] = useState(null); // an email: the calls that name it are shown
  useEffect(() => { if (query.has("naming")) setSubject(query.get("naming")); }, [query.get("naming")]);
  const named = useLoaded(async () => (subject === null ? null : new Set((await call("GET", "/residue", { query: { subject } })).journal_ids)), [subject]);
  useReloads(named.reload, { pause: 1000, rest: 10000 });
  const [paused, setPaused] = useState(null); // the calls as they were
  const [filter, setFilter] = useState(query.get("words") ?? query.get("rule") ?? "");
  const [kind, setKind] = useState("");
  const [api, setApi] = useState("");
  const [run, notice] = useAction();
  const calls = paused ?? live.calls;
  const shown = useMemo(() => {
    const wanted = filter.toLowerCase().split(/\s+/).filter(Boolean);
    return calls.filter((entry) => {
      if (subject !== null && !named.value?.has(entry.id)) return false;
      if (api && entry.api !== api) return false;
      if (kind && Math.floor(entry.status / 100) !== Number(kind)) return false;
      const text = wanted.length ? words(entry) : "";
      return wanted.every((word) => text.includes(word));
    }).reverse();
  }, [calls, filter, kind, api, subject, named.value]);
  const apis = useMemo(() => [...new Set(calls.map((entry) => entry.api).filter(Boolean))].sort(), [calls]);
  const [ask, question] = useQuestion();
  const clear = async () => (await ask(t.clearQuestion(live.calls.length), t.clear)) && run(async () => { await call("DELETE", "/journal"); live.calls = []; setPaused(null); }, "");
  return html`<div class=${id ? "split open" : "split"}>
    <section class="list" aria-label=${texts.views.calls}>
      <div class="row">
        <label class="line"><span class="away">${t.filter}</span>
          <input type="search" placeholder=${t.filter} value=${filter} onInput=${(event) => setFilter(event.target.value)} /></label>
        <label>${t.api} <select value=${api} onChange=${(event) => setApi(event.target.value)}>
          <option value="">${t.any}</option>${apis.map((each) => html`<option>${each}</option>`)}</select></label>
        <label>${t.statusKind} <select value=${kind} onChange=${(event) => setKind(event.target.value)}>
          <option value="">${t.any}</option>${[2, 3, 4, 5].map((each) => html`<option value=${each}>${each}xx</option>`)}</select></label>
        <button type="button" class="plain toggle" aria-pressed=${paused !== null} onClick=${() => setPaused(paused ? null : live.calls)}>${paused ? t.resume : t.pause}</button>
        <button type="button" class="plain" onClick=${clear}>${t.clear}</button>${question}
      </div>
      ${subject !== null && html`<p class="row"><span class="grow">${t.naming(subject)}</span> <button type="button" class="plain" onClick=${() => { setSubject(null); location.hash = "#/calls"; }}>${t.showAll}</button></p>
        ${named.problem && html`<${ProblemText} problem=${named.problem} />`}`}
      <p class="quiet" role="status">${t.count(shown.length, calls.length)}${paused && live.calls.length > paused.length ? `, ${t.waiting(live.calls.length - paused.length)}` : ""}</p>
      ${live.missed > 0 && html`<p class="quiet">${t.missed(live.missed)}</p>`}
      ${notice}
      ${shown.length ? html`<${Rows} calls=${shown} chosen=${id} />` : html`<p class="quiet">${calls.length ? t.none : t.empty}</p>`}
    </section>
    <section class="detail" aria-label=${t.why}>
      ${id ? html`<${CallDetail} key=${id} id=${id} />` : html`<p class="quiet">${t.choose}</p>`}
    </section>
  </div>`;
}

const rowPixels = () => (narrow.matches ? 56 : 36);

// Only the rows in sight are in the page.
function Rows({ calls, chosen }) {
  const [pixels, setPixels] = useState(rowPixels());
  const box = useRef(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  useEffect(() => {
    const observer = new ResizeObserver(() => setHeight(box.current?.clientHeight ?? 600));
    observer.observe(box.current);
    const resize = () => setPixels(rowPixels());
    narrow.addEventListener("change", resize);
    return () => { observer.disconnect(); narrow.removeEventListener("change", resize); };
  }, []);
  const first = Math.max(0, Math.floor(top / pixels) - 5);
  const rows = calls.slice(first, first + Math.ceil(height / pixels) + 10);
  const move = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = calls.findIndex((entry) => String(entry.id) === document.activeElement.dataset.id);
    const target = calls[Math.min(Math.max(at + step, 0), calls.length - 1)];
    const link = box.current.querySelector(`[data-id="${target.id}"]`);
    if (link) link.focus();
    else box.current.scrollTop += step * pixels;
  };
  return html`<div class="rows" ref=${box} tabindex="0" role="group" aria-label=${texts.views.calls} onScroll=${(event) => setTop(event.target.scrollTop)} onKeyDown=${move}>
    <ol style=${{ height: `${calls.length * pixels}px` }}>
      ${rows.map((entry, offset) => html`<li key=${entry.id} style=${{ top: `${(first + offset) * pixels}px` }} aria-setsize=${calls.length} aria-posinset=${first + offset + 1}>
        <a data-id=${entry.id} href=${`#/calls/${entry.id}`} aria-current=${String(entry.id) === chosen ? "true" : undefined}>
          <span class="time">${entry.time.slice(11, 19)}</span> <${Status} status=${entry.status} />
          <span class="method">${entry.method}</span> <span class="name">${entry.api && html`<span class="api">${entry.api}</span> `}${entry.operation ?? "no operation"}</span>
          <span class="rule">${entry.fault ? "fault" : entry.rule ?? ""}</span>
        </a></li>`)}
    </ol></div>`;
}
