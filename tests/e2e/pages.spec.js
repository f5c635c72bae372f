// An example page for each way to embed: these are the pages that docs/embedding.md links to.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { test, expect, built, web, Gateway } from './fixtures.js';
import { Studio } from './studio.js';
import { files, site } from './servers.js';

const top = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const QUICK = { model: 'Suno', prompt: 'A tune, 3 seconds' };

async function makes(studio) {
  await studio.ask(QUICK);
  await studio.generate.click();
  await expect(studio.play).toBeVisible();
}

test('the documentation, and their list, name every page', async () => {
  const pages = (await readdir(path.join(top, 'www/examples'))).filter((name) => name.endsWith('.html'));
  const text = await readFile(path.join(top, 'docs/embedding.md'), 'utf8');
  const list = await readFile(path.join(top, 'www/examples/index.html'), 'utf8');
  for (const page of pages.filter((name) => name !== 'index.html')) {
    expect(text).toContain(`../www/examples/${page}`);
    expect(list).toContain(`href="${page}"`);
  }
  expect(pages.length).toBeGreaterThan(8);
});

test('the folder of the pages lists them', async ({ page, gateway }) => {
  await page.goto(`${gateway.url}/examples/`);
  const links = await page.getByRole('link').evaluateAll((all) => all.map(({ href }) => href));
  expect(links.length).toBeGreaterThan(8);
  for (const link of links) expect((await page.request.get(link)).ok(), link).toBe(true);
  await page.getByRole('link', { name: 'Two lines' }).click();
  await expect(page.locator('ai-now-studio').getByRole('textbox').first()).toBeVisible();
});

test('two lines', async ({ page, gateway }) => {
  const studio = new Studio(page);
  await studio.open(`${gateway.url}/examples/two-lines.html`);
  await makes(studio);
});

test('attributes', async ({ page, gateway, picture }) => {
  await page.goto(`${gateway.url}/examples/attributes.html`);
  const studio = page.locator('ai-now-studio');
  await expect(studio.getByRole('textbox').first()).toHaveValue('A serene lake surrounded by mountains');
  await expect(page.getByRole('radio', { name: /^Pika\b/ })).toBeChecked();
  await expect(studio.locator('[name=style][value="4"]')).toBeChecked();
  expect(await studio.locator('[name=model]').evaluateAll((radios) => radios.map(({ value }) => value))).toEqual(['pika', 'run', 'suno']);
  await expect(studio.locator('.studio')).toHaveAttribute('lang', 'de');
  expect(await studio.evaluate((element) => getComputedStyle(element).colorScheme)).toBe('dark');
  // Attributes are also properties.
  await studio.evaluate((element) => { element.prompt = 'Etwas anderes'; element.presetStyle = '2'; });
  await expect(studio.getByRole('textbox').first()).toHaveValue('Etwas anderes');
  await expect(studio.locator('[name=style][value="2"]')).toBeChecked();
  await picture('9-attributes');
});

test('sessions of the site\'s own', async ({ page }) => {
  const gateway = await Gateway.start({ demo: false });
  const secret = await gateway.keys('create', '--tokens', '100', '--label', 'shop');
  let subject = 'ann';
  let opened = 0;
  // The site: its pages, and its route that opens sessions with the secret key.
  const shop = await files(web, {
    'POST /examples/session': async (request, answer) => {
      opened += 1;
      const session = await fetch(`${gateway.url}/api/sessions`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ subject, budget: 30, lifetime_secs: 60 }),
      });
      answer.writeHead(session.status, { 'Content-Type': 'application/json' });
      answer.end(await session.text());
    },
  }, gateway.url);
  try {
    const studio = new Studio(page);
    await studio.open(`${shop.origin}/examples/session.html`);
    expect(await studio.tokens()).toBe(30);
    await makes(studio);
    await expect.poll(() => studio.tokens()).toBe(20);
    // A session that is valid for a minute is reused by the next request.
    expect(opened).toBe(1);
    // Another person signs in on the same device, and is a different visitor.
    subject = 'bob';
    await page.reload();
    await expect.poll(() => studio.tokens()).toBe(30);
    // A function that is set later replaces the earlier one.
    subject = 'ann';
    await page.evaluate(() => {
      const element = document.querySelector('ai-now-studio');
      element.getSession = async () => (await fetch('session', { method: 'POST' })).json();
    });
    await expect.poll(() => studio.tokens()).toBe(20);
    // Neither keys nor sessions survive the page.
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toMatch(/session/);
  } finally {
    await shop.stop();
    await gateway.stop();
  }
});

