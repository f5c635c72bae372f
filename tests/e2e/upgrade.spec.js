// A page that stays open over an upgrade: its shell refers to removed files. Needs a build with hashed names.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test, expect, built, web } from './fixtures.js';
import { Studio } from './studio.js';
import { files, site } from './servers.js';

const WASM = built('ai-now-widget_bg.wasm');
const STAMP = WASM.match(/\.([\w-]{16})\.wasm$/)?.[1];
const OLD = 'OLDoldOLDoldOLDo';

/** A host whose release can be replaced; it lets pages cache the shell for an hour, like a badly configured CDN. */
async function host(gateway) {
  const state = { upgraded: false, shells: 0 };
  const now = await readFile(path.join(web, 'ai-now.js'), 'utf8');
  // The previous release: its wasm had another hash, and therefore another name.
  const pin = /["']?ai-now-widget_bg\.wasm["']?:\s*["'](sha256-[^"']+)["']/.exec(now)[1];
  const before = now.replace(pin, `sha256-${OLD}${pin.slice(7 + OLD.length)}`);
  const server = await files(web, {
    'GET /ai-now.js': (_, answer) => {
      state.shells += 1;
      answer.writeHead(200, { 'Content-Type': 'text/javascript', 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'max-age=3600' });
      answer.end(state.upgraded ? now : before);
    },
  }, gateway.url);
  return { ...server, state, before };
}

test.beforeEach(() => expect(STAMP, 'the build has plain names: cargo xtask dist gives files their hashes').toBeTruthy());

test('a page that stayed open over an upgrade says so, and the reload that it offers helps', async ({ page, gateway }) => {
  const old = await host(gateway);
  const shop = await site(`<!doctype html><html lang="en"><title>A shop</title>
    <div style="height: 4000px"></div>
    <script type="module" src="${old.origin}/ai-now.js"></script><ai-now-studio gateway="${gateway.url}"></ai-now-studio>`);
  try {
    await page.goto(shop.origin);
    await page.waitForFunction(() => customElements.get('ai-now-studio'));
    await page.locator('ai-now-studio textarea').first().fill('A calm lake');
    // The upgrade: the old files are removed while the page is open.
    old.state.upgraded = true;
    await page.locator('ai-now-studio').evaluate((element) => element.start().catch(() => {}));
    const alert = page.getByRole('alert').filter({ hasText: 'There is a newer version.' });
    await expect(alert).toBeVisible();
    await expect(alert).not.toContainText('Check the connection');
    await expect(page.locator('ai-now-studio textarea').first()).toHaveValue('A calm lake');
    expect(await page.locator('ai-now-studio').getByRole('button', { name: 'Start again' }).count()).toBe(0);
    // A plain reload uses the cached shell; this one bypasses the cache.
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.waitForLoadState('load');
    await page.locator('ai-now-studio').evaluate((element) => element.start());
    await expect(page.getByRole('radio').first()).toBeAttached();
    await expect(alert).toHaveCount(0);
    expect(old.state.shells).toBeGreaterThan(1);
  } finally {
    await shop.stop();
    await old.stop();
  }
});

test('where an old release\'s files stay beside the new, a page of before goes on with its own', async ({ page, gateway }) => {
  const old = await host(gateway);
  // The complete previous release, with its own names and hashes: the same wasm with an additional empty section.
  const wasm = Buffer.concat([await readFile(path.join(web, WASM)), Buffer.from([0, 4, 3, 111, 108, 100])]);
  const digest = createHash('sha256').update(wasm).digest('base64');
  const stamp = digest.slice(0, 16).replaceAll('+', '-').replaceAll('/', '_');
  const pin = /["']?ai-now-widget_bg\.wasm["']?:\s*["'](sha256-[^"']+)["']/.exec(old.before)[1];
  const shell = old.before.replace(pin, `sha256-${digest}`);
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const headers = { 'Access-Control-Allow-Origin': '*' };
  await page.route(`**/ai-now-widget_bg.${stamp}.wasm`, (route) => route.fulfill({ body: wasm, contentType: 'application/wasm', headers }));
  let upgraded = false;
  await page.route('**/ai-now.js', (route) => (upgraded ? route.fallback() : route.fulfill({ body: shell, contentType: 'text/javascript', headers })));
  const shop = await site(`<!doctype html><html lang="en"><title>A shop</title>
    <div style="height: 4000px"></div>
    <script type="module" src="${old.origin}/ai-now.js"></script><ai-now-studio gateway="${gateway.url}"></ai-now-studio>`);
  try {
    await page.goto(shop.origin);
    await page.waitForFunction(() => customElements.get('ai-now-studio'));
    await page.locator('ai-now-studio textarea').first().fill('A calm lake');
    upgraded = old.state.upgraded = true;
    await page.locator('ai-now-studio').evaluate((element) => element.start());
    await expect(page.getByRole('radio').first()).toBeAttached();
    await expect(page.locator('ai-now-studio textarea').first()).toHaveValue('A calm lake');
    await expect(page.getByText('There is a newer version.')).toHaveCount(0);
    expect(asked).toContain(`/ai-now-widget_bg.${stamp}.wasm`);
    expect(asked).not.toContain(`/${WASM}`);
    // After a reload, it is the new release.
    await page.reload();
    await page.locator('ai-now-studio').evaluate((element) => element.start());
    await expect(page.getByRole('radio').first()).toBeAttached();
    expect(asked).toContain(`/${WASM}`);
  } finally {
    await shop.stop();
    await old.stop();
  }
});

test('a page that pins its shell still refuses the new one', async ({ page, gateway }) => {
  const old = await host(gateway);
  const pin = `sha256-${createHash('sha256').update(old.before).digest('base64')}`;
  const shop = await site(`<!doctype html><html lang="en"><title>A shop</title>
    <script type="module" src="${old.origin}/ai-now.js" integrity="${pin}" crossorigin="anonymous"></script>
    <ai-now-studio gateway="${gateway.url}"></ai-now-studio>`);
  try {
    await page.goto(shop.origin);
    await expect(page.getByText('There is a newer version.')).toBeVisible();
    old.state.upgraded = true;
    await page.getByRole('button', { name: 'Reload' }).click();
    await expect.poll(() => old.state.shells).toBe(2);
    await page.waitForLoadState('load');
    // It runs nothing that its owner has not pinned.
    await expect(page.locator('ai-now-studio')).toBeAttached();
    expect(await page.evaluate(() => customElements.get('ai-now-studio'))).toBe(undefined);
  } finally {
    await shop.stop();
    await old.stop();
  }
});

test('a file that is there, and is not the one that is pinned, is refused and not called an upgrade', async ({ page, gateway }) => {
  const old = await host(gateway);
  const oldWasm = `/ai-now-widget_bg.${OLD}.wasm`;
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.route(`**${oldWasm}`, (route) => route.fulfill({ path: path.join(web, WASM), contentType: 'application/wasm', headers: { 'Access-Control-Allow-Origin': '*' } }));
  const shop = await site(`<!doctype html><html lang="en"><title>A shop</title>
    <script type="module" src="${old.origin}/ai-now.js"></script><ai-now-studio gateway="${gateway.url}"></ai-now-studio>`);
  try {
    await page.goto(shop.origin);
    await expect.poll(() => asked).toContain(oldWasm);
    await expect(page.getByRole('alert').filter({ hasText: 'could not be loaded' })).toBeVisible();
    await expect(page.getByText('There is a newer version.')).toHaveCount(0);
  } finally {
    await shop.stop();
    await old.stop();
  }
});

test('what has a hash in its name is kept for good, and the shell is asked after', async ({ page, gateway }) => {
  const asked = new Map();
  page.on('response', (answer) => asked.set(new URL(answer.url()).pathname, answer.headers()['cache-control'] ?? ''));
  await new Studio(page).open(gateway.url);
  await expect(page.getByRole('radio').first()).toBeAttached();
  const hashed = [...asked].filter(([name]) => /\.[\w-]{16}\.(js|wasm|css)$/.test(name));
  expect(hashed.map(([name]) => name.replace(/\.[\w-]{16}\./, '.')).sort()).toEqual([
    '/ai-now-preview.js', '/ai-now-start.js', '/ai-now-widget_bg.js', '/ai-now-widget_bg.wasm', '/widget.css',
  ]);
  for (const [name, control] of hashed) expect(control, name).toMatch(/max-age=31536000.*immutable/);
  expect(asked.get('/ai-now.js')).toMatch(/no-cache|max-age=([1-9]?\d|[1-9]\d\d)\b/);
});
