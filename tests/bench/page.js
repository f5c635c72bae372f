// The studio's page beside comparable components: in the same browser, on the same simulated slow phone, in the
// same run, alternating. Prints a table of medians as Markdown. `cargo xtask bench page` builds all that it needs.
//
//   node page.js GATEWAY_BINARY DIST CHROMIUM
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, request as ask } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const [gatewayBinary, dist, browserBinary] = process.argv.slice(2);
const ROUNDS = 7;
/** A slow phone: the slowdown of its processor, and its connection. */
const PHONE = { slowdown: 4, latency: 150, bitsPerSec: 1.6e6 };
/** The number of events to measure, and the interval between them. */
const EVENTS = { count: 300, gapMillis: 25 };

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.json': 'application/json', '.svg': 'image/svg+xml', '.jpg': 'image/jpeg' };

const html = (head, body) => `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Bench</title>${head}<body>${body}`;
const PAGES = {
  '/studio': html('<script type="module" src="/ai-now.js"></script>', '<ai-now-studio></ai-now-studio>'),
  '/deep-chat': html('<script type="module" src="/deep-chat.js"></script>', '<deep-chat demo="true"></deep-chat>'),
  '/bare': html('', `<p id="step"></p><script>new EventSource('/bench/events').onmessage = ({ data }) => {
    step.textContent = JSON.parse(data).message; };</script>`),
};

/** The state that each component shows when it is ready, as a check in its page. */
const SIGNS = {
  studio: {
    field: () => document.querySelector('ai-now-studio')?.shadowRoot?.querySelector('textarea'),
    stands: () => {
      const root = document.querySelector('ai-now-studio')?.shadowRoot;
      // The cheapest check first, because it runs in each frame.
      return /tokens? left/.test(root?.querySelector('.bar')?.textContent) && root.querySelectorAll('input[type=radio]').length >= 4;
    },
  },
  'deep-chat': {
    field: () => document.querySelector('deep-chat')?.shadowRoot?.querySelector('#text-input'),
    stands: () => true,
  },
};

/** Starts the gateway in its own folder. Returns its address, and a function that stops it. */
async function startGateway() {
  const data = await mkdtemp(path.join(tmpdir(), 'ai-now-bench-'));
  const args = ['serve', '--demo', '--listen', '127.0.0.1:0', '--data', data];
  const child = spawn(gatewayBinary, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise((resolve) => { child.once('exit', resolve); });
  const url = await new Promise((resolve, reject) => {
    child.stdout.once('data', (text) => resolve(/http:\S+/.exec(String(text))[0]));
    ended.then((code) => reject(new Error(`the gateway ended with ${code}`)));
  });
  const stop = async () => {
    child.kill();
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  return { url, stop };
}

/** Events like a third-party provider's for this generation, each with a different text. */
function sendEvents(answer, generation) {
  answer.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  let at = 0;
  const timer = setInterval(() => {
    at += 1;
    if (at > EVENTS.count) return clearInterval(timer);
    const event = { generation, number: at + 1000, status: 'Processing', message: `measured ${at};`, step: `measured ${at};`, progress: at / EVENTS.count };
    answer.write(`id: ${at + 1000}\ndata: ${JSON.stringify(event)}\n\n`);
  }, EVENTS.gapMillis);
  answer.on('close', () => clearInterval(timer));
}

/**
 * One site for all components: pages, equally compressed files, and the gateway behind `/api` and `/media`. While
 * `site.measuresEvents` is set, the site itself serves the event streams of generations.
 */
async function startSite(gateway) {
  const site = { measuresEvents: false };
  const { hostname, port } = new URL(gateway);
  const deepChat = brotliCompressSync(await readFile(createRequire(import.meta.url).resolve('deep-chat').replace(/deepChat\.js$/, 'deepChat.bundle.js')));
  const serve = (answer, bytes, type, extra) => {
    answer.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'max-age=600', ...extra });
    answer.end(bytes);
  };
  const server = createServer(async (request, answer) => {
    const { pathname, searchParams } = new URL(request.url, gateway);
    if (PAGES[pathname]) return serve(answer, PAGES[pathname], TYPES['.html']);
    if (pathname === '/deep-chat.js') return serve(answer, deepChat, TYPES['.js'], { 'Content-Encoding': 'br' });
    if (pathname === '/bench/events' || (site.measuresEvents && pathname.endsWith('/events'))) return sendEvents(answer, searchParams.get('of'));
    if (/^\/(api|media)\//.test(pathname)) {
      const { method, headers } = request;
      const outgoing = ask({ hostname, port, path: request.url, method, headers }, (response) => {
        answer.writeHead(response.statusCode, response.headers);
        response.pipe(answer);
      });
      outgoing.on('error', () => answer.destroy());
      answer.on('close', () => outgoing.destroy());
      return request.pipe(outgoing);
    }
    const file = path.join(dist, pathname);
    const type = TYPES[path.extname(pathname)] ?? 'application/octet-stream';
    const packed = await readFile(`${file}.br`).catch(() => undefined);
    if (packed) return serve(answer, packed, type, { 'Content-Encoding': 'br' });
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes) return serve(answer, bytes, type);
    return answer.writeHead(404).end();
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  site.url = `http://127.0.0.1:${server.address().port}`;
  site.stop = () => { server.close(); server.closeAllConnections(); };
  return site;
}

/**
 * Runs in the page before anything else: records when the field accepts input, when everything is shown, and long
 * tasks.
 */
function watch(signs) {
  const [field, stands] = signs.map((sign) => (0, eval)(sign));
  globalThis.measured = { longTasks: [] };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) measured.longTasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
  const look = () => {
    const at = field();
    if (at && !at.disabled && !at.readOnly && at.getBoundingClientRect().height > 0) measured.typeMillis ??= performance.now();
    if (measured.typeMillis && stands()) measured.standsMillis ??= performance.now();
    if (!measured.standsMillis) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function phone(context) {
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  const bytesPerSec = PHONE.bitsPerSec / 8;
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false, latency: PHONE.latency, downloadThroughput: bytesPerSec, uploadThroughput: bytesPerSec / 2,
  });
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: PHONE.slowdown });
  return page;
}

