import assert from "node:assert/strict";
import { test } from "node:test";

import { inSandbox } from "./sandbox.mjs";
import { Shop } from "./shop.mjs";

const shopIn = async (sandbox) => new Shop(sandbox.url, await sandbox.headers("newstore"));

test(
  "a failing server is tried again",
  inSandbox(async (sandbox) => {
    await sandbox.fault({ match: { api: "newstore" }, effect: { status: 500 }, times: 2 });
    const shop = await shopIn(sandbox);
    assert.match(await shop.getOrCreate("anna@example.com"), /^NS-/);
    const verdict = await sandbox.control("POST", "/journal/verify", {
      match: { operation: "getOrCreateProfile" },
      count: 3,
    });
    assert.equal(verdict.ok, true);
  }),
);

test(
  "a lost answer creates nobody twice",
  inSandbox(async (sandbox) => {
    const shop = await shopIn(sandbox);
    await sandbox.control("POST", "/snapshots", { name: "before" });
    await sandbox.fault({ match: { method: "POST" }, effect: { drop: true }, times: 1 });
    const id = await shop.getOrCreate("anna@example.com");
    const { collections } = await sandbox.control("GET", "/snapshots/before/diff");
    assert.deepEqual(collections["newstore/profiles"].added, [id]);
  }),
);

test(
  "a deletion takes a minute",
  inSandbox(async (sandbox) => {
    const shop = await shopIn(sandbox);
    const [person] = await sandbox.people();
    await shop.requestDeletion(person.ids.newstore);
    assert.equal(await shop.isThere(person.ids.newstore), true);
    await sandbox.advance({ minutes: 1 });
    assert.equal(await shop.isThere(person.ids.newstore), false);
    const { places } = await sandbox.control("GET", `/residue?subject=${encodeURIComponent(person.email)}`);
    assert.deepEqual(
      places.filter(({ where }) => where.startsWith("newstore/")),
      [],
    );
  }),
);

test(
  "two sandboxes have two clocks",
  inSandbox((one) =>
    inSandbox(async (other) => {
      await one.control("PUT", "/clock", { at: "2040-01-01T00:00:00Z", frozen: true });
      assert.equal((await one.control("GET", "/clock")).now, "2040-01-01T00:00:00.000000Z");
      assert.equal((await other.control("GET", "/clock")).offset_seconds, 0);
    })(),
  ),
);
