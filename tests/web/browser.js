// Browser features as tests need them: scripted workers, a long history in the database, and a count of open
// connections to it. It is one file, because the test runner's server may leave a request unanswered if many files
// are requested at once.

// Workers, and a script address that can be reachable or not. Messages to a worker are recorded; tests send its
// answers.

let workers = [];
let reachable = false;

// An EventTarget, because the test runner listens for output of every worker.
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
  // Not through a new `Request`, which would consume the body of the given one.
  if ((input.url ?? String(input)) !== 'https://script.test/sketch-worker.js') return before(input, init);
  if (!reachable) throw new TypeError('Failed to fetch');
  return new Response('');
};

// Removes all workers, and what earlier tests left in the browser.
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
  const data = { bytes: new TextEncoder().encode(text), format, note: { text: note } };
  workers[index].dispatchEvent(new MessageEvent('message', { data }));
}

export function breakDown(index) {
  workers[index].dispatchEvent(new Event('error', { cancelable: true }));
}

export async function text(url) {
  return (await fetch(url)).text();
}

// A long history, as the widget stores it.

const openRecords = () => new Promise((resolve, reject) => {
  const request = indexedDB.open('ai-now');
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

export async function fill(gateway, count) {
  const database = await openRecords();
  const transaction = database.transaction('generations', 'readwrite');
  const store = transaction.objectStore('generations');
  for (let n = 0; n < count; n += 1) {
    const key = `${gateway}-${n}`;
    store.put({
      key, gateway, created_at_ms: 1_700_000_000_000 + n * 1000, price: 10, procedural: false,
      request: { model: 'suno', prompt: `piece number ${n}.` },
      id: null, last_seq: 1, finished_at_ms: null, stopping: false,
      phase: { Completed: { url: '/media/a.mp3', note: null } },
    }, key);
  }
  await new Promise((resolve) => { transaction.oncomplete = resolve; });
  database.close();
}

export async function count(gateway) {
  const database = await openRecords();
  const store = database.transaction('generations').objectStore('generations');
  const keys = await new Promise((resolve) => {
    const request = store.getAllKeys();
    request.onsuccess = () => resolve(request.result);
  });
  database.close();
  return keys.filter((key) => key.startsWith(gateway)).length;
}

// Database connections that were opened and not closed.

let asked = 0;
let held = 0;
let tell = () => {};

const { open: openDatabase } = IDBFactory.prototype;

IDBFactory.prototype.open = function counting(...given) {
  const request = openDatabase.apply(this, given);
  asked += 1;
  request.addEventListener('success', () => {
    asked -= 1;
    held += 1;
    const database = request.result;
    const { close } = database;
    database.close = () => {
      held -= 1;
      database.close = close;
      close.call(database);
    };
  });
  request.addEventListener('error', () => { asked -= 1; });
  tell();
  return request;
};

/** A promise that resolves when the next connection is requested, before it is open. */
export const nextConnection = () => new Promise((resolve) => { tell = resolve; });

/** The number of connections that are open or being opened. */
export const connections = () => asked + held;