/** One visit. Returns its times in ms. */
async function visit(context, site, name) {
  const page = await phone(context);
  await page.addInitScript(watch, [SIGNS[name].field, SIGNS[name].stands].map(String));
  await page.goto(`${site.url}/${name}`);
  await page.waitForFunction(() => globalThis.measured.standsMillis);
  // Later loading is also part of the visit.
  await page.waitForTimeout(1500);
  const field = await page.evaluateHandle((sign) => (0, eval)(sign)(), String(SIGNS[name].field));
  await field.click();
  await page.keyboard.type('it types');
  const typed = await field.evaluate((node) => node.value ?? node.textContent);
  if (typed !== 'it types') throw new Error(`${name} took ${JSON.stringify(typed)} for what was typed`);
  const measured = await page.evaluate(() => globalThis.measured);
  await page.close();
  return {
    type: measured.typeMillis,
    stands: measured.standsMillis,
    longTasks: measured.longTasks.reduce((sum, one) => sum + one, 0),
    longest: Math.max(0, ...measured.longTasks),
  };
}

/** A first visit and one right after it, with an empty browser cache. */
async function visits(browser, site, name) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const cold = await visit(context, site, name);
  const warm = await visit(context, site, name);
  await context.close();
  return { cold, warm };
}

/** Runs in the page before anything else: records when each event arrived, and when its text was painted. */
function watchEvents() {
  const arrived = new Map();
  globalThis.delays = [];
  const { EventSource } = globalThis;
  globalThis.EventSource = class extends EventSource {
    constructor(...given) {
      super(...given);
      this.addEventListener('message', ({ data }) => arrived.set(JSON.parse(data).message, performance.now()));
    }
  };
  const note = (changes) => {
    for (const { target } of changes) {
      const [text] = /measured \d+;/.exec(target.textContent) ?? [];
      if (!arrived.has(text)) continue;
      const since = arrived.get(text);
      arrived.delete(text);
      requestAnimationFrame(() => {
        // A message sent in a frame arrives after that frame is painted.
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => delays.push(performance.now() - since);
        port2.postMessage(0);
      });
    }
  };
  const observe = () => {
    const root = location.pathname === '/studio' ? document.querySelector('ai-now-studio')?.shadowRoot : document.body;
    if (!root) return requestAnimationFrame(observe);
    return new MutationObserver(note).observe(root, { subtree: true, childList: true, characterData: true });
  };
  observe();
}

