// Helpers of the operations tests: the real gateway with its own data directory, other programs, and a client with
// a chosen source address.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { request as requestHttps } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';

/** The project's root folder. */
export const top = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** The gateway's binary; `cargo verify ops` builds it and passes its path. */
export const binary = process.env.OPS_GATEWAY ?? path.join(top, 'target/debug/ai-now-gateway');
/** The host name in all files under ops/. */
export const HOST = 'studio.example';

/** A file of the project, as text. */
export const read = (file) => readFileSync(path.join(top, file), 'utf8');

/** A directory that is removed after the test. */
export function place(t) {
  const dir = mkdtempSync(path.join(tmpdir(), 'ai-now-ops-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Runs a program to its end and returns its output; on failure, throws an error with all of it. */
export function run(program, args, options = {}) {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });
  } catch (error) {
    const said = [error.stdout, error.stderr].filter(Boolean).join('\n');
    throw new Error(`${program} ${args.join(' ')}: ${said || error.message}`, { cause: error });
  }
}

/** A text with passages replaced; each must exist, so that a test never silently runs a different file. */
export function edit(text, changes) {
  return changes.reduce((so_far, [from, to]) => {
    assert.ok(so_far.includes(from), `the file no longer holds ${JSON.stringify(from)}`);
    return so_far.replaceAll(from, to);
  }, text);
}

/** A currently unused port. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Retries until it succeeds; fails with the last error, or at once if `hopeless`. */
export async function eventually(attempt, hopeless = () => false, secs = 30) {
  const end = Date.now() + 1000 * secs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end || hopeless()) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/**
 * A program that runs until the test is over, and is then stopped with the signal `last`: a server with workers
 * must stop them itself. Returns its output so far, and a function that stops it.
 */
export function start(t, program, args, options = {}, last = 'SIGTERM') {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let said = '';
  child.stdout.on('data', (bytes) => { said += bytes; });
  child.stderr.on('data', (bytes) => { said += bytes; });
  const ended = new Promise((resolve) => {
    child.on('error', (error) => { said += error.message; resolve(error); });
    child.on('exit', resolve);
  });
  const end = async (signal = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const patience = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(patience);
  };
  t.after(() => end(last));
  return { said: () => said, end, running: () => child.exitCode === null && child.signalCode === null };
}

/** The gateway on `data`, with settings from the environment. */
export async function gateway(t, data, settings = {}) {
  const env = { ...process.env, RUST_LOG: 'warn', ...settings };
  const child = start(t, binary, ['serve', '--listen', '127.0.0.1:0', '--data', data], { env }, 'SIGKILL');
  const url = await eventually(() => {
    const line = /^listening on (http:\S+)/m.exec(child.said());
    assert.ok(line, `the gateway did not start: ${child.said()}`);
    return line[1];
  }, () => !child.running());
  return { ...child, url };
}

/** A new secret key with tokens. */
export const newKey = (data, tokens = 100_000) =>
  run(binary, ['keys', 'create', '--data', data, '--tokens', `${tokens}`, '--label', 'ops']).trim();

/** Requests the gateway directly, with a key. */
export async function ask(url, key, method = 'GET', body = undefined) {
  const headers = { Authorization: `Bearer ${key}`, ...(body && { 'Content-Type': 'application/json' }) };
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${url}: ${answer.status} ${answer.ok ? '' : await answer.text()}`);
  return answer.json();
}

/** Whether a generation's state is final. */
export const hasEnded = (state) => ['completed', 'failed', 'cancelled'].includes(state);

/** A certificate for {@link HOST}, with its key, as files in `dir`. */
export function certificate(dir) {
  const [cert, key, both] = ['cert.pem', 'key.pem', 'both.pem'].map((name) => path.join(dir, name));
  run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`, '-keyout', key, '-out', cert]);
  writeFileSync(both, readFileSync(cert, 'utf8') + readFileSync(key, 'utf8'));
  return { cert, key, both, ca: readFileSync(cert) };
}

/**
 * Requests a proxy on `port` of this machine over TLS, as {@link HOST}, with HTTP/1.1 or HTTP/2, from the loopback
 * address `from`. Returns the status, the headers and the body as a stream of chunks.
 */
export function through({ port, ca, http, from = '127.0.0.1' }, { method = 'GET', path: target, headers = {}, body }) {
  const tls = { host: '127.0.0.1', port, servername: HOST, ca, localAddress: from };
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const all = { ...(sent && { 'content-type': 'application/json' }), ...headers };
  return http === 2 ? overHttp2(tls, method, target, all, sent) : overHttp1(tls, method, target, all, sent);
}

function overHttp1(tls, method, target, headers, sent) {
  return new Promise((resolve, reject) => {
    const request = requestHttps({
      ...tls, method, path: target, agent: false, headers: { host: `${HOST}:${tls.port}`, ...headers },
    });
    request.on('error', reject);
    request.on('response', (response) => resolve({
      status: response.statusCode, headers: response.headers, body: response, close: () => response.destroy(),
    }));
    request.end(sent);
  });
}

function overHttp2(tls, method, target, headers, sent) {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`https://${HOST}:${tls.port}`, {
      createConnection: () => connectTls({ ...tls, ALPNProtocols: ['h2'] }),
    });
    session.on('error', reject);
    const stream = session.request({ ':method': method, ':path': target, ...headers });
    stream.on('error', reject);
    stream.on('close', () => session.close());
    stream.on('response', (response) => resolve({
      status: response[':status'], headers: response, body: stream, close: () => session.destroy(),
    }));
    stream.end(sent);
  });
}

/** The whole body. */
export async function bytes({ body }) {
  const pieces = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The events of a stream, one after another, each with its number. */
export async function* events({ body }) {
  let text = '';
  for await (const piece of body) {
    text += piece;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const field = (name) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const data = field('data');
      if (data !== undefined) yield { id: Number(field('id')), data: JSON.parse(data) };
    }
  }
}
