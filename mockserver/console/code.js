// A recorded request as code: for a shell, for pytest with httpx, for JavaScript.
const LEFT_OUT = new Set(["host", "content-length", "connection", "user-agent", "accept-encoding", "transfer-encoding"]);

// Request of a journal entry: method, url, headers and body as text (null without one). `isClear`: without pseudonyms.
export function requestOf(entry, isClear) {
  const { body, kind, headers } = entry.request;
  const isForm = kind === "form";
  const text = body === null || kind === "none" || kind === "omitted" ? null : isForm ? String(new URLSearchParams(body)) : typeof body === "string" ? body : JSON.stringify(body);
  const kept = Object.entries(headers).filter(([name]) => !LEFT_OUT.has(name) && !name.startsWith("sec-"));
  return { method: entry.method, url: entry.url, headers: Object.fromEntries(kept), body: text, isBinary: isClear && kind === "bytes" };
}

// Whether the journal holds only a part of the request: such a one cannot be made again.
export const isIncomplete = ({ kind, body, bytes }) => (kind === "omitted" && bytes > 0) || / more characters\)$/.test(typeof body === "string" ? body : "") || JSON.stringify(body ?? "").includes(" more characters)\"");

// The request with credentials of the sandbox in the place of their pseudonyms. One that was refused for its
// credentials keeps what stands there. `credentials`: those of its API.
export function withCredentials(request, status, credentials) {
  if (status === 401 || status === 403) return request;
  const has = ({ headers }) => Object.keys(headers).every((name) => name.toLowerCase() in request.headers);
  const known = Object.entries(credentials.find(has)?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return { ...request, headers: { ...request.headers, ...Object.fromEntries(known) } };
}

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
// Bodies that are no text stand in Base64 in the journal.
const base64 = ({ isBinary, body }) => (isBinary ? JSON.stringify(body) : null);

export function curl({ method, url, headers, body, isBinary }) {
  const parts = [`${isBinary ? `printf %s ${quoted(body)} | base64 -d | ` : ""}curl -sS -X ${method}`, quoted(url)];
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== null) parts.push(isBinary ? "--data-binary @-" : `--data-raw ${quoted(body)}`);
  return parts.join(" \\\n  ");
}

// What a value is in Python. Of objects those alone that JSON and Python write alike.
const inPython = (value) => (value === true ? "True" : value === false ? "False" : JSON.stringify(value));

// `entry`: of the journal. A fault that the sandbox injected into the call is set up in the test's own sandbox, too.
export function pytest(request, { status, operation, fault }) {
  const { method, url, headers, body, isBinary } = request;
  const name = (operation ?? "call").replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
  const content = body === null ? "" : `, content=${isBinary ? `base64.b64decode(${base64(request)})` : `${JSON.stringify(body)}.encode()`}`;
  const at = new URL(url);
  const path = at.pathname.replace(/^\/~[^/]+/, "") + at.search;
  const own = Object.fromEntries(Object.entries(headers).filter(([each]) => each !== "x-sandbox")); // the fixture has a sandbox of its own
  const isOfSandbox = fault && !("x-sandbox-fault" in headers);
  const before = isOfSandbox ? `    sandbox.faults.add(${Object.entries(fault).map(([each, value]) => `${each}=${inPython(value)}`).join(", ")}, times=1)\n` : "";
  return `${isBinary ? "import base64\n\n" : ""}import httpx


def test_${name}(sandbox):
${before}    response = httpx.request(
        "${method}", sandbox.url + ${JSON.stringify(path)}, headers=${JSON.stringify(own)}${content}
    )
    assert response.status_code == ${status}
`;
}

export function javascript(request) {
  const { method, url, headers, body, isBinary } = request;
  const options = JSON.stringify({ method, headers, ...(body === null || isBinary ? {} : { body }) }, null, 2);
  const bytes = isBinary ? `,\n  "body": Uint8Array.from(atob(${base64(request)}), (letter) => letter.charCodeAt(0))\n}` : "";
  return `const response = await fetch(${JSON.stringify(url)}, ${isBinary ? options.replace(/\n}$/, bytes) : options});\nconsole.log(response.status, await response.text());\n`;
}
