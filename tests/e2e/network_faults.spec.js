// Bad networks between the page and its gateway: the same generation continues, it is submitted and charged once,
// and the user sees a single calm message.
import { test as base, expect, Gateway } from './fixtures.js';
import { Studio } from './studio.js';
import { network } from './servers.js';

const ASKED = { model: 'Suno', prompt: 'A calm piece for piano, 60 seconds' };
const CALM = /connection was lost and is being restored/;

const test = base.extend({
  /** The network between the page and the gateway. */
  line: async ({ gateway }, use) => {
    const line = await network(gateway.url);
    await use(line);
    await line.stop();
  },
  studio: async ({ page, line }, use) => {
    const studio = new Studio(page);
    await studio.open(line.origin);
    await use(studio);
  },
});

/** It exists, was charged once, and is a single generation however often it was submitted. */
async function expectOne({ page, studio, line, gateway }) {
  await expect(studio.play).toBeVisible({ timeout: 90_000 });
  await expect(page.getByText(CALM)).toHaveCount(0);
  expect(new Set(line.submissions().map(({ key }) => key)).size).toBe(1);
  await expect.poll(() => studio.tokens()).toBe(990);
  expect(await gateway.keys('list')).toMatch(/\b990\b/);
}

test('a stream that breaks off in the middle of an event goes on after the last one', async ({ page, studio, line, gateway }) => {
  line.faults.cutAfterBytes = 150;
  await studio.ask(ASKED);
  await studio.generate.click();
  await expect.poll(() => line.streams().length).toBeGreaterThan(3);
  line.faults.cutAfterBytes = 0;
  await expectOne({ page, studio, line, gateway });
  expect(line.submissions()).toHaveLength(1);
});

test('503 for a while, as a proxy answers when the gateway starts anew', async ({ page, studio, line, gateway, picture }) => {
  line.faults.cutAfterBytes = 150;
  await studio.ask(ASKED);
  await studio.generate.click();
  await expect.poll(() => line.streams().length).toBeGreaterThan(0);
  line.faults.status = 503;
  line.cut();
  await expect(page.getByText(CALM)).toHaveCount(1);
  await picture('6-503');
  // Requests are repeated, with increasing delays.
  const before = line.seen.length;
  await expect.poll(() => line.seen.length).toBeGreaterThan(before + 2);
  Object.assign(line.faults, { status: 0, cutAfterBytes: 0 });
  await expectOne({ page, studio, line, gateway });
  expect(line.submissions()).toHaveLength(1);
});

test('a submission whose answer is lost is sent again under the same key', async ({ page, studio, line, gateway }) => {
  line.faults.loseAnswers = 2;
  await studio.ask(ASKED);
  await studio.generate.click();
  await expectOne({ page, studio, line, gateway });
  expect(line.submissions()).toHaveLength(3);
});

test('a submission that meets 503 waits for the gateway', async ({ page, studio, line, gateway }) => {
  await studio.ask(ASKED);
  line.faults.status = 503;
  await studio.generate.click();
  await expect.poll(() => line.submissions().length).toBeGreaterThan(1);
  await expect(page.getByText(CALM)).toHaveCount(1);
  line.faults.status = 0;
  await expectOne({ page, studio, line, gateway });
});

test('offline, and online again', async ({ page, context, studio, line, gateway, picture }) => {
  line.faults.cutAfterBytes = 150;
  await studio.ask(ASKED);
  await studio.generate.click();
  await expect.poll(() => line.streams().length).toBeGreaterThan(0);
  await context.setOffline(true);
  line.cut();
  await expect(page.getByText(CALM)).toHaveCount(1);
  await picture('6-offline');
  line.faults.cutAfterBytes = 0;
  await context.setOffline(false);
  await expectOne({ page, studio, line, gateway });
  expect(line.submissions()).toHaveLength(1);
});

