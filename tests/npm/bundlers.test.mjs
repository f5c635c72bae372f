// The package in fresh projects, without plug-ins or settings for it: built, served and opened.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { browse, here, project, run, serve, tool, works } from './support.mjs';

const load = (name) => import(pathToFileURL(path.join(here, 'node_modules', name)));
const start = (name) => path.join(here, 'projects', name);

test('Vite builds it, for a folder of a host, too', async (t) => {
  const dir = await project(t, start('vite'));
  await run(tool('vite'), ['build', '--base', '/some/where/'], { cwd: dir });
  await works(await browse(t, await serve(t, path.join(dir, 'dist'), '/some/where/')), assert);
});

test('Vite serves it while one works on it', async (t) => {
  const dir = await project(t, start('vite'));
  const { createServer } = await load('vite/dist/node/index.js');
  const server = await createServer({ root: dir, configFile: false, logLevel: 'error', server: { port: 0, host: '127.0.0.1', hmr: false } });
  await server.listen();
  t.after(() => server.close());
  await works(await browse(t, `http://127.0.0.1:${server.httpServer.address().port}/`), assert);
});

test('webpack builds it', async (t) => {
  const dir = await project(t, start('webpack'));
  const { default: webpack } = await load('webpack/lib/index.js');
  const compiler = webpack({ context: dir, mode: 'production', entry: './main.js', output: { path: path.join(dir, 'dist') } });
  const stats = await new Promise((resolve, reject) => {
    compiler.run((error, stats) => (error ? reject(error) : resolve(stats)));
  });
  const { errors, warnings } = stats.toJson();
  // The bundler warns of the wasm's size, as expected.
  assert.deepEqual([...errors, ...warnings].filter(({ message }) => !/size limit|performance/.test(message)), []);
  await works(await browse(t, await serve(t, dir)), assert);
});
