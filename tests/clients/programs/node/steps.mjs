// The conversation that each Node client has; one JSON line a step.
const vtex = {"X-VTEX-API-AppKey": "vtexappkey-sandbox", "X-VTEX-API-AppToken": "sandbox-token"};
const newstore = {Authorization: "Bearer sandbox-newstore"};
const json = {"Content-Type": "application/json"};
const profiles = `${process.env.VTEX_URL}/api/storage/profile-system/profiles`;
const customers = `${process.env.NEWSTORE_URL}/v1/d/pii/profiles`;

const customer = (email, document) =>
  JSON.stringify({firstName: "Ana", lastName: "Lima", email, document, documentType: "CPF"});
const tell = (step, status, value) => console.log(JSON.stringify({step, status, value}));

export async function* pieces(body) {
  for (let at = 0; at < body.length; at += 20) yield Buffer.from(body.slice(at, at + 20));
}

// call(method, url, headers, body, chunked): {status, rule, text}
export async function play(call) {
  const ana = customer("ana+matrix@example.com", "12345678911");
  let answer = await call("POST", profiles, {...vtex, ...json}, ana, false);
  const profile = JSON.parse(answer.text);
  tell("create", answer.status, profile.document.email);
  answer = await call("POST", profiles, {...vtex, ...json}, ana, false);
  tell("conflict", answer.status, answer.rule);
  const byEmail = `${profiles}/${encodeURIComponent("ana+matrix@example.com")}?alternativeKey=email`;
  answer = await call("GET", byEmail, vtex, undefined, false);
  tell("masked read", answer.status, JSON.parse(answer.text).document.email);
  const ben = customer("ben@example.com", "98765432100");
  answer = await call("POST", profiles, {...vtex, ...json}, ben, true);
  tell("chunked create", answer.status, JSON.parse(answer.text).document.email);
  const known = JSON.stringify({email: "ana+matrix@example.com", full_name: "Ana Lima"});
  const created = JSON.parse((await call("POST", customers, {...newstore, ...json}, known, false)).text);
  const change = JSON.stringify({full_name: "Ana B.", last_updated_at: created.updated_at});
  const one = `${customers}/${created.id}`;
  answer = await call("PATCH", one, {...newstore, ...json}, change, false);
  tell("update", answer.status, JSON.parse(answer.text).full_name);
  answer = await call("PATCH", one, {...newstore, ...json}, change, false);
  tell("stale update", answer.status, answer.rule);
  answer = await call("GET", `${customers}?count=50`, newstore, undefined, false);
  tell("list", answer.status, JSON.parse(answer.text).profiles.length);
  answer = await call("DELETE", `${profiles}/${profile.id}`, vtex, undefined, false);
  tell("delete", answer.status, answer.text);
  answer = await call("GET", `${profiles}/${profile.id}`, vtex, undefined, false);
  tell("read after delete", answer.status, "");
  const statuses = [];
  const reader = async () => {
    for (let i = 0; i < 5; i++) statuses.push((await call("GET", one, newstore, undefined, false)).status);
  };
  await Promise.all(Array.from({length: 10}, reader));
  tell("side by side", statuses[0], statuses.filter((status) => status === 200).length);
}
