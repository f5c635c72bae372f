// Twenty generations in five tabs over HTTP/1.1, which allows six connections per host; the stream uses one of
// them, and everything else continues to work.
import { test as base, expect, Gateway } from './fixtures.js';
import { Studio } from './studio.js';
import { network } from './servers.js';

const TABS = 5;
const EACH = 4;
const FILM = { model: 'Luma', prompt: 'A city in the rain at night, 30 seconds' };

const test = base.extend({
  gateway: async ({}, use) => {
    // One worker: only the first generation progresses during the test.
    const gateway = await Gateway.start({
      env: { AI_NOW_SKETCH_WORKERS: '1', AI_NOW_LIMITS__GENERATIONS: '60' },
    });
    await use(gateway);
    await gateway.stop();
  },
  /** A counting proxy between the browser and the gateway that uses HTTP/1.1. */
  line: async ({ gateway }, use) => {
    const line = await network(gateway.url);
    await use(line);
    await line.stop();
  },
});

test('twenty in five tabs leave everything usable', async ({ context, line }) => {
  test.setTimeout(180_000);
  const tabs = [];
  const open = async () => {
    const studio = new Studio(await context.newPage());
    await studio.open(line.origin);
    return studio;
  };
  const first = await open();
  await first.ask({ model: 'Suno', prompt: 'A calm piece for piano, 5 seconds' });
  await first.generate.click();
  await expect(first.play).toBeVisible({ timeout: 60_000 });
  tabs.push(first);
  while (tabs.length < TABS) tabs.push(await open());

  let sent = 1;
  for (const studio of tabs) {
    await studio.ask(FILM);
    for (let n = 0; n < EACH; n += 1) {
      await studio.generate.click();
      sent += 1;
      await expect.poll(() => line.submissions().filter(({ status }) => status === 201).length).toBe(sent);
    }
  }
  // All events come over a single stream, in one tab.
  await expect.poll(() => line.openStreams()).toBe(1);
  expect(new Set(line.streams().map(({ route }) => route))).toEqual(new Set(['GET /api/events']));

  // Each tab gets its own events, from the queue or from progress.
  const [a, b, c, d, e] = tabs;
  await e.page.bringToFront();
  await expect(e.progress).toBeVisible();
  // Cancel.
  await e.cancel.click();
  await expect(e.page.getByText('30 tokens were returned.')).toBeVisible();
  // Play.
  await a.page.bringToFront();
  await a.page.locator('.entry .show', { hasText: 'calm piece' }).click();
  await a.playUntilItMoves();
  // A new request.
  await c.generate.click();
  await expect.poll(() => line.submissions().filter(({ status }) => status === 201).length).toBe(sent + 1);
  // A new tab.
  const late = await open();
  await expect(late.cancel).toBeVisible();
  expect(line.openStreams()).toBe(1);

  // The tab with the stream closes, and another one takes over; a cancellation there is seen in the others.
  await a.page.close();
  await expect.poll(() => line.openStreams()).toBe(1);
  await b.page.bringToFront();
  await d.cancel.click();
  await expect(d.page.getByText('30 tokens were returned.')).toBeVisible();
  await expect.poll(() => line.openStreams()).toBe(1);
});
