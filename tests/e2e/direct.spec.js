// Direct mode: only the documented API, with the user's own key.
import { test, expect, Gateway } from './fixtures.js';
import { Studio } from './studio.js';
import { documented, site } from './servers.js';

const KEY = 'a-key-of-my-own';

/** A page with an element in direct mode, whose script is on another server. */
const html = (script, server) => `<!doctype html><html lang="en"><title>A page</title><h1>A page</h1>
  <script type="module" src="${script}/ai-now.js"></script>
  <ai-now-studio mode="direct" gateway="${server}"></ai-now-studio>`;

const key = (page) => page.getByLabel('Your API key');

const direct = test.extend({
  /** Opens a page whose server answers as `script` says, and requests a song. */
  ask: async ({ page, gateway }, use) => {
    const open = [];
    await use(async (script) => {
      const server = await documented(script);
      const place = await site(html(gateway.url, server.origin));
      open.push(server, place);
      await page.goto(place.origin);
      const studio = new Studio(page);
      await key(page).fill(KEY);
      await studio.ask({ model: 'Suno', prompt: 'A upbeat pop song about summer' });
      await studio.generate.click();
      return { server, studio };
    });
    for (const server of open) await server.stop();
  },
});

const events = (answer) => answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
const turn = () => new Promise((resolve) => setImmediate(resolve));

direct('the documented stream, in pieces of any size, until it is heard', async ({ page, ask }) => {
  const asked = [];
  const { server, studio } = await ask(async (answer, body) => {
    asked.push(body);
    events(answer);
    const url = `http://${answer.req.headers.host}/files/summer_pop_song_12345.mp3`;
    const stream = '\ufeffdata: {"status": "Processing started"}\r\n\r\n: a comment\n\ndata: {"status": "Processing"}\n\n'
      + 'data: {"status": "Cookie generated"}\r\rdata: {"status":\ndata: "Processing"}\n\n'
      + `event: message\ndata: {"status": "Completed", "url": "${url}"}\n\n`;
    const bytes = Buffer.from(stream);
    for (let at = 0; at < bytes.length; at += 7) {
      answer.write(bytes.subarray(at, at + 7));
      await turn();
    }
    answer.end();
  });
  await studio.playUntilItMoves();
  expect(asked).toEqual([{ model: 'suno', prompt: 'A upbeat pop song about summer' }]);
  const routes = server.seen.filter(({ route }) => !route.startsWith('GET /files/'));
  expect(routes.map(({ route }) => route)).toEqual(['OPTIONS /api/generate', 'POST /api/generate']);
  expect(routes[1].authorization).toBe(`Bearer ${KEY}`);
  // The key is only in the memory of the page.
  const kept = await page.evaluate(async () => JSON.stringify([
    { ...localStorage }, { ...sessionStorage }, document.cookie, location.href, await indexedDB.databases(),
  ]));
  expect(kept).not.toContain(KEY);
  await page.reload();
  await expect(key(page)).toHaveValue('');
  await expect(page.getByText('A upbeat pop song about summer').first()).toBeVisible();
});

direct('malformed data is passed over', async ({ ask }) => {
  const { studio } = await ask((answer) => {
    events(answer);
    const url = `http://${answer.req.headers.host}/files/a.mp3`;
    answer.end(`data: {"status"\n\ndata: null\n\ndata: [1]\n\ndata: {"status":7}\n\ndata: \ud83d\n\nfoo\n\nid: \0\n\n`
      + `data: {"status":"Processing","progress":"much"}\n\ndata: {"status":"Completed","url":"${url}"}\n\n`);
  });
  await expect(studio.play).toBeVisible();
});

const refusal = (status, message) => (answer) => {
  answer.writeHead(status, { 'Content-Type': 'application/json' });
  answer.end(message && JSON.stringify({ status: 'Error', message }));
};

