// For everyone: every state is accessible in light, dark and right to left; the whole path goes by
// keyboard, with a focus that can be seen; nothing is too small to hit; large text fits.
import AxeBuilder from '@axe-core/playwright';
import { test, expect, Gateway } from './fixtures.js';
import { Studio } from './studio.js';
import { network } from './servers.js';

/** What can be operated, as far as it shows: each with its name and the box that takes the click. */
const targets = (page) => page.evaluate(() => {
  const { shadowRoot } = document.querySelector('ai-now-studio');
  const all = [...shadowRoot.querySelectorAll('button, a[href], input, textarea, select, summary')];
  return all.filter((element) => element.checkVisibility({ visibilityProperty: true })).map((element) => {
    // A radio or a box is hit by its label, too.
    const boxes = [element, ...(element.labels ?? [])].map((hit) => hit.getBoundingClientRect());
    return {
      name: `${element.localName} ${element.ariaLabel ?? element.name ?? ''} ${element.textContent}`.trim().slice(0, 60),
      width: Math.max(...boxes.map(({ width }) => width)),
      height: Math.max(...boxes.map(({ height }) => height)),
    };
  });
});

async function expectAccessible(page, state) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]), state).toEqual([]);
  const small = (await targets(page)).filter(({ width, height }) => width < 24 || height < 24);
  expect(small, `${state}: targets of less than 24 px`).toEqual([]);
}

for (const [name, use, lang] of [
  ['light', { colorScheme: 'light' }, 'en'],
  ['dark', { colorScheme: 'dark' }, 'en'],
  ['right to left', { colorScheme: 'light' }, 'ar'],
  ['forced colours', { colorScheme: 'dark', forcedColors: 'active' }, 'en'],
]) {
  test.describe(name, () => {
    test.use({ ...use, contextOptions: { forcedColors: use.forcedColors } });

    test('every state is accessible', async ({ page, gateway, picture }) => {
      test.setTimeout(240_000);
      const line = await network(gateway.url);
      const said = async (state) => {
        await expectAccessible(page, `${name}, ${state}`);
        await picture(`11-${name.replaceAll(' ', '-')}-${state}`);
      };
      try {
        await page.goto(line.origin);
        await page.evaluate((lang) => { document.querySelector('ai-now-studio').lang = lang; }, lang);
        const element = page.locator('ai-now-studio');
        await expect(element.locator('.studio')).toHaveAttribute('dir', lang === 'ar' ? 'rtl' : 'ltr');
        await expect(element.locator('.balance')).not.toBeEmpty();
        await said('empty');
        const ask = (model, prompt) => page.evaluate(([model, prompt]) => {
          const element = document.querySelector('ai-now-studio');
          Object.assign(element, { model, prompt });
          window.asked = element.generate({ model, prompt }).catch(() => {});
        }, [model, prompt]);
        line.weather.silent = true;
        await ask('pika', 'A calm lake, 3 seconds');
        await expect(element.locator('progress')).toBeVisible();
        await said('running');
        line.weather.status = 503;
        line.cut();
        await expect(element.locator('.calm')).not.toBeEmpty();
        await said('connection-lost');
        Object.assign(line.weather, { status: 0, silent: false });
        await expect(element.locator('video')).toBeVisible({ timeout: 60_000 });
        await said('video');
        await ask('suno', 'A tune, 3 seconds');
        await expect(element.locator('audio')).toBeAttached({ timeout: 60_000 });
        await said('audio');
        await ask('suno', 'Piano, 180 seconds');
        await expect(element.locator('progress')).toBeVisible();
        await page.evaluate(() => { document.querySelector('ai-now-studio').cancel(); return window.asked; });
        await expect(element.locator('.failed')).toBeVisible();
        await said('cancelled');
        await ask('suno', 'x'.repeat(3000));
        await expect(element.locator('.refusal p')).toBeVisible();
        await said('refused');
        await page.evaluate(() => { document.querySelector('ai-now-studio').presetStyle = '99'; });
        await expect(page.locator('.sorry')).toBeVisible();
        await said('wrong-setting');
        await page.evaluate(() => { document.querySelector('ai-now-studio').mode = 'magic'; });
        await expect(page.getByRole('button', { name: 'Start again' })).toBeVisible();
        await said('stopped');
        await page.evaluate(() => { document.querySelector('ai-now-studio').mode = 'direct'; });
        await expect(element.locator('#api-key')).toBeVisible();
        await said('direct');
      } finally {
        await line.stop();
      }
    });
  });
}

