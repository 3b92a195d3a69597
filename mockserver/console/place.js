// One place that holds a person: a document of an API, masked or, for a reason, in clear and edited; or what the server keeps.
import { tagged } from "./api.js";
import { useReason } from "./dialogs.js";
import { Editor } from "./editor.js";
import { html, useEffect, useRef, useState } from "./html.js";
import { marksOf, maskedCopy } from "./masking.js";
import { duration, instant, Json, Loaded, useLoaded } from "./parts.js";
import { texts } from "./texts.js";

const t = texts.people;
const narrow = matchMedia("(max-width: 60rem)"); // there a document is folded

// `reason`: for which all documents of the person are shown in clear; null: masked, until this one is edited.
// `name`: what the document is called, for who cannot see where it stands.
export function Place({ place, name, reason, due, onJump, onChange }) {
  const { where, id, fields } = place;
  const isInSnapshot = where.startsWith("snapshot:");
  const path = `/documents/${where}/${encodeURIComponent(id)}`;
  const [ownReason, setOwnReason] = useState(null);
  const [isEdited, setEdited] = useState(false);
  const [saved, setSaved] = useState(null);
  const [askReason, dialog] = useReason();
  const wanted = reason ?? ownReason;
  const state = useLoaded(async () => {
    if (!where.includes("/")) return null;
    try {
      const [{ answer, tag }, marks] = await Promise.all([tagged("GET", path, { query: { reason: wanted } }), marksOf(where.split("/")[0])]);
      return { stored: answer, tag, marks, shownFor: wanted };
    } catch (problem) {
      if (problem.status === 404 || problem.status === 400) return null;
      throw problem;
    }
  }, [path, wanted]);
  const title = `${where.split("/").slice(1).join("/")} ${id}`.trim();
  const edit = async () => {
    const given = wanted ?? (await askReason(t.editReason(title), t.edit));
    if (given === null) return;
    if (wanted === null) setSaved(null);
    setOwnReason(given); // the editor stays when all else is masked again
    setEdited(true);
  };
  const close = () => { setEdited(false); setOwnReason(null); };
  const cancel = (isStale) => { close(); if (isStale) { setSaved(null); state.reload(); } };
  const button = useRef(null);
  const wasEdited = useRef(false);
  useEffect(() => {
    if (wasEdited.current && !isEdited) button.current?.focus(); // the editor that had the focus is gone
    wasEdited.current = isEdited;
  }, [isEdited]);
  const keep = ({ answer, tag }) => { setSaved({ stored: answer, tag, shownFor: wanted }); close(); onChange(answer); };
  // what was saved is not read again: that would be one more look at it
  const latest = (found) => (saved && saved.shownFor === found.shownFor ? saved : found);
  const shown = (found) => (found.shownFor === null ? { ...found.stored, document: maskedCopy(found.stored.document, found.marks) } : latest(found).stored);
  return html`<div>${due && html`<p class="row"><span>${t.events[due.event](duration(due.in_seconds))} <span class="quiet">${instant(due.at)}</span></span> <button class="plain" aria-label=${`${texts.time.jump}: ${id}`} onClick=${() => onJump(due.at)}>${texts.time.jump}</button></p>`}
    <details open=${!narrow.matches && !isInSnapshot}><summary><code>${title}</code></summary>${dialog}
    ${place.holder && html`<p>${t.heldByOther} <a href=${`#/people/${encodeURIComponent(place.holder)}`}>${place.holder}</a></p>`}
    <${Loaded} of=${state}>${(found) => found === null ? html`<p class="quiet">${isInSnapshot ? t.inSnapshot : { faults: t.inFault, audit: t.inAudit }[where] ?? t.internal}: ${fields.join(", ")}</p>` : isEdited && found.shownFor !== null
      ? html`<${Editor} path=${path} label=${`${t.edit} ${name}`} document=${latest(found).stored.document} tag=${latest(found).tag} reason=${found.shownFor} onSaved=${keep} onCancel=${cancel} />`
      : html`<${Json} value=${shown(found)} label=${`${where} ${id}`} />
        <button class="plain" ref=${button} aria-label=${`${t.edit} ${name}`} onClick=${edit}>${t.edit}</button>`}</${Loaded}></details></div>`;
}
