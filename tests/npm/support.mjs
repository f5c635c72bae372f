// Fresh projects with the packed package, and a real browser that opens the build output.
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import {
  cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';

export const here = import.meta.dirname;
export const top = path.resolve(here, '../..');
export const source = process.env.NPM_PACKAGE ?? path.join(top, 'dist-npm');
export const tool = (name) => path.join(here, 'node_modules/.bin', name);

const { chromium } = createRequire(path.join(top, 'tests/e2e/package.json'))('@playwright/test');

/** Runs a program to its end. */
export async function run(program, args, options = {}) {
  try {
    return await promisify(execFile)(program, args, { maxBuffer: 1 << 26, ...options });
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')}\n${error.stdout}\n${error.stderr}`);
  }
}

/** The projects' folder: outside of this repository's own packages, but below them to find the tools. */
const projects = path.join(top, 'target/npm');

/** A folder that is removed after the test. */
export function place(t, name) {
  mkdirSync(projects, { recursive: true });
  const dir = mkdtempSync(path.join(projects, `${name}-`));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** The package as it is published: a tarball. */
export async function pack(dir) {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', dir], { cwd: source });
  const told = JSON.parse(stdout);
  const [{ filename }] = Array.isArray(told) ? told : Object.values(told);
  return path.join(dir, filename);
}

/**
 * A fresh project, copied from a folder, with the package installed from its tarball. Tools and frameworks come
 * from `tests/npm`.
 */
export async function project(t, from) {
  const dir = place(t, path.basename(from));
  cpSync(from, dir, { recursive: true, filter: (file) => !file.includes('node_modules') });
  const tarball = await pack(dir);
  const own = path.join(dir, 'package.json');
  const before = existsSync(own) ? readFileSync(own) : '{ "type": "module" }';
  // Only the package: no registry is used.
  writeFileSync(own, '{ "private": true, "type": "module" }');
  await run('npm', ['install', '--no-audit', '--no-fund', '--no-save', '--no-package-lock', '--offline', '--prefix', dir, tarball], { cwd: dir });
  writeFileSync(own, before);
  return dir;
}

/** Makes the packages that are installed for these tests available to a project. */
export function borrow(dir, names) {
  for (const name of names) {
    const link = path.join(dir, 'node_modules', name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.join(here, 'node_modules', name), link);
  }
}

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm',
  '.json': 'application/json', '.jpg': 'image/jpeg',
};

/** Serves a folder below a path, like a plain static host. */
export async function serve(t, folder, base = '/') {
  const server = createServer((request, answer) => {
    const { pathname } = new URL(request.url, 'http://x');
    const name = pathname.startsWith(base) ? pathname.slice(base.length) || 'index.html' : '';
    try {
      const bytes = readFileSync(path.join(folder, name.endsWith('/') ? `${name}index.html` : name));
      answer.writeHead(200, { 'Content-Type': TYPES[path.extname(name)] ?? 'text/html' }).end(bytes);
    } catch {
      answer.writeHead(404).end('Not Found');
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${server.address().port}${base}`;
}

/** A page in a real browser, with its errors. */
export async function browse(t, url) {
  const browser = await chromium.launch({
    executablePath: process.env.E2E_BROWSER ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'],
  });
  t.after(() => browser.close());
  const page = await browser.newPage({ locale: 'en-US' });
  const wrong = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error') wrong.push(`${message.text()} ${message.location().url}`); });
  page.on('response', (answer) => {
    if (answer.status() >= 400 && !answer.url().endsWith('favicon.ico')) wrong.push(`${answer.status()} ${answer.url()}`);
  });
  await page.goto(url);
  return { page, wrong: () => wrong.filter((text) => !text.includes('favicon.ico')) };
}

/** Generates a tune with the element on a page, plays it, and switches the language. */
export async function works({ page, wrong }, assert) {
  await page.waitForFunction(() => customElements.get('ai-now-studio'));
  const url = await page.evaluate(async () => {
    const studio = document.querySelector('ai-now-studio');
    return (await studio.generate({ model: 'suno', prompt: 'A tune, 3 seconds' })).url;
  });
  assert.match(url, /^blob:/);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('ai-now-studio').shadowRoot.querySelector('audio')?.currentTime > 0.1);
  await page.waitForFunction(() => document.querySelector('ai-now-studio').shadowRoot.querySelector('img.picture')?.naturalWidth > 0);
  await page.evaluate(() => { document.querySelector('ai-now-studio').lang = 'de'; });
  await page.getByRole('button', { name: 'Erzeugen' }).waitFor();
  await page.getByText('Musik', { exact: true }).first().waitFor();
  assert.deepEqual(wrong(), []);
}
