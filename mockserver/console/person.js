// One person: what each API holds of them, whether they are erased, and what is left of them.
import { call } from "./api.js";
import { ReasonForm, useQuestion } from "./dialogs.js";
import { erase, erasures } from "./erasure.js";
import { html, useEffect, useRef, useState } from "./html.js";
import { duration, Heading, instant, Loaded, useAction, useLoaded } from "./parts.js";
import { Place } from "./place.js";
import { byHolder, deleteResidue, isInSnapshot, snapshotsOf } from "./removal.js";
import { texts } from "./texts.js";

const t = texts.people;

// Number of places that were left when an erasure was accepted, by email. More than these later: the person is back.
const accepted = new Map();
// The instant at which what was held ends last, by email of those of whom something was held while the page was open; "" for none.
const ends = new Map();

async function read(email) {
  const [found, { due, now }, { people }, own] = await Promise.all([
    call("GET", "/residue", { query: { subject: email } }),
    call("GET", "/due", { query: { count: 1000 } }),
    call("GET", "/people/stored", { query: { search: email } }),
    erasures(),
  ]);
  const { places } = found;
  const byPlace = new Map(due.map((each) => [`${each.api}/${each.collection} ${each.id}`, each]));
  const ofPlaces = places.map(({ where, id }) => byPlace.get(`${where} ${id}`)).filter(Boolean);
  if (places.length > accepted.get(email)) accepted.delete(email);
  if (places.length) ends.set(email, ofPlaces.filter((each) => each.event === "end").map((each) => each.at).sort().at(-1) ?? "");
  const next = due.find((each) => each.event !== "end" && (each.email === email || ofPlaces.includes(each)));
  if (next || (!places.length && accepted.has(email))) accepted.set(email, places.length); // by whatever client
  const isErased = accepted.has(email) || (!places.length && (await isErasedByCall(found, own)));
  const isHere = ends.has(email) || people.some((person) => person.email === email);
  return { ...found, due: byPlace, next, own, isAccepted: accepted.has(email), isErased, isHere, endedAt: ends.get(email) <= now ? ends.get(email) : "" };
}

// Whether a call of any client that names the person was an erasure that its API accepted.
async function isErasedByCall({ journal_ids: ids }, own) {
  if (!ids.length) return false;
  const names = new Set([...own.values()].flatMap(({ operations }) => operations));
  const pages = await Promise.all([...names].map((operation) => call("GET", "/journal", { query: { operation, limit: 1000 } })));
  return pages.flatMap(({ entries }) => entries).some(({ id, status }) => status < 300 && ids.includes(id));
}

function verdict({ places, next, isAccepted, isErased, isHere, endedAt }) {
  const count = places.length;
  if (count === 0) return isErased ? t.erasedWholly : endedAt ? t.ended(instant(endedAt)) : isHere ? t.gone : t.nothingHeld;
  if (!isAccepted) return t.held(count);
  return next ? t.unfinished(count, instant(next.at), duration(next.in_seconds)) : t.leftOver(count);
}

// What can be done about each place that an accepted erasure has left, and that nothing else will remove.
function nextSteps({ places, own }) {
  const apis = [...Map.groupBy(places.filter(({ where, holder }) => where.includes("/") && !holder), ({ where }) => where.split("/")[0])];
  const hasErasure = (api) => own.get(api)?.byEmail || own.get(api)?.ofProfile;
  return [
    ...[...byHolder(places)].map(([holder, held]) => t.stepHolder(holder, held.length)),
    ...apis.map(([api, held]) => (hasErasure(api) ? t.stepErase : t.stepDelete)(api, held.length)),
    ...snapshotsOf(places).map(t.stepSnapshot),
    ...(places.some(({ where }) => where === "audit") ? [t.stepAudit] : []),
    ...(places.some(({ where }) => where === "faults") ? [t.stepFaults] : []),
  ];
}

const isOther = (one, other) => typeof one === "string" && one.trim().toLowerCase() !== other.trim().toLowerCase();

// What a place is called: its API and collection, counted where there are several.
function nameOf(place, places) {
  const alike = places.filter(({ where }) => where === place.where);
  return place.where.replace("/", " ") + (alike.length > 1 ? ` ${alike.indexOf(place) + 1}` : "");
}

