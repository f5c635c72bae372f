// Demo mode on a plain file server, in a subfolder, without any gateway: the visitor's own browser makes
// everything, stores it, and makes the same bytes as every other host.
import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import AxeBuilder from '@axe-core/playwright';
import { test as base, built, expect, web } from './fixtures.js';
import { countRecords } from './records.js';
import { Studio } from './studio.js';

/** Pictures of many formats, from the engine's own tests. */
const IMAGES = fileURLToPath(new URL('../../crates/sketch/tests/images', import.meta.url));

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css',
  '.json': 'application/json', '.svg': 'image/svg+xml', '.wasm': 'application/wasm',
};

/** A file server that only serves a folder. */
class Host {
  requests = [];

  static async start({ folder = '/some/where/', headers = {}, page } = {}) {
    const host = new Host();
    host.server = createServer(async (request, answer) => {
      const { pathname } = new URL(request.url, 'http://host.invalid');
      host.requests.push(pathname);
      if (page && pathname === '/') {
        answer.writeHead(200, { 'Content-Type': TYPES['.html'], ...headers });
        answer.end(page);
        return;
      }
      const name = path.normalize(decodeURIComponent(pathname.slice(folder.length)) || 'index.html');
      const file = path.join(web, name);
      const inside = pathname.startsWith(folder) && !name.startsWith('..');
      const found = inside ? await stat(file).catch(() => undefined) : undefined;
      if (!found?.isFile() || host.missing?.test(pathname)) {
        answer.writeHead(404).end();
        return;
      }
      const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
      answer.writeHead(200, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*', ...headers });
      if (request.method === 'HEAD') answer.end();
      else createReadStream(file).pipe(answer);
    });
    await new Promise((resolve) => { host.server.listen(0, '127.0.0.1', resolve); });
    host.origin = `http://127.0.0.1:${host.server.address().port}`;
    host.demo = `${host.origin}${folder}demo.html`;
    host.script = `${host.origin}${folder}ai-now.js`;
    return host;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** The studio of a page that makes no requests to a server. */
class Demo extends Studio {
  async open(url) {
    await this.page.goto(url);
    await expect(this.page.getByText(/made in this browser/i)).toBeVisible();
  }

  async make(wish) {
    await this.ask(wish);
    await this.generate.click();
  }

  /** The history's record of a prompt. */
  record(prompt) {
    return this.page.evaluate(async (prompt) => {
      const opening = indexedDB.open('ai-now');
      await new Promise((resolve) => { opening.onsuccess = resolve; });
      const all = opening.result.transaction('generations').objectStore('generations').getAll();
      await new Promise((resolve) => { all.onsuccess = resolve; });
      opening.result.close();
      return all.result.find(({ request }) => request.prompt === prompt);
    }, prompt);
  }

  /** A hash of the bytes that the page plays. */
  async hash() {
    const bytes = await this.media.evaluate(async (media) => {
      const hash = await crypto.subtle.digest('SHA-256', await (await fetch(media.src)).arrayBuffer());
      return Array.from(new Uint8Array(hash));
    });
    return Buffer.from(bytes).toString('hex');
  }
}

const test = base.extend({
  host: async ({}, use) => {
    const host = await Host.start();
    await use(host);
    host.stop();
  },
});

/** The hash of what the engine makes on this machine, outside of a browser. */
async function native({ model, style, prompt, seed, image, lyrics }) {
  const folder = await mkdtemp(path.join(tmpdir(), 'ai-now-sketch-'));
  try {
    const out = path.join(folder, 'out');
    const options = ['--model', model, '--seed', String(seed), '--size', '640x360', '--out', out];
    if (style) options.push('--style', style);
    if (image) options.push('--image', image);
    if (lyrics) {
      await writeFile(path.join(folder, 'lyrics'), lyrics);
      options.push('--lyrics', path.join(folder, 'lyrics'));
    }
    await promisify(execFile)(process.env.E2E_SKETCH, [prompt, ...options]);
    return createHash('sha256').update(await readFile(out)).digest('hex');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

for (const [model, style, prompt] of [
  ['Suno', null, 'An upbeat pop song about summer, 20 seconds'],
  ['Luma', null, 'A red sailing boat on the sea at sunset, silent, 3 seconds'],
  ['Pika', 'Watercolor', 'A serene lake surrounded by mountains, silent, 3 seconds'],
  ['Run', '80s Vaporwave', 'A city at night in the rain, silent, 3 seconds'],
]) {
  test(`${model}, until it plays; the same as elsewhere; kept over a reload`, async ({ page, host, picture }) => {
    const studio = new Demo(page);
    await studio.open(host.demo);
    expect(host.requests.filter((name) => name.includes('sketch'))).toEqual([]);
    await studio.make({ model, style, prompt });
    await expect(studio.progress).toBeVisible();
    await expect(studio.play).toBeVisible({ timeout: 100_000 });
    await studio.playUntilItMoves();
    await picture(`10-demo-${model}`);
    if (model === 'Suno') {
      const sound = await studio.sound();
      expect(sound.rms).toBeGreaterThan(0.03);
      expect(sound.durationSecs).toBeGreaterThan(15);
    } else {
      await expect.poll(() => studio.motion()).toBeGreaterThan(0.5);
    }
    await expect(studio.result.getByText(/procedural sketch/i).first()).toBeVisible();
    expect(host.requests.filter((name) => name.includes('/api/'))).toEqual([]);

    const { request } = await studio.record(prompt);
    const hash = await studio.hash();
    expect(hash).toBe(await native({ ...request, seed: request.options.seed }));

    const [file] = await Promise.all([page.waitForEvent('download'), studio.download.click()]);
    expect(file.suggestedFilename()).toMatch(/^(an-upbeat|a-red|a-serene|a-city)[a-z0-9-]*\.mp[34]$/);

    host.missing = /sketch/;
    await page.reload();
    await page.locator('.entry .show', { hasText: prompt }).click();
    await studio.playUntilItMoves();
    expect(await studio.hash()).toBe(hash);
  });
}

test('the engine of the page makes the same files as the one of this machine', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'ai-now-engine-'));
  try {
    const script = path.join(folder, 'engine.mjs');
    await copyFile(path.join(web, built('ai-now-sketch.js')), script);
    const { default: init, make, sketch } = await import(pathToFileURL(script).href);
    await init({ module_or_path: await readFile(path.join(web, built('ai-now-sketch_bg.wasm'))) });
    const genres = ['pop', 'metal', 'jazz', 'funk', 'house', 'drum and bass', 'reggae', 'salsa',
      'classical', 'cinematic', 'ambient', 'chiptune'];
    // Prompts that name no genre get one by mood and seed.
    const moods = ['sleepy', 'calm', 'sad and slow', 'cheerful', 'wild and fast', 'tense and fast', 'a serene lake', 'flowers'];
    const music = [...genres, ...moods].map((words, at) => ({ model: 'suno', prompt: `${words}, ${5 + at % 3 * 4} seconds` }));
    // Styles with different drawing code: light, water, ink, hatching, solids, pixels, clay, grain.
    const films = [
      ['pika', '5', 'a serene lake at dawn'], ['run', 'moody_film', 'a city at night in the rain'],
      ['run', '3d_render', 'two dogs in a meadow'], ['run', 'graphite', 'a train in the mountains'],
      ['run', 'low_poly_3d', 'a foggy harbour in winter'], ['run', 'pixel_art', 'a planet with rings'],
      ['run', 'claymation', 'fish under water'], ['run', 'storyboard', 'people on a street'],
    ].map(([model, style, words]) => ({ model, style, prompt: `${words}, 2 seconds` }));
    for (const [seed, { model, style, prompt }] of [...music, ...films].entries()) {
      const { bytes } = make(model, prompt, style, seed, 640, 360, () => {});
      const hash = createHash('sha256').update(bytes).digest('hex');
      expect(hash, prompt).toBe(await native({ model, style, prompt, seed }));
    }
    // Input pictures, each in another format and role, and the lyrics of a song.
    const given = [
      ['luma', null, 'snow at night', 'baseline.jpg'], ['pika', '3', 'animate this', 'progressive.jpg'],
      ['run', 'cartoon', 'on the wall', 'cmyk.jpg'], ['run', 'moody_film', 'this cat on the moon', 'lossy.webp'],
      ['luma', null, 'in a forest', 'holes.webp'], ['pika', '6', 'a red balloon', 'animated.gif'],
    ].map(([model, style, words, file]) => ({ model, style, prompt: `${words}, 2 seconds`, image: path.join(IMAGES, file) }));
    const lyrics = '[Verse]\nMorning comes across the hill\n[Chorus]\nSing it out, sing it low\n';
    given.push({ model: 'suno', prompt: 'a folk song', lyrics });
    for (const [seed, { model, style, prompt, image, lyrics }] of given.entries()) {
      const bytes = image && new Uint8Array(await readFile(image));
      const options = lyrics ? { lyrics, seed } : { seed };
      const made = sketch({ model, style, prompt, options, width: 640, height: 360, image: bytes }, () => {});
      const hash = createHash('sha256').update(made.bytes).digest('hex');
      expect(hash, prompt).toBe(await native({ model, style, prompt, seed, image, lyrics }));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('what was under way at a reload is made again from its seed', async ({ page, host }) => {
  const studio = new Demo(page);
  const prompt = 'A calm lake in the morning, silent, 3 seconds';
  await studio.open(host.demo);
  await studio.make({ model: 'Luma', prompt });
  await expect(studio.progress).toHaveAttribute('value', /0\.\d/);
  const { request } = await studio.record(prompt);
  await page.reload();
  await expect(studio.play).toBeVisible({ timeout: 90_000 });
  expect((await studio.record(prompt)).request).toEqual(request);
  expect(await studio.hash()).toBe(await native({ ...request, seed: request.options.seed }));
});

test('a second tab waits for the first and shows what it made', async ({ page, context, host }) => {
  const studio = new Demo(page);
  const prompt = 'A slow waltz, 40 seconds';
  await studio.open(host.demo);
  await studio.make({ model: 'Suno', prompt });
  await expect(studio.progress).toBeVisible();
  const other = new Demo(await context.newPage());
  await other.open(host.demo);
  await expect(studio.play).toBeVisible({ timeout: 60_000 });
  const entry = other.page.locator('.entry', { hasText: prompt });
  await expect(entry).toHaveCount(1);
  await entry.locator('.show').click();
  await expect(other.play).toBeVisible();
  expect(await other.hash()).toBe(await studio.hash());
  // A single engine was used.
  expect(host.requests.filter((name) => /sketch-worker[.\w-]*\.js$/.test(name)).length).toBe(1);
});

test('cancelling ends the worker at once, and the next one goes on', async ({ page, host }) => {
  const studio = new Demo(page);
  await studio.open(host.demo);
  await studio.make({ model: 'Suno', prompt: 'A long piece for organ, 180 seconds' });
  await expect(studio.progress).toHaveAttribute('value', /0\.\d/);
  expect(page.workers().length).toBe(1);
  await studio.cancel.click();
  await expect(page.getByText('Cancelled')).toBeVisible();
  await expect.poll(() => page.workers().length).toBe(0);
  await studio.make({ model: 'Suno', prompt: 'A tune, 5 seconds' });
  await expect(studio.play).toBeVisible({ timeout: 60_000 });
});

test('several elements share one worker and wait in a queue', async ({ page }) => {
  const host = await Host.start({
    page: `<!doctype html><html lang="en"><title>Two</title>
      <script type="module" src="/some/where/ai-now.js"></script>
      <ai-now-studio mode="demo" models="suno" id="one"></ai-now-studio>
      <ai-now-studio mode="demo" models="suno" id="two"></ai-now-studio>`,
  });
  try {
    await page.goto(host.origin);
    const [one, two] = await Promise.all(['one', 'two'].map((id) => page.evaluate(async (id) => {
      const element = document.getElementById(id);
      const said = [];
      element.addEventListener('ai-now-started', () => said.push('started'));
      await element.start();
      await element.ready;
      window[id] = said;
      return element.generate({ prompt: `A tune for ${id}, 5 seconds` })
        .then(({ url, prompt }) => ({ url, prompt }));
    }, id)));
    expect(one.prompt).toContain('one');
    expect(two.prompt).toContain('two');
    expect(one.url).toMatch(/^blob:/);
    await expect.poll(() => page.workers().length).toBe(0);
    // Each knows the other's results.
    for (const id of ['one', 'two']) await expect(page.locator(`#${id} .entry`)).toHaveCount(2);
  } finally {
    host.stop();
  }
});

test('from another origin, under a policy that names it', async ({ page }) => {
  const host = await Host.start();
  const policy = `default-src 'none'; script-src ${host.origin} 'wasm-unsafe-eval'; worker-src blob: ${host.origin}; `
    + `connect-src ${host.origin} blob:; media-src blob:; img-src ${host.origin} blob: data:`;
  const html = (mode) => `<!doctype html><html lang="en"><title>A shop</title>
    <script type="module" src="${host.script}"></script>
    <ai-now-studio mode="${mode}"></ai-now-studio>`;
  const shop = await Host.start({ page: html('demo'), headers: { 'Content-Security-Policy': policy } });
  try {
    const studio = new Demo(page);
    await studio.open(shop.origin);
    await studio.make({ model: 'Suno', prompt: 'A jingle, 5 seconds' });
    await expect(studio.play).toBeVisible({ timeout: 60_000 });
    await studio.playUntilItMoves();
  } finally {
    shop.stop();
    host.stop();
  }
});

test.describe('a policy that forbids the worker', () => {
  // Here the browser is expected to complain.
  test.use({ complaints: [] });

  test('is shown with the rules to add', async ({ page, picture }) => {
    const host = await Host.start();
    const policy = `default-src 'none'; script-src ${host.origin} 'wasm-unsafe-eval'; `
      + `connect-src ${host.origin} blob:; media-src blob:; img-src ${host.origin}`;
    const shop = await Host.start({
      page: `<!doctype html><html lang="en"><title>A strict shop</title>
        <script type="module" src="${host.script}"></script><ai-now-studio mode="demo"></ai-now-studio>`,
      headers: { 'Content-Security-Policy': policy },
    });
    try {
      const studio = new Demo(page);
      await studio.open(shop.origin);
      await studio.make({ model: 'Suno', prompt: 'A jingle, 5 seconds' });
      await expect(page.getByText(/Content-Security-Policy/)).toContainText(
        `worker-src blob: ${host.origin}; script-src ${host.origin} 'wasm-unsafe-eval'; connect-src ${host.origin} blob:`,
      );
      await picture('10-demo-forbidden');
    } finally {
      shop.stop();
      host.stop();
    }
  });
});

test('a missing engine is reported, and retried', async ({ page, host }) => {
  const studio = new Demo(page);
  host.missing = /sketch/;
  await studio.open(host.demo);
  await studio.make({ model: 'Suno', prompt: 'A tune, 5 seconds' });
  await expect(page.getByText(/could not be loaded/)).toBeVisible();
  host.missing = undefined;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(studio.play).toBeVisible({ timeout: 60_000 });
});

for (const [what, script] of [
  ['denied', () => Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('No.', 'SecurityError'); } })],
  ['full', () => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (...args) {
      if (this.name === 'files') throw new DOMException('Full.', 'QuotaExceededError');
      return put.apply(this, args);
    };
  }],
]) {
  test(`where storage is ${what}, it plays all the same, and says that it will not stay`, async ({ page, host, picture }) => {
    await page.addInitScript(script);
    const studio = new Demo(page);
    await studio.open(host.demo);
    await studio.make({ model: 'Suno', prompt: 'A tune, 5 seconds' });
    await expect(studio.play).toBeVisible({ timeout: 60_000 });
    await expect(page.getByText(/no room to keep it/)).toBeVisible();
    await studio.playUntilItMoves();
    await expect(page.locator('.entry')).toHaveCount(1);
    await picture(`10-demo-${what}`);
    await page.reload();
    await expect(page.getByText(/made in this browser/i)).toBeVisible();
    await expect(page.locator('.entry')).toHaveCount(0);
  });
}

test('deleting takes the file with it', async ({ page, host }) => {
  const studio = new Demo(page);
  await studio.open(host.demo);
  await studio.make({ model: 'Suno', prompt: 'A tune, 5 seconds' });
  await expect(studio.play).toBeVisible({ timeout: 60_000 });
  const address = await studio.media.getAttribute('src');
  await page.locator('.entry .round').click();
  await expect(page.locator('.entry')).toHaveCount(0);
  await expect.poll(() => countRecords(page, 'ai-now-files', 'files')).toBe(0);
  const gone = await page.evaluate((url) => fetch(url).then(() => false, () => true), address);
  expect(gone).toBe(true);
});

for (const colorScheme of ['light', 'dark']) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('every state of the demo page is accessible', async ({ page, host, picture }) => {
      const findings = async () => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        return violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]);
      };
      const studio = new Demo(page);
      await studio.open(host.demo);
      expect(await findings()).toEqual([]);
      await picture(`10-demo-${colorScheme}`);
      await studio.make({ model: 'Suno', prompt: 'A longer tune, 30 seconds' });
      await expect(studio.progress).toBeVisible();
      expect(await findings()).toEqual([]);
      await expect(studio.play).toBeVisible({ timeout: 60_000 });
      expect(await findings()).toEqual([]);
    });
  });
}

test('the gateway serves the demo page, too, under its own policy', async ({ page, gateway }) => {
  const studio = new Demo(page);
  await studio.open(`${gateway.url}/demo.html`);
  await studio.make({ model: 'Suno', prompt: 'A tune, 5 seconds' });
  await expect(studio.play).toBeVisible({ timeout: 60_000 });
  await studio.playUntilItMoves();
});
