// The package in fresh projects of whole frameworks, for releases: installed from their lock files, built without
// plug-ins or settings for it, rendered on the server if the framework does that, and opened.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { browse, here, pack, place, run, serve, works } from './support.mjs';

/** A fresh project with everything in its lock file, and the package. */
async function fresh(t, name) {
  const dir = place(t, name);
  cpSync(path.join(here, 'release', name), dir, { recursive: true, filter: (file) => !/node_modules|\.next|\.nuxt|\.output|dist$/.test(file) });
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['ci', ...quiet], { cwd: dir });
  await run('npm', ['install', ...quiet, '--no-save', await pack(dir)], { cwd: dir });
  return { dir, bin: (tool) => path.join(dir, 'node_modules/.bin', tool) };
}

const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1', HOST: '127.0.0.1', PORT: '0' };

/** A project's own server, once it has printed its address. */
async function started(t, said, program, args, dir) {
  const child = spawn(program, args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let log = '';
  const [, port] = await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        log += text;
        const found = said.exec(log);
        if (found) resolve(found);
      });
    }
    child.on('exit', (code) => reject(new Error(`${program} ended with ${code}: ${log}`)));
  });
  return `http://127.0.0.1:${port}/`;
}

/** The element is in the server's page, and works in the browser. */
async function opens(t, url) {
  const html = await (await fetch(url)).text();
  assert.match(html, /<ai-now-studio[^>]*mode="demo"/);
  await works(await browse(t, url), assert);
}

test('Next.js renders it on the server', async (t) => {
  const { dir, bin } = await fresh(t, 'next');
  await run(bin('next'), ['build'], { cwd: dir, env });
  await opens(t, await started(t, /http:\/\/localhost:(\d+)[\s\S]*Ready/, bin('next'), ['start', '--port', '0'], dir));
});

test('Astro writes it into a static page', async (t) => {
  const { dir, bin } = await fresh(t, 'astro');
  await run(bin('astro'), ['build'], { cwd: dir, env });
  await opens(t, await serve(t, path.join(dir, 'dist')));
});

test('SvelteKit renders it on the server', async (t) => {
  const { dir, bin } = await fresh(t, 'sveltekit');
  await run(bin('vite'), ['build'], { cwd: dir, env });
  await opens(t, await started(t, /Listening on http:\/\/127\.0\.0\.1:(\d+)/, 'node', ['build'], dir));
});

test('Nuxt renders it on the server', async (t) => {
  const { dir, bin } = await fresh(t, 'nuxt');
  await run(bin('nuxt'), ['build'], { cwd: dir, env });
  await opens(t, await started(t, /Listening on http:\/\/127\.0\.0\.1:(\d+)/, 'node', ['.output/server/index.mjs'], dir));
});