for (const [name, script, said, sent] of [
  ['401', refusal(401, 'Unauthorized'), /does not accept this API key/, 1],
  ['418', refusal(418, 'You have 3 tokens.'), /You have 3 tokens\./, 1],
  ['500', refusal(500, 'The cat sat on it.'), /The cat sat on it\./, 1],
  ['500 without a word', refusal(500), /went wrong|error/i, 1],
  ['something else than events', (answer) => answer.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>'), /not one of an AI-Now gateway/, 1],
  ['no answer at all', (answer) => answer.destroy(), /broke off/, 1],
  ['a stream that is cut in the middle of an event', (answer) => {
    events(answer).write('data: {"status":"Processing started"}\n\ndata: {"stat', () => setTimeout(() => answer.destroy(), 50));
  }, /broke off/, 1],
  ['a stream that ends without a result', (answer) => events(answer).end('data: {"status":"Processing"}\n\n'), /broke off/, 1],
  ['an error in the stream', (answer) => events(answer).end('data: {"status":"Error","message":"Peak hours."}\n\n'), /Peak hours\./, 1],
  ['an address that may not be loaded', (answer) => events(answer).end('data: {"status":"Completed","url":"javascript:alert(1)"}\n\n'), /address of the result/, 1],
]) {
  direct(`${name}: a sentence, and no second attempt`, async ({ page, ask }) => {
    const { server, studio } = await ask(script);
    await expect(page.getByRole('alert').filter({ hasText: said })).toBeVisible();
    await expect(studio.generate).toBeVisible();
    expect(server.seen.filter(({ route }) => route === 'POST /api/generate')).toHaveLength(sent);
  });
}

direct('the key is remembered where the person wishes it, and forgotten again', async ({ page, ask }) => {
  await ask((answer) => events(answer).end());
  const remember = page.getByRole('checkbox', { name: 'Remember it on this device' });
  await expect(remember).not.toBeChecked();
  await remember.check();
  await page.reload();
  await expect(key(page)).toHaveValue(KEY);
  await expect(remember).toBeChecked();
  await remember.uncheck();
  await page.reload();
  await expect(key(page)).toHaveValue('');
  await expect(remember).not.toBeChecked();
});

direct('another tab leaves a stream to the one that reads it', async ({ page, ask, context }) => {
  let end;
  const { studio } = await ask((answer) => {
    events(answer).write('data: {"status":"Processing"}\n\n');
    end = () => answer.end(`data: {"status":"Completed","url":"http://${answer.req.headers.host}/files/a.mp3"}\n\n`);
  });
  await expect(studio.progress).toBeVisible();
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(new Studio(other).prompt).toBeVisible();
  await expect(other.getByText(/broke off/)).toHaveCount(0);
  end();
  await expect(studio.play).toBeVisible();
  await expect(other.getByText('A upbeat pop song about summer').first()).toBeVisible();
  await expect(other.getByText(/broke off/)).toHaveCount(0);
});

test('the real gateway, from a page of another origin', async ({ page }) => {
  const elsewhere = await site();
  const gateway = await Gateway.start({ demo: false, env: { AI_NOW_ORIGINS: `['${elsewhere.origin}']` } });
  try {
    const mine = await gateway.keys('create', '--tokens', '15', '--label', 'mine');
    elsewhere.serve(html(gateway.url, gateway.url));
    await page.goto(elsewhere.origin);
    const studio = new Studio(page);
    await key(page).fill(mine);
    await studio.ask({ model: 'Suno', prompt: 'A tune, 5 seconds' });
    await studio.generate.click();
    await studio.playUntilItMoves();
    expect(await gateway.keys('list')).toMatch(/\b5\b/);
    // The second one costs more than the remaining balance.
    await studio.generate.click();
    await expect(page.getByRole('alert').filter({ hasText: 'This costs 10 tokens and 5 are available.' })).toBeVisible();
    await key(page).fill('sk_wrong');
    await studio.generate.click();
    await expect(page.getByRole('alert').filter({ hasText: /does not accept this API key/ })).toBeVisible();
  } finally {
    await elsewhere.stop();
    await gateway.stop();
  }
});
