// The history of this device: results are found again, downloaded, deleted and restored, and are the same in all
// tabs; and the studio works if the device has no space.
import { readFile } from 'node:fs/promises';
import { test, expect, web } from './fixtures.js';
import { countRecords } from './records.js';
import { enter, world } from './states.js';
import { Studio } from './studio.js';

const PROMPT = 'A calm lake at dawn';

const history = test.extend({
  world: [async ({}, use) => {
    const place = await world(web);
    await use(place);
    await place.stop();
  }, { scope: 'worker' }],
});

const button = (studio, name) => studio.getByRole('button', { name, exact: true });
const entries = (studio) => studio.locator('.entry');

/** Opens an empty page on the origin of the states. */
async function open(page, world) {
  await page.goto(world.origin);
  await page.waitForFunction(() => customElements.get('ai-now-studio'));
}

/** Adds a studio that loads the history, as in a tab that is opened later. */
async function again(page, world, name) {
  await page.evaluate(async (gateway) => {
    document.querySelector('ai-now-studio')?.remove();
    const element = document.createElement('ai-now-studio');
    element.gateway = gateway;
    document.querySelector('main').append(element);
    await element.start();
  }, `${world.origin}/${name}/`);
  return page.locator('ai-now-studio');
}

/** How many generations this device has. */
const kept = (page) => countRecords(page, 'ai-now', 'generations');

/** Generates another one with this prompt, and waits until it is in the list. */
async function make(studio, prompt) {
  await studio.getByRole('textbox', { name: 'What would you like to make?' }).fill(prompt);
  await studio.getByRole('button', { name: /^Generate/ }).click();
  await expect(entries(studio).filter({ hasText: prompt }).locator('.show')).toHaveAttribute('aria-current', 'true');
  await expect(studio.locator('.screen')).toBeVisible();
}

history('it is found again by its words', async ({ page, world }) => {
  await open(page, world);
  const studio = await enter(page, world.origin, 'song');
  await make(studio, 'A red boat');
  await expect(entries(studio)).toHaveCount(2);
  const search = studio.getByRole('searchbox', { name: 'Find in what was made' });
  await search.fill('BOAT');
  await expect(entries(studio).filter({ visible: true })).toHaveText(/A red boat/);
  await search.fill('whale');
  await expect(studio.getByText('Nothing matches.')).toBeVisible();
  await search.fill('');
  await expect(entries(studio).filter({ visible: true })).toHaveCount(2);
});

