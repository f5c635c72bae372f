// The project's pages in ten languages, according to the visitor's language, without layout shifts; in English
// without scripts.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test, expect, web } from './fixtures.js';

const LANGUAGES = ['de', 'fr', 'es', 'pt', 'it', 'ja', 'zh', 'hi', 'ar'];
const PAGES = ['index.html', 'demo.html', ...readdirSync(path.join(web, 'examples')).filter((name) => name.endsWith('.html')).map((name) => `examples/${name}`)];

/** All texts of a page, by element. */
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
          // Layout shifts within the studio are tested elsewhere.
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

/** All texts of a demo page in a language, from the choice of a style to the note of the result. */
const SAID = {
  de: { style: 'Aquarell', note: /^Prozedurale Skizze: Aquarell · See/, allowed: /Länge.*von 5 bis 10 in Schritten von 5/ },
  ar: { style: 'ألوان مائية', note: /^رسم إجرائي: ألوان مائية · بحيرة/, allowed: /المدة.*من .+ إلى .+ بخطوة/ },
  ja: { style: '水彩', note: /^手続き型スケッチ：水彩 · 湖/, allowed: /長さ.*5～10（5刻み）/ },
};

for (const [language, { style, note, allowed }] of Object.entries(SAID)) {
  test.describe(`a demo in ${language}`, () => {
    test.use({ locale: language });

    test('styles, a refused value and the note of a sketch are in it', async ({ page, gateway }) => {
      test.setTimeout(180_000);
      await page.goto(`${gateway.url}/demo.html`);
      const studio = page.locator('ai-now-studio');
      await studio.locator('input[type=radio][value=pika]').check({ force: true });
      await studio.getByRole('radio', { name: style, exact: true }).check({ force: true });
      await studio.locator('#prompt').fill('a lake, silent');
      const seconds = studio.locator('[data-option=seconds] input');
      const generate = studio.locator('button[part=generate]');
      await seconds.fill('7');
      await seconds.blur();
      await generate.click();
      await expect(studio.locator('.refusal')).toHaveText(allowed);
      await seconds.fill('5');
      await seconds.blur();
      await generate.click();
      await expect(studio.locator('.result .sketch')).toHaveText(note, { timeout: 150_000 });
      // Except for names, which are the same in every language, no word is English.
      const english = /\b(your|the|of|from|with|picture|lake|seconds|day|summer|no)\b/i;
      await expect(studio.locator('.result')).not.toHaveText(/\b(your|from|with|picture|day|summer)\b/i);
      expect(await studio.locator('.result .sketch').textContent()).not.toMatch(english);
    });
  });
}
