// For everyone: nothing that axe-core finds, in no state; light, dark, narrow, right to left.
import AxeBuilder from '@axe-core/playwright';
import { test, expect } from './fixtures.js';
import { Studio } from './studio.js';

const QUICK = { model: 'Suno', prompt: 'A tune, 5 seconds' };

async function expectAccessible(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}

for (const colorScheme of ['light', 'dark']) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('every state is accessible', async ({ page, gateway, picture }) => {
      const studio = new Studio(page);
      await studio.open(gateway.url);
      await expectAccessible(page);
      await studio.ask({ model: 'Pika', style: 'Anime', prompt: 'A forest in autumn, 3 seconds' });
      await picture(`7-${colorScheme}-composed`);
      await expectAccessible(page);
      await studio.generate.click();
      await expect(studio.progress).toBeVisible();
      await expectAccessible(page);
      await expect(studio.play).toBeVisible();
      await picture(`7-${colorScheme}-done`);
      await expectAccessible(page);
    });
  });
}

for (const widthPx of [320, 640, 1280]) {
  test(`nothing is cut off at ${widthPx} px`, async ({ page, gateway, picture }) => {
    await page.setViewportSize({ width: widthPx, height: 800 });
    const studio = new Studio(page);
    await studio.open(gateway.url);
    await studio.ask(QUICK);
    await studio.generate.click();
    await expect(studio.play).toBeVisible();
    await picture(`8-width-${widthPx}`);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
  });
}
