// The files in ops/ for nginx, HAProxy and Caddy, run with the test's ports and certificates in front of the real
// gateway. Traefik's file isn't run; see docs/deploying.md.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import {
  HOST, ask, bytes, certificate, edit, events, eventually, freePort, gateway, hasEnded, newKey, place, read, start,
  through,
} from './support.mjs';

/** A film that takes much longer than the test. */
const FILM = { model: 'pika', prompt: 'a calm lake, two minutes' };
const SONG = { model: 'suno', prompt: 'a short tune, 2 seconds' };
/** The limit of event streams per address: enough for each test's address, few enough to be reached. */
const ADDRESS_STREAMS = 4;

const proxies = {
  async nginx(t, dir, upstream, { cert, key }) {
    const [port, plain] = [await freePort(), await freePort()];
    const site = edit(read('ops/nginx.conf'), [
      ['127.0.0.1:8787', upstream],
      ['listen 80;', `listen 127.0.0.1:${plain};`], ['    listen [::]:80;\n', ''],
      ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`], ['    listen [::]:443 ssl http2;\n', ''],
      ['/etc/ssl/studio.example/fullchain.pem', cert], ['/etc/ssl/studio.example/privkey.pem', key],
      ['/var/log/nginx/ai-now.log', path.join(dir, 'access.log')],
    ]);
    writeFileSync(path.join(dir, 'site.conf'), site);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${dir}/${name};`);
    // A server whose administrator has enabled compression for everything.
    writeFileSync(path.join(dir, 'nginx.conf'), `daemon off; pid ${dir}/pid; error_log stderr warn; worker_processes 1;
      events {} http { access_log off; gzip on; gzip_types *; gzip_proxied any; ${temporary.join(' ')}
      include ${dir}/site.conf; }`);
    return { port, ...start(t, 'nginx', ['-p', dir, '-c', path.join(dir, 'nginx.conf')]) };
  },

  async haproxy(t, dir, upstream, { both }) {
    const [port, plain] = [await freePort(), await freePort()];
    const file = path.join(dir, 'haproxy.cfg');
    writeFileSync(file, edit(read('ops/haproxy.cfg'), [
      ['127.0.0.1:8787', upstream],
      ['bind :80\n', `bind 127.0.0.1:${plain}\n`], ['bind :443', `bind 127.0.0.1:${port}`],
      ['/etc/haproxy/studio.example.pem', both],
    ]));
    return { port, ...start(t, 'haproxy', ['-db', '-f', file]) };
  },

  async caddy(t, dir, upstream, { cert, key }) {
    const [port, plain] = [await freePort(), await freePort()];
    const file = path.join(dir, 'Caddyfile');
    const options = `{\n\tadmin off\n\tauto_https disable_redirects\n\thttp_port ${plain}\n}\n\n`;
    writeFileSync(file, options + edit(read('ops/Caddyfile'), [
      ['127.0.0.1:8787', upstream],
      ['\nstudio.example {\n', `\nhttps://${HOST}:${port} {\n\ttls ${cert} ${key}\n`],
    ]));
    const home = { ...process.env, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir };
    return { port, ...start(t, 'caddy', ['run', '--adapter', 'caddyfile', '--config', file], { env: home }) };
  },
};

for (const name of Object.keys(proxies)) {
  test(`behind ${name}`, { timeout: 120_000 }, async (t) => {
    const dir = place(t);
    const data = path.join(dir, 'data');
    const key = newKey(data);
    const direct = await gateway(t, data, {
      AI_NOW_TRUSTED_PROXIES: "['127.0.0.1/32']", AI_NOW_LIMITS__ADDRESS_STREAMS: `${ADDRESS_STREAMS}`,
    });
    const tls = certificate(dir);
    mkdirSync(path.join(dir, name));
    const proxy = await proxies[name](t, path.join(dir, name), new URL(direct.url).host, tls);
    const line = { port: proxy.port, ca: tls.ca, http: 1 };
    await eventually(async () => {
      const ready = await through(line, { path: '/readyz' });
      ready.body.resume();
      assert.equal(ready.status, 200, proxy.said());
    }, () => !proxy.running()).catch((cause) => {
      throw new Error(`${name} is not ready: ${proxy.said()}`, { cause });
    });
    const headers = { authorization: `Bearer ${key}`, 'accept-encoding': 'gzip, br, zstd' };
    const state = async (id) => (await ask(`${direct.url}/api/generations/${id}`, key)).state;

    for (const http of [1, 2]) {
      const client = { ...line, http, from: `127.0.0.${1 + http}` };

      await t.test(`events come as they happen and a stream continues, HTTP/${http}`, async () => {
        const submission = { ...headers, 'idempotency-key': `film-${http}`, 'accept-encoding': 'identity' };
        const accepted = await through(client, {
          method: 'POST', path: '/api/generations', headers: submission, body: FILM,
        });
        assert.equal(accepted.status, 201);
        const { id } = JSON.parse(await bytes(accepted));
        const target = `/api/generations/${id}/events`;

        const stream = await through(client, { path: target, headers });
        assert.equal(stream.status, 200);
        assert.match(stream.headers['content-type'], /^text\/event-stream/);
        assert.equal(stream.headers['content-encoding'], undefined, 'compressors hold events back');
        const seen = [];
        for await (const { id: number } of events(stream)) {
          seen.push(number);
          if (seen.length === 3) break;
        }
        stream.close();
        assert.equal(seen.length, 3);
        assert.ok(!hasEnded(await state(id)), 'events came only when all was done');

        const after = seen.at(-1);
        const resumed = await through(client, { path: target, headers: { ...headers, 'last-event-id': `${after}` } });
        assert.equal(resumed.status, 200);
        const cancelled = await through(client, { method: 'DELETE', path: `/api/generations/${id}`, headers });
        assert.equal(cancelled.status, 200);
        cancelled.body.resume();
        const rest = [];
        for await (const event of events(resumed)) rest.push(event);
        assert.ok(rest.length > 0);
        for (const { id: number } of rest) assert.ok(number > after, `event ${number} came again after ${after}`);
        assert.equal(rest.at(-1).data.status, 'Error');

        const last = rest.at(-1).id;
        const over = await through(client, { path: target, headers: { ...headers, 'last-event-id': `${last}` } });
        over.body.resume();
        assert.equal(over.status, 204);
      });

      await t.test(`a result is named by its public address and comes in ranges, HTTP/${http}`, async () => {
        const forged = { 'x-forwarded-prefix': '/elsewhere', 'x-forwarded-proto': 'http', forwarded: 'proto=http' };
        const stream = await through(client, {
          method: 'POST', path: '/api/generate', headers: { ...headers, ...forged }, body: SONG,
        });
        assert.equal(stream.status, 200);
        let end;
        for await (const { data } of events(stream)) end = data;
        assert.equal(end.status, 'Completed', JSON.stringify(end));
        const url = new URL(end.url);
        assert.equal(url.origin, `https://${HOST}:${proxy.port}`);
        assert.match(url.pathname, /^\/media\//);
        const whole = await bytes(await through(client, { path: url.pathname }));
        const part = await through(client, { path: url.pathname, headers: { range: 'bytes=100-199' } });
        assert.equal(part.status, 206);
        assert.equal(part.headers['content-range'], `bytes 100-199/${whole.length}`);
        assert.deepEqual(await bytes(part), whole.subarray(100, 200));
      });
    }

    await t.test('a client cannot say that it is another', async () => {
      const { id } = await ask(`${direct.url}/api/generations`, key, 'POST', FILM);
      const path = `/api/generations/${id}/events`;
      const open = [];
      const follow = async (from, claimed) => {
        const forged = claimed && { 'x-forwarded-for': claimed, forwarded: `for=${claimed}` };
        open.push(await through({ ...line, from }, { path, headers: { ...headers, ...forged } }));
        return open.at(-1).status;
      };
      for (let i = 0; i < ADDRESS_STREAMS; i += 1) assert.equal(await follow('127.0.0.9', `192.0.2.${i}`), 200);
      assert.equal(await follow('127.0.0.9', '192.0.2.99'), 429, 'what a client says of itself was believed');
      assert.equal(await follow('127.0.0.10'), 200, 'all clients count as one');
      for (const stream of open) stream.close();
      await ask(`${direct.url}/api/generations/${id}`, key, 'DELETE');
    });

    await t.test('no log of the proxy holds a ticket or the name of a result', () => {
      const log = name === 'nginx' ? readFileSync(path.join(dir, name, 'access.log'), 'utf8') : proxy.said();
      assert.doesNotMatch(log, /ticket=|\/media\/[\w-]+\.(mp3|mp4)/);
    });
  });
}
