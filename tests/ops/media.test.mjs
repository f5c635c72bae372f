// Media in a bucket of moto, a second implementation of the S3 protocol: generated, played, downloaded, signed,
// audited, removed, and waiting while the store is unavailable. The first implementation, s3s-fs, is in
// crates/gateway/tests/it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { ask, binary, eventually, freePort, gateway, newKey, place, run, start } from './support.mjs';

const SONG = { model: 'suno', prompt: 'a short tune, 2 seconds' };
const SECRET = 'moto-secret-that-nobody-sees';

/** moto's server on this port, with an empty bucket. Its data is lost when it stops. */
async function store(t, port) {
  const env = { ...process.env, PYTHONUNBUFFERED: '1' };
  const server = start(t, 'moto_server', ['-H', '127.0.0.1', '-p', `${port}`], { env }, 'SIGKILL');
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => {
    const made = await fetch(`${url}/media`, { method: 'PUT' });
    assert.equal(made.status, 200, server.said());
  }, () => !server.running());
  return { ...server, url };
}

/** The objects in the bucket, as the store lists them. */
async function objects({ url }) {
  const list = await (await fetch(`${url}/media?list-type=2&prefix=kept/`)).text();
  return [...list.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, name]) => name).filter((name) => !name.endsWith('/writable'));
}

const settings = (dir, { url }, more = {}) => {
  const file = path.join(dir, 'secret');
  writeFileSync(file, SECRET);
  return {
    AI_NOW_MEDIA: 's3://media/kept',
    AI_NOW_OBJECT_STORE__ENDPOINT: url,
    AI_NOW_OBJECT_STORE__ACCESS_KEY_ID: 'moto-key',
    AI_NOW_OBJECT_STORE__SECRET_KEY_FILE: file,
    ...more,
  };
};

const made = (url, key, id) => eventually(async () => {
  const generation = await ask(`${url}/api/generations/${id}`, key);
  assert.equal(generation.state, 'completed');
  return new URL(new URL(generation.url).pathname, url).href;
}, () => false, 90);

test('a result in a bucket is played, saved, proved and found again', { timeout: 180_000 }, async (t) => {
  const dir = place(t);
  const data = path.join(dir, 'data');
  const key = newKey(data);
  const moto = await store(t, await freePort());
  const env = settings(dir, moto);
  const first = await gateway(t, data, env);
  const { id } = await ask(`${first.url}/api/generations`, key, 'POST', SONG);
  const url = await made(first.url, key, id);
  const name = url.split('/').at(-1);
  assert.deepEqual(await objects(moto), [`kept/media/${name}`]);

  const whole = await fetch(url);
  assert.equal(whole.headers.get('content-type'), 'audio/mpeg');
  const file = Buffer.from(await whole.arrayBuffer());
  for (const [range, expected] of [['bytes=0-9', file.subarray(0, 10)], ['bytes=-7', file.subarray(-7)]]) {
    const part = await fetch(url, { headers: { range } });
    assert.equal(part.status, 206);
    assert.deepEqual(Buffer.from(await part.arrayBuffer()), expected);
  }
  const saved = await fetch(`${url}?download=1`);
  assert.equal(saved.headers.get('content-disposition'), `attachment; filename="${name}"`);
  await saved.body.cancel();
  await first.end();
  const audit = () => run(binary, ['audit', '--data', data], { env: { ...process.env, ...env } });
  assert.match(audit(), /all is well/);

  // Signed: the store itself sends the type and the download name, and refuses requests without a signature.
  const second = await gateway(t, data, { ...env, AI_NOW_MEDIA_URLS: 'signed' });
  const again = `${second.url}/media/${name}`;
  const sent = await fetch(`${again}?download=1`, { redirect: 'manual' });
  assert.equal(sent.status, 307);
  assert.match(sent.headers.get('cache-control'), /^private, max-age=1800$/);
  const elsewhere = sent.headers.get('location');
  assert.ok(elsewhere.startsWith(`${moto.url}/media/kept/media/${name}?`), elsewhere);
  const loaded = await fetch(elsewhere);
  assert.equal(loaded.headers.get('content-disposition'), `attachment; filename="${name}"`);
  assert.equal(loaded.headers.get('content-type'), 'audio/mpeg');
  assert.equal(loaded.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  assert.deepEqual(Buffer.from(await loaded.arrayBuffer()), file);
  const part = await fetch(again, { headers: { range: 'bytes=5-8' } });
  assert.equal(part.status, 206);
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), file.subarray(5, 9));
  await second.end();

  for (const said of [first.said(), second.said(), moto.said()]) assert.ok(!said.includes(SECRET));
  for (const said of [first.said(), second.said()]) assert.ok(!said.includes(name), said);
  // A missing object is detected.
  await fetch(`${moto.url}/moto-api/reset`, { method: 'POST' });
  await fetch(`${moto.url}/media`, { method: 'PUT' });
  assert.throws(audit, new RegExp(`the media file ${name} cannot be read`));
});

test('a bucket that is not there keeps the gateway from starting, and says why', { timeout: 60_000 }, async (t) => {
  const dir = place(t);
  const moto = await store(t, await freePort());
  const env = { ...process.env, ...settings(dir, moto), AI_NOW_MEDIA: 's3://elsewhere' };
  const begin = () => run(binary, ['serve', '--listen', '127.0.0.1:0', '--data', path.join(dir, 'data')], { env });
  assert.throws(begin, /s3:\/\/elsewhere\/media can't be written to: .*NoSuchBucket/);
});

test('a store that was away gets what waited for it', { timeout: 180_000 }, async (t) => {
  const dir = place(t);
  const data = path.join(dir, 'data');
  const key = newKey(data);
  const port = await freePort();
  const away = await store(t, port);
  const { url } = await gateway(t, data, settings(dir, away));
  await away.end('SIGKILL');
  const { id } = await ask(`${url}/api/generations`, key, 'POST', SONG);
  await eventually(async () => {
    const ready = await fetch(`${url}/readyz`);
    assert.equal(ready.status, 503);
    assert.equal((await ask(`${url}/api/generations/${id}`, key)).state, 'running');
  });
  const back = await store(t, port);
  const media = await made(url, key, id);
  assert.equal((await fetch(media)).status, 200);
  assert.deepEqual(await objects(back), [`kept/media/${media.split('/').at(-1)}`]);
  await eventually(async () => assert.equal((await fetch(`${url}/readyz`)).status, 200));
});
