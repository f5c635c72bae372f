// Screen reader announcements, reduced motion, printing, and sessions only when needed; and a long search.
import { test as base, expect, web } from './fixtures.js';
import { STATES, enter, world } from './states.js';

const START = '2026-03-01T12:00:00Z';
const after = (secs) => new Date(Date.parse(START) + secs * 1000);

const test = base.extend({
  world: [async ({}, use) => {
    const place = await world(web);
    await use(place);
    await place.stop();
  }, { scope: 'worker' }],
});

test.use({ timezoneId: 'UTC', viewport: { width: 640, height: 900 } });

test.beforeEach(async ({ page, world }) => {
  await page.clock.setFixedTime(START);
  await page.goto(world.origin);
  await page.waitForFunction(() => customElements.get('ai-now-studio'));
});

/** Makes the gateway of a state send one more event. */
const say = (page, state, event) => page.evaluate(
  ([state, event]) => fetch(`/${state}/say`, { method: 'POST', body: JSON.stringify(event) }),
  [state, event],
);

test('getSession is asked again before its session ends, and not before', async ({ page, world }) => {
  const root = await enter(page, world.origin, 'song');
  await page.evaluate(() => {
    window.asked = 0;
    document.querySelector('ai-now-studio').getSession = async () => {
      window.asked += 1;
      const balance = { available: 1000, held: 0, spent: 0, granted: 1000 };
      return { token: `t${window.asked}`, expires_in_secs: 600, balance };
    };
  });
  const asked = () => page.evaluate(() => window.asked);
  await expect.poll(asked).toBe(1);
  const again = async (secs) => {
    const before = world.asked.length;
    await page.clock.setFixedTime(after(secs));
    await root.locator('[part=generate]').click();
    await expect.poll(() => world.asked.length).toBe(before + 1);
  };
  // It is renewed in the last fifth of its lifetime.
  await again(470);
  expect(await asked()).toBe(1);
  await again(490);
  expect(await asked()).toBe(2);
});

test('a screen reader gets changes of state and quarters, not every percent', async ({ page, world }) => {
  const root = await enter(page, world.origin, 'running');
  const status = root.locator('.result-panel [role=status].unseen');
  await expect(status).toHaveText('Being made');
  await status.evaluate((line) => {
    window.said = [];
    new MutationObserver(() => window.said.push(line.textContent)).observe(line, { childList: true, characterData: true, subtree: true });
  });
  // Elapsed times come from a stopped fake clock, however long this takes.
  await page.evaluate(() => {
    window.now = performance.now.bind(performance);
    performance.now = () => 0;
  });
  const bar = root.locator('progress');
  for (let part = 41; part < 91; part += 1) await say(page, 'running', { status: 'Processing', progress: part / 100 });
  await expect(bar).toHaveAttribute('value', '0.9');
  expect(await page.evaluate(() => window.said)).toEqual([]);
  await page.evaluate(() => { performance.now = () => window.now() + 9000; });
  await say(page, 'running', { status: 'Processing', progress: 1 });
  await expect(bar).toHaveAttribute('value', '1');
  await say(page, 'running', { status: 'Completed', url: '/media/a-calm-lake.mp3' });
  await expect(status).toHaveText(/A calm lake at dawn/);
  const said = await page.evaluate(() => window.said);
  expect(said.length, said.join(' | ')).toBe(2);
  expect(said[0]).toContain('100%');
});

test('who wants less motion gets none', async ({ page, world }) => {
  const moving = () => page.evaluate(() => document.querySelector('ai-now-studio').shadowRoot.getAnimations()
    .filter(({ playState }) => playState === 'running').length);
  await enter(page, world.origin, 'queued');
  expect(await moving()).toBeGreaterThan(0);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const state of Object.keys(STATES).filter((state) => state !== 'fault')) {
    await enter(page, world.origin, state);
    expect(await moving(), state).toBe(0);
  }
});

for (const [state, shown] of [['picture', '.screen img'], ['video', 'video'], ['song', '.made .said'], ['failed', '.failed [role=alert]']]) {
  test(`on paper stands what was made, dark on light, and nothing to press: ${state}`, async ({ page, world }) => {
    const root = await enter(page, world.origin, state);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await expect(root.locator(shown)).toBeVisible();
    const words = root.locator('.prompt-said').first();
    await expect(words).toBeVisible();
    const dark = await words.evaluate((element) => {
      const channels = getComputedStyle(element).color.match(/[\d.]+/g).slice(0, 3).map(Number);
      return Math.max(...channels) < 80;
    });
    expect(dark).toBe(true);
    for (const place of ['.compose', '.controls', '.ways', '.gallery-head', '.entry > .round']) {
      for (const part of await root.locator(place).all()) await expect(part).toBeHidden();
    }
    await expect(root.getByRole('textbox')).toHaveCount(0);
    // Elements that aren't printed take no space: the page is shorter than on screen.
    expect(await root.locator('.desk').evaluate((desk) => desk.offsetHeight)).toBeLessThan(700);
  });
}

test('a style is found by its name among many', async ({ page, world }) => {
  const root = await enter(page, world.origin, 'demo', { model: 'run' });
  const swatches = root.locator('.swatch:visible');
  const search = root.getByRole('searchbox', { name: 'Find a style' });
  await expect(swatches).toHaveCount(26);
  await search.fill('CLAY');
  // The chosen one is never hidden.
  await expect(swatches).toHaveText([/None|No style/i, 'Claymation']);
  await search.press('Tab');
  await page.keyboard.press('ArrowRight');
  await expect(root.getByRole('radio', { name: 'Claymation' })).toBeChecked();
  await search.fill('nothing of the kind');
  await expect(swatches).toHaveText(['Claymation']);
  await expect(root.getByText(/No style/i).last()).toBeVisible();
  await search.fill('');
  await expect(swatches).toHaveCount(26);
});
