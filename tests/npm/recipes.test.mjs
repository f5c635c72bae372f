// The recipes in `examples/`, unchanged: frameworks built with the package, and site servers that open sessions at
// the real gateway.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { freePort, gateway, serving, target } from './servers.mjs';
import { borrow, browse, project, run, serve, tool, top, works } from './support.mjs';

const FRAMEWORKS = {
  react: ['react', 'react-dom', '@vitejs'],
  vue: ['vue', '@vitejs'],
  svelte: ['svelte', '@sveltejs'],
};

for (const [name, packages] of Object.entries(FRAMEWORKS)) {
  test(`${name}: properties go in, events come out`, async (t) => {
    const dir = await project(t, path.join(top, 'examples', name));
    borrow(dir, packages);
    await run(tool('vite'), ['build', '--logLevel', 'warn'], { cwd: dir });
    const opened = await browse(t, await serve(t, path.join(dir, 'dist')));
    await opened.page.getByRole('textbox', { name: 'What shall we make today?' }).waitFor();
    await opened.page.getByRole('button', { name: 'Surprise me' }).click();
    await opened.page.locator('#app > ol > li', { hasText: 'A tune, 3 seconds' }).waitFor();
    await works(opened, assert);
  });
}

const python = process.env.NPM_PYTHON;
const folder = path.join(top, 'examples/session-server');

/** The command that starts each server on a port. */
const SERVERS = {
  express: () => ['node', [path.join(folder, 'express.mjs')]],
  fastapi: (port) => [path.join(python, 'uvicorn'), ['fastapi_server:app', '--host', '127.0.0.1', '--port', `${port}`]],
  php: (port) => ['php', ['-S', `127.0.0.1:${port}`, path.join(folder, 'session.php')]],
  axum: () => [path.join(target, 'examples/session_server'), []],
};

for (const [name, start] of Object.entries(SERVERS)) {
  test(`a site's own sessions: ${name}`, async (t) => {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const { url, secret } = await gateway(t, origin);
    let [program, args] = start(port);
    let cwd = folder;
    if (name === 'express') {
      // In a copy, with the packages that npm would install there.
      cwd = await project(t, folder);
      borrow(cwd, ['express']);
      args = [path.join(cwd, 'express.mjs')];
    }
    const env = { PATH: process.env.PATH, GATEWAY: url, GATEWAY_KEY: secret, PORT: `${port}` };
    await serving(t, /listening on (http\S+)|running on (http\S+)|Development Server \((http\S+)\) started/i, program, args, { cwd, env });
    const { page } = await browse(t, origin);
    await page.getByText('30 tokens left').waitFor();
    const made = await page.evaluate(async () => (await document.querySelector('ai-now-studio').generate({ model: 'suno', prompt: 'A tune, 2 seconds' })).url);
    assert.match(made, /\.mp3$/);
    await page.getByText('20 tokens left').waitFor();
    // The site's key stays on the server.
    assert.ok(!(await page.content()).includes(secret));
  });
}

test('the session servers are short', () => {
  for (const file of ['express.mjs', 'fastapi_server.py', 'session.php', 'axum.rs']) {
    const lines = readFileSync(path.join(folder, file), 'utf8').trimEnd().split('\n').length;
    assert.ok(lines < 40, `${file}: ${lines}`);
  }
});

test('WordPress: the shortcode and the block write the element, and nothing that is not its own', async (t) => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const { url, publishable } = await gateway(t, origin);
  const plugin = path.join(top, 'examples/wordpress/ai-now-studio');
  execFileSync('php', ['-l', path.join(plugin, 'ai-now-studio.php')]);
  const { editorScript, attributes } = JSON.parse(readFileSync(path.join(plugin, 'block.json'), 'utf8'));
  assert.match(readFileSync(path.join(plugin, 'ai-now-studio.php'), 'utf8'), new RegExp(`'${editorScript}'`));
  assert.deepEqual(Object.keys(attributes), ['models', 'prompt', 'theme']);
  const env = { PATH: process.env.PATH, GATEWAY: url, KEY: publishable, PLUGIN: path.join(plugin, 'ai-now-studio.php') };
  await serving(t, /Development Server \((http\S+)\) started/, 'php', ['-S', `127.0.0.1:${port}`, path.join(import.meta.dirname, 'wordpress.php')], { env });
  const { page } = await browse(t, origin);
  const studios = page.locator('ai-now-studio');
  assert.equal(await studios.count(), 2);
  const [shortcode, block] = await studios.evaluateAll((all) => all.map((studio) => Object.fromEntries([...studio.attributes].map(({ name, value }) => [name, value]))));
  assert.deepEqual(shortcode, { 'publishable-key': publishable, models: 'suno pika', 'preset-style': '4', prompt: '"><script>alert(1)</script>' });
  assert.deepEqual(block, { 'publishable-key': publishable, theme: 'dark' });
  await page.getByText('50 tokens left').first().waitFor();
  const made = await page.evaluate(async () => (await document.querySelector('ai-now-studio').generate({ model: 'suno', prompt: 'A tune, 2 seconds' })).url);
  assert.match(made, /\.mp3$/);
});

test('every recipe is in the documentation', () => {
  const text = readFileSync(path.join(top, 'docs/recipes.md'), 'utf8');
  const links = [...text.matchAll(/\]\(\.\.\/(examples\/[^)]+)\)/g)].map(([, link]) => link);
  for (const link of links) assert.ok(existsSync(path.join(top, link)), link);
  for (const name of [...Object.keys(FRAMEWORKS), 'session-server', 'wordpress']) assert.ok(links.some((link) => link.startsWith(`examples/${name}`)), name);
});
