// Deletion of what is left of a person in the store itself, past the APIs.
import { call, Problem } from "./api.js";
import { texts } from "./texts.js";

const t = texts.people;
const SNAPSHOT = "snapshot:";
export const isInSnapshot = ({ where }) => where.startsWith(SNAPSHOT);
export const snapshotsOf = (places) => [...new Set(places.filter(isInSnapshot).map(({ where }) => where.slice(SNAPSHOT.length)))];

// Places in records of somebody who has another email by now, by that email.
export const byHolder = (places) => Map.groupBy(places.filter(({ holder }) => holder), ({ holder }) => holder);

// Deletes documents and faults, then these snapshots. Throws a Problem that names what could not be deleted and why; the
// snapshots are kept then: without them nothing would be gained. What went with another document counts as deleted.
export async function deleteResidue(email, places, snapshots) {
  const refusals = new Map();
  for (const { where, id } of places.filter((place) => !isInSnapshot(place))) {
    try {
      if (where === "audit") throw new Error(t.auditStays);
      await call("DELETE", `${where.includes("/") ? `/documents/${where}` : `/${where}`}/${encodeURIComponent(id)}`);
    } catch (problem) {
      refusals.set(`${where} ${id}`, [problem.message]);
    }
  }
  if (refusals.size) {
    const { places: left } = await call("GET", "/residue", { query: { subject: email } });
    const stays = left.map(({ where, id }) => `${where} ${id}`).filter((name) => refusals.has(name));
    if (stays.length) throw new Problem(0, `${t.notRemoved(stays.length)}${snapshots.length ? t.snapshotsKept : "."}`, Object.fromEntries(stays.map((name) => [name, refusals.get(name)])));
  }
  for (const name of snapshots) await call("DELETE", `/snapshots/${name}`);
}