test('a page without permission is accessible', async ({ page }) => {
  const gateway = await Gateway.start({ demo: false });
  try {
    await page.goto(gateway.url);
    await expect(page.getByText(/may not generate yet/)).toBeVisible();
    await expectAccessible(page, 'not allowed');
  } finally {
    await gateway.stop();
  }
});

test('by keyboard alone, from the first field to the download, with a focus that can be seen', async ({ page, gateway }) => {
  const studio = new Studio(page);
  await studio.open(gateway.url);
  /** What has the focus, and whether that shows: an outline, of it or of what stands for it. */
  const focus = () => page.evaluate(() => {
    const element = document.querySelector('ai-now-studio').shadowRoot?.activeElement;
    if (!element) return null;
    const seen = [element, ...(element.labels ?? []), element.nextElementSibling].filter(Boolean).some((shown) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(shown);
      return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    });
    return { tag: element.localName, type: element.type, name: element.ariaLabel ?? element.textContent.trim() ?? '', value: element.value, seen };
  });
  /** Goes on with Tab until something has the focus, and sees it on the way. */
  const tabTo = async (wanted) => {
    for (let steps = 0; steps < 60; steps += 1) {
      await page.keyboard.press('Tab');
      const now = await focus();
      if (!now) continue;
      expect(now.seen, `${now.tag} ${now.name}`).toBe(true);
      if (wanted(now)) return now;
    }
    throw new Error('Tab never comes there');
  };
  await tabTo(({ tag }) => tag === 'textarea');
  await page.keyboard.type('A calm lake, 3 seconds');
  await tabTo(({ type, value }) => type === 'radio' && value === 'suno');
  for (const model of ['luma', 'pika']) {
    await page.keyboard.press('ArrowRight');
    expect((await focus()).value).toBe(model);
  }
  await tabTo(({ tag, name }) => tag === 'button' && /^Generate/.test(name));
  await page.keyboard.press('Enter');
  await expect(studio.play).toBeVisible({ timeout: 60_000 });
  await tabTo(({ name }) => name === 'Play');
  await page.keyboard.press('Enter');
  await expect.poll(() => studio.media.evaluate((media) => media.currentTime)).toBeGreaterThan(0.1);
  await tabTo(({ tag, name }) => tag === 'a' && /^Download/.test(name));
  const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  expect(file.suggestedFilename()).toMatch(/\.mp4$/);
});

test('text of twice the size, and a page of twice the zoom, fit', async ({ page, gateway, picture }) => {
  // 1280 by 800 at 200 %.
  await page.setViewportSize({ width: 640, height: 400 });
  const studio = new Studio(page);
  await studio.open(gateway.url);
  await studio.ask({ model: 'Suno', prompt: 'A tune, 3 seconds' });
  await studio.generate.click();
  await expect(studio.play).toBeVisible();
  for (const size of ['100%', '200%']) {
    await page.evaluate((size) => { document.documentElement.style.fontSize = size; }, size);
    const over = await page.evaluate(() => {
      const { documentElement } = document;
      const { shadowRoot } = document.querySelector('ai-now-studio');
      const cut = [...shadowRoot.querySelectorAll('button, p, label, legend')]
        .filter((element) => element.checkVisibility() && !element.closest('.unseen, [hidden]'))
        .filter((element) => getComputedStyle(element).overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).textOverflow !== 'ellipsis');
      return { page: documentElement.scrollWidth - documentElement.clientWidth, cut: cut.map((element) => element.outerHTML.slice(0, 80)) };
    });
    expect(over, size).toEqual({ page: 0, cut: [] });
  }
  await picture('8-large-text');
});
