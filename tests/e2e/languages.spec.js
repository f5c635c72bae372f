// Our own pages in the visitor's language, in ten of them, without a jump, and in English without scripts.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test, expect, web } from './fixtures.js';

const LANGUAGES = ['de', 'fr', 'es', 'pt', 'it', 'ja', 'zh', 'hi', 'ar'];
const PAGES = ['index.html', 'demo.html', ...readdirSync(path.join(web, 'examples')).filter((name) => name.endsWith('.html')).map((name) => `examples/${name}`)];

/** All that a page says itself, by what says it. */
const texts = (page) => page.evaluate(() => [...document.querySelectorAll('title, h1, main p, main button, iframe')]
  .map((element) => [element.localName, element.title || element.textContent.trim()]).filter(([, text]) => text));

for (const language of LANGUAGES) {
  test.describe(language, () => {
    test.use({ locale: language });

    test('every page says all it says in it', async ({ page, browser, gateway }) => {
      test.setTimeout(180_000);
      const plain = await browser.newContext({ locale: 'en-US', javaScriptEnabled: false });
      const other = await plain.newPage();
      for (const name of PAGES) {
        // Without scripts it is in English.
        await other.goto(`${gateway.url}/${name}`, { waitUntil: 'domcontentloaded' });
        const before = await other.locator('title, h1, main p, main button, iframe').evaluateAll((all) => all
          .map((element) => [element.localName, element.title || element.textContent.trim()]).filter(([, text]) => text));
        expect(await other.locator('html').getAttribute('lang')).toBe('en');
        await page.goto(`${gateway.url}/${name}`, { waitUntil: 'domcontentloaded' });
        await expect(page.locator('html'), name).toHaveAttribute('lang', language);
        await expect(page.locator('html'), name).toHaveAttribute('dir', language === 'ar' ? 'rtl' : 'ltr');
        const now = await texts(page);
        expect(now.map(([tag]) => tag), name).toEqual(before.map(([tag]) => tag));
        for (const [at, [tag, text]] of now.entries()) {
          // A name is the same everywhere.
          if (before[at][1] !== 'AI-Now') expect(text, `${tag} of ${name}`).not.toBe(before[at][1]);
        }
      }
      await plain.close();
    });

    test('nothing moves, and the studio speaks it, too', async ({ page, gateway }) => {
      await page.addInitScript(() => {
        window.moved = 0;
        new PerformanceObserver((list) => {
          // What moves within the studio is looked at elsewhere.
          const ours = ({ node }) => node?.getRootNode() === document;
          for (const { value, sources } of list.getEntries()) if (sources.some(ours)) window.moved += value;
        }).observe({ type: 'layout-shift', buffered: true });
      });
      await page.goto(`${gateway.url}/examples/two-lines.html`);
      await expect(page.getByRole('radio').first()).toBeAttached();
      await expect(page.locator('ai-now-studio .studio')).toHaveAttribute('lang', language);
      expect(await page.evaluate(() => window.moved)).toBe(0);
    });
  });
}

test('a visitor whose first language is not there gets the next that is', async ({ browser, gateway }) => {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    Object.defineProperty(navigator, 'languages', { get: () => ['nl-NL', 'pt-BR', 'en'] });
  });
  const page = await context.newPage();
  await page.goto(`${gateway.url}/demo.html`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'pt');
  await expect(page.locator('ai-now-studio .studio')).toHaveAttribute('lang', 'pt');
  await context.close();
});
