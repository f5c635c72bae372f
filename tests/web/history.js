// A long history, written into the browser's database as the widget keeps it.

const open = () => new Promise((resolve, reject) => {
  const request = indexedDB.open('ai-now');
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

export async function fill(gateway, count) {
  const database = await open();
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
  const database = await open();
  const store = database.transaction('generations').objectStore('generations');
  const keys = await new Promise((resolve) => {
    const request = store.getAllKeys();
    request.onsuccess = () => resolve(request.result);
  });
  database.close();
  return keys.filter((key) => key.startsWith(gateway)).length;
}
