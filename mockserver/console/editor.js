// A document of the store as text, with what its schema refuses named at its line.
import { tagged } from "./api.js";
import { unsaved } from "./dialogs.js";
import { html, useEffect, useRef, useState } from "./html.js";
import { lineOf } from "./json_lines.js";
import { Json } from "./parts.js";
import { texts } from "./texts.js";

const t = texts.people;

// What is refused is named with its line, and leads there; the first is chosen at once. `tag`: of the document
// as it was read; `reason`: why it is changed. `onCancel` is told whether the document was changed meanwhile by others.
export function Editor({ path, label, document, tag, reason, onSaved, onCancel }) {
  const [draft, setDraft] = useState(JSON.stringify(document, null, 2));
  const [errors, setErrors] = useState([]);
  const [isStale, setStale] = useState(false);
  const [present, setPresent] = useState(null); // the document as others have left it, with its tag
  const area = useRef(null);
  useEffect(() => { area.current.focus(); }, []);
  const isChanged = draft !== JSON.stringify(document, null, 2);
  useEffect(() => {
    if (isChanged) unsaved.add(area);
    return () => unsaved.delete(area);
  }, [isChanged]);
  const save = async () => {
    try {
      onSaved(await tagged("PUT", path, { body: JSON.parse(draft), query: { reason }, tag: present?.tag ?? tag }));
    } catch (problem) {
      if (problem.status === 412) { setStale(true); setPresent(null); }
      const found = errorsAt(problem, draft);
      setErrors(found);
      const first = found.find(({ line }) => line);
      if (first) goTo(first.line);
    }
  };
  const showPresent = async () => {
    try {
      setPresent(await tagged("GET", path, { query: { reason } }));
      setErrors([]);
    } catch (problem) {
      setErrors([{ line: null, message: problem.status === 404 ? t.deletedMeanwhile : problem.message }]);
    }
  };
  const goTo = (wanted) => {
    const lines = draft.split("\n");
    const line = Math.min(wanted, lines.length);
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.current.focus();
    area.current.setSelectionRange(start, start + lines[line - 1].length);
    area.current.scrollTop = heightOf(area.current, draft.slice(0, start)) - area.current.clientHeight / 3;
    area.current.scrollIntoView({ block: "nearest" });
  };
  return html`<textarea ref=${area} rows="14" aria-label=${label} aria-invalid=${errors.length ? "true" : undefined} value=${draft} onInput=${(event) => setDraft(event.target.value)}></textarea>
    <div role="alert">${errors.length > 0 && html`<ul class="plain-list">${errors.map(({ line, text, field, message }) => html`<li>
      ${line && html`<button type="button" class="plain" onClick=${() => goTo(line)}>${t.line(line)}</button>`} <span class="problem">${field && html`<code>${field}</code>: `}${message}</span>
      ${line && html`<pre>${text}</pre>`}</li>`)}</ul>`}</div>
    ${isStale && (present ? html`<p>${t.asItIsNow}</p><${Json} value=${present.answer.document} label=${t.asItIsNow} />` : html`<p><button type="button" class="plain" onClick=${showPresent}>${t.showPresent}</button></p>`)}
    <div class="row"><button onClick=${save}>${present ? t.saveOver : t.save}</button><button class="plain" onClick=${() => onCancel(isStale)}>${texts.cancel}</button></div>`;
}

// Height that a text takes in the area, where long lines are wrapped.
function heightOf(area, text) {
  const probe = area.cloneNode();
  Object.assign(probe, { rows: 1, value: text });
  area.after(probe);
  const height = probe.scrollHeight;
  probe.remove();
  return height;
}

// Errors of a refused draft: line (null where there is none) with its text, field and message.
function errorsAt(problem, draft) {
  const at = (line) => ({ line, text: line && draft.split("\n")[line - 1].trim() });
  if (problem instanceof SyntaxError) return [{ ...at(lineOfSyntaxError(problem.message, draft)), message: `${t.notJson} ${problem.message}` }];
  if (problem.status === 412) return [{ ...at(null), message: t.changedMeanwhile }];
  const errors = Object.entries(problem.errors ?? {}).map(([field, messages]) => ({ ...at(lineOf(draft, field)), field, message: messages.join("; ") }));
  return errors.length ? errors : [{ ...at(null), message: problem.message }];
}

// Browsers name a line or a position; where they name neither, the text ends too early.
function lineOfSyntaxError(message, draft) {
  const line = message.match(/line (\d+)/);
  const position = message.match(/position (\d+)/);
  const before = position ? draft.slice(0, Number(position[1])) : draft.trimEnd();
  return line ? Number(line[1]) : before.split("\n").length;
}
