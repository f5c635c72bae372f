// ops/backup.sh and ops/restore.sh with the real gateway at work: nothing is lost, and unfinished work continues.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { ask, binary, eventually, gateway, newKey, place, run, top } from './support.mjs';

const FILM = { model: 'pika', prompt: 'a calm lake, 2 seconds, silent' };
const SONG = { model: 'suno', prompt: 'a short tune, 2 seconds' };

const env = { ...process.env, AI_NOW_GATEWAY: binary };
const backup = (...args) => run(path.join(top, 'ops/backup.sh'), args, { env }).trim().split('\n').at(-1);
const restore = (...args) => run(path.join(top, 'ops/restore.sh'), args, { env });

/** Waits until a generation has completed, and returns it. */
const completed = (url, key, id) => eventually(async () => {
  const generation = await ask(`${url}/api/generations/${id}`, key);
  assert.equal(generation.state, 'completed');
  return generation;
}, () => false, 90);

const media = async (url, address) => {
  const answer = await fetch(new URL(new URL(address).pathname, url));
  return Buffer.from(await answer.arrayBuffer());
};

test('a backup of a running gateway is whole, and goes on where it was', { timeout: 240_000 }, async (t) => {
  const dir = place(t);
  const [data, backups, again] = ['data', 'backups', 'again'].map((name) => path.join(dir, name));
  const key = newKey(data);
  const first = await gateway(t, data, { AI_NOW_SKETCH_WORKERS: '1' });
  const submit = (body) => ask(`${first.url}/api/generations`, key, 'POST', body);
  const song = await submit(SONG);
  const { url } = await completed(first.url, key, song.id);
  const original = await media(first.url, url);
  // Two are unfinished while the backup is made: one that is being drawn, and one in the queue.
  const films = [await submit(FILM), await submit({ ...SONG, prompt: 'another tune, 2 seconds' })];
  const made = backup(data, backups);
  assert.match(path.basename(made), /^ai-now-\d{8}T\d{6}Z$/);
  await first.end('SIGKILL');
  rmSync(data, { recursive: true });

  restore(made, again);
  assert.equal(statSync(again).mode & 0o777, 0o700);
  const second = await gateway(t, again);
  assert.deepEqual(await media(second.url, url), original);
  for (const { id } of films) await completed(second.url, key, id);
  const { available, held, spent, granted } = await ask(`${second.url}/api/balance`, key);
  const expected = { available: 100_000 - 30, held: 0, spent: 30, granted: 100_000 };
  assert.deepEqual({ available, held, spent, granted }, expected);
  await second.end();
  assert.match(run(binary, ['audit', '--data', again]), /all is well/);
});

test('backups share what did not change, and the oldest go', { timeout: 120_000 }, async (t) => {
  const dir = place(t);
  const [data, backups] = [path.join(dir, 'data'), path.join(dir, 'backups')];
  newKey(data);
  for (const folder of ['media', 'uploads']) mkdirSync(path.join(data, folder), { recursive: true });
  writeFileSync(path.join(data, 'uploads', 'a-picture'), 'what a generation begins with');
  // A file named like a result but without a record, which the next start removes.
  const name = 'a-lake-zzzzzzzzzzzzzzzzzzzzzzzzzz.mp4';
  writeFileSync(path.join(data, 'media', name), 'a result');
  writeFileSync(path.join(data, 'media', `${name}.part`), 'half a result');
  const made = [];
  for (let i = 0; i < 3; i += 1) {
    // Names have a resolution of seconds.
    made.push(await eventually(() => backup(data, backups, '2')));
  }
  assert.deepEqual(readdirSync(backups).sort(), made.slice(1).map((dir_) => path.basename(dir_)));
  const inode = (dir_) => statSync(path.join(dir_, 'media', name)).ino;
  assert.equal(inode(made[2]), inode(made[1]));
  assert.ok(!existsSync(path.join(made[2], 'media', `${name}.part`)));
  assert.ok(existsSync(path.join(made[2], 'uploads', 'a-picture')));
});

test('nothing is overwritten, and what failed leaves nothing', (t) => {
  const dir = place(t);
  const [data, backups] = [path.join(dir, 'data'), path.join(dir, 'backups')];
  assert.throws(() => backup(data, backups), /there are no records/);
  newKey(data);
  assert.throws(() => restore(backup(data, backups), data), /is not empty/);
  assert.match(run(binary, ['audit', '--data', data]), /all is well/);

  // Records that were moved are no longer in the file.
  writeFileSync(path.join(data, 'store.txt'), 'postgres://db/music\n');
  assert.throws(() => backup(data, backups), /on postgres:\/\/db\/music: back that up with pg_dump/);
  rmSync(path.join(data, 'store.txt'));

  writeFileSync(path.join(data, 'ai-now.db'), 'no database at all');
  for (const beside of ['ai-now.db-wal', 'ai-now.db-shm']) rmSync(path.join(data, beside), { force: true });
  const others = path.join(dir, 'others');
  assert.throws(() => backup(data, others), /not a database/);
  assert.deepEqual(readdirSync(others), []);
});
