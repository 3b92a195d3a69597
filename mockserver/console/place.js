// One place that holds a person: a document of an API, masked or, for a reason, in clear and edited; or what the server keeps.
import { call } from "./api.js";
import { useReason } from "./dialogs.js";
import { Editor } from "./editor.js";
import { html, useState } from "./html.js";
import { marksOf, maskedCopy } from "./masking.js";
import { duration, instant, Json, Loaded, useLoaded } from "./parts.js";
import { texts } from "./texts.js";

const t = texts.people;
const narrow = matchMedia("(max-width: 60rem)"); // there a document is folded

// `reason`: for which all documents of the person are shown in clear; null: masked, until this one is edited.
export function Place({ place, reason, due, onJump, onChange }) {
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
      const [stored, marks] = await Promise.all([call("GET", path, { query: { reason: wanted } }), marksOf(where.split("/")[0])]);
      return { stored, marks, shownFor: wanted };
    } catch (problem) {
      if (problem.status === 404 || problem.status === 400) return null;
      throw problem;
    }
  }, [path, wanted]);
  const title = `${where.split("/").slice(1).join("/")} ${id}`.trim();
  const edit = async () => {
    const given = wanted ?? (await askReason(t.editReason(title), t.edit));
    if (given === null) return;
    if (wanted === null) { setSaved(null); setOwnReason(given); }
    setEdited(true);
  };
  const close = () => { setEdited(false); setOwnReason(null); };
  const keep = (stored) => { setSaved({ stored, shownFor: wanted }); close(); onChange(); };
  // what was saved is not read again: that would be one more look at it
  const latest = ({ stored, shownFor }) => (saved && saved.shownFor === shownFor ? saved.stored : stored);
  const shown = (found) => (found.shownFor === null ? { ...found.stored, document: maskedCopy(found.stored.document, found.marks) } : latest(found));
  return html`<details open=${!narrow.matches && !isInSnapshot}><summary><code>${title}</code></summary>${dialog}
    ${due && html`<p class="row"><span>${t.events[due.event](duration(due.in_seconds))} <span class="quiet">${instant(due.at)}</span></span> <button class="plain" aria-label=${`${texts.time.jump}: ${id}`} onClick=${() => onJump(due.at)}>${texts.time.jump}</button></p>`}
    <${Loaded} of=${state}>${(found) => found === null ? html`<p class="quiet">${isInSnapshot ? t.inSnapshot : where === "faults" ? t.inFault : t.internal}: ${fields.join(", ")}</p>` : isEdited && found.shownFor !== null
      ? html`<${Editor} path=${path} label=${`${t.edit} ${id}`} document=${latest(found).document} reason=${found.shownFor} onSaved=${keep} onCancel=${close} />`
      : html`<${Json} value=${shown(found)} label=${`${where} ${id}`} />
        <button class="plain" aria-label=${`${t.edit} ${title}`} onClick=${edit}>${t.edit}</button>`}</${Loaded}></details>`;
}
