// Dialogs: a question before something that cannot be taken back, and the reason for which personal data is shown.
import { html, useEffect, useRef, useState } from "./html.js";
import { texts } from "./texts.js";

// What was written and is not saved: tokens of the editors that hold it.
export const unsaved = new Set();

// `ask(text, actions, lines)` resolves to the action that was chosen, null where none was. `actions`: one text or several;
// `lines`: what it concerns, one by one.
export function useQuestion() {
  const dialog = useRef(null);
  const [question, setQuestion] = useState(null);
  useEffect(() => { if (question && !dialog.current.open) dialog.current.showModal(); }, [question]);
  const ask = (text, actions, lines = []) => new Promise((resolve) => setQuestion({ text, actions: [actions].flat(), lines, resolve }));
  const close = (answer) => () => { question?.resolve(answer); setQuestion(null); dialog.current?.close(); };
  const element = html`<dialog ref=${dialog} onCancel=${close(null)} aria-label=${texts.question}>
    <p>${question?.text}</p>
    ${question?.lines.length > 0 && html`<ul>${question.lines.map((line) => html`<li>${line}</li>`)}</ul>`}
    <div class="row">${question?.actions.map((action) => html`<button type="button" class="grave" onClick=${close(action)}>${action}</button>`)}
    <button type="button" class="plain" onClick=${close(null)}>${texts.cancel}</button></div>
  </dialog>`;
  return [ask, element];
}

// `ask(text, action)` resolves to the reason that was given, null where none was.
export function useReason() {
  const dialog = useRef(null);
  const [question, setQuestion] = useState(null);
  useEffect(() => { if (question && !dialog.current.open) dialog.current.showModal(); }, [question]);
  const ask = (text, action) => new Promise((resolve) => setQuestion({ text, action, resolve }));
  const close = (answer) => { question?.resolve(answer); setQuestion(null); dialog.current?.close(); };
  const element = html`<dialog ref=${dialog} onCancel=${() => close(null)} aria-label=${texts.reveal.title}>
    ${question && html`<p>${question.text}</p><${ReasonForm} action=${question.action} onReason=${close} />
    <button type="button" class="plain" onClick=${() => close(null)}>${texts.cancel}</button>`}</dialog>`;
  return [ask, element];
}

// The reason, which the server keeps in an audit event.
export function ReasonForm({ action, onReason }) {
  const [text, setText] = useState("");
  const submit = (event) => { event.preventDefault(); onReason(text.trim()); };
  return html`<form class="row" onSubmit=${submit}>
    <label class="grow wide-input"><span class="away">${texts.reveal.reason}</span><input required maxlength="200" pattern=".*\\S.*" placeholder=${texts.reveal.reason} value=${text} onInput=${(event) => setText(event.target.value)} /></label>
    <button class="plain">${action}</button></form>`;
}
