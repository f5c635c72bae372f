// Scripted workers, and a script address that can be reached or not. What was asked of a worker is
// written down; what it says, a test says.

let workers = [];
let reachable = false;

// An EventTarget: the test runner listens to every worker for what it prints.
globalThis.Worker = class extends EventTarget {
  constructor(url, options) {
    super();
    Object.assign(this, { url, type: options?.type, ended: false });
    // Fetched at once: the address ends with the worker.
    this.script = fetch(url).then((answer) => answer.text(), String);
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
  const { url } = new Request(input, init);
  if (url !== 'https://script.test/sketch-worker.js') return before(input, init);
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

export function script(index) {
  return workers[index].script;
}

export function say(index, message) {
  workers[index].onmessage?.(new MessageEvent('message', { data: JSON.parse(message) }));
}

export function give(index, text, format, note) {
  const data = { bytes: new TextEncoder().encode(text), format, note };
  workers[index].onmessage?.(new MessageEvent('message', { data }));
}

export function breakDown(index) {
  workers[index].onerror?.(new Event('error', { cancelable: true }));
}

export async function text(url) {
  return (await fetch(url)).text();
}
