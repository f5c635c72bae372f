// Accessibility: the whole path works by keyboard, with visible focus; touch targets are large enough; large text
// fits.
import AxeBuilder from '@axe-core/playwright';
import { test, expect, Gateway } from './fixtures.js';
import { tooSmall } from './states.js';
import { Studio } from './studio.js';

async function expectAccessible(page, state) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]), state).toEqual([]);
  expect(await tooSmall(page), `${state}: targets of less than 24 px`).toEqual([]);
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

test('what had the focus leaves it to the result panel when it is replaced', async ({ page, gateway }) => {
  const studio = new Studio(page);
  await studio.open(gateway.url);
  const focused = () => page.evaluate(() => document.querySelector('ai-now-studio').shadowRoot.activeElement?.part.value);
  const element = page.locator('ai-now-studio');
  await element.evaluate((element) => { element.generate({ model: 'luma', prompt: 'A long film of a city, 15 seconds' }).catch(() => {}); });
  await element.getByRole('button', { name: 'Cancel', exact: true }).press('Enter');
  await expect(element.getByRole('button', { name: 'Cancel', exact: true })).toHaveCount(0);
  await expect.poll(focused).toBe('result-panel');
  // From there the next stop is what there is to do now.
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.querySelector('ai-now-studio').shadowRoot.activeElement?.closest('.result-panel') !== null)).toBe(true);
});

test('by keyboard alone, from the first field to the download, with a focus that can be seen', async ({ page, gateway }) => {
  const studio = new Studio(page);
  await studio.open(gateway.url);
  /** The focused element, and whether the focus is visible: an outline on it or on the element that represents it. */
  const focus = () => page.evaluate(() => {
    const element = document.querySelector('ai-now-studio').shadowRoot?.activeElement;
    if (!element) return null;
    const seen = [element, ...(element.labels ?? []), element.nextElementSibling].filter(Boolean).some((shown) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(shown);
      return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    });
    return { tag: element.localName, type: element.type, name: element.ariaLabel ?? element.textContent.trim() ?? '', value: element.value, seen };
  });
  /** Presses Tab until an element has the focus, and checks that the focus is visible on the way. */
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
