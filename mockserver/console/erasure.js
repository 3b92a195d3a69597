// Erasure of a person as a client would ask each API for it.
import { call, send } from "./api.js";
import { basePathOf, bodySchema, operations } from "./openapi.js";
import { texts } from "./texts.js";

const t = texts.people;

// Each API's own erasure: the operation that takes an email, else the deletion of a profile. By API; an API without one has
// neither. `operations` holds the operationIds of all of them.
export async function erasures() {
  const byApi = new Map();
  for (const [api, own] of Map.groupBy(await operations(), (each) => each.api)) {
    const byEmail = own.filter(({ document, path, operation }) => operation["x-safety"] === "irreversible" && !path.includes("{") && bodySchema(document, operation).properties?.email);
    const ofProfile = own.filter(({ path, method, operation }) => operation["x-safety"] === "delete" && /\/profiles\/\{\w+\}(\/delete)?$/.test(path) && ["DELETE", "POST"].includes(method));
    byApi.set(api, { byEmail: byEmail[0], ofProfile: ofProfile[0], operations: [...byEmail, ...ofProfile].map(({ operation }) => operation.operationId) });
  }
  return byApi;
}

// Sends the erasure to each API that has one, as any client would, with the API's first credentials: by email, else for each
// profile that it holds. Returns what was answered, whether one accepted it, and whether one refused it (404: it has
// nobody by that id any more).
export async function erase(email, places) {
  const [{ credentials }, all] = await Promise.all([call("GET", "/credentials"), erasures()]);
  const answers = [];
  const without = []; // APIs that hold the person and have no erasure
  const request = async ({ api, document, path, method, operation }, body) => {
    const headers = { ...credentials[api][0].headers, ...(body && { "Content-Type": "application/json" }) };
    const answer = await send({ method, path: basePathOf(document) + path, headers, body: body && JSON.stringify(body) });
    answers.push({ text: `${operation.operationId}: ${answer.status}`, isAccepted: answer.status < 300, isRefused: answer.status >= 400 && answer.status !== 404 });
  };
  for (const [api, { byEmail, ofProfile }] of all) {
    const held = places.some(({ where }) => where.startsWith(`${api}/`));
    if (byEmail) await request(byEmail, { email });
    else if (!ofProfile && held) without.push(api);
    else if (ofProfile) for (const { id } of places.filter(({ where }) => where === `${api}/profiles`)) await request({ ...ofProfile, path: ofProfile.path.replace(/\{\w+\}/, encodeURIComponent(id)) });
  }
  const text = `${answers.map((each) => each.text).join(", ")}. ${without.length ? t.noErasure(without) : ""}`;
  return { text, isAccepted: answers.some((each) => each.isAccepted), isRefused: answers.some((each) => each.isRefused) };
}