history('it is taken along as a file that says all of it', async ({ page, world }) => {
  await open(page, world);
  const studio = await enter(page, world.origin, 'video');
  await expect(studio.locator('.screen')).toBeVisible();
  const [file] = await Promise.all([page.waitForEvent('download'), button(studio, 'Export').click()]);
  expect(file.suggestedFilename()).toBe('ai-now-history.json');
  const [record, ...more] = JSON.parse(await readFile(await file.path(), 'utf8'));
  expect(more).toEqual([]);
  expect(record).toMatchObject({
    request: { model: 'pika', prompt: PROMPT, style: '4' }, price: 10, gateway: `${world.origin}/video/`,
    phase: { Completed: { url: '/media/a-calm-lake.mp4' } },
  });
  expect(record.finished_at_ms).toBeGreaterThanOrEqual(record.created_at_ms);
  // Nothing in it can be opened.
  expect(JSON.stringify(record)).not.toMatch(/token"|ticket|bearer/i);
});

history('all is deleted after a second word, and comes back by one click, over a reload too', async ({ page, world }) => {
  await open(page, world);
  let studio = await enter(page, world.origin, 'song');
  await make(studio, 'A red boat');
  await button(studio, 'Delete all').click();
  await expect(entries(studio)).toHaveCount(2);
  // A click elsewhere cancels the confirmation.
  await studio.getByRole('textbox', { name: 'What would you like to make?' }).focus();
  await button(studio, 'Delete all').click();
  await button(studio, 'Really delete all?').click();
  await expect(entries(studio)).toHaveCount(0);
  await expect(studio.getByText('2 deleted.')).toBeVisible();
  await expect.poll(() => kept(page)).toBe(0);
  await button(studio, 'Undo').click();
  await expect(entries(studio)).toHaveCount(2);
  await expect.poll(() => kept(page)).toBe(2);
  await open(page, world);
  studio = await again(page, world, 'song');
  await expect(entries(studio)).toHaveCount(2);
  // Newest first.
  await expect(entries(studio).first()).toContainText('A red boat');
});

test('all tabs have the same list, as it changes', async ({ page, context, gateway }) => {
  const studio = new Studio(page);
  await studio.open(gateway.url);
  const later = new Studio(await context.newPage());
  await later.open(gateway.url);
  const [one, other] = [page, later.page].map((tab) => tab.locator('ai-now-studio'));
  // Results of one tab appear in the other, and play there.
  await studio.ask({ model: 'Suno', prompt: 'A tune, 3 seconds' });
  await studio.generate.click();
  await expect(studio.play).toBeVisible();
  await entries(other).locator('.show').click();
  await later.playUntilItMoves();
  // A deletion in one tab applies to the other, including its result panel; and it can be undone.
  await button(other, 'Delete from the list: A tune, 3 seconds').click();
  await expect(entries(one)).toHaveCount(0);
  await expect(one.locator('.screen')).toHaveCount(0);
  await button(other, 'Undo').click();
  await expect(entries(one)).toHaveCount(1);
  await expect(entries(other)).toHaveCount(1);
});

test('what is chosen in the list, or asked for, is brought into view', async ({ page, gateway }) => {
  await page.setViewportSize({ width: 360, height: 640 });
  const studio = new Studio(page);
  await studio.open(gateway.url);
  await studio.ask({ model: 'Suno', prompt: 'A tune, 3 seconds' });
  await studio.generate.click();
  await expect(studio.progress.or(studio.play)).toBeInViewport();
  await expect(studio.play).toBeVisible();
  const entry = page.locator('.entry .show');
  await page.mouse.wheel(0, 10_000);
  await expect(studio.play).not.toBeInViewport();
  await entry.click();
  await expect(studio.play).toBeInViewport();
});

test('what runs in one tab is watched in another, and can be stopped there', async ({ page, context, gateway }) => {
  const studio = new Studio(page);
  await studio.open(gateway.url);
  const other = new Studio(await context.newPage());
  await other.open(gateway.url);
  // Long enough to be cancelled midway, however fast the machine is.
  await studio.ask({ model: 'Luma', prompt: 'A city in the rain at night, 30 seconds' });
  await studio.generate.click();
  // It doesn't replace the shown result: it is in the list, and is opened from there.
  const entry = other.page.locator('.entry.running');
  await entry.locator('.show').click();
  await expect(other.progress).toBeVisible();
  await other.cancel.click();
  for (const tab of [studio, other]) {
    await expect(tab.page.getByText('30 tokens were returned.')).toBeVisible();
    await expect.poll(() => tab.tokens()).toBe(1000);
  }
});

for (const [name, script] of [
  ['full', () => {
    IDBObjectStore.prototype.put = function put() { throw new DOMException('Full.', 'QuotaExceededError'); };
    Storage.prototype.setItem = function setItem() { throw new DOMException('Full.', 'QuotaExceededError'); };
  }],
  ['full only once it is written', () => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function late(...given) {
      const request = put.apply(this, given);
      // The used space is updated when the transaction ends.
      queueMicrotask(() => this.transaction.abort());
      return request;
    };
  }],
]) {
  history(`where the device is ${name}, it works all the same and says what will not stay`, async ({ page, world }) => {
    await page.addInitScript(script);
    await open(page, world);
    const studio = await enter(page, world.origin, 'song');
    await expect(button(studio, 'Play')).toBeVisible();
    await expect(entries(studio)).toHaveCount(1);
    await expect(studio.getByRole('status').filter({ hasText: 'does not keep this list' })).toBeVisible();
    // A second one is added, and the first can still be played.
    await make(studio, 'A red boat');
    await expect(entries(studio)).toHaveCount(2);
    await entries(studio).last().locator('.show').click();
    await expect(button(studio, 'Play')).toBeVisible();
    // If it is deleted by mistake, it is restored from the page's memory.
    await button(studio, `Delete from the list: ${PROMPT}`).click();
    await button(studio, 'Undo').click();
    await expect(entries(studio)).toHaveCount(2);
  });
}

/** Writes `count` records of a gateway's ended generations into the element's database, the oldest first. */
const fill = (page, gateway, count) => page.evaluate(async ([gateway, count]) => {
  const opening = indexedDB.open('ai-now');
  await new Promise((resolve) => { opening.onsuccess = resolve; });
  const read = opening.result.transaction('generations').objectStore('generations').getAll();
  await new Promise((resolve) => { read.onsuccess = resolve; });
  const [like] = read.result;
  const writing = opening.result.transaction('generations', 'readwrite');
  const store = writing.objectStore('generations');
  const last = Date.now() - 60_000;
  for (let at = 0; at < count; at += 1) {
    const key = `old-${String(at).padStart(6, '0')}`;
    const created = last - (count - at) * 1000;
    const prompt = at === 17 ? 'A needle in the hay' : `Hay, bale ${at}`;
    store.put({ ...like, key, gateway, created_at_ms: created, finished_at_ms: created + 500, request: { ...like.request, prompt } }, key);
  }
  await new Promise((resolve) => { writing.oncomplete = resolve; });
  opening.result.close();
}, [gateway, count]);

