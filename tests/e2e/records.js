// What a page keeps on this device, seen from outside.

/** How many records a store of a database of IndexedDB has. */
export const countRecords = (page, database, store) => page.evaluate(async ([database, store]) => {
  const opening = indexedDB.open(database);
  await new Promise((resolve) => { opening.onsuccess = resolve; });
  const count = opening.result.transaction(store).objectStore(store).count();
  await new Promise((resolve) => { count.onsuccess = resolve; });
  opening.result.close();
  return count.result;
}, [database, store]);
