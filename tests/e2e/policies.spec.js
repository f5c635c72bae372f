// Pages with strict policies: the rules in the documents are sufficient, and if a rule is missing, the element
// names it.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test as base, expect, web } from './fixtures.js';
import { Studio } from './studio.js';
import { files, site } from './servers.js';

const test = base.extend({
  /** The widget's files on a separate host. */
  host: async ({ gateway }, use) => {
    const host = await files(web, {}, gateway.url);
    await use(host);
    await host.stop();
  },
});

/** A page of another origin with a policy. */
const shop = (policy, head, element) => site(
  `<!doctype html><html lang="en"><title>A shop</title><h1>A shop</h1>${head}${element}`, { 'Content-Security-Policy': policy },
);

const rules = (host, gateway) => ({
  'default-src': '\'none\'',
  'script-src': `${host.origin} 'wasm-unsafe-eval'`,
  'connect-src': `${host.origin} ${gateway.url} blob:`,
  'media-src': `${gateway.url} blob:`,
  'img-src': `${host.origin} ${gateway.url} blob: data:`,
  'worker-src': `blob: ${host.origin}`,
});
const written = (rules) => Object.entries(rules).map(([name, value]) => `${name} ${value}`).join('; ');

const SCRIPT = (host, more = '') => `<script type="module" src="${host.origin}/ai-now.js" ${more}></script>`;
const DEMO = '<ai-now-studio mode="demo"></ai-now-studio>';

/** Makes a tune in the page itself, and plays it. */
async function demo(page, url) {
  await page.goto(url);
  const studio = new Studio(page);
  await expect(page.getByText(/made in this browser/i)).toBeVisible();
  await studio.ask({ model: 'Suno', prompt: 'A jingle, 5 seconds' });
  await studio.generate.click();
  return studio;
}

for (const [what, types] of [['whatever policies there may be', ''], ['ours alone', '; trusted-types ai-now']]) {
  test(`where scripts' addresses have to be trusted, by ${what}, the demo works`, async ({ page, host, gateway }) => {
    const policy = `${written(rules(host, gateway))}; require-trusted-types-for 'script'${types}`;
    const place = await shop(policy, SCRIPT(host), DEMO);
    try {
      const studio = await demo(page, place.origin);
      await expect(studio.play).toBeVisible({ timeout: 60_000 });
      await studio.playUntilItMoves();
    } finally {
      await place.stop();
    }
  });
}

test.describe('where a rule is missing', () => {
  // Here the browser is expected to complain.
  test.use({ complaints: [] });

  test('a policy of types that leaves ours out is named', async ({ page, host, gateway }) => {
    const policy = `${written(rules(host, gateway))}; require-trusted-types-for 'script'; trusted-types other`;
    const place = await shop(policy, SCRIPT(host), DEMO);
    try {
      await demo(page, place.origin);
      await expect(page.getByText(/Content-Security-Policy/)).toContainText('trusted-types ai-now');
      await expect(page.getByText(/Content-Security-Policy/)).not.toContainText('worker-src');
    } finally {
      await place.stop();
    }
  });

  for (const [missing, rule, said] of [
    ['wasm', { 'script-src': (host) => host.origin }, (host) => `script-src needs ${host.origin} 'wasm-unsafe-eval'.`],
    ['the host of its files', { 'connect-src': (_, gateway) => gateway.url }, (host) => `connect-src needs ${host.origin}.`],
  ]) {
    test(`a policy that leaves out ${missing} is told with the words to add`, async ({ page, host, gateway }) => {
      const changed = Object.fromEntries(Object.entries(rule).map(([name, value]) => [name, value(host, gateway)]));
      const place = await shop(written({ ...rules(host, gateway), ...changed }), SCRIPT(host), `<ai-now-studio gateway="${gateway.url}"></ai-now-studio>`);
      try {
        await page.goto(place.origin);
        const alert = page.getByRole('alert').filter({ hasText: 'Content-Security-Policy' });
        await expect(alert).toContainText(`The page's Content-Security-Policy forbids it: ${said(host)}`);
        // The typed text is kept, and an event reports the error too.
        await expect(page.getByRole('textbox', { name: 'What would you like to make?' })).toBeVisible();
      } finally {
        await place.stop();
      }
    });
  }
});

for (const [what, pinned] of [['', false], [', pinned', true]]) {
  test(`a policy that lets in scripts by their nonce alone is enough${what}`, async ({ page, host, gateway }) => {
    const nonce = 'bm9uY2U';
    const policy = written({ ...rules(host, gateway), 'script-src': `'nonce-${nonce}' 'wasm-unsafe-eval'` });
    const shell = await readFile(path.join(web, 'ai-now.js'));
    const integrity = `sha256-${createHash('sha256').update(shell).digest('base64')}`;
    const more = `nonce="${nonce}" crossorigin="anonymous"${pinned ? ` integrity="${integrity}"` : ''}`;
    const place = await shop(policy, SCRIPT(host, more), `<ai-now-studio mode="demo"></ai-now-studio>`);
    try {
      await page.goto(place.origin);
      await expect(page.getByText(/made in this browser/i)).toBeVisible();
      await expect(page.getByRole('radio').first()).toBeAttached();
      await expect(page.getByRole('alert').filter({ hasText: /./ })).toHaveCount(0);
    } finally {
      await place.stop();
    }
  });
}

test('a pinned studio has the nonce of its own tag, wherever that stands and if it was removed', async ({ page, host, gateway }) => {
  const nonce = 'bm9uY2U';
  const policy = written({ ...rules(host, gateway), 'script-src': `'nonce-${nonce}' 'wasm-unsafe-eval'` });
  const integrity = `sha256-${createHash('sha256').update(await readFile(path.join(web, 'ai-now.js'))).digest('base64')}`;
  const tag = SCRIPT(host, `nonce="${nonce}" crossorigin="anonymous" integrity="${integrity}"`);
  const tidy = `<script nonce="${nonce}">addEventListener('load', () => document.querySelectorAll('script').forEach((tag) => tag.remove()))</script>`;
  for (const head of [`<script nonce="b3RoZXI" type="application/json">{}</script>${tag}`, `${tag}${tidy}`]) {
    const place = await shop(policy, head, DEMO);
    try {
      await page.goto(place.origin);
      await expect(page.getByText(/made in this browser/i)).toBeVisible();
      await expect(page.getByRole('radio').first()).toBeAttached();
    } finally {
      await place.stop();
    }
  }
});

test('in a sandbox that submits no forms, the button and its keys work', async ({ page, host, gateway }) => {
  const place = await shop(`${written(rules(host, gateway))}; sandbox allow-scripts allow-same-origin`, SCRIPT(host), DEMO);
  try {
    for (const press of [(studio) => studio.generate.click(), () => page.keyboard.press('Control+Enter')]) {
      await page.goto(place.origin);
      const studio = new Studio(page);
      await expect(page.getByText(/made in this browser/i)).toBeVisible();
      await studio.ask({ model: 'Suno', prompt: 'A jingle, 2 seconds' });
      await page.getByRole('textbox', { name: 'What would you like to make?' }).focus();
      await press(studio);
      await expect(studio.play).toBeVisible({ timeout: 60_000 });
    }
  } finally {
    await place.stop();
  }
});
