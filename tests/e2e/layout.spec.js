// From phones to desktops: nothing is cut off. Other properties of every state are in states.spec.js.
import { test, expect } from './fixtures.js';
import { Studio } from './studio.js';

const QUICK = { model: 'Suno', prompt: 'A tune, 5 seconds' };

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
