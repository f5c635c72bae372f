// The documentation of a release in a browser, opened as a folder of files, without any network: it is read, found
// by words, and given to language models. `cargo xtask release` runs this.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { top } from './support.mjs';

const { chromium } = createRequire(path.join(top, 'tests/e2e/package.json'))('@playwright/test');
const site = process.env.RELEASE_DOCUMENTS ?? path.join(top, 'dist-docs');
const at = (page) => pathToFileURL(path.join(site, page)).href;
let browser;

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.E2E_BROWSER || undefined, args: ['--no-sandbox'] });
});
after(() => browser.close());

/** A page without a network, and what went wrong in it. */
async function opened(t, page) {
  const context = await browser.newContext({ offline: true });
  t.after(() => context.close());
  const tab = await context.newPage();
  const faults = [];
  tab.on('pageerror', (error) => faults.push(String(error)));
  tab.on('requestfailed', (request) => faults.push(request.url()));
  tab.on('request', (request) => { if (!/^(file|data|blob):/.test(request.url())) faults.push(`asked for ${request.url()}`); });
  await tab.goto(at(page));
  return { tab, faults };
}

for (const [words, document] of [['publishable key', 'embedding'], ['trusted_proxies', 'operating'], ['Idempotency-Key', 'api']]) {
  test(`"${words}" is found, and leads to its place`, async (t) => {
    const { tab, faults } = await opened(t, 'index.html');
    await tab.keyboard.press('/');
    // It listens to keys.
    await tab.getByRole('searchbox').pressSequentially(words);
    const hits = tab.locator('#mdbook-searchresults a');
    await hits.first().waitFor();
    const links = await hits.evaluateAll((all) => all.map(({ href }) => href));
    const hit = links.findIndex((link) => link.includes(`/${document}.html`));
    assert.ok(hit >= 0, links.join('\n'));
    await hits.nth(hit).click();
    await tab.locator('main mark').first().waitFor();
    assert.match((await tab.locator('main').textContent()).toLowerCase(), new RegExp(words.split(/\W/)[0].toLowerCase()));
    assert.deepEqual(faults, []);
  });
}

test('every document of the summary is reached from the first page', async (t) => {
  const { tab, faults } = await opened(t, 'index.html');
  const links = await tab.locator('nav .chapter a[href]').evaluateAll((all) => all.map(({ href }) => href.split('#')[0]));
  assert.ok(links.length > 20, links.join('\n'));
  for (const link of new Set(links)) {
    await tab.goto(link);
    assert.ok(await tab.locator('main h1').first().isVisible(), link);
  }
  assert.deepEqual(faults, []);
});

test('llms.txt names the documents, as text without a page around it', () => {
  const listed = readFileSync(path.join(site, 'llms.txt'), 'utf8');
  const links = [...listed.matchAll(/^- \[[^\]]+\]\(([^)]+)\): ./gm)].map(([, link]) => link);
  assert.ok(links.length > 20, listed);
  for (const link of links) {
    const text = readFileSync(path.join(site, link), 'utf8');
    assert.match(text, /^# /m, link);
    assert.doesNotMatch(text, /<html/i, link);
  }
});