test('several on one page', async ({ page, gateway, picture }) => {
  await page.goto(`${gateway.url}/examples/several.html`);
  const [one, other] = await page.locator('ai-now-studio').all();
  await one.getByRole('button', { name: /^Generate/ }).click();
  await expect(one.getByRole('button', { name: 'Play', exact: true })).toBeVisible({ timeout: 90_000 });
  await other.scrollIntoViewIfNeeded();
  await other.getByRole('button', { name: /^Generate/ }).click();
  await expect(other.getByRole('button', { name: 'Play', exact: true })).toBeVisible({ timeout: 90_000 });
  const media = (element) => element.locator('audio, video').first();
  const paused = (element) => media(element).evaluate((media) => media.paused);
  await media(one).evaluate((media) => { media.loop = true; });
  await one.getByRole('button', { name: 'Play', exact: true }).click();
  await expect.poll(() => paused(one)).toBe(false);
  await media(other).evaluate((media) => { media.loop = true; });
  await other.getByRole('button', { name: 'Play', exact: true }).click();
  await expect.poll(() => paused(other)).toBe(false);
  await expect.poll(() => paused(one)).toBe(true);
  await picture('9-several');
});

test('in a frame', async ({ page, gateway, picture }) => {
  await page.goto(`${gateway.url}/examples/iframe.html`);
  const frame = page.frameLocator('iframe');
  await expect(frame.getByText(/tokens? left/)).toBeVisible();
  await frame.getByRole('textbox', { name: 'What would you like to make?' }).fill(QUICK.prompt);
  await frame.getByRole('button', { name: /^Generate/ }).click();
  await frame.getByRole('button', { name: 'Play', exact: true }).first().click();
  const media = frame.locator('ai-now-studio audio').first();
  await expect.poll(() => media.evaluate((media) => media.currentTime)).toBeGreaterThan(0.1);
  await picture('9-frame');
});

test('strict: nothing inline, nothing from elsewhere, no text that becomes markup', async ({ page, gateway }) => {
  const studio = new Studio(page);
  await studio.open(`${gateway.url}/examples/strict.html`);
  await makes(studio);
  await studio.playUntilItMoves();
});

test('by script', async ({ page, gateway, picture }) => {
  await page.goto(`${gateway.url}/examples/script.html`);
  await page.getByRole('button', { name: 'Make a tune' }).click();
  await expect(page.getByText(/^Made: .*\.mp3$/)).toBeVisible();
  const heard = await page.locator('#events li').allTextContents();
  const names = heard.map((line) => line.split(' ')[0]);
  for (const name of ['ready', 'balance', 'started', 'progress', 'completed']) expect(names).toContain(`ai-now-${name}`);
  expect(names.indexOf('ai-now-started')).toBeLessThan(names.indexOf('ai-now-completed'));
  await picture('9-script');
});

test('looks', async ({ page, gateway, picture }) => {
  const studio = new Studio(page);
  await studio.open(`${gateway.url}/examples/theming.html`);
  const style = (locator, name) => locator.evaluate((element, name) => getComputedStyle(element)[name], name);
  expect(await style(studio.prompt, 'fontFamily')).toContain('Georgia');
  expect(await style(studio.generate, 'textTransform')).toBe('uppercase');
  expect(await style(studio.generate, 'backgroundColor')).toBe('rgb(11, 107, 79)');
  await picture('9-looks');
});

