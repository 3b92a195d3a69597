// Client of the control API of one sandbox, below the path where the page stands.
const TOKEN = "control-token"; // in session storage: it never stands in a URL

export class Problem extends Error {
  // `errors`: messages by field. `status` 0: there was no answer.
  constructor(status, title, errors = {}) {
    super(title);
    this.status = status;
    this.errors = errors;
  }
}

const prefixed = location.pathname.match(/^\/~([^/]+)\//);
export const sandboxName = prefixed ? decodeURIComponent(prefixed[1]) : new URLSearchParams(location.search).get("sandbox") || "default";
// Path of the vendors' APIs: the page stands at BASE/_sandbox/
export const basePath = location.pathname.replace(/\/_sandbox\/.*$/, "");

// URL of the console of another sandbox, in the form in which this page names its own.
export const urlOf = (name) => (basePath ? `/~${encodeURIComponent(name)}/_sandbox/` : `?sandbox=${encodeURIComponent(name)}`);

// A function that resolves to the control token, set by the page. It is told whether one was refused before.
export const prompts = { token: async (isRefused) => null };

const ofSandbox = prefixed ? {} : { "X-Sandbox": sandboxName };

function headers(more = {}, sandbox = ofSandbox) {
  const token = sessionStorage.getItem(TOKEN);
  return { ...sandbox, ...(token ? { "X-Sandbox-Control-Token": token } : {}), ...more };
}

const LIMIT_SECONDS = 20; // of a request to the control API
const LIMIT_OF_SEND_SECONDS = 90; // of one to a vendor's API, which a fault may delay
const SILENCE_SECONDS = 25; // of the stream, which sends a comment each 15 s

// A signal that is aborted after so many seconds, or with `signal`, and a function that begins anew.
function limit(seconds, signal) {
  const controller = new AbortController();
  let timer;
  const restart = () => { clearTimeout(timer); timer = setTimeout(() => controller.abort(), seconds * 1000); };
  signal?.addEventListener("abort", () => controller.abort());
  restart();
  return { signal: controller.signal, restart, end: () => clearTimeout(timer) };
}

// `read`: what is made of the response, its body, within the same time.
async function fetched(path, options, read = (response) => response, seconds = LIMIT_SECONDS) {
  const within = limit(seconds);
  try {
    return await read(await fetch(path, { signal: within.signal, ...options }));
  } catch (problem) {
    if (problem instanceof SyntaxError) throw problem;
    throw new Problem(0, within.signal.aborted ? `The server has not answered for ${seconds} s. Does it hang?` : "The server does not answer. Is it still running?");
  } finally {
    within.end();
  }
}

async function authorized(path, options, sandbox = ofSandbox) {
  for (;;) {
    const response = await fetched(path, { ...options, headers: headers(options.headers, sandbox) });
    if (response.status !== 401) return response;
    const token = await prompts.token(sessionStorage.getItem(TOKEN) !== null);
    if (token === null) throw new Problem(401, "The control API needs its token.");
    sessionStorage.setItem(TOKEN, token);
  }
}

// Calls the control API. Returns the parsed answer; throws a Problem for an error status.
export const call = async (method, path, options) => (await tagged(method, path, options)).answer;

// The same, with the tag of the document that is answered. `tag`: of the document that is to be changed.
export async function tagged(method, path, { body, query, tag } = {}) {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== "" && value !== null);
  const search = given.length ? `?${new URLSearchParams(given)}` : "";
  const response = await authorized(`v1${path}${search}`, {
    method,
    headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...(tag ? { "If-Match": tag } : {}) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Problem(response.status, answer.title, answer.errors);
  return { answer, tag: response.headers.get("ETag") };
}

// Path of the control API that names no sandbox.
const rootPath = `${location.pathname.replace(/^\/~[^/]+/, "").replace(/\/_sandbox\/.*$/, "")}/_sandbox/v1`;

// Base URL by which a client addresses a sandbox.
export const addressOf = (name) => `${location.origin}${rootPath.replace(/_sandbox\/v1$/, "")}~${name}`;

// Creates a sandbox, as the first request to it does.
export async function createSandbox(name) {
  const response = await authorized(`${rootPath}/status`, {}, { "X-Sandbox": name });
  if (!response.ok) throw new Problem(response.status, (await response.json()).title);
}

// Names of the sandboxes. The request names none: it would make the one that it names.
export async function sandboxes() {
  const response = await authorized(`${rootPath}/sandboxes`, {}, {});
  if (!response.ok) throw new Problem(response.status, response.statusText);
  return (await response.json()).sandboxes;
}

// Sends a request to a vendor's API of this sandbox, as any client would. Returns status, headers, text and milliseconds.
export async function send({ method, path, headers: own = {}, body }) {
  const began = performance.now();
  const kept = Object.entries(own).filter(([name]) => name.toLowerCase() !== "x-sandbox");
  const options = { method, headers: { ...ofSandbox, ...Object.fromEntries(kept) }, body, credentials: "omit" };
  const [response, text] = await fetched(basePath + path, options, async (found) => [found, await found.text()], LIMIT_OF_SEND_SECONDS);
  return { status: response.status, headers: [...response.headers], text, milliseconds: performance.now() - began };
}

export const documents = async () => (await (await fetched("docs", { headers: { Accept: "application/json" } })).json()).documents;

const loaded = new Map();
export function openapi(name) {
  if (!loaded.has(name)) {
    const options = { headers: headers() };
    loaded.set(name, fetched(`docs/${name}/openapi.json`, options).then((response) => response.json()));
  }
  return loaded.get(name);
}

// Reads the journal's events until `signal` is aborted. After a lost connection it goes on behind the last event.
// `on` has functions call(data), gap(data), restart(), state("connected" | "lost").
export async function follow(on, signal) {
  let last = null;
  for (let pause = 500; !signal.aborted; pause = Math.min(pause * 2, 8000)) {
    let within;
    try {
      const resume = last === null ? {} : { "Last-Event-ID": String(last) };
      within = limit(SILENCE_SECONDS, signal);
      const response = await authorized(`v1/journal/stream${last === null ? "?since=0" : ""}`, { signal: within.signal, headers: resume });
      if (!response.ok) throw new Problem(response.status, "no stream");
      on.state("connected");
      pause = 250;
      for await (const event of events(response.body.pipeThrough(new TextDecoderStream()), within.restart)) {
        last = Number(event.id);
        on[event.event]?.(JSON.parse(event.data));
      }
    } catch (error) {
      if (error.status === 401) return;
    } finally {
      within?.end();
    }
    if (signal.aborted) return;
    on.state("lost");
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

// Server-sent events of a stream of text. `onPiece`: told of each piece, comments too.
async function* events(stream, onPiece) {
  const reader = stream.getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onPiece();
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const lines = block.split("\n").filter((line) => !line.startsWith(":"));
      if (lines.length) yield Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
    }
  }
}
