// Two lines on a page of another site: another origin, a strict policy, a publishable key.
import { test, expect, Gateway } from './fixtures.js';
import { Studio } from './studio.js';
import { site } from './servers.js';

test('a page of another origin generates with its publishable key', async ({ page, picture }) => {
  const gateway = await Gateway.start({ demo: false });
  const policy = `default-src 'none'; script-src ${gateway.url} 'wasm-unsafe-eval'; `
    + `connect-src ${gateway.url}; media-src ${gateway.url}; img-src ${gateway.url}`;
  const shop = await site('', { 'Content-Security-Policy': policy });
  try {
    await gateway.keys('create', '--tokens', '100', '--label', 'shop');
    const owner = (await gateway.keys('list')).split('\t')[0];
    const key = await gateway.keys('create', '--publishable', owner, '--origin', shop.origin);
    expect(key).toMatch(/^pk_/);
    shop.serve(`<!doctype html><html lang="en"><title>A shop</title><h1>A shop</h1>
      <script type="module" src="${gateway.url}/ai-now.js"></script>
      <ai-now-studio publishable-key="${key}"></ai-now-studio>`);
    const studio = new Studio(page);
    await studio.open(shop.origin);
    expect(await studio.tokens()).toBe(50);
    await studio.ask({ model: 'Suno', prompt: 'A jingle for a shop, 5 seconds' });
    await studio.generate.click();
    await expect(studio.play).toBeVisible();
    await studio.playUntilItMoves();
    await expect.poll(() => studio.tokens()).toBe(40);
    await picture('9-embedded');
  } finally {
    shop.stop();
    await gateway.stop();
  }
});

test('the same key on a page that it is not for opens nothing', async ({ page }) => {
  const gateway = await Gateway.start({ demo: false });
  const thief = await site('');
  try {
    await gateway.keys('create', '--tokens', '100');
    const owner = (await gateway.keys('list')).split('\t')[0];
    const key = await gateway.keys('create', '--publishable', owner, '--origin', 'https://shop.example');
    thief.serve(`<!doctype html><html lang="en"><title>Not the shop</title>
      <script type="module" src="${gateway.url}/ai-now.js"></script>
      <ai-now-studio publishable-key="${key}"></ai-now-studio>`);
    await page.goto(thief.origin);
    await expect(page.getByRole('button', { name: /^Generate/ })).toBeVisible();
    await expect(page.getByText(/may not generate|can't be reached/)).toBeVisible();
  } finally {
    thief.stop();
    await gateway.stop();
  }
});