/** Counts the records that are read from the table, by batch. */
const countReads = (page) => page.addInitScript(() => {
  window.pieces = [];
  const count = (names, of) => {
    const seen = new WeakSet();
    return (request, store) => {
      if (store !== 'generations' || seen.has(request)) return request;
      seen.add(request);
      request.addEventListener('success', () => {
        const records = of(request.result);
        if (records) window.pieces.push(records);
      });
      return request;
    };
  };
  const wrap = (type, name, of, storeOf) => {
    const original = type.prototype[name];
    const counted = count(name, of);
    type.prototype[name] = function wrapped(...given) { return counted(original.apply(this, given), storeOf(this)); };
  };
  wrap(IDBIndex, 'openCursor', (cursor) => (cursor ? 1 : 0), (index) => index.objectStore.name);
  wrap(IDBIndex, 'getAll', (all) => all.length, (index) => index.objectStore.name);
  wrap(IDBObjectStore, 'openCursor', (cursor) => (cursor ? 1 : 0), (store) => store.name);
  wrap(IDBObjectStore, 'getAll', (all) => all.length, (store) => store.name);
  wrap(IDBObjectStore, 'get', (one) => (one ? 1 : 0), (store) => store.name);
});

history('of ten thousand, only what is shown is read, and a search goes through them in pieces', async ({ page, world }) => {
  await open(page, world);
  let studio = await enter(page, world.origin, 'song');
  await expect(studio.locator('.screen')).toBeVisible();
  await fill(page, `${world.origin}/song/`, 10_000);
  await countReads(page);
  await open(page, world);
  studio = await again(page, world, 'song');
  await expect(studio.getByRole('textbox', { name: 'What would you like to make?' })).toBeVisible();
  await expect(entries(studio)).toHaveCount(60);
  await expect(entries(studio).nth(1)).toContainText('Hay, bale 9999');
  const reads = () => page.evaluate(() => window.pieces.reduce((sum, piece) => sum + piece, 0));
  expect(await reads()).toBe(60);
  await button(studio, 'Show older').click();
  // The record at a page boundary is read twice, because others may have the same millisecond.
  await expect(entries(studio)).toHaveCount(119);
  expect(await reads()).toBe(120);

  // Every key press restarts the search and cancels the one before.
  await page.evaluate(() => { window.pieces = []; });
  const search = studio.getByRole('searchbox', { name: 'Find in what was made' });
  await search.pressSequentially('needle');
  await expect(entries(studio).filter({ visible: true })).toHaveText(/A needle in the hay/);
  const pieces = await page.evaluate(() => window.pieces);
  // No batch is too large to be processed between two frames.
  expect(Math.max(...pieces)).toBeLessThanOrEqual(200);
  expect(pieces.reduce((sum, piece) => sum + piece, 0)).toBeLessThan(3 * 10_000);
  await search.fill('hay, bale');
  await expect.poll(() => entries(studio).count()).toBeGreaterThan(60);
  // However many matches there are, it shows one page of them.
  expect(await entries(studio).count()).toBeLessThanOrEqual(60 + 120);
  await search.fill('');
  await expect(entries(studio)).toHaveCount(119);
});

history('more than one page of deleted ones comes back, page by page', async ({ page, world }) => {
  await open(page, world);
  let studio = await enter(page, world.origin, 'song');
  await expect(studio.locator('.screen')).toBeVisible();
  await fill(page, `${world.origin}/song/`, 150);
  await open(page, world);
  studio = await again(page, world, 'song');
  /** Loads all of them, and returns how many there are. */
  const all = async () => {
    await expect(entries(studio)).toHaveCount(60);
    for (const more of [119, 151]) {
      await button(studio, 'Show older').click();
      await expect.poll(() => entries(studio).count()).toBeGreaterThanOrEqual(more);
    }
    await expect(button(studio, 'Show older')).toHaveCount(0);
    return entries(studio).count();
  };
  expect(await all()).toBe(151);
  await button(studio, 'Delete all').click();
  await button(studio, 'Really delete all?').click();
  await expect(entries(studio)).toHaveCount(0);
  await expect.poll(() => kept(page)).toBe(0);
  await button(studio, 'Undo').click();
  await expect.poll(() => kept(page)).toBe(151);
  expect(await all()).toBe(151);
});
