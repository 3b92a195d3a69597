// The APIs' documents: their operations, and bodies to begin with.
import { documents, openapi } from "./api.js";

// Operations of all documents, with what the console needs of each.
export async function operations() {
  const all = [];
  for (const { name, api } of await documents()) {
    if (api === "sandbox") continue;
    const document = await openapi(name);
    for (const [path, item] of Object.entries(document.paths)) {
      for (const method of ["get", "put", "post", "delete", "patch"]) {
        if (item[method]) all.push({ api, name, document, path, method: method.toUpperCase(), operation: item[method], shared: item.parameters ?? [] });
      }
    }
  }
  return all;
}

export const basePathOf = (document) => new URL(document.servers[0].url, "http://server").pathname.replace(/\/$/, "").replace(/^\/~[^/]+/, "");

export function resolved(document, node) {
  let found = node;
  while (found?.$ref) found = found.$ref.slice(2).split("/").reduce((at, part) => at?.[part.replaceAll("~1", "/").replaceAll("~0", "~")], document);
  return found ?? {};
}

export const bodySchema = (document, operation) => {
  const content = resolved(document, operation.requestBody).content ?? {};
  return resolved(document, Object.values(content)[0]?.schema);
};

// The body that a document gives as an example, or one made of its properties' examples.
export function example(document, operation) {
  const media = Object.values(resolved(document, operation.requestBody).content ?? {})[0] ?? {};
  if (media.example !== undefined) return media.example;
  const [first] = Object.values(media.examples ?? {});
  if (first) return resolved(document, first).value;
  return sample(document, media.schema);
}

// A value that fits a schema: its example or default where it has one.
export function sample(document, node, depth = 0) {
  const schema = resolved(document, node);
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  const inner = schema.oneOf ?? schema.anyOf;
  if (inner) return sample(document, inner[0], depth);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => sample(document, part, depth)));
  if (schema.type === "object" || schema.properties) {
    const names = Object.keys(schema.properties ?? {}).filter((name) => (schema.required ?? []).includes(name) || depth === 0);
    return depth > 3 ? {} : Object.fromEntries(names.map((name) => [name, sample(document, schema.properties[name], depth + 1)]));
  }
  if (schema.type === "array") return [];
  if (schema.type === "boolean") return true;
  if (schema.type === "integer" || schema.type === "number") return schema.minimum ?? 1;
  return schema.format === "date" ? "1990-01-31" : schema.format === "date-time" ? "2030-01-31T12:00:00Z" : "text";
}
