// Lines of a JSON text by path (`addresses.0.city`), to show an error where it is. The text must be valid JSON.
export function linesOf(text) {
  const lines = new Map();
  let at = 0;
  const skipSpace = () => { while (" \t\r\n".includes(text[at] || "-")) at += 1; };
  const note = (path) => lines.set(path, text.slice(0, at).split("\n").length);
  const string = () => {
    const start = at;
    for (at += 1; text[at] !== '"'; at += 1) if (text[at] === "\\") at += 1;
    at += 1;
    return JSON.parse(text.slice(start, at));
  };
  const value = (path) => {
    skipSpace();
    if (text[at] === '"') string();
    else if (text[at] === "{" || text[at] === "[") members(path, text[at] === "{");
    else while (at < text.length && !",]} \t\r\n".includes(text[at])) at += 1;
    skipSpace();
  };
  const members = (path, isObject) => {
    const end = isObject ? "}" : "]";
    at += 1;
    skipSpace();
    for (let index = 0; text[at] !== end; index += 1) {
      if (text[at] === ",") at += 1;
      skipSpace();
      const line = text.slice(0, at).split("\n").length;
      const inner = `${path}${path && "."}${isObject ? string() : index}`;
      lines.set(inner, line);
      skipSpace();
      if (isObject) at += 1; // the colon
      value(inner);
    }
    at += 1;
  };
  note("");
  value("");
  return lines;
}

// The line of a path, or of the nearest part of it that the text has: a missing property stands nowhere.
export function lineOf(text, path) {
  const lines = linesOf(text);
  const parts = path.split(".");
  while (parts.length && !lines.has(parts.join("."))) parts.pop();
  return lines.get(parts.join(".")) ?? 1;
}
