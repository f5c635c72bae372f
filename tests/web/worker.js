// Scripted workers, and a script address that can be reached or not. What was asked of a worker is
// written down; what it says, a test says.

let workers = [];
let reachable = false;

// An EventTarget: the test runner listens to every worker for what it prints.
globalThis.Worker = class extends EventTarget {
  constructor(_, options) {
    super();
    Object.assign(this, { type: options?.type, ended: false });
    workers.push(this);
  }

  postMessage(asked) {
    this.asked = asked;
  }

  terminate() {
    this.ended = true;
  }
};

const before = globalThis.fetch;

globalThis.fetch = async (input, init) => {
  // Not through a new `Request`: that would take the body out of the one that is given.
  if ((input.url ?? String(input)) !== 'https://script.test/sketch-worker.js') return before(input, init);
  if (!reachable) throw new TypeError('Failed to fetch');
  return new Response('');
};

// Forgets all workers, and what earlier tests left in the browser.
export async function reset(canBeReached) {
  workers = [];
  reachable = canBeReached;
  for (const name of ['ai-now', 'ai-now-files']) {
    await new Promise((resolve) => {
      Object.assign(indexedDB.deleteDatabase(name), { onsuccess: resolve, onerror: resolve });
    });
  }
}

export function all() {
  return JSON.stringify(workers.map(({ asked, ended, type }) => ({ asked, ended, type })));
}

export function say(index, message) {
  workers[index].dispatchEvent(new MessageEvent('message', { data: JSON.parse(message) }));
}

export function give(index, text, format, note) {
  const data = { bytes: new TextEncoder().encode(text), format, note };
  workers[index].dispatchEvent(new MessageEvent('message', { data }));
}

export function breakDown(index) {
  workers[index].dispatchEvent(new Event('error', { cancelable: true }));
}

export async function text(url) {
  return (await fetch(url)).text();
}
