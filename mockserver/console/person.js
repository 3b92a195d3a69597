// One person: what each API holds of them, whether they are erased, and what is left of them.
import { call } from "./api.js";
import { Editor } from "./editor.js";
import { erase } from "./erasure.js";
import { html, useState } from "./html.js";
import { marksOf, maskedCopy } from "./masking.js";
import { duration, instant, Json, Loaded, useAction, useLoaded, useQuestion } from "./parts.js";
import { texts } from "./texts.js";

const t = texts.people;
const SNAPSHOT = "snapshot:";
const isInSnapshot = ({ where }) => where.startsWith(SNAPSHOT);

// Number of places that were left when an erasure was accepted, by email. More than these later: the person is back.
const accepted = new Map();
const held = new Set(); // emails of whom something was held in this sandbox while the page was open

async function read(email) {
  const [found, { due }, { people }] = await Promise.all([
    call("GET", "/residue", { query: { subject: email } }),
    call("GET", "/due", { query: { count: 1000 } }),
    call("GET", "/people/stored", { query: { search: email } }),
  ]);
  const byPlace = new Map(due.map((each) => [`${each.api}/${each.collection} ${each.id}`, each]));
  if (found.places.length > accepted.get(email)) accepted.delete(email);
  if (found.places.length) held.add(email);
  const next = due.find((each) => each.event !== "end" && (each.email === email || found.places.some(({ where, id }) => byPlace.get(`${where} ${id}`) === each)));
  const wasHere = held.has(email) || people.some((person) => person.email === email);
  return { ...found, due: byPlace, next, isAccepted: accepted.has(email) || next !== undefined, wasHere };
}

function verdict({ places, next, isAccepted, wasHere }) {
  const count = places.length;
  if (count === 0) return wasHere ? t.erasedWholly : t.nothingHeld;
  if (!isAccepted) return t.held(count);
  return next ? t.unfinished(count, instant(next.at), duration(next.in_seconds)) : t.leftOver(count);
}

// `onChange`: told of what is changed here.
export function Person({ email, onChange }) {
  const state = useLoaded(() => read(email), [email]);
  const readAgain = () => { state.reload(); onChange(); };
  const [masked, setMasked] = useState(true);
  const [run, erasure] = useAction(); // stays while the clock is moved and leftovers are deleted
  const [act, notice] = useAction();
  const [ask, question] = useQuestion();
  const eraseAll = async () => {
    if (!(await ask(t.eraseQuestion(email), t.erase))) return;
    await run(async () => {
      const { text, isAccepted, isRefused } = await erase(email, state.value.places);
      if (isAccepted) accepted.set(email, (await call("GET", "/residue", { query: { subject: email } })).places.length);
      readAgain();
      if (isRefused) throw new Error(`${isAccepted ? t.refusedByOne : t.refused} ${text}`);
      return `${isAccepted ? t.requested : t.refused} ${text}`;
    }, (text) => text);
  };
  const remove = async () => {
    const { places } = state.value;
    const snapshots = [...new Set(places.filter(isInSnapshot).map(({ where }) => where.slice(SNAPSHOT.length)))];
    if (!(await ask(t.removeQuestion(places.length, snapshots), t.remove))) return;
    await act(async () => {
      for (const name of snapshots) await call("DELETE", `/snapshots/${name}`);
      for (const { where, id } of places.filter((each) => !isInSnapshot(each))) {
        const path = where.includes("/") ? `/documents/${where}` : `/${where}`;
        await call("DELETE", `${path}/${encodeURIComponent(id)}`).catch((problem) => { if (problem.status !== 404 && problem.status !== 400) throw problem; });
      }
      readAgain();
    }, t.removed);
  };
  const jump = async (at) => {
    if (!(await ask(texts.time.jumpQuestion(instant(at)), texts.time.jump))) return;
    await act(async () => { await call("PUT", "/clock", { body: { at } }); readAgain(); }, texts.time.moved);
  };
  return html`<div class="row"><h2 class="grow">${email}</h2> <button class="plain" onClick=${state.reload}>${t.look}</button> <a class="button" href="#/people">${t.close}</a></div>${question}
    <${Loaded} of=${state}>${(found) => { const { places, due, next, journal_entries: entries } = found; return html`
      <div class=${`verdict ${places.length ? (found.isAccepted ? "warn" : "") : "good"}`}><strong role="status">${verdict(found)}</strong>
        ${next && html`<button class="plain" onClick=${() => jump(next.at)}>${t.jumpNext}</button>`}</div>
      <p class="quiet">${t.journal(entries)}</p>
      <div class="step"><button class="danger" disabled=${places.length === 0} onClick=${eraseAll}>${t.erase}</button><p class="quiet">${t.eraseHelp}</p>${erasure}</div>
      <div class="step"><button class="grave" disabled=${places.length === 0} onClick=${remove}>${t.remove}</button><p class="quiet">${t.removeHelp}</p>${notice}</div>
      <label><input type="checkbox" checked=${masked} onChange=${(event) => setMasked(event.target.checked)} /> ${t.masked}</label>
      <div class="columns">${[...new Set(places.map((place) => place.where.split("/")[0]))].map((api) => html`<div key=${api}><h3>${api}</h3>
        ${places.filter((place) => place.where.split("/")[0] === api).map((place) => html`<${Place} key=${place.where + place.id} place=${place} masked=${masked} due=${due.get(`${place.where} ${place.id}`)} onJump=${jump} onChange=${readAgain} />`)}</div>`)}</div>`; }}</${Loaded}>`;
}

function Place({ place, masked, due, onJump, onChange }) {
  const [collection, own] = [place.where, place.id];
  const path = `/documents/${collection}/${encodeURIComponent(own)}`;
  const state = useLoaded(async () => {
    if (!collection.includes("/")) return null;
    try {
      return { stored: await call("GET", path), marks: await marksOf(collection.split("/")[0]) };
    } catch (problem) {
      if (problem.status === 404 || problem.status === 400) return null;
      throw problem;
    }
  }, [path]);
  const [isEdited, setEdited] = useState(false);
  const saved = () => { setEdited(false); state.reload(); onChange(); };
  const title = `${collection.split("/").slice(1).join("/") || collection} ${own}`;
  return html`<details open><summary><code>${title}</code></summary>
    ${due && html`<p class="row"><span>${t.events[due.event](duration(due.in_seconds))} <span class="quiet">${instant(due.at)}</span></span> <button class="plain" aria-label=${`${texts.time.jump}: ${own}`} onClick=${() => onJump(due.at)}>${texts.time.jump}</button></p>`}
    <${Loaded} of=${state}>${(found) => found === null ? html`<p class="quiet">${isInSnapshot(place) ? t.inSnapshot : place.where === "faults" ? t.inFault : t.internal}: ${place.fields.join(", ")}</p>` : isEdited
      ? html`<${Editor} path=${path} label=${`${t.edit} ${own}`} document=${found.stored.document} onSaved=${saved} onCancel=${() => setEdited(false)} />`
      : html`<${Json} value=${masked ? { ...found.stored, document: maskedCopy(found.stored.document, found.marks) } : found.stored} label=${`${collection} ${own}`} />
        <button class="plain" aria-label=${`${t.edit} ${title}`} onClick=${() => setEdited(true)}>${t.edit}</button>`}</${Loaded}></details>`;
}
