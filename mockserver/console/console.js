"use strict";
// The console reads and writes one sandbox through its control API, below the path where the page stands.
const find = (id) => document.getElementById(id);
const state = { name: "default", token: sessionStorage.getItem("control-token") };

async function call(method, path, body) {
  const headers = { "X-Sandbox": state.name };
  if (state.token) headers["X-Sandbox-Control-Token"] = state.token;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch("v1" + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  if (response.status === 401) {
    await askForToken();
    return call(method, path, body);
  }
  const answer = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Error(answer.title);
  return answer;
}

function askForToken() {
  const dialog = find("token-dialog");
  return new Promise((resolve) => {
    dialog.onclose = () => {
      state.token = find("token").value;
      sessionStorage.setItem("control-token", state.token);
      resolve();
    };
    if (!dialog.open) dialog.showModal();
  });
}

function told(text) {
  find("notice").textContent = text;
}

async function tried(what, done) {
  try {
    await what();
    told(done);
  } catch (error) {
    told(error.message);
  }
}

function rows(table, values) {
  table.tBodies[0].replaceChildren(
    ...values.map((cells) => {
      const row = document.createElement("tr");
      row.append(...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
      return row;
    }),
  );
}

function showClock(clock) {
  find("now").textContent = clock.now.replace("T", " ").replace(/\.\d+Z$/, " UTC");
  find("now").dateTime = clock.now;
  const ahead = Math.round(clock.offset_seconds);
  find("clock-state").textContent = `${clock.frozen ? "frozen, " : ""}${ahead === 0 ? "the system's time" : `${ahead} s from the system's time`}`;
  find("freeze").textContent = clock.frozen ? "Let it run" : "Freeze";
  find("freeze").dataset.frozen = clock.frozen;
}

function showCollections(documents) {
  const buttons = Object.entries(documents).flatMap(([api, collections]) =>
    Object.entries(collections).map(([name, count]) => {
      const button = document.createElement("button");
      button.textContent = `${api}/${name} ${count}`;
      button.setAttribute("aria-pressed", "false");
      button.onclick = () => {
        for (const other of find("collections").children) other.setAttribute("aria-pressed", other === button);
        tried(() => showDocuments(api, name), `${api}/${name}`);
      };
      return button;
    }),
  );
  find("collections").replaceChildren(...buttons);
  find("documents").replaceChildren();
}

async function showDocuments(api, collection) {
  const page = await call("GET", `/documents/${api}/${collection}?count=50`);
  const shown = page.documents.map((stored) => {
    const details = document.createElement("details");
    const summary = Object.assign(document.createElement("summary"), { textContent: stored.id });
    const text = Object.assign(document.createElement("pre"), { textContent: JSON.stringify(stored, null, 2), tabIndex: 0 });
    details.append(summary, text);
    return details;
  });
  const count = Object.assign(document.createElement("p"), { textContent: `${shown.length} of ${page.total}` });
  find("documents").replaceChildren(count, ...shown);
}

async function refresh() {
  const [status, clock, credentials, events, sandboxes] = await Promise.all(
    ["/status", "/clock", "/credentials", "/audit", "/sandboxes"].map((path) => call("GET", path)),
  );
  find("name").value = state.name = status.name;
  find("names").replaceChildren(...sandboxes.sandboxes.map((value) => Object.assign(document.createElement("option"), { value })));
  find("dialect").elements.dialect.value = status.dialect;
  showClock(clock);
  showCollections(status.documents);
  rows(
    find("credentials"),
    Object.entries(credentials.credentials).flatMap(([api, list]) =>
      list.map(({ headers, allows }) => [api, Object.entries(headers).map((pair) => pair.join(": ")).join("; "), allows]),
    ),
  );
  rows(find("events"), events.events.slice(-50).reverse().map((event) => [event.time, event.action, event.reason ?? ""]));
}

find("choose").onsubmit = (event) => {
  event.preventDefault();
  state.name = find("name").value;
  tried(refresh, `sandbox ${state.name}`);
};
find("advance").onsubmit = (event) => {
  event.preventDefault();
  const { amount, unit } = event.target.elements;
  tried(async () => {
    await call("POST", "/clock/advance", { [unit.value]: Number(amount.value) });
    await refresh();
  }, `advanced by ${amount.value} ${unit.value}`);
};
find("freeze").onclick = () => {
  const frozen = find("freeze").dataset.frozen !== "true";
  tried(async () => showClock(await call("PUT", "/clock", { frozen })), frozen ? "the clock stands still" : "the clock runs");
};
find("dialect").onchange = (event) => {
  tried(() => call("PUT", "/dialect", { dialect: event.target.value }), `dialect ${event.target.value}`);
};
find("reset").onsubmit = (event) => {
  event.preventDefault();
  if (!confirm(`Put everything in the sandbox ${state.name} back to its seed?`)) return;
  tried(async () => {
    await call("POST", "/reset");
    await refresh();
  }, "back to its seed");
};
const prefixed = location.pathname.match(/^\/~([^/]+)\//);
if (prefixed) state.name = prefixed[1];
tried(refresh, "");
