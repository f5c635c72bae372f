// The visitor's clock changes while the page is open, by a day and by years, in both directions: time-dependent
// data is not lost, and no duration is nonsense.
import { test as base, expect, web } from './fixtures.js';
import { enter, world } from './states.js';
import { Studio } from './studio.js';

const test = base.extend({
  world: [async ({}, use) => {
    const place = await world(web);
    await use(place);
    await place.stop();
  }, { scope: 'worker' }],
});

const DAY = 24 * 60 * 60 * 1000;
const JUMPS = { 'a day ahead': DAY, 'five years ahead': 5 * 365 * DAY, 'a day back': -DAY, 'five years back': -5 * 365 * DAY };

test.beforeEach(({ page }) => page.addInitScript(() => {
  // Only the wall clock: monotonic time and timers are unaffected.
  const Real = Date;
  window.setMillis = 0;
  window.Date = class extends Real {
    constructor(...given) { super(...given.length ? given : [Real.now() + window.setMillis]); }

    static now() { return Real.now() + window.setMillis; }
  };
}));

/** Sets the wall clock of an open page. */
const set = (page, byMillis) => page.evaluate((byMillis) => { window.setMillis = byMillis; }, byMillis);

for (const [how, byMillis] of Object.entries(JUMPS)) {
  test(`set ${how}: the session goes on, and what runs is finished`, async ({ page, gateway }) => {
    const studio = new Studio(page);
    await studio.open(gateway.url);
    const before = await studio.tokens();
    await set(page, byMillis);
    await studio.ask({ model: 'Suno', prompt: 'A tune, 3 seconds' });
    await studio.generate.click();
    await expect(studio.play).toBeVisible();
    await expect.poll(() => studio.tokens()).toBe(before - 10);
    // Back again, with what was stored in the meantime: by that clock, a session that is valid for years.
    await set(page, 0);
    await page.reload();
    await expect.poll(() => studio.tokens()).toBe(before - 10);
    await expect(page.locator('ai-now-studio .entry')).toHaveCount(1);
    await studio.ask({ model: 'Suno', prompt: 'Another tune, 3 seconds' });
    await studio.generate.click();
    await expect.poll(() => studio.tokens()).toBe(before - 20);
    await expect(page.locator('ai-now-studio .entry:not(.running)')).toHaveCount(2);
    // The visitor stayed the same.
    await expect(page.locator('ai-now-studio .refusal')).toBeEmpty();
  });

  test(`set ${how}: a session that ended meanwhile is renewed`, async ({ page, gateway }) => {
    const studio = new Studio(page);
    await studio.open(gateway.url);
    // The gateway's answer for an expired session.
    let refused = 0;
    await page.route('**/api/generations', async (route) => {
      if (refused > 0) return route.continue();
      refused += 1;
      return route.fulfill({ status: 401, contentType: 'application/json', body: '{"status":"Error","message":"Ended."}' });
    });
    await set(page, byMillis);
    await studio.ask({ model: 'Suno', prompt: 'A tune, 3 seconds' });
    await studio.generate.click();
    await expect(studio.play).toBeVisible();
    expect(refused).toBe(1);
  });

  test(`set ${how}: durations are those of this page`, async ({ page, world }) => {
    await page.goto(world.origin);
    await page.waitForFunction(() => customElements.get('ai-now-studio'));
    const studio = await enter(page, world.origin, 'running');
    const times = studio.locator('.times');
    await expect(times).toContainText(/0:0\d/);
    await set(page, byMillis);
    // It continues to count seconds.
    await expect(times).toContainText(/0:[0-5][1-9]/);
    await expect(times).not.toContainText(/\d\d:\d\d/);
    await page.evaluate(() => fetch('/running/say', {
      method: 'POST', body: '{"status":"Completed","url":"/media/a-calm-lake.mp3"}',
    }));
    await expect(studio.locator('.screen')).toBeVisible();
    const took = () => page.evaluate(async () => {
      const opening = indexedDB.open('ai-now');
      await new Promise((resolve) => { opening.onsuccess = resolve; });
      const all = opening.result.transaction('generations').objectStore('generations').getAll();
      await new Promise((resolve) => { all.onsuccess = resolve; });
      opening.result.close();
      const [{ created_at_ms: from, finished_at_ms: to }] = all.result;
      return to - from;
    });
    await expect.poll(took).toBeLessThan(120_000);
    expect(await took()).toBeGreaterThanOrEqual(0);
  });

  test(`set ${how} before a studio finds something running: it counts from what can be true`, async ({ page, world }) => {
    await page.goto(world.origin);
    await page.waitForFunction(() => customElements.get('ai-now-studio'));
    await enter(page, world.origin, 'running');
    await set(page, byMillis);
    await page.evaluate(async (gateway) => {
      document.querySelector('ai-now-studio').remove();
      const element = document.createElement('ai-now-studio');
      element.gateway = gateway;
      document.querySelector('main').append(element);
      await element.start();
    }, `${world.origin}/running/`);
    const times = page.locator('ai-now-studio .times');
    await expect(times).toBeVisible();
    await expect(times).not.toContainText(/\d{3,}/);
  });
}
