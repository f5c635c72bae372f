// The HTML examples in the documents, opened as if they had been copied: each is on a page of another origin, with
// the real gateway instead of the example's address.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test, expect, Gateway } from './fixtures.js';
import { site } from './servers.js';

const top = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const documents = ['README.md', ...readdirSync(path.join(top, 'docs'), { recursive: true })
  .filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];

/** The pages of a document: its HTML blocks that contain the element or its script. */
const pages = (document) => [...readFileSync(path.join(top, document), 'utf8').matchAll(/^```html\n(.*?)^```$/gms)]
  .map(([, html]) => html).filter((html) => html.includes('ai-now'));

const shown = documents.flatMap((document) => pages(document).map((html, at) => ({ document, at, html })));

/** The addresses that the documents use for the script's folder. */
const ADDRESSES = ['https://gateway.example/', 'https://studio.example/', 'https://static.example/ai-now/', 'https://www.example/ai-now/'];
/** A placeholder hash that matches no script: not to be opened. */
const PINNED = 'integrity="sha256-…"';

test('documents show pages', () => {
  expect(shown.length).toBeGreaterThan(6);
});

for (const { document, at, html } of shown) {
  if (html.includes(PINNED)) continue;
  test(`${document} shows a page that works (${at + 1})`, async ({ page }) => {
    const gateway = await Gateway.start({ demo: false });
    const shop = await site('');
    try {
      await gateway.keys('create', '--tokens', '100', '--label', 'shop');
      const owner = (await gateway.keys('list')).split('\t')[0];
      const key = await gateway.keys('create', '--publishable', owner, '--origin', shop.origin);
      let body = html.replaceAll('pk_…', key);
      for (const address of ADDRESSES) body = body.replaceAll(address, `${gateway.url}/`);
      // Lines that a block omits are in an earlier block of the document.
      if (!body.includes('<script')) body += `<script type="module" src="${gateway.url}/ai-now.js"></script>`;
      if (!body.includes('<ai-now-studio')) body += '<ai-now-studio></ai-now-studio>';
      // A block on another subject has no key.
      if (!/pk_|mode=/.test(body)) body = body.replace('<ai-now-studio', `<ai-now-studio publishable-key="${key}"`);
      expect(body, 'an address that the test does not know').not.toMatch(/\.example\b/);
      shop.serve(`<!doctype html><html lang="en"><title>A site</title><h1>A site</h1>${body}`);
      const heard = [];
      await page.exposeFunction('heard', (message) => heard.push(message));
      await page.addInitScript(() => {
        document.addEventListener('ai-now-error', ({ detail }) => window.heard(detail.message));
      });
      await page.goto(shop.origin);
      const studio = page.locator('ai-now-studio').first();
      await expect(studio.locator('[part=generate]')).toBeVisible();
      await studio.evaluate((element) => element.ready.then(() => {}));
      // The visitor's balance, in any language; in a demo there is none.
      await expect(studio.locator('.balance').filter({ hasText: '50' })).toHaveCount(html.includes('mode="demo"') ? 0 : 1);
      await expect(studio.locator('[name=model]').first()).toBeAttached();
      expect(heard).toEqual([]);
    } finally {
      shop.stop();
      await gateway.stop();
    }
  });
}