/** The delays from the arrival of an event to its text on the screen, for one run, in ms. */
async function eventDelays(browser, site, name) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await phone(context);
  await page.addInitScript(watchEvents);
  site.measuresEvents = true;
  await page.goto(`${site.url}/${name}`);
  if (name === 'studio') {
    // Loading the page is measured by the visits: here the studio stands already.
    await page.evaluate(() => document.querySelector('ai-now-studio').ready.then(() => {}));
    await page.evaluate(() => { document.querySelector('ai-now-studio').generate({ model: 'suno', prompt: 'A tune to be measured, 60 seconds' }).catch(() => {}); });
  }
  await page.waitForFunction((count) => globalThis.delays.length >= count * 0.6, EVENTS.count, { timeout: 60_000 });
  const delays = await page.evaluate(() => globalThis.delays);
  site.measuresEvents = false;
  await context.close();
  return delays;
}

const sorted = (values) => [...values].sort((a, b) => a - b);
const median = (values) => sorted(values)[Math.floor(values.length / 2)];
const p99 = (values) => sorted(values)[Math.floor(values.length * 0.99)];
const spread = (values) => `${Math.round(median(values))} (${Math.round(Math.min(...values))}–${Math.round(Math.max(...values))})`;

const gateway = await startGateway();
const site = await startSite(gateway.url);
const browser = await chromium.launch({ executablePath: browserBinary, args: ['--no-sandbox', '--disable-gpu'] });
const rounds = { studio: [], 'deep-chat': [] };
const events = { studio: [], bare: [] };
try {
  // The first run isn't counted: it warms caches that aren't the page's.
  await visits(browser, site, 'deep-chat');
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const name of Object.keys(rounds)) rounds[name].push(await visits(browser, site, name));
    process.stderr.write(`round ${round} of ${ROUNDS}\n`);
  }
  for (let round = 1; round <= 3; round += 1) {
    for (const name of Object.keys(events)) events[name].push(p99(await eventDelays(browser, site, name)));
  }
} finally {
  const version = browser.version();
  await browser.close();
  site.stop();
  await gateway.stop();
  process.stderr.write(`Chromium ${version}\n`);
}

const column = (name, visitName, what) => rounds[name].map((one) => one[visitName][what]);
const rows = [];
const row = (what, ours, theirs, peer, goal) => {
  // There is no percentage of zero.
  const ratio = median(theirs) > 0 ? (median(ours) / median(theirs)).toFixed(2) : '–';
  rows.push(`| ${what} | ${spread(ours)} | ${spread(theirs)} | ${peer} | ${ratio} | ${goal} |`);
};
const ours = (what, visitName = 'cold') => column('studio', visitName, what);
const theirs = (what, visitName = 'cold') => column('deep-chat', visitName, what);
row('until one can type', ours('type'), theirs('type'), 'deep-chat', '≤ 0.5');
row('until models, price and balance stand', ours('stands'), theirs('type'), 'deep-chat, until one can type', '≤ 1.0');
row('the same on a warm visit', ours('stands', 'warm'), ours('stands'), 'its own cold visit', '≤ 0.5');
row('long tasks, their sum', ours('longTasks'), theirs('longTasks'), 'deep-chat', '');
row('the longest task', ours('longest'), theirs('longest'), 'deep-chat', '');
row('from an event to its text, p99', events.studio, events.bare, 'a bare handler', '≤ 1.2');
console.log(`A phone ${PHONE.slowdown} times slower than this machine, ${PHONE.bitsPerSec / 1e6} Mbit/s, ${PHONE.latency} ms; cold; medians of ${ROUNDS} visits each in turn (of three runs for events), with the smallest and the largest; milliseconds.\n`);
console.log('| What | Ours | Peer | Which | Ratio | Goal |\n|---|---|---|---|---|---|');
console.log(rows.join('\n'));
