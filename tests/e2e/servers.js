// Servers around the page: another site, a bad network in front of the gateway, and a server that only implements
// the documented API.
import { createServer, request as ask } from 'node:http';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Listens on a free port, and returns the address and a function that stops it. */
async function listen(handler) {
  const server = createServer(handler);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  return { origin: `http://127.0.0.1:${server.address().port}`, stop };
}

/** A separate site with one page. */
export async function site(html = '', headers = {}) {
  let body = html;
  const server = await listen((_, answer) => {
    answer.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...headers });
    answer.end(body);
  });
  return { ...server, serve: (text) => { body = text; } };
}

/**
 * A proxy between the page and its gateway that simulates a bad network. It forwards and records requests, with
 * these `faults`:
 *
 * - `status`: answers with this status, without asking the gateway;
 * - `delayMs`: delays every chunk of an answer;
 * - `cutAfterBytes`: breaks event streams after this many bytes, in the middle of an event;
 * - `silent`: drops the data of event streams from now on, and leaves them open;
 * - `loseAnswers`: forwards a request, then closes the connection instead of answering. Counts down.
 */
export async function network(target) {
  const seen = [];
  const faults = {};
  const open = new Set();
  const { hostname, port } = new URL(target);
  const server = await listen((incoming, answer) => {
    const url = new URL(incoming.url, target);
    const route = `${incoming.method} ${url.pathname}`;
    const streams = url.pathname.endsWith('/events');
    const body = [];
    const entry = { route, key: incoming.headers['idempotency-key'], token: incoming.headers.authorization };
    seen.push(entry);
    open.add(answer);
    entry.open = true;
    answer.on('close', () => {
      entry.open = false;
      open.delete(answer);
    });
    incoming.on('data', (bytes) => body.push(bytes));
    incoming.on('end', () => {
      const api = url.pathname.startsWith('/api/');
      if (api && faults.status) {
        answer.writeHead(faults.status, { 'Content-Type': 'application/json' });
        answer.end('{"status":"Error","message":"Not now."}');
        return;
      }
      const { method, headers } = incoming;
      const outgoing = ask({ hostname, port, path: incoming.url, method, headers }, (response) => {
        entry.status = response.statusCode;
        if (api && method === 'POST' && url.pathname === '/api/generations' && faults.loseAnswers > 0) {
          faults.loseAnswers -= 1;
          response.resume();
          response.on('end', () => answer.destroy());
          return;
        }
        answer.writeHead(response.statusCode, response.headers);
        // Later events are dropped, but not the headers of the stream.
        if (streams) answer.flushHeaders();
        let passed = 0;
        let last = Promise.resolve();
        response.on('data', (bytes) => {
          if (streams && faults.silent) return;
          if (streams && faults.cutAfterBytes) {
            const rest = faults.cutAfterBytes - passed;
            passed += bytes.length;
            if (passed >= faults.cutAfterBytes) {
              answer.write(bytes.subarray(0, rest), () => answer.destroy());
              response.destroy();
              return;
            }
          }
          if (!faults.delayMs) return answer.write(bytes);
          last = last.then(() => new Promise((resolve) => setTimeout(resolve, faults.delayMs)))
            .then(() => answer.write(bytes));
        });
        response.on('end', () => last.then(() => {
          if (!(streams && faults.silent)) answer.end();
        }));
        response.on('error', () => answer.destroy());
        answer.on('close', () => response.destroy());
      });
      outgoing.on('error', () => answer.destroy());
      outgoing.end(Buffer.concat(body));
    });
  });
  return {
    ...server,
    seen,
    faults,
    count: (route) => seen.filter((entry) => entry.route === route).length,
    /** The submissions of new generations, one entry for each request. */
    submissions: () => seen.filter((entry) => entry.route === 'POST /api/generations'),
    streams: () => seen.filter((entry) => entry.route.endsWith('/events')),
    openStreams: () => seen.filter((entry) => entry.open && entry.route.endsWith('/events')).length,
    /** Closes every open connection. */
    cut: () => { for (const answer of open) answer.destroy(); },
  };
}

/** A tone, as a WAV file. */
export function tone(secs = 1) {
  const rate = 8000;
  const bytes = Buffer.alloc(44 + 2 * rate * secs);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + 2 * rate * secs, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(2 * rate, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(2 * rate * secs, 40);
  for (let i = 0; i < rate * secs; i += 1) bytes.writeInt16LE(Math.sin(i / 3) * 8000, 44 + 2 * i);
  return bytes;
}

/**
 * A server that only implements the documented API. `script` answers each `POST /api/generate`: it gets the
 * server's response object and the request's body.
 */
export async function documented(script) {
  const seen = [];
  const server = await listen((request, answer) => {
    const route = `${request.method} ${new URL(request.url, 'http://x').pathname}`;
    seen.push({ route, authorization: request.headers.authorization });
    const headers = {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Headers': 'Authorization, Content-Type',
    };
    for (const [name, value] of Object.entries(headers)) answer.setHeader(name, value);
    if (route === 'OPTIONS /api/generate') {
      // On a reused connection, the browser itself repeats a request that got no answer.
      answer.writeHead(204, { Connection: 'close' }).end();
    } else if (route === 'POST /api/generate') {
      let body = '';
      request.on('data', (text) => { body += text; });
      request.on('end', () => script(answer, JSON.parse(body)));
    } else if (route.startsWith('GET /files/')) {
      answer.writeHead(200, { 'Content-Type': 'audio/wav' }).end(tone());
    } else {
      answer.writeHead(404).end('Not Found');
    }
  });
  return { ...server, seen };
}

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm',
  '.json': 'application/json', '.svg': 'image/svg+xml',
};

/** A site that serves a folder, answers its own routes (by `METHOD /path`), and forwards the rest. */
export async function files(folder, routes, gateway) {
  const { hostname, port } = new URL(gateway);
  return listen(async (request, answer) => {
    const { pathname } = new URL(request.url, gateway);
    const own = routes[`${request.method} ${pathname}`];
    if (own) return own(request, answer);
    if (/^\/(api|media)\//.test(pathname)) {
      const { method, headers } = request;
      const outgoing = ask({ hostname, port, path: request.url, method, headers }, (response) => {
        answer.writeHead(response.statusCode, response.headers);
        // Later events are dropped, but not the headers of the stream.
        if (pathname.endsWith('/events')) answer.flushHeaders();
        response.pipe(answer);
      });
      outgoing.on('error', () => answer.destroy());
      answer.on('close', () => outgoing.destroy());
      return request.pipe(outgoing);
    }
    const bytes = await readFile(path.join(folder, pathname)).catch(() => null);
    answer.writeHead(bytes ? 200 : 404, {
      'Content-Type': TYPES[path.extname(pathname)] ?? 'application/octet-stream', 'Access-Control-Allow-Origin': '*',
    });
    return answer.end(bytes);
  });
}

/** A proxy that serves a gateway below a path without telling it. `strayed` lists the requests outside that path. */
export async function prefix(target, path) {
  const { hostname, port } = new URL(target);
  const strayed = [];
  const server = await listen((request, answer) => {
    const { method, headers, url } = request;
    if (!url.startsWith(`${path}/`)) {
      if (url !== '/favicon.ico') strayed.push(url);
      return answer.writeHead(404).end();
    }
    const outgoing = ask({ hostname, port, path: url.slice(path.length), method, headers }, (response) => {
      answer.writeHead(response.statusCode, response.headers);
      answer.flushHeaders();
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    return request.pipe(outgoing);
  });
  return { ...server, strayed };
}
