// Every state of the studio, each from a gateway that sends exactly what the state needs: no waiting, and no
// difference between runs.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { files, tone } from './servers.js';

/** The models of the tests' gateway: one of each kind. */
const CATALOG = {
  models: [
    { id: 'suno', name: 'Suno', kind: 'audio', price_tokens: 10, prompt_max_chars: 2000, expected_secs: { min: 60, max: 180 } },
    {
      id: 'pika', name: 'Pika', kind: 'video', price_tokens: 10, prompt_max_chars: 2000, note: { text: 'Silent.' }, status: { text: 'Pika is busy, about 4 minutes' },
      options: [{
        id: 'style',
        name: 'Style',
        kind: { choice: [['1', 'Anime'], ['2', 'Moody'], ['4', 'Watercolor']].map(([value, name]) => ({ value, name, words: name })) },
      }],
    },
    { id: 'run', name: 'Run', kind: 'picture', price_tokens: 30, prompt_max_chars: 2000, procedural: true },
  ],
};

const PROMPT = 'A calm lake at dawn';
const balance = (available) => ({ available, held: 0, spent: 0, granted: 1000 });
const done = (file, note) => [{ status: 'Completed', url: `/media/${file}`, note }];

/**
 * The states, in the order in which a visitor may see them:
 *
 * - `attributes`, `prompt`, `model`: the element's settings;
 * - `balance`: the available tokens;
 * - `events`: starts a generation, and sends these events of it;
 * - `lost`: then breaks the connection permanently;
 * - `act`: the action that follows, by its name in the spec;
 * - `shows`: a selector that matches once the state is reached.
 */
export const STATES = {
  empty: { shows: '.result-panel .empty' },
  composing: { model: 'pika', prompt: PROMPT, style: '4', shows: '[name=style][value="4"]:checked' },
  'too-few-tokens': { balance: 5, prompt: PROMPT, shows: '#why:not(:empty)' },
  'too-long': { prompt: 'A calm lake '.repeat(200), shows: '.chars.over' },
  queued: { events: [{ status: 'Processing', queue_position: 3 }], shows: '.watching' },
  running: { events: [{ status: 'Processing', progress: 0.4, step: 'drawing', eta_secs: 20 }], shows: '.watching progress[value]' },
  offline: { events: [{ status: 'Processing', progress: 0.4, step: 'drawing' }], lost: true, shows: '.watching .calm:not(:empty)' },
  song: { events: done('a-calm-lake.mp3', 'Ambient, 70 bpm'), shows: '.screen audio' },
  video: { model: 'pika', style: '4', events: done('a-calm-lake.mp4'), shows: '.screen video' },
  picture: { model: 'run', events: done('a-calm-lake.jpg'), shows: '.screen img' },
  failed: { events: [{ status: 'Error', message: 'The provider had no room. Try again in a while.', tokens_returned: 10 }], shows: '.result-panel .failed' },
  cancelled: { events: [{ status: 'Error', message: '', cancelled: true, tokens_returned: 10 }], shows: '.result-panel .failed.cancelled' },
  refused: { refusal: 'This prompt is not allowed here.', events: [], shows: '.refusal p' },
  history: { events: done('a-calm-lake.mp3'), act: 'deleteAll', shows: '.undo' },
  away: { away: true, prompt: PROMPT, shows: '#why:not(:empty)' },
  'not-allowed': { status: 401, shows: '#why:not(:empty)' },
  direct: { attributes: { mode: 'direct' }, prompt: PROMPT, shows: '#api-key' },
  demo: { attributes: { mode: 'demo' }, model: 'suno', shows: '.result-panel .empty' },
  'wrong-model': { attributes: { model: 'sora' }, shows: '.sorry' },
  'wrong-settings': { attributes: { mode: 'magic' }, shows: '.sorry button' },
  fault: { prompt: PROMPT, act: 'fault', shows: '.sorry button' },
};

