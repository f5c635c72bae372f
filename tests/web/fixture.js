// The scripted environment: `fetch` and `EventSource` return what a test has set, only for the base addresses of
// tests. Requests are recorded.

const worlds = new Map();

export function world(base) {
  worlds.set(base, { requests: [], answers: [], streams: [], events: [] });
}

// Sets the next answer to `METHOD path`: used once, except that the last one stays. It overrides a default answer.
export function answer(base, route, status, body, headers) {
  const world = worlds.get(base);
  world.answers = world.answers.filter((told) => !(told.usual && told.route === route));
  world.answers.push({ route, status, body, headers: headers && JSON.parse(headers) });
}

// Makes the answers set so far the defaults.
export function settle(base) {
  for (const told of worlds.get(base).answers) told.usual = true;
}

export function requests(base) {
  return JSON.stringify(worlds.get(base).requests);
}

export function streams(base) {
  return JSON.stringify(worlds.get(base).streams.map(({ url, readyState }) => ({ url, readyState })));
}

// Sends a message on the stream that was opened last.
export function say(base, id, data) {
  const stream = worlds.get(base).streams.at(-1);
  stream.dispatchEvent(new MessageEvent('message', { data, lastEventId: id }));
}

export function open(base) {
  const stream = worlds.get(base).streams.at(-1);
  stream.readyState = 1;
  stream.dispatchEvent(new Event('open'));
}

// Breaks the stream: for a while, as a network does, or permanently, as a 503 does.
export function lose(base, forGood) {
  const stream = worlds.get(base).streams.at(-1);
  stream.readyState = forGood ? 2 : 0;
  stream.dispatchEvent(new Event('error'));
}

const realFetch = globalThis.fetch;

globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  const base = [...worlds.keys()].find((known) => request.url.startsWith(known));
  if (!base) return realFetch(input, init);
  const { requests, answers } = worlds.get(base);
  const route = `${request.method} ${request.url.slice(base.length - 1)}`;
  requests.push({
    route,
    key: request.headers.get('idempotency-key'),
    token: request.headers.get('authorization'),
    body: await request.text(),
  });
  const index = answers.findIndex((told) => told.route === route);
  if (index < 0) return new Response('{"status":"Error","message":"Not scripted."}', { status: 404 });
  const told = answers[index];
  if (answers.some((other, at) => at > index && other.route === route)) answers.splice(index, 1);
  if (told.status === 0) throw new TypeError('Failed to fetch');
  return new Response(told.body, { status: told.status, headers: told.headers });
};

class ScriptedEventSource extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSED = 2;
  readyState = 0;

  constructor(url) {
    super();
    this.url = url;
    const base = [...worlds.keys()].find((known) => url.startsWith(known));
    worlds.get(base).streams.push(this);
  }

  close() {
    this.readyState = 2;
  }
}

globalThis.EventSource = ScriptedEventSource;
