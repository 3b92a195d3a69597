// Masked copies of documents: what their API's document marks as personal or secret, and what it does not describe.
import { documents, openapi } from "./api.js";
import { resolved } from "./openapi.js";

const MARKS = ["x-pii", "x-masked", "x-secret"];

// What is marked in an API's documents: { known, marked }, both names of properties.
export async function marksOf(api) {
  const known = new Set(["id"]);
  const marked = new Set();
  for (const { name } of (await documents()).filter((each) => each.api === api)) {
    const document = await openapi(name);
    const isMarked = (node) => {
      const schema = resolved(document, node);
      return MARKS.some((mark) => schema[mark] === true) || ["allOf", "anyOf", "oneOf"].some((union) => schema[union]?.some(isMarked));
    };
    const look = (node) => {
      if (!node || typeof node !== "object") return;
      for (const [property, schema] of Object.entries(node.properties ?? {})) {
        known.add(property);
        if (isMarked(schema)) marked.add(property);
      }
      Object.values(node).forEach(look);
    };
    look(document.components?.schemas);
  }
  return { known, marked };
}

// What no document describes is masked unless it is an instant or an id.
const PLAIN = /^(\d{4}-\d\d-\d\dT.*|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}|NS-[A-Z]{2}-[\dA-Z-]+)$/;

// The first character of each run of letters and digits stays.
export const maskText = (text) => text.replace(/([\p{L}\p{N}])([\p{L}\p{N}\p{M}]*)/gu, (_, first, rest) => first + "*".repeat([...rest].length));
const maskUnknown = (text) => (PLAIN.test(text) ? text : maskText(text));

// `mask`: a function of the text, of what encloses the value; none where nothing there is marked.
export function maskedCopy(value, marks, mask = null) {
  if (Array.isArray(value)) return value.map((inner) => maskedCopy(inner, marks, mask));
  if (value && typeof value === "object") {
    const of = (name) => mask ?? (marks.marked.has(name) ? maskText : marks.known.has(name) ? null : maskUnknown);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskedCopy(inner, marks, of(name))]));
  }
  return mask && value !== null && typeof value !== "boolean" ? mask(String(value)) : value;
}