// What a snapshot has, all of which goes with it.
const contentOf = ({ name, taken_at: at, collections }) =>
  t.snapshotContent(name, instant(at), [...Map.groupBy(Object.entries(collections), ([collection]) => collection.split("/")[0])].map(([api, own]) => t.documentsOf(api, own.reduce((sum, [, count]) => sum + count, 0))));

// `onChange`: told of what is changed here.
export function Person({ email, onChange }) {
  const state = useLoaded(() => read(email), [email]);
  const readAgain = () => { state.reload(); onChange(); };
  const [saved, setSaved] = useState(null); // the document that was saved last
  const changed = (stored) => { setSaved(stored); readAgain(); };
  const [reason, setReason] = useState(null); // for which the documents are shown in clear
  const [run, erasure] = useAction(); // stays while the clock is moved and leftovers are deleted
  const [act, notice] = useAction();
  const again = useRef(null);
  useEffect(() => { again.current?.focus(); }, [reason]); // the form that had the focus is gone
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
    const names = snapshotsOf(places);
    const lines = names.length ? (await call("GET", "/snapshots")).snapshots.filter(({ name }) => names.includes(name)).map(contentOf) : [];
    for (const [holder, held] of byHolder(places)) lines.push(t.versionsToo(holder, held.length));
    const chosen = await ask(names.length ? t.removeWithSnapshots(places.length, places.filter(isInSnapshot).length) : t.removeQuestion(places.length), names.length ? [t.removeBut, t.removeAll] : t.remove, lines);
    if (chosen === null) return;
    await act(() => deleteResidue(email, places, chosen === t.removeAll ? names : []).finally(readAgain), t.removed);
  };
  const jump = async (at) => {
    if (!(await ask(texts.time.jumpQuestion(instant(at)), texts.time.jump))) return;
    await act(async () => { await call("PUT", "/clock", { body: { at } }); readAgain(); }, texts.time.moved);
  };
  return html`<div class="row"><${Heading}>${email}</${Heading}> <button class="plain" onClick=${state.reload}>${t.look}</button> <a class="button" href="#/people">${t.close}</a></div>${question}
    <${Loaded} of=${state}>${(found) => { const { places, due, next, journal_entries: entries } = found; return html`
      <div class=${`verdict ${places.length ? (found.isAccepted ? "warn" : "") : "good"}`}><strong role="status">${verdict(found)}</strong>
        ${next && html`<button class="plain" onClick=${() => jump(next.at)}>${t.jumpNext}</button>`}
        ${places.length > 0 && found.isAccepted && !next && html`<div class="next"><p>${t.nextSteps}</p><ul>${nextSteps(found).map((step) => html`<li>${step}</li>`)}</ul></div>`}</div>
      ${saved && html`<p role="status">${t.saved} ${isOther(saved.document.email, email) && html`${t.moved} <a href=${`#/people/${encodeURIComponent(saved.document.email)}`}>${saved.document.email}</a>`}</p>`}
      <p class="quiet">${entries ? html`<a href=${`#/calls?naming=${encodeURIComponent(email)}`}>${t.journal(entries)}</a>` : t.journal(0)} ${t.journalShown(entries)}</p>
      <div class="step"><button class="danger" disabled=${places.length === 0} onClick=${eraseAll}>${t.erase}</button><p class="quiet">${t.eraseHelp}</p>${places.length > 0 && erasure}</div>
      <div class="step"><button class="grave" disabled=${places.length === 0} onClick=${remove}>${t.remove}</button><p class="quiet">${t.removeHelp}</p>${notice}</div>
      ${places.length > 0 && html`<h3>${t.documents}</h3>${reason === null ? html`<p class="quiet">${t.masked}</p><${ReasonForm} action=${t.reveal} onReason=${setReason} />`
        : html`<p class="row"><span class="grow">${t.revealed}: ${reason}</span> <button class="plain" ref=${again} onClick=${() => setReason(null)}>${t.maskAgain}</button></p>`}`}
      <div class="columns">${[...new Set(places.map((place) => place.where.split("/")[0]))].map((api) => html`<div key=${api}><h3>${api}</h3>
        ${places.filter((place) => place.where.split("/")[0] === api).map((place) => html`<${Place} key=${place.where + place.id} place=${place} name=${nameOf(place, places)} reason=${reason} due=${due.get(`${place.where} ${place.id}`)} onJump=${jump} onChange=${changed} />`)}</div>`)}</div>`; }}</${Loaded}>`;
}
