// The calls of this page as they come, and what is read anew when they do.
import { follow } from "./api.js";
import { useEffect, useState } from "./html.js";

const MOST = 10000; // calls that the list holds; older ones stay in the journal

// The calls of this page, newest last, whatever view is open. Listeners are told at most once a frame.
export const log = { calls: [], state: "connecting", missed: 0, listeners: new Set() };
let arrived = [];
let scheduled = false;
function changed() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    log.calls = [...log.calls, ...arrived].slice(-MOST); // a new list: a paused view keeps the old one
    arrived = [];
    for (const listener of log.listeners) listener();
  });
}

export const startLog = (signal) =>
  follow(
    {
      call: (data) => { arrived.push(data); changed(); },
      gap: ({ missed }) => { log.missed += missed; changed(); },
      restart: () => { log.calls = []; arrived = []; changed(); },
      state: (state) => { log.state = state; changed(); },
    },
    signal,
  );

export function useLog() {
  const [, setRound] = useState(0);
  useEffect(() => {
    const listener = () => setRound((round) => round + 1);
    log.listeners.add(listener);
    return () => log.listeners.delete(listener);
  }, []);
  return log;
}

// Runs `reload` within `pause` ms of calls that concern it, of whatever client, and every `rest` ms: not all is a call.
export function useReloads(reload, { pause = 200, rest = 2000, concerns = () => true } = {}) {
  useEffect(() => {
    let last = log.calls.at(-1);
    let waiting;
    const listener = () => {
      const since = log.calls.slice(log.calls.lastIndexOf(last) + 1);
      last = log.calls.at(-1);
      if (since.some(concerns)) waiting ??= setTimeout(() => { waiting = undefined; reload(); }, pause);
    };
    log.listeners.add(listener);
    const timer = setInterval(reload, rest);
    return () => { log.listeners.delete(listener); clearInterval(timer); clearTimeout(waiting); };
  }, []);
}
