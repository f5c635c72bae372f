// Page object of the administrators' page, and data for it to show.
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect } from './fixtures.js';

/** The pages of the navigation, by name. */
export const PAGES = ['Overview', 'Keys', 'Generations', 'Providers and models', 'Usage', 'Activity log', 'Webhooks', 'Settings'];

/** Opens the page and signs in. `hash` is the page to show. */
export async function signIn(page, url, key, hash = '') {
  await page.goto(`${url}/admin/${hash}`);
  await page.getByLabel('Administrator’s key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
}

/** Opens a page through the navigation, and waits until its data is shown. */
export async function goTo(page, name) {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await settled(page);
}

/** Waits until no request is pending. */
export async function settled(page) {
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
}

/** Starts a generation with a key of the API, and returns its id. */
export async function generate(gateway, key, body) {
  const response = await fetch(`${gateway.url}/api/generations`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(201);
  return (await response.json()).id;
}

/** Waits until a generation has ended. */
export async function ended(gateway, key, id) {
  await expect.poll(async () => {
    const response = await fetch(`${gateway.url}/api/generations/${id}`, { headers: { Authorization: `Bearer ${key}` } });
    return (await response.json()).state;
  }, { timeout: 60_000 }).toMatch(/completed|failed|cancelled/);
}

/** A server that receives webhooks: the messages that arrived, and the status of its answer. */
export async function receiver() {
  const messages = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    messages.push({ id: request.headers['webhook-id'], body: JSON.parse(body) });
    response.writeHead(receiver.status).end();
  });
  const receiver = { messages, status: 204, stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }) };
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  receiver.url = `http://127.0.0.1:${server.address().port}/hook`;
  return receiver;
}

/** Requests an administrators' route. */
export async function ask(gateway, key, path) {
  const response = await fetch(`${gateway.url}/api/admin/${path}`, { headers: { Authorization: `Bearer ${key}` } });
  expect(response.status, path).toBe(200);
  return response.json();
}

/** Creates a webhook whose receiver doesn't exist, and returns its name. */
export async function addWebhook(gateway, key) {
  const response = await fetch(`${gateway.url}/api/admin/webhooks`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ url: 'https://hooks.invalid/ai-now', events: ['generation.completed', 'generation.cancelled'] }),
  });
  expect(response.status).toBe(201);
  return (await response.json()).name;
}

/**
 * Writes ended generations of the oldest key into the records of a stopped gateway, with movements, usage, costs
 * and balance, as the gateway itself would have left them. They are spread over the last thirty days.
 */
export async function fill(data, count) {
  const sql = `
    PRAGMA foreign_keys = ON;
    BEGIN;
    CREATE TEMP TABLE made AS
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
      SELECT i, replace(replace(printf('g%025d', i), '0', 'a'), '1', 'b') AS id,
        CASE i % 10 WHEN 0 THEN 'failed' WHEN 1 THEN 'cancelled' ELSE 'completed' END AS state,
        CASE WHEN i % 10 > 1 THEN 10 ELSE 0 END AS charged,
        CASE i % 3 WHEN 0 THEN 'suno' WHEN 1 THEN 'pika' ELSE 'luma' END AS model,
        CAST(strftime('%s', 'now') AS INTEGER) * 1000 - (${count} - i) * (30 * 86400000 / ${count}) - 60000 AS at_ms
      FROM n;
    CREATE TEMP TABLE owner AS SELECT id AS key_id, account_id FROM keys ORDER BY id LIMIT 1;
    INSERT INTO generations (id, account_id, key_id, state, model, prompt, procedural, price, charged, created_at_ms, finished_at_ms, last_seq, provider)
      SELECT m.id, o.account_id, o.key_id, m.state, m.model, 'Number ' || m.i || ', a calm lake at dawn', 1, 10, m.charged, m.at_ms, m.at_ms + 1000, 1, 'sketch'
      FROM made m, owner o;
    UPDATE accounts SET granted = granted + 10 * (SELECT count(*) FROM made), available = available + 10 * (SELECT count(*) FROM made)
      WHERE id = (SELECT account_id FROM owner);
    INSERT INTO ledger (account_id, kind, tokens, at_ms)
      SELECT account_id, 'grant', 10 * (SELECT count(*) FROM made), (SELECT min(at_ms) FROM made) - 1 FROM owner;
    INSERT INTO ledger (account_id, kind, tokens, generation_id, at_ms)
      SELECT o.account_id, 'hold', 10, m.id, m.at_ms FROM made m, owner o;
    INSERT INTO ledger (account_id, kind, tokens, generation_id, at_ms)
      SELECT o.account_id, CASE WHEN m.charged > 0 THEN 'capture' ELSE 'release' END, 10, m.id, m.at_ms + 1000 FROM made m, owner o;
    UPDATE accounts SET available = available - (SELECT sum(charged) FROM made), spent = spent + (SELECT sum(charged) FROM made)
      WHERE id = (SELECT account_id FROM owner);
    INSERT INTO key_days (key_id, day, tokens)
      SELECT o.key_id, m.at_ms / 86400000, sum(m.charged) FROM made m, owner o GROUP BY 1, 2;
    INSERT INTO usage_days (day, key_id, model, provider, outcome, generations, tokens, timed, took_ms)
      SELECT (m.at_ms + 1000) / 86400000, o.key_id, m.model, 'sketch', m.state, count(*), sum(m.charged),
        iif(m.state = 'completed', count(*), 0), iif(m.state = 'completed', 1000 * count(*), 0)
      FROM made m, owner o GROUP BY 1, 2, 3, 4, 5;
    INSERT INTO provider_costs (generation_id, provider, model, currency, micros, basis, at_ms)
      SELECT m.id, 'sketch', m.model, 'USD', 20000, 'estimated', m.at_ms FROM made m;
    INSERT INTO usage_costs (day, key_id, model, provider, outcome, currency, micros)
      SELECT (m.at_ms + 1000) / 86400000, o.key_id, m.model, 'sketch', m.state, 'USD', 20000 * count(*)
      FROM made m, owner o GROUP BY 1, 2, 3, 4, 5;
    INSERT INTO provider_attempts (generation_id, provider, begun_at_ms, ended_at_ms, error, message)
      SELECT m.id, 'sketch', m.at_ms, m.at_ms + 1000, 'transient', '{"code":"provider_failed","text":"It failed."}'
      FROM made m WHERE m.state = 'failed';
    COMMIT;`;
  await promisify(execFile)('sqlite3', ['-bail', `${data}/ai-now.db`, sql]);
}
