// The sandbox's clock, and what falls due on it next.
import { call } from "./api.js";
import { useQuestion } from "./dialogs.js";
import { html, useEffect, useState } from "./html.js";
import { duration, instant, Loaded, useAction, useLoaded } from "./parts.js";
import { texts } from "./texts.js";

const t = texts.time;
const PRESETS = [["1 h", { hours: 1 }], ["1 d", { days: 1 }], ["30 d", { days: 30 }]];

export function Time() {
  const clock = useLoaded(() => call("GET", "/clock"), []);
  const due = useLoaded(() => call("GET", "/due", { query: { count: 50 } }), []);
  const [run, notice] = useAction();
  const [amount, setAmount] = useState(1);
  const [unit, setUnit] = useState("days");
  const [at, setAt] = useState("");
  useEffect(() => {
    const timer = setInterval(() => { clock.reload(); due.reload(); }, 5000);
    return () => clearInterval(timer);
  }, []);
  const change = (action) => run(async () => { await action(); clock.reload(); due.reload(); }, t.moved);
  const advance = (body) => change(() => call("POST", "/clock/advance", { body }));
  const [ask, question] = useQuestion();
  const jump = async ({ at }) => { if (await ask(t.jumpQuestion(instant(at)), t.jump)) await set({ at }); };
  const set = (body) => change(() => call("PUT", "/clock", { body }));
  return html`<div class="split"><section aria-labelledby="clock-title"><h2 id="clock-title">${t.now}</h2>
      <${Loaded} of=${clock}>${(value) => html`<p class="big"><${Clock} key=${value.now} ...${value} /></p>
        <p class="quiet">${value.frozen ? t.frozen : t.runs}, ${offset(value.offset_seconds)}</p>
        <div class="row"><button class="toggle" onClick=${() => set({ frozen: !value.frozen })}>${value.frozen ? t.run : t.freeze}</button>
        ${PRESETS.map(([name, body]) => html`<button class="plain" onClick=${() => advance(body)}>+ ${name}</button>`)}</div>`}</${Loaded}>
      <form class="row" onSubmit=${(event) => { event.preventDefault(); advance({ [unit]: Number(amount) }); }}>
        <label>${t.amount} <input type="number" min="0" step="any" required value=${amount} onInput=${(event) => setAmount(event.target.value)} /></label>
        <label>${t.unit} <select value=${unit} onChange=${(event) => setUnit(event.target.value)}>${["days", "hours", "minutes", "seconds"].map((each) => html`<option>${each}</option>`)}</select></label>
        <button>${t.advance}</button></form>
      <form class="row" onSubmit=${(event) => { event.preventDefault(); set({ at: new Date(`${at}Z`).toISOString() }); }}>
        <label>${t.set} (UTC) <input type="datetime-local" step="1" required value=${at} onInput=${(event) => setAt(event.target.value)} /></label><button>${t.setIt}</button></form>
      ${notice}</section>
    <section aria-labelledby="due-title"><h2 id="due-title">${t.due}</h2>${question}
      <${Loaded} of=${due}>${(value) => value.due.length === 0 ? html`<p class="quiet">${t.nothing}</p>` : html`<ul class="plain-list">${value.due.map((each) => html`<li key=${each.collection + each.id} class="row">
        <span class="grow"><strong>${each.api}</strong> ${t.kinds[each.collection] ?? each.collection} ${t.events[each.event]} <strong>${t.inTime(duration(each.in_seconds))}</strong> <span class="quiet">${instant(each.at)}</span><br />
        ${each.email && html`<a href=${`#/people/${encodeURIComponent(each.email)}`}>${each.email}</a> `}<code class="quiet">${each.id}</code></span>
        <button class="plain" aria-label=${`${t.jump}: ${each.id}`} onClick=${() => jump(each)}>${t.jump}</button></li>`)}</ul>`}</${Loaded}></section></div>`;
}

// The sandbox's time, which goes on by the second unless it is frozen.
function Clock({ now, frozen }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (frozen) return undefined;
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const shown = new Date(Date.parse(now) + seconds * 1000).toISOString();
  return html`<time datetime=${shown}>${instant(shown)}</time>`;
}

function offset(seconds) {
  if (Math.abs(seconds) < 1) return t.level;
  return seconds > 0 ? t.ahead(duration(seconds)) : t.behind(duration(-seconds));
}