/** A short silent film made by the sketch engine. */
async function film() {
  const folder = await mkdtemp(path.join(tmpdir(), 'ai-now-film-'));
  try {
    const out = path.join(folder, 'film.mp4');
    await promisify(execFile)(process.env.E2E_SKETCH, [
      'A calm lake, silent, 2 seconds', '--model', 'luma', '--seed', '1', '--size', '320x180', '--out', out,
    ]);
    return await readFile(out);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** A site with the widget, an empty page, and for each state a gateway at `/<state>/`. */
export async function world(web) {
  const media = {
    '/media/a-calm-lake.mp3': ['audio/wav', tone(30)],
    '/media/a-calm-lake.mp4': ['video/mp4', await film()],
    '/media/a-calm-lake.jpg': ['image/jpeg', await readFile(path.join(web, 'models/pika.jpg'))],
  };
  const routes = {
    'GET /': (_, answer) => {
      answer.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
      answer.end(`<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
        <title>A page</title><style>body { margin: 0 }</style>
        <script type="module" src="/ai-now.js"></script><main><h1 hidden>A page</h1></main>`);
    },
  };
  // At the root, and below each gateway, whose routes are there.
  const bases = ['', ...Object.keys(STATES).map((name) => `/${name}`)];
  for (const [file, [type, bytes]] of Object.entries(media)) {
    const give = (request, answer) => {
      // Ranges, as on real servers: without them, seeking is not possible.
      const [, from, to] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? [];
      const first = Number(from ?? 0);
      const last = to ? Number(to) : bytes.length - 1;
      const part = { 'Accept-Ranges': 'bytes', 'Content-Type': type, 'Content-Length': last - first + 1 };
      if (from) part['Content-Range'] = `bytes ${first}-${last}/${bytes.length}`;
      answer.writeHead(from ? 206 : 200, part);
      answer.end(bytes.subarray(first, last + 1));
    };
    for (const base of bases) routes[`GET ${base}${file}`] = give;
  }
  /** All requests. */
  const asked = [];
  for (const [name, state] of Object.entries(STATES)) {
    const base = `/${name}`;
    const tokens = balance(state.balance ?? 1000);
    const say = (status, body) => (_, answer) => {
      if (state.away) return answer.destroy();
      return answer.writeHead(status, JSON_TYPE).end(JSON.stringify(body));
    };
    let streams = 0;
    let said = 99;
    let open;
    Object.assign(routes, {
      [`GET ${base}/api/catalog`]: say(200, CATALOG),
      [`POST ${base}/api/sessions`]: state.status
        ? say(state.status, { status: 'Error', message: 'Who?' })
        : say(200, { token: 't', expires_in_secs: 3600, balance: tokens }),
      [`GET ${base}/api/balance`]: say(200, tokens),
      [`POST ${base}/api/generations`]: state.refusal
        ? say(400, { status: 'Error', message: state.refusal })
        : async (request, answer) => {
          asked.push(JSON.parse(await body(request)));
          say(201, { id: 'g', events: `${base}/events`, price: 10, balance: tokens })(request, answer);
        },
      // Sends more events on the open stream.
      [`POST ${base}/say`]: async (request, answer) => {
        said += 1;
        open.write(`id: ${said}\ndata: ${await body(request)}\n\n`);
        answer.writeHead(204).end();
      },
      [`GET ${base}/api/generations/g`]: (_, answer) => answer.destroy(),
      [`GET ${base}/events`]: (_, answer) => {
        streams += 1;
        if (state.lost && streams > 1) return answer.writeHead(503).end();
        answer.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
        const events = state.events.map((event, at) => `id: ${at + 1}\ndata: ${JSON.stringify(event)}\n\n`);
        answer.write(events.join(''));
        open = answer;
        return state.lost ? answer.end() : undefined;
      },
      // Each visit of a state starts anew.
      [`POST ${base}/again`]: (_, answer) => {
        streams = 0;
        answer.writeHead(204).end();
      },
    });
  }
  return { ...await files(web, routes, 'http://127.0.0.1:1'), asked };
}

async function body(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return text;
}

/** The page's actions for states that it reaches by itself. */
const ACTS = {
  deleteAll: async (page, root) => {
    await root.locator('.screen').waitFor();
    const all = root.locator('.gallery-head button').last();
    await all.click();
    // It asks first.
    await all.click();
  },
  fault: async (_, root) => {
    // Breaks the creation of elements once, within the wasm, and triggers a change that needs one. Both happen in
    // one task, because code in between would fail first and remove the element to be pressed.
    await root.locator('[name=model]').nth(1).evaluate((radio) => {
      const { createElement } = Document.prototype;
      Document.prototype.createElement = function broken(...given) {
        if (!new Error().stack.includes('wasm')) return createElement.apply(this, given);
        Document.prototype.createElement = createElement;
        throw new TypeError('broken by the page');
      };
      radio.click();
    });
  },
};

/** Adds an element in a state, replacing the one before; returns it. */
export async function enter(page, origin, name, attributes = {}) {
  const state = STATES[name];
  const given = {
    gateway: `${origin}/${name}/`, ...(state.model && { model: state.model }), ...(state.style && { 'preset-style': state.style }),
    ...state.attributes, ...attributes,
  };
  const prompt = state.prompt ?? (state.events && PROMPT);
  if (prompt) given.prompt = prompt;
  await page.evaluate(async ([name, given, open, models]) => {
    await fetch(`/${name}/again`, { method: 'POST' });
    document.querySelector('ai-now-studio')?.remove();
    localStorage.clear();
    for (const { name } of await indexedDB.databases()) {
      await new Promise((resolve) => { indexedDB.deleteDatabase(name).onsuccess = resolve; });
    }
    const element = document.createElement('ai-now-studio');
    for (const [name, value] of Object.entries(given)) element.setAttribute(name, value);
    document.querySelector('main').append(element);
    await element.start().catch(() => {});
    const root = element.shadowRoot;
    const press = root.querySelector('[part=generate]');
    if (!open) return;
    // The built-in models are shown until the gateway's are loaded.
    const known = () => root.querySelectorAll('[name=model]').length === models;
    while (!known() || root.querySelector('#why').textContent || press.ariaDisabled === 'true') {
      await new Promise((resolve) => { setTimeout(resolve, 5); });
    }
    press.click();
  }, [name, given, Boolean(state.events), CATALOG.models.length]);
  const root = page.locator('ai-now-studio');
  if (state.act) await ACTS[state.act](page, root);
  await root.locator(state.shows).first().waitFor({ state: 'attached' });
  // Data that is loaded late (the catalog, pictures) is there too.
  await page.evaluate(async () => {
    const { shadowRoot } = document.querySelector('ai-now-studio');
    const pictures = [...shadowRoot.querySelectorAll('img')].filter((image) => image.checkVisibility());
    await Promise.all(pictures.map((image) => image.decode().catch(() => {})));
  });
  return root;
}

/** Visible controls whose clickable box is smaller than 24 px. */
export const tooSmall = (page) => page.evaluate(() => {
  const { shadowRoot } = document.querySelector('ai-now-studio');
  const all = [...shadowRoot.querySelectorAll('button, a[href], input, textarea, select, summary')];
  const boxes = all.filter((element) => element.checkVisibility({ visibilityProperty: true })).map((element) => {
    // A radio button or checkbox can also be clicked on its label.
    const hits = [element, ...(element.labels ?? [])].map((hit) => hit.getBoundingClientRect());
    return {
      name: `${element.localName} ${element.ariaLabel ?? element.name ?? ''} ${element.textContent}`.trim().slice(0, 60),
      width: Math.max(...hits.map(({ width }) => width)),
      height: Math.max(...hits.map(({ height }) => height)),
    };
  });
  return boxes.filter(({ width, height }) => width < 24 || height < 24);
});
