// Elements that several views share.
import { addressOf } from "./api.js";
import { html, useEffect, useRef, useState } from "./html.js";
import { texts } from "./texts.js";

// State of a read: { value, problem, reload }. Read anew when one of `inputs` changes. An answer is shown unless the inputs
// are others by then, or a later one is shown already: a reload discards no answer that is still to come, so that
// what is read again and again is seen even where an answer takes longer than the pause.
export function useLoaded(read, inputs) {
  const [state, setState] = useState({});
  const [round, setRound] = useState(0);
  const order = useRef({ inputs: 0, asked: 0, shown: 0 });
  useEffect(() => () => { order.current.inputs += 1; }, inputs);
  useEffect(() => {
    const generation = order.current.inputs;
    const number = (order.current.asked += 1);
    const show = (next) => {
      if (generation !== order.current.inputs || number < order.current.shown) return;
      order.current.shown = number;
      setState(next);
    };
    read().then((value) => show({ value }), (problem) => show({ problem }));
  }, [...inputs, round]);
  return { ...state, reload: () => setRound((before) => before + 1) };
}

// A function that runs an action and tells what became of it, and the element that shows it. While one runs
// no other is begun: a second click on a button that has not answered yet does nothing.
export function useAction() {
  const [notice, setNotice] = useState(null);
  const isRunning = useRef(false);
  const run = async (action, done) => {
    if (isRunning.current) return undefined;
    isRunning.current = true;
    const timer = setTimeout(() => setNotice({ text: texts.working }), 500);
    try {
      const result = await action();
      clearTimeout(timer);
      setNotice({ text: typeof done === "function" ? done(result) : done });
      return result;
    } catch (problem) {
      clearTimeout(timer);
      setNotice({ problem });
      return undefined;
    } finally {
      isRunning.current = false;
    }
  };
  return [run, html`<${Notice} ...${notice ?? {}} />`];
}

// Heading of what is opened beside a list. It takes the focus, where it stands beside it.
export function Heading({ children }) {
  const heading = useRef(null);
  useEffect(() => { if (!matchMedia("(max-width: 60rem)").matches) heading.current.focus({ preventScroll: true }); }, []);
  return html`<h2 class="grow" tabindex="-1" ref=${heading}>${children}</h2>`;
}

export function Notice({ text, problem }) {
  return html`<div role="status" class="notice">
    ${problem ? html`<${ProblemText} problem=${problem} />` : text ? html`<p>${text}</p>` : null}
  </div>`;
}

export function ProblemText({ problem }) {
  const errors = Object.entries(problem.errors ?? {});
  return html`<div class="problem">
    <p>${problem.message}</p>
    ${errors.length > 0 && html`<ul>${errors.map(([field, messages]) => html`<li><code>${field}</code>: ${messages.join("; ")}</li>`)}</ul>`}
  </div>`;
}

export function Loaded({ of, children }) {
  if (of.problem) return html`<${ProblemText} problem=${of.problem} />`;
  return of.value === undefined ? html`<p class="quiet">${texts.loading}</p>` : children(of.value);
}

export const Json = ({ value, label }) =>
  html`<pre tabindex="0" role="region" aria-label=${label}>${typeof value === "string" ? value : JSON.stringify(value, null, 2)}</pre>`;

export const statusClass = (status) => (status < 300 ? "good" : status < 400 ? "plain" : status < 500 ? "warn" : "bad");

export const Status = ({ status }) => html`<span class=${`status ${statusClass(status)}`}>${status}</span>`;

// The clipboard's own interface is there for this machine and under HTTPS alone.
export async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = Object.assign(document.createElement("textarea"), { value: text });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  return undefined;
}

export function Copy({ text, label }) {
  const [copied, setCopied] = useState(null);
  const copy = async () => {
    await copyText(text);
    setCopied(text);
    setTimeout(() => setCopied(null), 1500);
  };
  return html`<button type="button" class="plain" onClick=${copy}>${copied === text ? texts.copied : label}</button>`;
}

// How a client addresses a sandbox.
export const Address = ({ name }) => html`<p>${texts.address.intro(name)}</p>
  <dl><dt>${texts.address.url}</dt><dd><code>${addressOf(name)}</code></dd><dt>${texts.address.header}</dt><dd><code>X-Sandbox: ${name}</code></dd></dl>`;

export function duration(seconds) {
  if (seconds < 0) return texts.overdue;
  const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  const shown = [];
  let rest = Math.round(seconds);
  for (const [name, size] of units) {
    if (rest >= size && shown.length < 2) shown.push(`${Math.floor(rest / size)} ${name}`);
    rest %= size;
  }
  return shown.join(" ") || "0 s";
}

export const instant = (text) => text.replace("T", " ").replace(/\.\d+(Z|\+00:00)$/, " UTC");
