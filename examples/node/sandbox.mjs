// A sandbox of its own for each test, over HTTP. Nothing but what Node brings along.

import { randomUUID } from "node:crypto";

const server = process.env.PII_SANDBOX_URL ?? "http://127.0.0.1:8080";

export class Sandbox {
  constructor(name = `node-${randomUUID()}`) {
    this.name = name;
    this.url = `${server}/~${name}`; // in place of the vendor's scheme, host and port
  }

  /** A call of the control API; what it answers. Throws where it refuses. */
  async control(method, path, body) {
    const answer = await fetch(`${this.url}/_sandbox/v1${path}`, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  /** The headers that open an API. */
  async headers(api) {
    const { credentials } = await this.control("GET", "/credentials");
    return credentials[api][0].headers;
  }

  /** The seeded shoppers, with their ids at each vendor. */
  async people() {
    return (await this.control("GET", "/people")).people;
  }

  advance(by) {
    return this.control("POST", "/clock/advance", by);
  }

  fault(fault) {
    return this.control("POST", "/faults", fault);
  }

  remove() {
    return this.control("DELETE", `/sandboxes/${this.name}`);
  }
}

/** A test body that gets a fresh sandbox, which is gone afterwards. */
export const inSandbox = (body) => async () => {
  const sandbox = new Sandbox();
  try {
    await body(sandbox);
  } finally {
    await sandbox.remove();
  }
};
