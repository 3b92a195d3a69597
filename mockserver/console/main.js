// The page: head, navigation by the hash of the URL, and the view that is open.
import { call, prompts, sandboxes, sandboxName, urlOf } from "./api.js";
import { startLog, useLog } from "./call_log.js";
import { Calls } from "./calls.js";
import { unsaved, useQuestion } from "./dialogs.js";
import { html, render, useEffect, useRef, useState } from "./html.js";
import { Address, ProblemText, useLoaded } from "./parts.js";
import { People } from "./people.js";
import { Rules } from "./rules.js";
import { Sections } from "./sections.js";
import { texts } from "./texts.js";
import { Time } from "./time.js";
import { TryIt } from "./try.js";
import { World } from "./world.js";

const VIEWS = { calls: Calls, people: People, time: Time, world: World, rules: Rules, try: TryIt };

// #/VIEW/ID?QUERY
function route() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [view, ...rest] = path.split("/");
  const id = rest.length ? decodeURIComponent(rest.join("/")) : undefined;
  return { view: view in VIEWS ? view : "calls", id, query: new URLSearchParams(query) };
}

function Page() {
  const [at, setAt] = useState(route());
  const [created, setCreated] = useState(false);
  const main = useRef(null);
  const [ask, question] = useQuestion();
  useEffect(() => { // an edit that is not saved is left after a question alone
    let shown = location.hash;
    const listener = async () => {
      const wanted = location.hash;
      if (unsaved.size && wanted !== shown) {
        history.replaceState(null, "", shown || "#/");
        if (!(await ask(texts.unsaved, texts.discard))) return;
        unsaved.clear();
        history.replaceState(null, "", wanted);
      }
      shown = wanted;
      setAt(route());
    };
    const leave = (event) => { if (unsaved.size) event.preventDefault(); };
    addEventListener("hashchange", listener);
    addEventListener("beforeunload", leave);
    return () => { removeEventListener("hashchange", listener); removeEventListener("beforeunload", leave); };
  }, []);
  const names = useLoaded(sandboxes, [created]);
  const exists = created || names.value?.includes(sandboxName);
  useEffect(() => {
    if (!exists) return undefined;
    const controller = new AbortController();
    startLog(controller.signal);
    return () => controller.abort();
  }, [exists]);
  useEffect(() => { document.title = `${texts.views[at.view]}, ${sandboxName}: ${texts.title}`; }, [at.view]);
  useEffect(() => { // on a narrow page what is opened takes the list's place, and so the focus
    if (at.id === undefined || !matchMedia("(max-width: 60rem)").matches) return;
    main.current.focus();
    scrollTo(0, 0);
  }, [at.view, at.id]);
  useEffect(() => {
    addEventListener("keydown", moveFocus);
    return () => removeEventListener("keydown", moveFocus);
  }, []);
  const View = VIEWS[at.view];
  return html`<header>
      <a class="skip" href="#main" onClick=${(event) => { event.preventDefault(); main.current.focus(); }}>Skip to content</a>
      <h1>${texts.title}</h1>
      <nav aria-label="Views">${Object.keys(VIEWS).map((name) => html`<a href=${`#/${name}`} aria-current=${name === at.view ? "page" : undefined}>${texts.views[name]}</a>`)}</nav>
      <${Chooser} names=${names.value ?? []} />
    </header>
    <main id="main" ref=${main} tabindex="-1">
      ${names.problem && html`<${ProblemText} problem=${names.problem} />`}
      ${exists && html`<${Lost} />`}
      ${exists && html`<${View} key=${at.view} id=${at.id} query=${at.query} names=${names} />`}
      ${names.value && !exists && html`<section><h2>${texts.unknownSandbox(sandboxName)}</h2>
        <p><button onClick=${async () => { await call("GET", "/status"); setCreated(true); }}>${texts.makeSandbox}</button></p>
        <${Address} name=${sandboxName} />
        <ul>${names.value.map((name) => html`<li><a href=${urlOf(name) + location.hash}>${name}</a></li>`)}</ul></section>`}
    </main>
    <${Sections} />
    <${TokenDialog} />${question}`;
}

// Said in every view: what is shown may be old.
const Lost = () => (useLog().state === "lost" ? html`<p class="problem" role="alert">${texts.lost}</p>` : null);

// Arrows lead through a list, Escape from what is opened beside it back to its row.
function moveFocus(event) {
  const { target, key } = event;
  if (document.querySelector("dialog[open]")) return;
  if (key === "Escape" && target.closest(".detail") && !target.matches("textarea, input, select")) {
    const row = document.querySelector(".list [aria-current=true]");
    if (row?.checkVisibility()) row.focus();
    else if (row) target.closest(".detail").querySelector("a.button")?.click();
  }
  const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[key];
  const list = target.closest(".list .plain-list");
  if (!step || !list) return;
  event.preventDefault();
  (target === list ? list.firstElementChild : target.closest("li")[step])?.querySelector("a, button")?.focus();
}

function Chooser({ names }) {
  const [name, setName] = useState(sandboxName);
  const open = (event) => {
    event.preventDefault();
    location.assign(urlOf(name) + location.hash);
  };
  return html`<form class="row" onSubmit=${open}><label>${texts.sandbox} <input list="names" autocomplete="off" pattern="[a-z0-9_.\\-]{1,64}" title=${texts.nameForm} required value=${name} onInput=${(event) => setName(event.target.value)} /></label>
    <datalist id="names">${names.map((each) => html`<option value=${each} />`)}</datalist><button>${texts.open}</button></form>`;
}

function TokenDialog() {
  const dialog = useRef(null);
  const waiting = useRef([]);
  const [token, setToken] = useState("");
  const [isRefused, setRefused] = useState(false);
  useEffect(() => {
    prompts.token = (refused) => new Promise((resolve) => {
      setRefused(refused);
      waiting.current.push(resolve);
      if (!dialog.current.open) dialog.current.showModal();
    });
  }, []);
  const done = (value) => {
    dialog.current.close();
    for (const resolve of waiting.current.splice(0)) resolve(value);
  };
  return html`<dialog ref=${dialog} onCancel=${() => done(null)} aria-label=${texts.token.title}>
    <form onSubmit=${(event) => { event.preventDefault(); done(token); }}>
      ${isRefused && html`<p class="problem" role="alert">${texts.token.refused}</p>`}
      <label>${texts.token.label} <input type="password" autocomplete="off" required value=${token} onInput=${(event) => setToken(event.target.value)} /></label>
      <button>${texts.token.use}</button></form></dialog>`;
}

render(html`<${Page} />`, document.getElementById("console"));
