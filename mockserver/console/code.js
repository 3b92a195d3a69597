// A recorded request as code: for a shell, for pytest with httpx, for JavaScript.
const LEFT_OUT = new Set(["host", "content-length", "connection", "user-agent", "accept-encoding", "transfer-encoding"]);

// Request of a journal entry: method, url, headers and body as text (null without one).
export function requestOf(entry) {
  const { body, kind, headers } = entry.request;
  const isForm = kind === "form";
  const text = body === null || kind === "none" || kind === "omitted" ? null : isForm ? String(new URLSearchParams(body)) : typeof body === "string" ? body : JSON.stringify(body);
  const kept = Object.entries(headers).filter(([name]) => !LEFT_OUT.has(name) && !name.startsWith("sec-"));
  return { method: entry.method, url: entry.url, headers: Object.fromEntries(kept), body: text };
}

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

export function curl({ method, url, headers, body }) {
  const parts = [`curl -sS -X ${method}`, quoted(url)];
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== null) parts.push(`--data-raw ${quoted(body)}`);
  return parts.join(" \\\n  ");
}

export function pytest({ method, url, headers, body }, status, operation) {
  const name = (operation ?? "call").replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
  const content = body === null ? "" : `, content=${JSON.stringify(body)}`;
  const at = new URL(url);
  const path = at.pathname.replace(/^\/~[^/]+/, "") + at.search;
  return `import httpx


def test_${name}(sandbox):
    response = httpx.request(
        "${method}", sandbox.url + ${JSON.stringify(path)}, headers=${JSON.stringify(headers)}${content}
    )
    assert response.status_code == ${status}
`;
}

export function javascript({ method, url, headers, body }) {
  const options = { method, headers, ...(body === null ? {} : { body }) };
  return `const response = await fetch(${JSON.stringify(url)}, ${JSON.stringify(options, null, 2)});\nconsole.log(response.status, await response.text());\n`;
}
