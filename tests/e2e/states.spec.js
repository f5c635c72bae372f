// Every state of the studio: no findings by axe-core, in light and dark, right to left and in forced colours; the
// recorded accessibility tree; no horizontal scrolling on the smallest screens; and the recorded screenshots.
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { blocks } from './blocks.js';
import { test, expect, web } from './fixtures.js';
import { STATES, enter, tooSmall, world } from './states.js';

const SCREENSHOT_STYLE = fileURLToPath(new URL('screenshots.css', import.meta.url));
const states = Object.keys(STATES);

// Each test visits all states in one page.
test.describe.configure({ timeout: 240_000 });

const look = test.extend({
  // The tests only read, so one world per worker is enough.
  world: [async ({}, use) => {
    const place = await world(web);
    await use(place);
    await place.stop();
  }, { scope: 'worker' }],
  allowed: /broken by the page|unreachable/,
});

look.use({ timezoneId: 'UTC', viewport: { width: 640, height: 900 } });

look.beforeEach(async ({ page, world }) => {
  await page.clock.setFixedTime('2026-03-01T12:00:00Z');
  await page.goto(world.origin);
  await page.waitForFunction(() => customElements.get('ai-now-studio'));
});

// Colour schemes only affect contrast.
const CONTRAST = ['color-contrast'];
const VARIATIONS = [
  ['in light', { colorScheme: 'light' }, {}, null],
  ['in dark', { colorScheme: 'dark' }, {}, CONTRAST],
  ['right to left', { colorScheme: 'light' }, { lang: 'ar' }, null],
  ['in forced colours', { forcedColors: 'active' }, {}, CONTRAST],
];

for (const [name, media, attributes, rules] of VARIATIONS) {
  look(`axe finds nothing ${name}`, async ({ page, world }) => {
    await page.emulateMedia(media);
    // Once per page, because its script is half a megabyte.
    await page.evaluate(axe.source);
    const found = {};
    for (const state of states) {
      await enter(page, world.origin, state, attributes);
      const violations = await page.evaluate(async (rules) => {
        const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) };
        const { violations } = await window.axe.run('ai-now-studio', options);
        return violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])]);
      }, rules);
      if (violations.length) found[state] = violations;
    }
    expect(found).toEqual({});
  });
}

for (const attributes of [{}, { lang: 'ar' }]) {
  look(`on small screens nothing scrolls sideways, and all is big enough to hit, in ${attributes.lang ?? 'en'}`, async ({ page, world }) => {
    const over = [];
    const small = [];
    for (const state of states) {
      await enter(page, world.origin, state, attributes);
      for (const width of [280, 320]) {
        await page.setViewportSize({ width, height: 640 });
        const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
        if (scrollWidth > clientWidth) over.push(`${state} at ${width} px: ${scrollWidth}`);
        small.push(...(await tooSmall(page)).map((target) => ({ state, at: width, ...target })));
      }
    }
    expect(over).toEqual([]);
    expect(small, 'targets of less than 24 px').toEqual([]);
  });
}

look('a screen reader finds what was reviewed', async ({ page, world }) => {
  for (const state of states) {
    const studio = await enter(page, world.origin, state);
    await expect.soft(studio, state).toMatchAriaSnapshot({ name: `${state}.aria.yml` });
  }
});

/** The screenshots: every state, and the largest ones also in other themes and sizes. */
const FULLEST = ['composing', 'too-few-tokens', 'running', 'song', 'failed', 'history'];
const PICTURES = [
  { widthPx: 640, of: states },
  { name: '-dark', media: { colorScheme: 'dark' }, widthPx: 640, of: FULLEST },
  { name: '-right-to-left', attributes: { lang: 'ar' }, widthPx: 320, of: FULLEST },
  { name: '-wide', widthPx: 1000, of: FULLEST },
];

for (const { name = '', media = {}, attributes, widthPx, of } of PICTURES) {
  look(`it looks as it did${name.replaceAll('-', ' ')}`, async ({ page, world }) => {
    await page.emulateMedia(media);
    await page.setViewportSize({ width: widthPx, height: 900 });
    // Letters differ from machine to machine; blocks don't. The pictures are the engine's affair.
    await page.evaluate(async (font) => {
      const face = new FontFace('Blocks', `url(data:font/ttf;base64,${font})`);
      document.fonts.add(await face.load());
      document.documentElement.style.setProperty('--ai-now-font', 'Blocks');
    }, blocks().toString('base64'));
    for (const state of of) {
      const studio = await enter(page, world.origin, state, attributes);
      await expect.soft(studio, state).toHaveScreenshot(`${state}${name}.png`, {
        mask: [studio.locator('img, video, canvas')], stylePath: SCREENSHOT_STYLE, maxDiffPixelRatio: 0.005,
      });
    }
  });
}
