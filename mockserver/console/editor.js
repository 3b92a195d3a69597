// A document of the store as text, with what its schema refuses named at its line.
import { call } from "./api.js";
import { html, useRef, useState } from "./html.js";
import { lineOf } from "./json_lines.js";
import { texts } from "./texts.js";

const t = texts.people;

// What is refused is named with its line, and leads there.
export function Editor({ path, label, document, onSaved, onCancel }) {
  const [draft, setDraft] = useState(JSON.stringify(document, null, 2));
  const [errors, setErrors] = useState([]);
  const area = useRef(null);
  const save = async () => {
    try {
      await call("PUT", path, { body: JSON.parse(draft) });
      onSaved();
    } catch (problem) {
      setErrors(errorsAt(problem, draft));
    }
  };
  const goTo = (wanted) => {
    const lines = draft.split("\n");
    const line = Math.min(wanted, lines.length);
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.current.focus();
    area.current.setSelectionRange(start, start + lines[line - 1].length);
    area.current.scrollTop = (line - 3) * (area.current.scrollHeight / lines.length);
  };
  return html`<textarea ref=${area} rows="14" aria-label=${label} aria-invalid=${errors.length ? "true" : undefined} value=${draft} onInput=${(event) => setDraft(event.target.value)}></textarea>
    <div role="alert">${errors.length > 0 && html`<ul class="plain-list">${errors.map(({ line, text, field, message }) => html`<li>
      ${line && html`<button type="button" class="plain" onClick=${() => goTo(line)}>${t.line(line)}</button>`} <span class="problem">${field && html`<code>${field}</code>: `}${message}</span>
      ${line && html`<pre>${text}</pre>`}</li>`)}</ul>`}</div>
    <div class="row"><button onClick=${save}>${t.save}</button><button class="plain" onClick=${onCancel}>${texts.cancel}</button></div>`;
}

// Errors of a refused draft: line (null where there is none) with its text, field and message.
function errorsAt(problem, draft) {
  const at = (line) => ({ line, text: line && draft.split("\n")[line - 1].trim() });
  if (problem instanceof SyntaxError) {
    const position = problem.message.match(/position (\d+)/);
    return [{ ...at(position && draft.slice(0, Number(position[1])).split("\n").length), message: `${t.notJson} ${problem.message}` }];
  }
  const errors = Object.entries(problem.errors ?? {}).map(([field, messages]) => ({ ...at(lineOf(draft, field)), field, message: messages.join("; ") }));
  return errors.length ? errors : [{ ...at(null), message: problem.message }];
}