test('asked for while offline, it is sent once there is a network', async ({ page, context, studio, line, gateway }) => {
  await studio.ask(ASKED);
  await context.setOffline(true);
  await studio.generate.click();
  await expect(page.getByText(CALM)).toHaveCount(1);
  expect(line.submissions()).toHaveLength(0);
  await context.setOffline(false);
  await expectOne({ page, studio, line, gateway });
});

test('a slow network', async ({ page, studio, line, gateway }) => {
  line.faults.delayMs = 250;
  await studio.ask(ASKED);
  await studio.generate.click();
  await expectOne({ page, studio, line, gateway });
  expect(line.submissions()).toHaveLength(1);
});

/** Starts a generation on a connection that drops the stream, in a page with a fake clock. */
async function askInSilence(page, line) {
  await page.clock.install();
  const studio = new Studio(page);
  await studio.open(line.origin);
  line.faults.silent = true;
  await studio.ask(ASKED);
  await studio.generate.click();
  await expect.poll(() => line.streams().length).toBe(1);
  return studio;
}

test('a proxy that swallows the stream: the gateway is asked for the state', async ({ page, line, gateway }) => {
  const studio = await askInSilence(page, line);
  await expect.poll(() => gateway.keys('list')).toMatch(/\b990\b/);
  // Half a minute of silence.
  await page.clock.fastForward(31_000);
  await expectOne({ page, studio, line, gateway });
  expect(line.submissions()).toHaveLength(1);
});

test('a sleep of hours: the stream is dead without notice', async ({ page, line, gateway }) => {
  const studio = await askInSilence(page, line);
  line.faults.silent = false;
  // By its own clock, the page's session has expired.
  await page.clock.fastForward('03:00:00');
  await expectOne({ page, studio, line, gateway });
  expect(line.submissions()).toHaveLength(1);
});

test('a session and a ticket that ended are replaced, and the generation is still the visitor\'s', async ({ page, picture }) => {
  const gateway = await Gateway.start({ env: { AI_NOW_SESSION_SECS: '3', AI_NOW_TICKET_SECS: '1' } });
  const line = await network(gateway.url);
  try {
    // A page with a slow clock takes its session for valid.
    await page.clock.install();
    const studio = new Studio(page);
    await studio.open(line.origin);
    await page.clock.pauseAt(Date.now() + 1000);
    line.faults.cutAfterBytes = 150;
    await studio.ask(ASKED);
    await studio.generate.click();
    await expect.poll(() => line.streams().length).toBeGreaterThan(0);
    line.faults.status = 503;
    line.cut();
    await expect.poll(() => gateway.keys('list')).toMatch(/\b990\b/);
    const { token } = line.submissions()[0];
    const alive = () => fetch(`${gateway.url}/api/balance`, { headers: { authorization: token } }).then(({ status }) => status);
    await expect.poll(alive).toBe(401);
    Object.assign(line.faults, { status: 0, cutAfterBytes: 0 });
    await page.clock.resume();
    await expectOne({ page, studio, line, gateway });
    expect(line.seen.some(({ status }) => status === 401)).toBe(true);
    await picture('6-session-ended');
  } finally {
    await line.stop();
    await gateway.stop();
  }
});

test('a page that comes back out of the back-forward cache goes on', async ({ page, studio, line, gateway }) => {
  line.faults.cutAfterBytes = 150;
  await studio.ask(ASKED);
  await studio.generate.click();
  await expect.poll(() => line.streams().length).toBeGreaterThan(0);
  await page.evaluate(() => {
    window.addEventListener('pageshow', ({ persisted }) => { window.wasPersisted = persisted; });
  });
  await page.goto(`${line.origin}/icon.svg`);
  line.faults.cutAfterBytes = 0;
  // A page from the back/forward cache was never unloaded: there is no second `load` event.
  await page.goBack({ waitUntil: 'commit' });
  await expectOne({ page, studio, line, gateway });
  expect(line.submissions()).toHaveLength(1);
});
