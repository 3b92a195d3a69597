// Parameters and bodies with which an operation works in this sandbox now: of a person, of what is stored.
import { call } from "./api.js";
import { example, resolved, sample } from "./openapi.js";

// Values of `parameters` by "PLACE NAME", and the body as a value (undefined without one).
export async function valuesFor({ api, document, operation }, parameters, person) {
  const find = await finder(api, person);
  const values = {};
  let last = null; // the record that the last id in the path names
  for (const parameter of parameters) {
    const name = parameter.name.toLowerCase();
    const [, stem, isVersion] = name.match(/^(.*?)_?(version)?_?id$/) ?? [];
    let value;
    if (person && name.includes("email")) value = person.email;
    else if (person && name.includes("phone")) value = person.phone;
    else if (person && parameter.in === "path" && name.includes("document")) value = person.document;
    else if (parameter.in === "path" && isVersion) value = (await stored(last))?.meta?.version;
    else if (parameter.in === "path" && stem !== undefined) {
      last = await find(stem);
      value = last?.id;
    }
    values[`${parameter.in} ${parameter.name}`] = value ?? (parameter.required ? given(document, parameter) : "");
  }
  return { values, body: await bodyFor(document, operation, last, person) };
}

function given(document, parameter) {
  const schema = resolved(document, parameter.schema);
  return String(parameter.example ?? Object.values(parameter.examples ?? {})[0]?.value ?? schema.example ?? sample(document, schema) ?? "");
}

// The document's example with the person's values, and with those of the record that is written to: an update sends what
// is there. What must be new in a new record is new.
async function bodyFor(document, operation, record, person) {
  if (!operation.requestBody) return undefined;
  const body = example(document, operation);
  if (!body || typeof body !== "object" || Array.isArray(body)) return body;
  const isNew = operation["x-safety"] === "create" && "email" in body;
  const held = isNew ? null : (await stored(record))?.document;
  const known = { ...valuesOf(person), ...(isNew && newValues(body)) };
  const filled = Object.fromEntries(Object.entries(body).map(([name, given]) => {
    const value = held?.[name] ?? known[name.replaceAll("_", "").toLowerCase()];
    return [name, typeof value === typeof given && typeof value !== "object" ? value : given];
  }));
  const lock = operation["x-lock"];
  const now = lock && held?.[lock.of];
  return now ? { ...filled, [lock.field]: now } : filled;
}

function valuesOf(person) {
  if (!person) return {};
  const [first, ...rest] = (person.full_name ?? "").split(" ");
  const names = person.full_name ? { firstname: first, lastname: rest.join(" ") || first, fullname: person.full_name, receivername: person.full_name } : {};
  return { ...names, email: person.email, ...(person.phone && { phone: person.phone, phonenumber: person.phone, homephone: person.phone }), ...(person.document && { document: person.document }) };
}

// Values that no record has: an email, and a document number of the example's length.
function newValues(body) {
  const now = Date.now();
  const digits = typeof body.document === "string" && /^\d+$/.test(body.document) && { document: String(now).padStart(body.document.length, "1").slice(-body.document.length) };
  return { email: `person.${now.toString(36)}@example.com`, ...digits };
}

const stored = (record) => (record ? call("GET", `/documents/${record.collection}/${encodeURIComponent(record.id)}`).catch(() => null) : null);

// A function that finds a record by the stem of an id's name (`address` of `address_id`): the person's, else any.
async function finder(api, person) {
  const [held, status] = await Promise.all([
    person ? call("GET", "/residue", { query: { subject: person.email } }) : { places: [] },
    call("GET", "/status"),
  ]);
  return async (stem) => {
    const own = stem && held.places.find(({ where }) => where.startsWith(`${api}/${stem}`));
    if (own) return { collection: own.where, id: own.id };
    const name = stem && Object.keys(status.documents[api] ?? {}).find((each) => each.startsWith(stem));
    if (person?.ids[api] && (!name || name === "profiles")) return { collection: `${api}/profiles`, id: person.ids[api] };
    if (!name) return null;
    const { documents } = await call("GET", `/documents/${api}/${name}`, { query: { count: 1 } });
    return documents.length ? { collection: `${api}/${name}`, id: documents[0].id } : null;
  };
}

// Which of the credentials an operation works with: one that is for it alone, else the first.
export function credentialFor(credentials, path) {
  const own = credentials.findIndex(({ allows }) => allows.endsWith(path.slice(path.lastIndexOf("/"))));
  return Math.max(own, 0);
}