test('where there is no DOM, the script can be imported and does nothing', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'ai-now-shell-'));
  try {
    await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
    for (const part of ['ai-now.js', 'shell']) {
      // A distribution build is a single file.
      if (existsSync(path.join(web, part))) await cp(path.join(web, part), path.join(folder, part), { recursive: true });
    }
    const shell = pathToFileURL(path.join(folder, 'ai-now.js')).href;
    // A separate program, without the environment of the tests.
    const program = `await import(${JSON.stringify(shell)}); console.log(typeof globalThis.HTMLElement);`;
    const { stdout, stderr } = await promisify(execFile)('node', ['--input-type=module', '--eval', program]);
    expect([stdout, stderr]).toEqual(['undefined\n', '']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a pinned page runs what it pinned, and nothing else', async ({ page, gateway }) => {
  const hash = (bytes) => `sha256-${createHash('sha256').update(bytes).digest('base64')}`;
  const read = (name) => readFile(path.join(web, name));
  const names = ['ai-now-start.js', 'ai-now-widget_bg.js', 'ai-now-widget_bg.wasm', 'widget.css'];
  const pins = Object.fromEntries(await Promise.all(names.map(async (name) => [name, hash(await read(built(name)))])));
  // The hashed name, computed like in the shell.
  const named = (name) => name.replace(/(?=\.\w+$)/, `.${pins[name].slice(7, 23).replaceAll('+', '-').replaceAll('/', '_')}`);
  const shell = await read('ai-now.js');
  const changed = {};
  const serve = (type, bytes) => async (_, answer) => {
    answer.writeHead(200, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*' });
    answer.end(await bytes());
  };
  const type = (name) => (name.endsWith('js') ? 'text/javascript' : name.endsWith('css') ? 'text/css' : 'application/wasm');
  const routes = Object.fromEntries(names.map((name) => [
    `GET /${named(name)}`, serve(type(name), async () => Buffer.concat([await read(built(name)), Buffer.from(changed[name] ?? '')])),
  ]));
  routes['GET /ai-now.js'] = serve('text/javascript', () => Buffer.concat([shell, Buffer.from(changed['ai-now.js'] ?? '')]));
  // In a distribution build, the shell contains the pins.
  routes['GET /shell/pins.js'] = serve('text/javascript', () => `export default ${JSON.stringify(pins)};`);
  const cdn = await files(web, routes, gateway.url);
  const shop = await site(`<!doctype html><html lang="en"><title>A shop</title><h1>A shop</h1>
    <script type="module" src="${cdn.origin}/ai-now.js" integrity="${hash(shell)}" crossorigin="anonymous"></script>
    <ai-now-studio gateway="${gateway.url}"></ai-now-studio>`);
  const stands = page.getByRole('textbox', { name: 'What would you like to make?' });
  try {
    await page.goto(shop.origin);
    await expect(stands).toBeVisible();
    for (const name of names) {
      changed[name] = '\n';
      await page.reload();
      await expect(page.getByRole('alert').filter({ hasText: 'could not be loaded' })).toBeVisible();
      delete changed[name];
    }
    // It wasn't a network error: once the file is correct again, it works.
    await page.getByRole('button', { name: 'Start again' }).click();
    await expect(stands).toBeVisible();
    changed['ai-now.js'] = '\n';
    await page.reload();
    await page.waitForFunction(() => document.readyState === 'complete');
    expect(await page.evaluate(() => customElements.get('ai-now-studio'))).toBe(undefined);
  } finally {
    await cdn.stop();
    await shop.stop();
  }
});

test('a gateway is looked for from where the element is, in another document, too', async ({ page, gateway }) => {
  const elsewhere = await site('<!doctype html><html lang="en"><title>A page</title>');
  await page.goto(elsewhere.origin);
  const asked = await page.evaluate(async (shell) => {
    const { fetch } = window;
    const asked = [];
    window.fetch = (input, init) => {
      const url = String(input.url ?? input);
      if (!url.includes('/api/')) return fetch(input, init);
      asked.push(url);
      return Promise.reject(new TypeError('Failed to fetch'));
    };
    await import(shell);
    const frame = document.createElement('iframe');
    document.body.append(frame);
    frame.contentDocument.head.innerHTML = '<base href="https://other.test/page/">';
    const element = document.createElement('ai-now-studio');
    element.setAttribute('gateway', '../tool');
    frame.contentDocument.body.append(element);
    await element.start();
    return asked;
  }, `${gateway.url}/ai-now.js`);
  expect(asked.length).toBeGreaterThan(0);
  for (const url of asked) expect(url).toMatch(/^https:\/\/other\.test\/tool\/api\//);
  await elsewhere.stop();
});
